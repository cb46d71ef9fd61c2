"""The exercises of chapter 3."""

from typing import Any

import numpy as np

from rnnlib import hopfield, rnn, scan
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import array, call


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, atol=1e-9))


def _slip(got: Any, slips: dict[str, Any]) -> None:
    """Raise the hint of the known mistake that gives this answer.

    Two answers may share a hint: a blank after its name sets them apart.
    """
    for name, slip in slips.items():
        if _close(got, slip):
            raise Hint(name.strip())


@exercise(
    "3.1",
    {
        "row": {
            "en": "You marked the last row. For a shorter sequence that row "
            "is padding.",
            "ko": "마지막 행에 표시했다. 짧은 순차열에서는 그 행이 패딩이다.",
        },
        "all": {
            "en": "Every real step is still marked. Only the last one of each "
            "column may stay.",
            "ko": "실제 단계가 모두 남아 있다. 열마다 마지막 하나만 남긴다.",
        },
        "first": {
            "en": "These are the first steps. The last real one is asked for.",
            "ko": "이것은 첫 단계이다. 실제 단계 가운데 마지막을 물었다.",
        },
        "after": {
            "en": "You marked the step after the last real one, which is "
            "padding.",
            "ko": "마지막 실제 단계의 다음, 곧 패딩에 표시했다.",
        },
        "off": {
            "en": "For a sequence of {n} real steps only row {row} should be "
            "1 (counted from 0); yours is {got}.",
            "ko": "실제 단계가 {n}개인 순차열이면 {row}번 행만 1이어야 하는데"
            "(0부터 센다) 답은 {got}이다.",
        },
        "right": {
            "en": "With this mask aligned many-to-many is many-to-one.",
            "ko": "이 마스크를 쓰면 정렬된 다대다가 다대일이 된다.",
        },
    },
)
def last_step(answer: Any) -> None:
    """Mark the last real step."""
    lengths = np.array([3, 5, 1, 4])
    mask = (np.arange(5)[:, None] < lengths).astype(float)
    got = array(call(answer, mask=mask.copy()), mask.shape)
    want = np.zeros_like(mask)
    want[lengths - 1, np.arange(4)] = 1
    row, first, after = (np.zeros_like(mask) for _ in range(3))
    row[-1], first[0] = 1, 1
    after[np.minimum(lengths, 4), np.arange(4)] = 1
    after[:, lengths == 5] = 0
    if _close(got, want):
        return
    _slip(
        got,
        {
            "row": row,
            "row ": row * mask,
            "all": mask,
            "first": first,
            "after": after,
        },
    )
    column = int((got != want).any(axis=0).argmax())
    values = {
        "n": int(lengths[column]),
        "row": int(lengths[column]) - 1,
        "got": got[:, column].tolist(),
    }
    raise Hint("off", values)


def _readers() -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(32)
    cells = [rnn.init(rng, D=3, H=4) for _ in range(2)]

    def reader(params: Any) -> Any:
        return lambda xs: scan.forward(rnn, params, np.asarray(xs))[0]

    return reader(cells[0]), reader(cells[1]), rng.normal(size=(6, 2, 3))


@exercise(
    "3.2",
    {
        "backward": {
            "en": "Row t of the second half belongs to another step: turn the "
            "states of run_back round again, [::-1].",
            "ko": "뒤쪽 절반의 t행이 다른 단계의 것이다. run_back의 상태를 "
            "[::-1]로 다시 뒤집는다.",
        },
        "forward": {
            "en": "The second reader still reads from the left: give it "
            "xs[::-1].",
            "ko": "둘째 신경망도 왼쪽부터 읽고 있다. xs[::-1]을 준다.",
        },
        "batch": {
            "en": "The sequence runs along the first axis (T); you turned "
            "another one round.",
            "ko": "순차열은 첫째 축(T)을 따라간다. 다른 축을 뒤집었다.",
        },
        "sum": {
            "en": "You added the states. Put them side by side, so that the "
            "readout can weigh each: (T, B, 2H).",
            "ko": "두 상태를 더했다. 출력층이 저마다 가중치를 줄 수 있게 "
            "옆으로 잇는다. 모양은 (T, B, 2H)이다.",
        },
        "order": {
            "en": "The halves are right, but run_ahead comes first.",
            "ko": "두 절반은 맞지만 run_ahead가 앞에 온다.",
        },
        "axis": {
            "en": "Join along the last axis, not along time: expected "
            "{want}, got {got}.",
            "ko": "시간 축이 아니라 마지막 축으로 잇는다. 모양이 {want}여야 "
            "하는데 {got}이다.",
        },
        "off": {
            "en": "The shape is right. At the first step number 0 should be "
            "{want:.4f} and is {got:.4f}.",
            "ko": "모양은 맞다. 첫 단계의 0번 수가 {want:.4f}이어야 하는데 "
            "{got:.4f}이다.",
        },
        "right": {
            "en": "The two readers share nothing, so they could run at the "
            "same time.",
            "ko": "두 신경망은 함께 쓰는 것이 없어 동시에 돌릴 수도 있다.",
        },
    },
)
def both_ways(answer: Any) -> None:
    """Two readers, side by side."""
    ahead, back, xs = _readers()
    got = np.asarray(
        call(answer, run_ahead=ahead, run_back=back, xs=xs), float
    )
    left, right = ahead(xs), back(xs[::-1])[::-1]
    want = np.concatenate([left, right], axis=-1)
    if _close(got, want):
        return
    unturned, same = back(xs[::-1]), back(xs)

    def beside(a: Any, b: Any) -> Any:
        return np.concatenate([a, b], axis=-1)

    _slip(
        got,
        {
            "backward": beside(left, unturned),
            "forward": beside(left, same),
            "forward ": beside(left, same[::-1]),
            "batch": beside(left, back(xs[:, ::-1])[:, ::-1]),
            "sum": left + right,
            "order": beside(right, left),
        },
    )
    if got.shape != want.shape:
        raise Hint("axis", {"want": want.shape, "got": got.shape})
    raise Hint("off", {"want": want[0, 0, 0], "got": got[0, 0, 0]})


@exercise(
    "3.3",
    {
        "same": {
            "en": "So each step reads the answer that it is to give: it need "
            "only copy. Move everything on by one step.",
            "ko": "단계마다 스스로 낼 답을 읽는 셈이라 베끼면 그만이다. "
            "모두 한 단계씩 뒤로 민다.",
        },
        "ahead": {
            "en": "Moved the wrong way: each step reads the answer after. "
            "What is read at step u is the token u - 1.",
            "ko": "반대로 밀었다. 다음 답을 읽고 있다. u 단계는 u - 1번째 "
            "토큰을 읽는다.",
        },
        "round": {
            "en": "The end token came round to the first step (np.roll). "
            "There the start token, 0, belongs.",
            "ko": "종료 토큰이 첫 단계로 돌아왔다(np.roll). 거기에는 시작 "
            "토큰 0이 온다.",
        },
        "long": {
            "en": "One row too many: what is read at U steps has U rows. The "
            "last token is never read.",
            "ko": "행이 하나 많다. U 단계에 읽는 것은 U행이다. 마지막 토큰은 "
            "읽지 않는다.",
        },
        "across": {
            "en": "Steps run along the first axis, sequences along the "
            "second; you moved along the second.",
            "ko": "단계는 첫째 축, 순차열은 둘째 축이다. 둘째 축을 따라 "
            "밀었다.",
        },
        "off": {
            "en": "For the answer {given} the steps should read {want}, and "
            "yours read {got}.",
            "ko": "정답이 {given}이면 단계마다 {want}를 읽어야 하는데 답은 "
            "{got}이다.",
        },
        "right": {
            "en": "That is all of teacher forcing.",
            "ko": "티처 포싱은 이것이 전부이다.",
        },
    },
)
def before(answer: Any) -> None:
    """Shift the right answers by one step."""
    given = np.array([[5, 3, 7], [4, 9, 6], [8, 1, 2], [1, 1, 1]])
    got = np.asarray(call(answer, given=given.copy()))
    zeros = np.zeros((1, 3), int)
    want = np.vstack([zeros, given[:-1]])
    if _close(got, want):
        return
    across = np.zeros_like(given)
    across[:, 1:] = given[:, :-1]
    _slip(
        got,
        {
            "same": given,
            "ahead": np.vstack([given[1:], zeros]),
            "ahead ": np.roll(given, -1, axis=0),
            "round": np.roll(given, 1, axis=0),
            "long": np.vstack([zeros, given]),
            "across": across,
        },
    )
    if got.shape != given.shape:
        raise Hint("array", {"want": given.shape, "got": got.shape})
    column = int((got != want).any(axis=0).argmax())
    values = {
        name: rows[:, column].tolist()
        for name, rows in (("given", given), ("want", want), ("got", got))
    }
    raise Hint("off", values)


@exercise(
    "3.4",
    {
        "greedy": {
            "en": "That is greedy: the best first token, then the best after "
            "it. The best pair begins with another token.",
            "ko": "이것은 탐욕적 디코딩이다. 가장 그럴듯한 첫 토큰을 잡고 그 "
            "뒤를 골랐다. 가장 그럴듯한 쌍은 다른 토큰으로 시작한다.",
        },
        "sum": {
            "en": "You added the probabilities. That both happen is their "
            "product.",
            "ko": "확률을 더했다. 둘 다 일어날 확률은 곱이다.",
        },
        "apart": {
            "en": "The second token must follow the first that you chose: row "
            "j of second belongs to first token j.",
            "ko": "둘째 토큰은 고른 첫 토큰 뒤에 와야 한다. second의 j행은 "
            "첫 토큰 j에 딸린 것이다.",
        },
        "flat": {
            "en": "That is one number. np.unravel_index turns it into the "
            "row and the column.",
            "ko": "수 하나가 나왔다. np.unravel_index로 행과 열을 얻는다.",
        },
        "off": {
            "en": "Here {want} has probability {best:.3f}, and your {got} has "
            "{found:.3f}.",
            "ko": "여기서 {want}의 확률은 {best:.3f}이고 답 {got}의 확률은 "
            "{found:.3f}이다.",
        },
        "pair": {
            "en": "Expected two tokens from 0 to {last}, got {got}.",
            "ko": "0부터 {last}까지의 토큰 두 개가 와야 하는데 {got} 값이 "
            "왔다.",
        },
        "right": {
            "en": "Beam search looks for the same with less looking.",
            "ko": "빔 서치는 같은 것을 덜 살피면서 찾는다.",
        },
    },
)
def best_pair(answer: Any) -> None:
    """Find the likeliest of all pairs."""
    first = np.array([0.5, 0.3, 0.2])
    second = np.array([[0.4, 0.35, 0.25], [0.1, 0.1, 0.8], [0.02, 0.97, 0.01]])
    whole = first[:, None] * second
    result = call(answer, first=first.copy(), second=second.copy())
    if np.size(result) == 1 and result == whole.argmax():
        raise Hint("flat")
    try:
        j, k = (int(token) for token in result)
        found = whole[j, k]
    except (TypeError, ValueError, IndexError):
        raise Hint("pair", {"last": 2, "got": result}) from None
    want = (1, 2)
    if (j, k) == want:
        return
    pairs = {
        "greedy": (0, 0),
        "sum": np.unravel_index((first[:, None] + second).argmax(), (3, 3)),
        "apart": (0, int(second.max(axis=0).argmax())),
    }
    for name, pair in pairs.items():
        if (j, k) == tuple(int(x) for x in pair) and pair != want:
            raise Hint(name)
    values = {"want": want, "best": whole[want], "got": (j, k)}
    raise Hint("off", {**values, "found": found})


@exercise(
    "3.5",
    {
        "weights": {
            "en": "These are the weights a_t, one for each step. Now take the "
            "mean of the states with them: a @ hs.",
            "ko": "이것은 단계마다 하나인 가중치 a_t이다. 이제 그것으로 "
            "상태를 평균한다. a @ hs.",
        },
        "scores": {
            "en": "The softmax is missing: the likenesses hs @ s must become "
            "weights that add up to 1.",
            "ko": "소프트맥스가 빠졌다. hs @ s를 합이 1인 가중치로 바꾸어야 "
            "한다.",
        },
        "mean": {
            "en": "That is the plain mean of all states: s has no say in it.",
            "ko": "모든 상태의 단순 평균이다. s가 들어가지 않았다.",
        },
        "best": {
            "en": "That is the likest state alone. A softmax takes some of "
            "every state.",
            "ko": "가장 닮은 상태 하나이다. 소프트맥스는 모든 상태를 조금씩 "
            "섞는다.",
        },
        "sum": {
            "en": "The exponentials are there, but not divided by their sum.",
            "ko": "지수는 맞지만 그 합으로 나누지 않았다.",
        },
        "huge": {
            "en": "Right for small numbers; for large ones exp overflows. "
            "Subtract the largest product first.",
            "ko": "작은 수에서는 맞지만 큰 수에서 exp가 넘친다. 가장 큰 곱을 "
            "먼저 뺀다.",
        },
        "off": {
            "en": "The shape is right. Number 0 should be {want:.4f} and is "
            "{got:.4f}.",
            "ko": "모양은 맞다. 0번 수가 {want:.4f}이어야 하는데 {got:.4f}"
            "이다.",
        },
        "right": {
            "en": "It is chapter 1's retrieve, with beta = 1.",
            "ko": "1장의 retrieve에서 베타가 1인 것과 같다.",
        },
    },
)
def look(answer: Any) -> None:
    """Look at all states from one."""
    rng = np.random.default_rng(35)
    s, hs = rng.normal(size=4), rng.normal(size=(6, 4))
    got = np.asarray(call(answer, s=s.copy(), hs=hs.copy()), float)
    a = hopfield.attention(hs, s, 1)
    want = a @ hs
    e = np.exp(hs @ s)
    if not _close(got, want):
        _slip(
            got,
            {
                "weights": a,
                "scores": hs @ s @ hs,
                "mean": hs.mean(axis=0),
                "best": hs[(hs @ s).argmax()],
                "sum": e @ hs,
            },
        )
        got = array(got, want.shape)
        raise Hint("off", {"want": want[0], "got": got[0]})
    large = np.asarray(call(answer, s=300 * s, hs=10 * hs), float)
    if not np.isfinite(large).all():
        raise Hint("huge")
