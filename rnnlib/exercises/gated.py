"""The exercises of chapter 5."""

from typing import Any

import numpy as np

from rnnlib import gru, lstm, scan
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import (
    call,
    close,
    first_off,
    number,
    parts,
    right,
)


@exercise(
    "5.1",
    {
        "order": {
            "en": "With the columns in the order {order} it would work. Here "
            "they are i, f, o, g.",
            "ko": "열이 {order} 차례라면 맞는다. 이 책에서는 i, f, o, g "
            "차례이다.",
        },
        "inputs": {
            "en": "The inputs are exchanged: the first one sets, the second "
            "one resets.",
            "ko": "두 입력이 바뀌었다. 첫째 입력이 켜고 둘째 입력이 끈다.",
        },
        "set": {
            "en": "After “set” h is {h:.2f}, and above 0.5 is asked. At that "
            "step i, o and g must all be near 1.",
            "ko": "켠 뒤의 h가 {h:.2f}인데 0.5보다 커야 한다. 그 단계에서 i, "
            "o, g가 모두 1에 가까워야 한다.",
        },
        "quiet": {
            "en": "Nothing has come in yet, and h is {h:.2f}. Without “set” "
            "the input gate must be shut: a bias well below 0.",
            "ko": "아직 아무 신호도 없었는데 h가 {h:.2f}이다. 켜라는 신호가 "
            "없으면 입력 게이트가 닫혀 있어야 한다. 편향을 0보다 훨씬 작게 "
            "둔다.",
        },
        "fades": {
            "en": "It is set, and {n} steps later h has fallen to {h:.2f}. "
            "The forget gate must stay near 1 while nothing comes: a larger "
            "bias.",
            "ko": "켜지기는 했는데 {n}단계 뒤에 h가 {h:.2f}까지 떨어졌다. "
            "아무 신호도 없는 동안에는 망각 게이트가 1에 가까워야 한다. "
            "편향을 키운다.",
        },
        "grows": {
            "en": "“Set” thirty times, then “reset”, and h is {h:.2f}. "
            "However much has piled up, the forget gate must shut on it: a "
            "larger negative weight.",
            "ko": "켜라는 신호가 서른 번 온 뒤에 끄면 h가 {h:.2f}이다. "
            "얼마가 쌓였든 지워지도록 망각 게이트를 더 꼭 닫아야 한다. 음의 "
            "가중치를 키운다.",
        },
        "reset": {
            "en": "After “reset” h is {h:.2f}, and below 0.1 in size is "
            "asked. “Reset” must shut the forget gate: a negative weight, "
            "larger in size than the bias.",
            "ko": "끈 뒤의 h가 {h:.2f}인데 크기가 0.1보다 작아야 한다. "
            "끄라는 신호가 오면 망각 게이트가 닫혀야 한다. 크기가 편향보다 "
            "큰 음의 가중치를 준다.",
        },
        "right": {
            "en": "Set, hold, erase: one bit of memory. While it holds, f is "
            "near 1 and the gradient comes through.",
            "ko": "켜고, 붙들고, 지운다. 1비트 기억이다. 붙드는 동안에는 f가 "
            "1에 가까워 그레이디언트도 거의 그대로 지난다.",
        },
    },
)
def latch(answer: Any) -> None:
    """Set the weights of one LSTM unit by hand: a bit of memory."""
    given = parts(answer, W_xh=(2, 4), W_hh=(1, 4), b_h=(4,))
    params = lstm.Params(*given)
    hint = _latch_fault(params)
    if hint is None:
        return
    for order in ("ifgo", "fiog", "figo"):
        columns = [order.index(gate) for gate in "ifog"]
        moved = lstm.Params(*(part[..., columns] for part in params))
        if _latch_fault(moved) is None:
            raise Hint("order", {"order": ", ".join(order)})
    if _latch_fault(params._replace(W_xh=params.W_xh[::-1])) is None:
        raise Hint("inputs")
    raise hint


def _latch_fault(params: lstm.Params) -> Hint | None:
    """Return what to say of one unit, None if it is a bit of memory."""

    def run(*signals: int) -> Any:
        """Return h after each signal: 0 nothing, 1 set, 2 reset."""
        rows = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])[list(signals)]
        return scan.run(lstm, params, rows[:, None])[0][:, 0, 0]

    if abs(h := run(*[0] * 20)[-1]) > 0.1:
        return Hint("quiet", {"h": h})
    if (h := run(0, 1)[-1]) <= 0.5:
        return Hint("set", {"h": h})
    held = run(1, *[0] * 100)
    if (held <= 0.5).any():
        n = int(np.argmax(held <= 0.5))
        return Hint("fades", {"n": n, "h": held[n]})
    if abs(h := run(1, 0, 2)[-1]) >= 0.1:
        return Hint("reset", {"h": h})
    if abs(h := run(*[1] * 30, 2)[-1]) >= 0.1:
        return Hint("grows", {"h": h})
    return None


@exercise(
    "5.2",
    {
        "gate": {
            "en": "That is the gate f itself. Asked is the bias b with "
            "sigmoid(b) = f.",
            "ko": "그것은 게이트 f의 값이다. 구할 것은 sigmoid(b) = f가 되는 "
            "편향 b이다.",
        },
        "constant": {
            "en": "That makes a time constant of 50 steps, after which about "
            "1/e = 37% is left. Asked is the half-life.",
            "ko": "그러면 시간 상수가 50단계이고, 그때 남는 것은 1/e, 곧 "
            "37%쯤이다. 구할 것은 반감기이다.",
        },
        "sign": {
            "en": "The sign is wrong: this gate forgets almost everything at "
            "once.",
            "ko": "부호가 반대이다. 이 게이트는 거의 모든 것을 단번에 잊는다.",
        },
        "off": {
            "en": "At b = {b:.2f} the gate is {f:.4f} and half is left after "
            "{half:.1f} steps.",
            "ko": "b = {b:.2f}이면 게이트가 {f:.4f}이고 {half:.1f}단계 뒤에 "
            "절반이 남는다.",
        },
        "right": {
            "en": "Large, is it not? With the usual 0 or 1 the half-life is "
            "one step, or two.",
            "ko": "꽤 크다. 흔히 쓰는 0이나 1로는 반감기가 한두 단계이다.",
        },
    },
)
def bias(answer: Any) -> None:
    """Find the forget bias with a half-life of 50 steps."""
    b = number(answer)
    f = 0.5 ** (1 / 50)
    want = float(np.log(f / (1 - f)))
    if abs(b - want) < 0.03:
        return
    if abs(b - f) < 1e-3:
        raise Hint("gate")
    if abs(b - np.log(49)) < 0.03:
        raise Hint("constant")
    if abs(b + want) < 0.03:
        raise Hint("sign")
    gate = float(lstm.sigmoid(np.array(b)))
    with np.errstate(divide="ignore"):  # a gate of 0 or 1
        half = float(np.log(2) / abs(np.log(gate)))
    raise Hint("off", {"b": b, "f": gate, "half": half})


@exercise(
    "5.3",
    {
        "same": {
            "en": "These are the weights as they came. Something must change: "
            "their z says how much is replaced, ours how much is kept.",
            "ko": "받은 가중치 그대로이다. 무언가 바뀌어야 한다. 저쪽의 z는 "
            "얼마나 갈아치울지, 이 책의 z는 얼마나 남길지를 정한다.",
        },
        "all": {
            "en": "All columns have changed their sign. r and n mean the "
            "same in both; only z is turned round.",
            "ko": "모든 열의 부호가 바뀌었다. r과 n은 양쪽에서 뜻이 같고 z만 "
            "뒤집혀 있다.",
        },
        "biases": {
            "en": "The weights are right, but the biases go into the gate, "
            "too.",
            "ko": "가중치는 맞다. 그런데 게이트에는 편향도 들어간다.",
        },
        "minus": {
            "en": "The gate 1 - z does not have the weights 1 - W. It is 1 - "
            "sigmoid(a) = sigmoid(-a): which weights make -a?",
            "ko": "게이트 1 - z의 가중치는 1 - W가 아니다. 1 - sigmoid(a) = "
            "sigmoid(-a)이다. -a는 어떤 가중치에서 나올까?",
        },
        "block": {
            "en": "The sign of another block has changed. The columns are "
            "r, z, n, H of each.",
            "ko": "다른 블록의 부호를 바꾸었다. 열은 r, z, n 차례로 "
            "H개씩이다.",
        },
        "off": {
            "en": "In {name} the columns of {block} are not right yet. Which "
            "gates must change, and how?",
            "ko": "{name}에서 {block}의 열이 아직 다르다. 어느 게이트가 "
            "어떻게 바뀌어야 하는가?",
        },
        "right": {
            "en": "One sign, and the two conventions are the same network.",
            "ko": "부호만 바꾸면 두 관례는 같은 신경망이다.",
        },
    },
)
def convention(answer: Any) -> None:
    """Take a GRU whose z replaces to one whose z keeps."""
    rng = np.random.default_rng(53)
    H = 3
    theirs = gru.init(rng, 2, H)
    shapes = {
        name: part.shape
        for name, part in zip(theirs._fields, theirs, strict=True)
    }
    got = parts(call(answer, params=theirs), **shapes)

    def flat(pieces: Any) -> Any:
        return np.concatenate([np.ravel(piece) for piece in pieces])

    def turned(
        block: slice, which: Any = range(4), to: Any = np.negative
    ) -> Any:
        result = [np.array(part) for part in theirs]
        for k in which:
            result[k][..., block] = to(result[k][..., block])
        return flat(result)

    r, z, n = (slice(k * H, (k + 1) * H) for k in range(3))
    slips = {
        "same": [flat(theirs)],
        "all": [turned(slice(None))],
        "biases": [turned(z, (0, 1))],
        "block": [turned(r), turned(n)],
        "minus": [
            turned(z, which, lambda part: 1 - part)
            for which in (range(4), (0, 1), (0,), (1,))
        ],
    }
    if right(flat(got), turned(z), slips):
        return
    for k, name in enumerate(theirs._fields):
        for letter, block in (("z", z), ("r", r), ("n", n)):
            want = theirs[k][..., block] * (-1 if letter == "z" else 1)
            if not close(got[k][..., block], want):
                raise Hint("off", {"name": name, "block": letter})


@exercise(
    "5.4",
    {
        "one": {
            "en": "That is one block, as in the simple cell. The LSTM has "
            "four: i, f, o and g.",
            "ko": "기본 셀처럼 블록 하나만 세었다. LSTM에는 i, f, o, g, 네 "
            "블록이 있다.",
        },
        "gates": {
            "en": "Three blocks are the gates; the candidate g has weights "
            "as well.",
            "ko": "블록 세 개는 게이트이다. 후보 상태 g에도 가중치가 있다.",
        },
        "two": {
            "en": "This counts two sets of biases, as PyTorch has them. Ours "
            "has one: two that are only added do no more.",
            "ko": "PyTorch처럼 편향을 두 벌 세었다. 이 책의 LSTM에는 한 "
            "벌뿐이다. 더하기만 하는 두 벌은 한 벌과 다를 것이 없다.",
        },
        "loop": {
            "en": "W_hh is missing: the gates hear h_{{t-1}}, too.",
            "ko": "W_hh가 빠졌다. 게이트는 h_{{t-1}}도 듣는다.",
        },
        "none": {
            "en": "The biases are missing, one for each gate and unit.",
            "ko": "게이트와 유닛마다 하나씩 있는 편향이 빠졌다.",
        },
        "off": {
            "en": "For D = {D} and H = {H} it should be {want}, and yours is "
            "{got:g}. Add the sizes of W_xh, W_hh and b_h.",
            "ko": "D = {D}, H = {H}이면 {want}개여야 하는데 {got:g}개이다. "
            "W_xh, W_hh, b_h의 크기를 더한다.",
        },
        "right": {
            "en": "Four times as many as in the simple cell. The GRU has "
            "three times as many, and a second set of biases.",
            "ko": "기본 셀의 네 배이다. GRU는 세 배에 편향이 한 벌 더 있다.",
        },
    },
)
def parameters(answer: Any) -> None:
    """Count 4 (D H + H H + H)."""
    sizes = np.array([(3, 5), (100, 64)])
    D, H = sizes.T
    got = np.array([number(call(answer, D=d, H=h)) for d, h in sizes.tolist()])
    block = D * H + H * H + H
    slips = {
        "one": [block],
        "gates": [3 * block],
        "two": [4 * (block + H)],
        "none": [4 * (block - H)],
        "loop": [4 * (block - H * H)],
    }
    if not right(got, 4 * block, slips):
        k = int((got != 4 * block).argmax())
        said = {"D": D[k], "H": H[k], "want": 4 * block[k], "got": got[k]}
        raise Hint("off", said)


@exercise(
    "5.5",
    {
        "after": {
            "en": "This is the reset after the product, as in the cell "
            "above. Multiply h by r first, and then by the matrix.",
            "ko": "위의 셀처럼 행렬을 곱한 뒤에 리셋했다. 여기서는 h에 r을 "
            "먼저 곱하고 나서 행렬을 곱한다.",
        },
        "turned": {
            "en": "z and 1 - z are exchanged: ours keeps the part z of the "
            "old state.",
            "ko": "z와 1 - z가 바뀌었다. 이 책에서는 옛 상태를 z만큼 남긴다.",
        },
        "input": {
            "en": "r has been multiplied with the input, too. It acts on the "
            "old state alone.",
            "ko": "r을 입력에도 곱했다. r은 옛 상태에만 작용한다.",
        },
        "bias": {
            "en": "The bias of the candidate is missing.",
            "ko": "후보 상태의 편향이 빠졌다.",
        },
        "tanh": {
            "en": "The candidate goes through tanh.",
            "ko": "후보 상태에는 tanh가 있어야 한다.",
        },
        "off": {
            "en": "The shape is right. h[{at}] should be {want:.6g} here and "
            "is {got:.6g}.",
            "ko": "모양은 맞다. 여기서 h[{at}]은 {want:.6g}이어야 하는데 "
            "{got:.6g}이다.",
        },
        "right": {
            "en": "The GRU of the paper. With the same weights it is another "
            "network than ours: ask which one before you copy weights.",
            "ko": "논문의 GRU이다. 가중치가 같아도 이 책의 것과 다른 "
            "신경망이니, 가중치를 옮기기 전에 어느 쪽인지 확인하자.",
        },
    },
)
def before(answer: Any) -> None:
    """Take the reset before the product."""
    rng = np.random.default_rng(55)
    B, D, H = 2, 3, 4
    given = {
        "x": rng.normal(size=(B, D)),
        "h_prev": rng.normal(size=(B, H)),
        "r": rng.uniform(0.1, 0.9, size=(B, H)),
        "z": rng.uniform(0.1, 0.9, size=(B, H)),
        "W_xn": rng.normal(size=(D, H)),
        "W_hn": rng.normal(size=(H, H)),
        "b_n": rng.normal(size=H),
    }
    h = call(answer, **given)
    x, h_prev, r, z, W_xn, W_hn, b_n = given.values()
    u, v, w = x @ W_xn, (r * h_prev) @ W_hn, h_prev @ W_hn

    def mean(n: Any) -> Any:
        return (1 - z) * n + z * h_prev

    n = np.tanh(u + v + b_n)
    slips = {
        "after": [
            mean(np.tanh(u + r * w + b_n)),
            mean(np.tanh(u + r * (w + b_n))),
        ],
        "turned": [z * n + (1 - z) * h_prev],
        "input": [
            mean(np.tanh(r * (u + w + b_n))),
            mean(np.tanh(r * (u + w) + b_n)),
        ],
        "bias": [mean(np.tanh(u + v))],
        "tanh": [mean(u + v + b_n)],
    }
    want = mean(n)
    if not right(h, want, slips):
        raise Hint("off", first_off(h, want))
