"""The exercises of chapter 3."""

from typing import Any

import numpy as np

from rnnlib import hopfield, rnn, scan
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import (
    array,
    call,
    close,
    explain,
    first_off,
    real,
    right,
)


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
        "index": {
            "en": "These are the numbers of the rows. What is asked for is a "
            "mask of the given shape: 1 there, and 0 elsewhere.",
            "ko": "이것은 행의 번호이다. 구할 것은 받은 것과 모양이 같은 "
            "마스크로, 그 자리만 1이고 나머지는 0이다.",
        },
        "count": {
            "en": "These are the lengths, one for each sequence. What is "
            "asked for is a mask of the given shape.",
            "ko": "이것은 순차열마다 하나인 길이이다. 구할 것은 받은 것과 "
            "모양이 같은 마스크이다.",
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
    answer = call(answer, mask=mask)
    want = np.zeros_like(mask)
    want[lengths - 1, np.arange(4)] = 1
    row, first, after = (np.zeros_like(mask) for _ in range(3))
    row[-1], first[0] = 1, 1
    after[np.minimum(lengths, 4), np.arange(4)] = 1
    after[:, lengths == 5] = 0
    slips = {
        "row": [row, row * mask],
        "all": [mask],
        "first": [first],
        "after": [after, np.roll(want, 1, axis=0)],
        "index": [lengths - 1],
        "count": [lengths],
    }
    if not right(answer, want, slips):
        got = array(answer, mask.shape)
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
            "en": "Row t of the second half belongs to another step: the "
            "states of run_back still stand in the order they were read.",
            "ko": "뒤쪽 절반의 t행이 다른 단계의 것이다. run_back의 상태가 "
            "아직 읽은 순서대로 놓여 있다.",
        },
        "forward": {
            "en": "The second reader still reads from the left. What should "
            "its first row be?",
            "ko": "둘째 신경망도 왼쪽부터 읽고 있다. 어느 행부터 읽어야 할까?",
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
        "twice": {
            "en": "run_ahead read both times. The second half is run_back's.",
            "ko": "두 번 다 run_ahead가 읽었다. 뒤쪽 절반은 run_back의 "
            "것이다.",
        },
        "alone": {
            "en": "These are the states of one reader alone. The readout "
            "sees both.",
            "ko": "한쪽 신경망의 상태뿐이다. 출력층은 둘 다 본다.",
        },
        "axis": {
            "en": "Joined along the wrong axis: the {H} numbers of the one "
            "and the {H} of the other make a longer row, at each step and "
            "for each sequence.",
            "ko": "다른 축으로 이었다. 단계마다, 순차열마다 한쪽의 수 {H}개와 "
            "다른 쪽의 수 {H}개가 더 긴 행 하나가 되어야 한다.",
        },
        "off": {
            "en": "The shape is right. Number [{at}] should be {want:.6g} "
            "and is {got:.6g}.",
            "ko": "모양은 맞다. [{at}] 자리의 수가 {want:.6g}이어야 하는데 "
            "{got:.6g}이다.",
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
    answer = call(answer, run_ahead=ahead, run_back=back, xs=xs)
    left, right_to_left = ahead(xs), back(xs[::-1])

    def beside(a: Any, *others: Any) -> list[Any]:
        return [np.concatenate([a, b], axis=-1) for b in others]

    turned, same = right_to_left[::-1], back(xs)
    (want,) = beside(left, turned)
    pair = [left, turned]
    slips = {
        "backward": beside(left, right_to_left),
        "forward": beside(left, same, same[::-1]),
        "batch": beside(
            left,
            back(xs[:, ::-1]),
            back(xs[..., ::-1]),
            back(np.flip(xs)),
            back(np.flip(xs))[::-1],
            np.flip(back(np.flip(xs))),
            right_to_left[:, ::-1],
            np.flip(right_to_left),
        ),
        "sum": [left + turned],
        "twice": beside(left, ahead(xs[::-1])[::-1], left),
        "alone": [left, turned, right_to_left, same],
        "order": beside(turned, left),
        "axis": [np.concatenate(pair, axis=k) for k in (0, 1)]
        + [np.stack(pair, axis=k) for k in (0, 1, 2, 3)],
    }
    if not right(answer, want, slips, {"H": left.shape[-1]}):
        raise Hint("off", first_off(answer, want))


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
        "short": {
            "en": "One row too few: there are U steps, and at the first one "
            "something is read, too.",
            "ko": "행이 하나 모자란다. 모두 U 단계이고, 첫 단계에도 읽는 "
            "것이 있다.",
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
            "ko": "정답이 {given}이면 단계마다 읽을 것은 {want}인데 답은 "
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
    answer = call(answer, given=given)
    zeros = np.zeros((1, 3), int)
    want = np.vstack([zeros, given[:-1]])
    across = np.zeros_like(given)
    across[:, 1:] = given[:, :-1]
    slips = {
        "same": [given],
        "ahead": [
            np.vstack([given[1:], zeros]),
            np.roll(given, -1, axis=0),
        ],
        "round": [np.roll(given, 1, axis=0)],
        "long": [np.vstack([zeros, given])],
        "short": [given[:-1], given[1:]],
        "across": [across, np.roll(given, 1, axis=1)],
    }
    if right(answer, want, slips):
        return
    got = array(answer, want.shape)
    column = int((got != want).any(axis=0).argmax())
    values = {
        name: rows[:, column].astype(int).tolist()
        for name, rows in (("given", given), ("want", want))
    }
    numbers = ", ".join(f"{token:g}" for token in got[:, column])
    raise Hint("off", values | {"got": f"[{numbers}]"})


@exercise(
    "3.4",
    {
        "greedy": {
            "en": "That is greedy: the best first token, then the best after "
            "it. The best pair begins with another token.",
            "ko": "이것은 탐욕적 디코딩이다. 가장 그럴듯한 첫 토큰을 잡고 그 "
            "뒤를 골랐다. 가장 그럴듯한 쌍은 다른 토큰으로 시작한다.",
        },
        "column": {
            "en": "The first probability was multiplied along the columns of "
            "second. Row j belongs to first token j: mind how NumPy lines "
            "the axes up.",
            "ko": "첫 확률을 second의 열에 곱했다. j행이 첫 토큰 j에 딸린 "
            "것이다. NumPy가 축을 어떻게 맞추는지 본다.",
        },
        "turned": {
            "en": "The right two, but the first token comes first.",
            "ko": "두 토큰은 맞지만 첫 토큰이 앞에 와야 한다.",
        },
        "chance": {
            "en": "That is the probability of the pair. Which two tokens "
            "have it?",
            "ko": "이것은 그 쌍의 확률이다. 어느 두 토큰인가?",
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
            "en": "The place is right, but counted through the whole table. "
            "Which row is it, and which column?",
            "ko": "자리는 맞지만 표 전체를 한 줄로 센 번호이다. 몇 행 몇 "
            "열인가?",
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
    tables = [
        (
            np.array([0.5, 0.3, 0.2]),
            np.array([[40, 35, 25], [10, 10, 80], [2, 97, 1]]) / 100,
        ),
        (
            np.array([0.2, 0.35, 0.45]),
            np.array([[3, 2, 95], [90, 5, 5], [30, 36, 34]]) / 100,
        ),
    ]
    given = [call(answer, first=p, second=q) for p, q in tables]
    found = [real(pair) for pair in given]
    odd = [part is None or part.shape != (2,) for part in found]
    pair = {
        "last": 2,
        "got": _short(given[odd.index(True) if any(odd) else 0]),
    }
    shapes = {None if part is None else part.shape for part in found}
    if shapes not in ({()}, {(2,)}):
        raise Hint("pair", pair)
    # A mistake must explain both: in one table two may look the same.
    got, known = np.array(found), [_pairs(p, q) for p, q in tables]
    slips = {name: [np.array([k[name] for k in known])] for name in known[0]}
    (want,) = slips.pop("right")
    if close(got, want):
        return
    explain(got, slips)
    if got.ndim == 1 or not np.isin(got, (0, 1, 2)).all():
        raise Hint("pair", pair)
    n = int((got != want).any(axis=1).argmax())
    first, second = tables[n]
    chances = first[:, None] * second
    best, mine = (tuple(map(int, pairs[n])) for pairs in (want, got))
    values = {"want": best, "best": chances[best]}
    raise Hint("off", values | {"got": mine, "found": chances[mine]})


def _pairs(first: Any, second: Any) -> dict[str, Any]:
    """Return the likeliest pair, and what the common mistakes take for it."""
    whole, j = first[:, None] * second, int(first.argmax())

    def place(table: Any) -> Any:
        return np.unravel_index(table.argmax(), table.shape)

    return {
        "right": place(whole),
        "turned": place(whole)[::-1],
        "greedy": (j, second[j].argmax()),
        "apart": (j, second.max(axis=0).argmax()),
        "sum": place(first[:, None] + second),
        "column": place(first * second),
        "flat": whole.argmax(),
        "chance": whole.max(),
    }


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else type(value).__name__


@exercise(
    "3.5",
    {
        "weights": {
            "en": "These are the weights a_t, one for each step. Now take the "
            "mean of the states with them.",
            "ko": "이것은 단계마다 하나인 가중치 a_t이다. 이제 그것으로 "
            "상태를 평균한다.",
        },
        "apart": {
            "en": "These are the weighted states, one for each step. Their "
            "sum over the steps is asked for.",
            "ko": "이것은 단계마다 가중치를 곱한 상태이다. 구할 것은 모든 "
            "단계에 대한 합이다.",
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
            "en": "The shape is right. Number [{at}] should be {want:.6g} "
            "and is {got:.6g}.",
            "ko": "모양은 맞다. [{at}] 자리의 수가 {want:.6g}이어야 하는데 "
            "{got:.6g}이다.",
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
    got = call(answer, s=s, hs=hs)
    a = hopfield.attention(hs, s, 1)
    want = a @ hs
    e = np.exp(hs @ s)
    slips = {
        "weights": [a],
        "apart": [a[:, None] * hs],
        "scores": [hs @ s @ hs],
        "mean": [hs.mean(axis=0)],
        "best": [hs[(hs @ s).argmax()]],
        "sum": [e @ hs, e @ hs / e.max(), e @ hs / len(hs)],
    }
    if not right(got, want, slips):
        raise Hint("off", first_off(got, want))
    s, hs = 300 * s, 10 * hs
    try:
        large = array(call(answer, s=s, hs=hs), want.shape)
    except Hint:
        raise Hint("huge") from None
    if not close(large, hopfield.attention(hs, s, 1) @ hs):
        raise Hint("huge")
