"""The exercises of chapter 5."""

from typing import Any

import numpy as np

from rnnlib import gru, lstm, scan, tree
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import array, call, number


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, atol=1e-9))


@exercise(
    "5.1",
    {
        "three": {
            "en": "Expected three arrays: W_xh (2, 4), W_hh (1, 4) and "
            "b_h (4,). Got {got}.",
            "ko": "배열 세 개, 곧 W_xh (2, 4), W_hh (1, 4), b_h (4,)가 와야 "
            "한다. 받은 것은 {got}이다.",
        },
        "shape": {
            "en": "{name}: expected shape {want}, got {got}. The columns are "
            "i, f, o, g.",
            "ko": "{name}의 모양은 {want}이어야 하는데 {got}이다. 열은 i, f, "
            "o, g 차례이다.",
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
    names, shapes = ("W_xh", "W_hh", "b_h"), ((2, 4), (1, 4), (4,))
    try:
        parts = [np.asarray(part, float) for part in answer]
    except (TypeError, ValueError):
        raise Hint("three", {"got": type(answer).__name__}) from None
    if len(parts) != 3:
        raise Hint("three", {"got": len(parts)})
    for name, part, shape in zip(names, parts, shapes, strict=True):
        if part.shape != shape:
            said = {"name": name, "want": shape, "got": part.shape}
            raise Hint("shape", said)
        if not np.isfinite(part).all():
            raise Hint("finite")
    params = lstm.Params(*parts)

    def run(*signals: int) -> Any:
        """Return h after each signal: 0 nothing, 1 set, 2 reset."""
        rows = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])[list(signals)]
        return scan.run(lstm, params, rows[:, None])[0][:, 0, 0]

    if abs(h := run(*[0] * 20)[-1]) > 0.1:
        raise Hint("quiet", {"h": h})
    if (h := run(0, 1)[-1]) <= 0.5:
        raise Hint("set", {"h": h})
    held = run(1, *[0] * 100)
    if (held <= 0.5).any():
        n = int(np.argmax(held <= 0.5))
        raise Hint("fades", {"n": n, "h": held[n]})
    if abs(h := run(1, 0, 2)[-1]) >= 0.1:
        raise Hint("reset", {"h": h})
    if abs(h := run(*[1] * 30, 2)[-1]) >= 0.1:
        raise Hint("grows", {"h": h})


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
            "1/e = 37 % is left. Asked is the half-life.",
            "ko": "그러면 시간 상수가 50단계이고, 그때 남는 것은 1/e, 곧 "
            "37 %쯤이다. 구할 것은 반감기이다.",
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
    half = np.log(2) / -np.log(gate) if 0 < gate < 1 else np.inf
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
        "params": {
            "en": "Expected gru.Params(W_xh, W_hh, b_xh, b_hh), got {got}.",
            "ko": "gru.Params(W_xh, W_hh, b_xh, b_hh)가 와야 하는데 {got} "
            "값이 왔다.",
        },
        "off": {
            "en": "{name}: the z columns should be minus what they were, and "
            "the others unchanged.",
            "ko": "{name}에서 z의 열은 부호가 반대이고 나머지는 그대로여야 "
            "한다.",
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
    got = call(answer, params=tree.apply(np.array, theirs))
    if not isinstance(got, tuple | list) or len(got) != 4:
        raise Hint("params", {"got": type(got).__name__})
    found = [
        array(part, want.shape) for part, want in zip(got, theirs, strict=True)
    ]

    def turned(block: slice, *which: int) -> list[Any]:
        result = [np.array(part) for part in theirs]
        for k in which:
            result[k][..., block] *= -1
        return result

    def same(want: list[Any]) -> bool:
        return all(map(_close, found, want))

    z = slice(H, 2 * H)
    if same(turned(z, 0, 1, 2, 3)):
        return
    if same(list(theirs)):
        raise Hint("same")
    if same([-part for part in theirs]):
        raise Hint("all")
    if same(turned(z, 0, 1)):
        raise Hint("biases")
    if any(
        same(turned(block, 0, 1, 2, 3))
        for block in (slice(H), slice(2 * H, 3 * H))
    ):
        raise Hint("block")
    if _close(found[0][:, z], 1 - theirs.W_xh[:, z]):
        raise Hint("minus")
    right = turned(z, 0, 1, 2, 3)
    name = next(
        n
        for n, a, b in zip(gru.Params._fields, found, right, strict=True)
        if not _close(a, b)
    )
    raise Hint("off", {"name": name})


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
    for D, H in ((3, 5), (100, 64)):
        got = number(call(answer, D=D, H=H))
        block = D * H + H * H + H
        if got == 4 * block:
            continue
        slips = {
            "one": block,
            "gates": 3 * block,
            "two": 4 * (block + H),
            "none": 4 * (block - H),
        }
        for name, slip in slips.items():
            if got == slip:
                raise Hint(name)
        raise Hint("off", {"D": D, "H": H, "want": 4 * block, "got": got})


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
        "bias": {
            "en": "The bias of the candidate is missing.",
            "ko": "후보 상태의 편향이 빠졌다.",
        },
        "tanh": {
            "en": "The candidate goes through tanh.",
            "ko": "후보 상태에는 tanh가 있어야 한다.",
        },
        "off": {
            "en": "The shape is right. h[0, 0] should be {want:.4f} here and "
            "is {got:.4f}.",
            "ko": "모양은 맞다. 여기서 h[0, 0]은 {want:.4f}이어야 하는데 "
            "{got:.4f}이다.",
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
    h = array(call(answer, **given), (B, H))
    x, h_prev, r, z, W_xn, W_hn, b_n = given.values()
    u, v = x @ W_xn + b_n, (r * h_prev) @ W_hn
    n = np.tanh(u + v)
    want = (1 - z) * n + z * h_prev
    if _close(h, want):
        return
    mixed = {
        "after": np.tanh(u + r * (h_prev @ W_hn)),
        "bias": np.tanh(x @ W_xn + v),
        "tanh": u + v,
    }
    later = np.tanh(x @ W_xn + r * (h_prev @ W_hn + b_n))
    if _close(h, z * n + (1 - z) * h_prev):
        raise Hint("turned")
    if _close(h, (1 - z) * later + z * h_prev):
        raise Hint("after")
    for name, slip in mixed.items():
        if _close(h, (1 - z) * slip + z * h_prev):
            raise Hint(name)
    raise Hint("off", {"want": want[0, 0], "got": h[0, 0]})
