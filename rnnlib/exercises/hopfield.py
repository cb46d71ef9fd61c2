"""The exercises of chapter 1."""

from typing import Any

import numpy as np

from rnnlib import hopfield, tasks
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import array, call, number

# The four units of exercise 1.1.
FOUR = np.array([[0, 1, -1, 1], [1, 0, 2, -1], [-1, 2, 0, 1], [1, -1, 1, 0]])
STATE = np.array([1, -1, 1, 1])


def _close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, atol=1e-9))


@exercise(
    "1.1",
    {
        "signs": {
            "en": "These are the signs. The field is the sum before the "
            "sign is taken.",
            "ko": "이것은 부호이다. 국소장은 부호를 취하기 전의 합이다.",
        },
        "weights": {
            "en": "You added the weights of each row. Multiply each weight "
            "by the state of the unit it comes from first.",
            "ko": "각 행의 가중치만 더했다. 더하기 전에 그 가중치가 오는 "
            "유닛의 상태를 곱한다.",
        },
        "own": {
            "en": "You multiplied the result by s. The field is what unit i "
            "hears, whatever its own state.",
            "ko": "결과에 s를 곱했다. 국소장은 자기 상태와 상관없이 유닛 i가 "
            "듣는 값이다.",
        },
        "off": {
            "en": "{n} of the 4 fields are right. Row i of W times s, summed.",
            "ko": "네 개 가운데 {n}개가 맞았다. W의 i행과 s를 원소별로 곱해 "
            "더한다.",
        },
        "right": {
            "en": "Now you can also tell which units will flip.",
            "ko": "이제 어느 유닛이 뒤집힐지도 알 수 있다.",
        },
    },
)
def fields(answer: Any) -> None:
    """H = W s for four units."""
    h = array(answer, (4,))
    want = FOUR @ STATE
    if _close(h, want):
        return
    if _close(h, np.sign(want)):
        raise Hint("signs")
    if _close(h, FOUR.sum(axis=1)):
        raise Hint("weights")
    if _close(h, want * STATE):
        raise Hint("own")
    raise Hint("off", {"n": int((h == want).sum())})


@exercise(
    "1.2",
    {
        "diagonal": {
            "en": "Nearly: the diagonal must be 0. np.fill_diagonal(W, 0).",
            "ko": "거의 다 됐다. 대각 성분이 0이어야 한다. "
            "np.fill_diagonal(W, 0).",
        },
        "scale": {
            "en": "The wishes are right, the size is not: divide by N, the "
            "number of units.",
            "ko": "부호는 맞지만 크기가 다르다. 유닛 수 N으로 나눈다.",
        },
        "across": {
            "en": "W has a row for each pattern. It needs one for each unit: "
            "the product the other way round, X.T @ X.",
            "ko": "W의 행이 패턴마다 하나이다. 유닛마다 하나여야 하므로 곱을 "
            "뒤집어 X.T @ X로 쓴다.",
        },
        "one": {
            "en": "Only one pattern is in it. Sum over all of them.",
            "ko": "패턴 하나만 들어 있다. 모든 패턴에 대해 더한다.",
        },
        "off": {
            "en": "W[0, 1] should be {want:.4f} here and is {got:.4f}.",
            "ko": "여기서 W[0, 1]은 {want:.4f}이어야 하는데 {got:.4f}이다.",
        },
    },
)
def store(answer: Any) -> None:
    """Hebb's rule as one product."""
    X = tasks.random_patterns(np.random.default_rng(12), 5, 16)
    P, N = X.shape
    W = call(answer, patterns=X)
    if np.shape(W) == (P, P):
        raise Hint("across")
    W = array(W, (N, N))
    want = hopfield.store(X)
    off_diagonal = W - np.diag(np.diag(W))
    if _close(W, want):
        return
    if _close(off_diagonal, want):
        raise Hint("diagonal")
    if any(_close(off_diagonal, want * c) for c in (N, N / P, N / 2)):
        raise Hint("scale")
    single = [hopfield.store(X[[k]]) for k in (0, -1)]
    if any(_close(off_diagonal, each) for each in single):
        raise Hint("one")
    raise Hint("off", {"want": want[0, 1], "got": W[0, 1]})


@exercise(
    "1.3",
    {
        "together": {
            "en": "All units saw the old state: that is the synchronous "
            "update. Compute each field after the flips before it.",
            "ko": "모든 유닛이 옛 상태를 보았다. 이것은 동기 갱신이다. 앞선 "
            "유닛이 뒤집힌 다음의 국소장을 계산한다.",
        },
        "tie": {
            "en": "A unit whose field is 0 must keep its state; yours does "
            "not.",
            "ko": "국소장이 0인 유닛은 상태를 그대로 두어야 하는데 바뀌었다.",
        },
        "order": {
            "en": "You visited the units from 0 to N-1. Follow the order "
            "that was given.",
            "ko": "유닛을 0부터 차례로 방문했다. 주어진 순서 order를 따른다.",
        },
        "off": {
            "en": "{n} of 20 units end in the wrong state.",
            "ko": "유닛 20개 가운데 {n}개의 상태가 다르다.",
        },
    },
)
def sweep(answer: Any) -> None:
    """One asynchronous sweep in a given order."""
    rng = np.random.default_rng(0)
    zero = np.zeros((2, 2))
    tie = np.array([1, -1])
    after = array(
        call(answer, W=zero, s=tie.copy(), order=np.array([0, 1])), (2,)
    )
    tied = not _close(after, tie)
    for _ in range(20):
        W = rng.normal(size=(20, 20))
        W = W + W.T
        np.fill_diagonal(W, 0)
        s = tasks.random_patterns(rng, 1, 20)[0]
        order = rng.permutation(20)
        got = array(call(answer, W=W, s=s.copy(), order=order), (20,))
        want = _sweep(W, s, order)
        if _close(got, want):
            continue
        if _close(got, np.sign(W @ s)):
            raise Hint("together")
        if _close(got, _sweep(W, s, np.arange(20))):
            raise Hint("order")
        raise Hint("off", {"n": int((got != want).sum())})
    if tied:
        raise Hint("tie")


def _sweep(W: Any, s: Any, order: Any) -> Any:
    s = s.copy()
    for i in order:
        if (W[i] @ s) * s[i] < 0:
            s[i] = -s[i]
    return s


@exercise(
    "1.4",
    {
        "sign": {
            "en": "The size is right, the sign is not. A unit that disagrees "
            "with its field must lower the energy when it flips.",
            "ko": "크기는 맞지만 부호가 반대이다. 국소장과 어긋난 유닛이 "
            "뒤집히면 에너지가 내려가야 한다.",
        },
        "half": {
            "en": "That is half of it. Each partner j appears twice in the "
            "sum, as w_ij and as w_ji.",
            "ko": "절반 값이다. 짝 j마다 합에 w_ij와 w_ji로 두 번 나온다.",
        },
        "self": {
            "en": "Right for an empty diagonal. If w_ii is not 0, its term "
            "s_i s_i = 1 does not change, so it must not be counted.",
            "ko": "대각 성분이 0일 때는 맞다. w_ii가 0이 아니면 s_i s_i = 1인 "
            "그 항은 변하지 않으므로 세지 않아야 한다.",
        },
        "off": {
            "en": "Here the energy changes by {want:.3f}; you say {got:.3f}.",
            "ko": "여기서 에너지는 {want:.3f}만큼 변하는데 "
            "{got:.3f}이 나왔다.",
        },
    },
)
def energy_change(answer: Any) -> None:
    """Delta E of one flip, equation (1.5)."""
    rng = np.random.default_rng(1)
    for diagonal in (0.0, 0.7):
        W = rng.normal(size=(12, 12))
        W = W + W.T
        np.fill_diagonal(W, diagonal)
        s = tasks.random_patterns(rng, 1, 12)[0]
        for i in range(12):
            flipped = s.copy()
            flipped[i] = -s[i]
            want = hopfield.energy(W, flipped) - hopfield.energy(W, s)
            got = number(call(answer, W=W, s=s.copy(), i=i))
            if _close(got, want):
                continue
            if _close(got, -want):
                raise Hint("sign")
            if _close(2 * got, want):
                raise Hint("half")
            if diagonal and _close(got, 2 * s[i] * (W[i] @ s)):
                raise Hint("self")
            raise Hint("off", {"want": want, "got": got})


@exercise(
    "1.5",
    {
        "load": {
            "en": "That is the load P/N. How many patterns is it in 400 "
            "units?",
            "ko": "그것은 부하율 P/N이다. 유닛 400개에서는 패턴 몇 개인가?",
        },
        "collapse": {
            "en": "That is 0.138 N, where recall collapses in the end. The "
            "question is about the first step.",
            "ko": "그것은 회상이 무너지는 0.138 N이다. 이 문제는 첫 갱신에 "
            "관한 것이다.",
        },
        "exact": {
            "en": "That is the limit for no wrong bit at all. One in a "
            "hundred may be wrong here.",
            "ko": "그것은 한 비트도 틀리지 않을 한계이다. 여기서는 백에 "
            "하나까지 틀려도 된다.",
        },
        "more": {
            "en": "More fit: with {P} patterns only {error:.3%} of the bits "
            "are wrong.",
            "ko": "더 들어간다. 패턴이 {P}개이면 틀린 비트가 {error:.3%}"
            "뿐이다.",
        },
        "fewer": {
            "en": "Too many: with {P} patterns {error:.3%} of the bits are "
            "wrong.",
            "ko": "너무 많다. 패턴이 {P}개이면 {error:.3%}의 비트가 틀린다.",
        },
    },
)
def one_per_cent(answer: Any) -> None:
    """Find the largest P with bit_error(P / 400) <= 1 %."""
    P = number(answer)
    if 0 < P < 1:
        raise Hint("load")
    if round(P) in (55, 56):
        raise Hint("collapse")
    limits = [
        hopfield.exact_recall_limit(400, every) for every in (False, True)
    ]
    if any(abs(P - limit) < 1 for limit in limits):
        raise Hint("exact")
    error = hopfield.bit_error(max(P, 1) / 400)
    values = {"P": f"{P:g}", "error": error}
    if error > 0.01:
        raise Hint("fewer", values)
    if hopfield.bit_error((int(P) + 1) / 400) <= 0.01:
        raise Hint("more", values)


@exercise(
    "1.6",
    {
        "beta": {
            "en": "The result does not depend on beta. Multiply the scores "
            "by it before the softmax.",
            "ko": "결과가 beta에 따라 변하지 않는다. 소프트맥스 전에 점수에 "
            "beta를 곱한다.",
        },
        "weights": {
            "en": "These are the weights a. Mix the patterns with them: "
            "a @ patterns.",
            "ko": "이것은 가중치 a이다. 이 가중치로 패턴을 섞는다: "
            "a @ patterns.",
        },
        "sum": {
            "en": "The weights do not sum to 1: divide by their sum over "
            "the patterns.",
            "ko": "가중치의 합이 1이 아니다. 패턴에 대한 합으로 나눈다.",
        },
        "overflow": {
            "en": "Right for a small beta, but at beta = 1000 the "
            "exponential overflows. Subtract the largest score first.",
            "ko": "beta가 작을 때는 맞지만 beta = 1000에서 지수 함수가 "
            "넘친다. 먼저 가장 큰 점수를 뺀다.",
        },
        "off": {
            "en": "At beta = {beta} the first number should be {want:.4f} "
            "and is {got:.4f}.",
            "ko": "beta = {beta}에서 첫째 값은 {want:.4f}이어야 하는데 "
            "{got:.4f}이다.",
        },
    },
)
def retrieve(answer: Any) -> None:
    """Mix the patterns by a softmax."""
    rng = np.random.default_rng(2)
    X = tasks.random_patterns(rng, 5, 16)
    q = tasks.flip(rng, X[2], 0.2)
    for beta in (0.05, 0.3, 0.0):
        want = hopfield.retrieve(X, q, beta)
        got = call(answer, patterns=X, query=q, beta=beta)
        if np.shape(got) == (5,):
            raise Hint("weights")
        got = array(got, (16,))
        if _close(got, want):
            continue
        if _close(got, hopfield.retrieve(X, q, 1.0)):
            raise Hint("beta")
        ratio = got[want != 0] / want[want != 0]
        if np.allclose(ratio, ratio[0]):
            raise Hint("sum")
        raise Hint("off", {"beta": beta, "want": want[0], "got": got[0]})
    try:
        large = array(call(answer, patterns=X, query=q, beta=1000.0), (16,))
    except Hint:
        raise Hint("overflow") from None
    if not _close(large, X[2]):
        raise Hint("overflow")
