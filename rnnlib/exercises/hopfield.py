"""The exercises of chapter 1."""

from typing import Any

import numpy as np

from rnnlib import hopfield, tasks
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import (
    array,
    call,
    close,
    explain,
    first_off,
    number,
    right,
)

# The four units of exercise 1.1.
FOUR = np.array([[0, 1, -1, 1], [1, 0, 2, -1], [-1, 2, 0, 1], [1, -1, 1, 0]])
STATE = np.array([1, -1, 1, 1])


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
        "apart": {
            "en": "These are all the products, one for each pair. What unit "
            "i hears is the sum of its row.",
            "ko": "이것은 쌍마다 하나인 곱이다. 유닛 i가 듣는 값은 그 행의 "
            "합이다.",
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
    want = FOUR @ STATE
    slips = {
        "signs": [np.sign(want)],
        "weights": [FOUR.sum(axis=1)],
        "apart": [FOUR * STATE],
        "own": [want * STATE],
    }
    if not right(answer, want, slips):
        h = array(answer, (4,))
        raise Hint("off", {"n": int(np.isclose(h, want).sum())})


@exercise(
    "1.2",
    {
        "diagonal": {
            "en": "Nearly: no unit listens to itself. Look at the diagonal.",
            "ko": "거의 다 됐다. 어떤 유닛도 자기 자신을 듣지 않는다. 대각 "
            "성분을 본다.",
        },
        "scale": {
            "en": "The wishes are right, the size is not: {ratio:g} times "
            "what it should be. By what does Hebb's rule divide?",
            "ko": "부호는 맞지만 크기가 {ratio:g}배이다. 헤브 규칙은 무엇으로 "
            "나누는가?",
        },
        "across": {
            "en": "W has a row for each pattern. It needs one for each unit: "
            "the sum must run over the patterns.",
            "ko": "W의 행이 패턴마다 하나이다. 유닛마다 하나여야 하므로 "
            "패턴에 대해 더해야 한다.",
        },
        "mixed": {
            "en": "The patterns were added first and multiplied then. Each "
            "pattern multiplies with itself alone.",
            "ko": "패턴을 먼저 더하고 나서 곱했다. 패턴은 저마다 자기 "
            "자신하고만 곱한다.",
        },
        "one": {
            "en": "Only one pattern is in it. Sum over all of them.",
            "ko": "패턴 하나만 들어 있다. 모든 패턴에 대해 더한다.",
        },
        "off": {
            "en": "W[{at}] should be {want:.6g} here and is {got:.6g}.",
            "ko": "여기서 W[{at}]은 {want:.6g}이어야 하는데 {got:.6g}이다.",
        },
    },
)
def store(answer: Any) -> None:
    """Hebb's rule as one product."""
    X = tasks.random_patterns(np.random.default_rng(12), 5, 16)
    N = X.shape[1]
    given = call(answer, patterns=X)
    want = hopfield.store(X)
    explain(np.shape(given), {"across": [(5, 5)]})
    W = array(given, (N, N))
    if close(W, want):
        return
    W = W - np.diag(np.diag(W))
    if close(W, want):
        raise Hint("diagonal")
    ratio = float((W * want).sum() / (want**2).sum())
    if ratio > 0 and close(W, ratio * want):
        raise Hint("scale", {"ratio": ratio})
    total = X.sum(axis=0)
    mixed = np.outer(total, total) / N
    np.fill_diagonal(mixed, 0)
    slips = {
        "mixed": [mixed * c for c in (1, N, 1 / len(X), N / len(X) ** 2)],
        "one": [hopfield.store(X[[k]]) * c for k in (0, -1) for c in (1, N)],
    }
    explain(W, slips)
    raise Hint("off", first_off(W, want))


@exercise(
    "1.3",
    {
        "together": {
            "en": "All units saw the old state: that is the synchronous "
            "update. Compute each field after the flips before it.",
            "ko": "모든 유닛이 옛 상태를 보았다. 이것은 동기 갱신이다. 앞선 "
            "유닛이 뒤집힌 다음의 국소장을 계산한다.",
        },
        "one": {
            "en": "Only the first unit was visited. Does return stand inside "
            "the loop?",
            "ko": "첫 유닛만 방문했다. return이 반복문 안에 있지 않은가?",
        },
        "against": {
            "en": "Each unit turned away from its field. It must take the "
            "field's sign.",
            "ko": "유닛이 국소장과 반대로 돌아섰다. 국소장의 부호를 따라야 "
            "한다.",
        },
        "field": {
            "en": "These are fields. A state is only the sign of its field.",
            "ko": "국소장 값이 그대로 들어 있다. 상태는 그 부호일 뿐이다.",
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
    tie = np.array([1, -1])
    zero, both = np.zeros((2, 2)), np.array([0, 1])
    after = array(call(answer, W=zero, s=tie, order=both), (2,))
    for _ in range(20):
        W = rng.normal(size=(20, 20))
        W = W + W.T
        np.fill_diagonal(W, 0)
        s = tasks.random_patterns(rng, 1, 20)[0]
        order = rng.permutation(20)
        got = array(call(answer, W=W, s=s, order=order), (20,))
        want = _sweep(W, s, order)
        if close(got, want):
            continue
        slips = {
            "together": [np.sign(W @ s)],
            "order": [_sweep(W, s, np.arange(20))],
            "one": [_sweep(W, s, order[:1])],
            "against": [_sweep(-W, s, order)],
            "field": [_sweep(W, s, order, np.positive)],
        }
        explain(got, slips)
        raise Hint("off", {"n": int((~np.isclose(got, want)).sum())})
    if not close(after, tie):
        raise Hint("tie")


def _sweep(W: Any, s: Any, order: Any, to: Any = np.sign) -> Any:
    s = s.astype(float)
    for i in order:
        s[i] = to(W[i] @ s)
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
        "own": {
            "en": "That is the part of the energy that unit i has before the "
            "flip. The change is what it has after, less that.",
            "ko": "그것은 뒤집히기 전에 유닛 i가 갖는 에너지이다. 변화는 "
            "뒤집힌 뒤의 값에서 그것을 뺀 것이다.",
        },
        "state": {
            "en": "This does not depend on the unit's own state s_i. But "
            "whether a flip costs or pays does.",
            "ko": "유닛 자신의 상태 s_i가 들어 있지 않다. 뒤집히면 에너지가 "
            "오를지 내릴지는 거기에 달려 있다.",
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
        h, loop = W @ s, np.diag(W)
        want = 2 * s * h - 2 * loop
        # One unit does not tell -2 s h from 2 h; all of them do.
        got = np.array(
            [number(call(answer, W=W, s=s, i=i)) for i in range(12)]
        )
        slips = {
            "sign": [-want],
            "half": [want / 2],
            "own": [-want / 2],
            "state": [2 * h, h],
        }
        if not right(got, want, {"self": [2 * s * h]} if diagonal else slips):
            i = int((~np.isclose(got, want, atol=1e-6)).argmax())
            raise Hint("off", {"want": want[i], "got": got[i]})


@exercise(
    "1.5",
    {
        "whole": {
            "en": "Patterns are counted: a whole number, please.",
            "ko": "패턴은 하나씩 세는 것이므로 정수로 답한다.",
        },
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
    """Find the largest P with bit_error(P / 400) <= 1%."""
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
    if P != int(P):
        raise Hint("whole")
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
            "en": "These are the weights a, one for each pattern. What is "
            "asked for is the patterns mixed with them.",
            "ko": "이것은 패턴마다 하나인 가중치 a이다. 구할 것은 이 "
            "가중치로 섞은 패턴이다.",
        },
        "sum": {
            "en": "The weights do not sum to 1: divide by their sum over "
            "the patterns.",
            "ko": "가중치의 합이 1이 아니다. 패턴에 대한 합으로 나눈다.",
        },
        "contrary": {
            "en": "The less a pattern is like the query, the more it weighs. "
            "Look at the sign in the exponent.",
            "ko": "쿼리와 덜 닮은 패턴일수록 가중치가 크다. 지수의 부호를 "
            "본다.",
        },
        "overflow": {
            "en": "Right for a small beta, but at beta = 1000 the "
            "exponential overflows. Subtract the largest score first.",
            "ko": "beta가 작을 때는 맞지만 beta = 1000에서 지수 함수가 "
            "넘친다. 먼저 가장 큰 점수를 뺀다.",
        },
        "off": {
            "en": "At beta = {beta} number {at} (counted from 0) should be "
            "{want:.6g} and is {got:.6g}.",
            "ko": "beta = {beta}에서 {at}번 수(0부터 센다)는 {want:.6g}이어야 "
            "하는데 {got:.6g}이다.",
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
        e = np.exp(beta * X @ q)
        got = call(answer, patterns=X, query=q, beta=beta)
        slips = {
            "beta": [hopfield.retrieve(X, q, 1.0)],
            "weights": [e / e.sum()],
            "sum": [
                e @ X * c / most
                for c in (1, 1 / len(X), 1 / len(q))
                for most in (1, e.max())
            ],
            "contrary": [hopfield.retrieve(X, -q, beta)],
        }
        if not right(got, want, slips):
            raise Hint("off", {"beta": beta} | first_off(got, want))
    try:
        large = array(call(answer, patterns=X, query=q, beta=1000.0), (16,))
    except Hint:
        raise Hint("overflow") from None
    if not close(large, X[2]):
        raise Hint("overflow")
