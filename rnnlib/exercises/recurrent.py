"""The exercises of chapter 2."""

from typing import Any

import numpy as np

from rnnlib import one_unit, rnn, scan
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import array, call, number

B, D, H = 3, 4, 5


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, atol=1e-9))


def _example() -> dict[str, Any]:
    rng = np.random.default_rng(21)
    shapes = {
        "x": (B, D),
        "h_prev": (B, H),
        "W_xh": (D, H),
        "W_hh": (H, H),
        "b_h": (H,),
    }
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


@exercise(
    "2.1",
    {
        "tanh": {
            "en": "This is a_t, before the nonlinearity. h_t = tanh(a_t).",
            "ko": "이것은 비선형 함수에 넣기 전의 a_t이다. h_t = tanh(a_t).",
        },
        "bias": {
            "en": "The bias b_h is missing.",
            "ko": "편향 b_h가 빠졌다.",
        },
        "memory": {
            "en": "The old state has no say in it: h_prev @ W_hh is missing.",
            "ko": "이전 상태가 들어가지 않았다. h_prev @ W_hh가 빠졌다.",
        },
        "transposed": {
            "en": "W_hh is used the wrong way round. A row times a matrix: "
            "h_prev @ W_hh.",
            "ko": "W_hh가 뒤집혀 쓰였다. 행 벡터에 행렬을 곱한다. "
            "h_prev @ W_hh.",
        },
        "twice": {
            "en": "Add first, then take tanh once, of the whole sum.",
            "ko": "먼저 더하고, 합 전체에 tanh를 한 번만 쓴다.",
        },
        "off": {
            "en": "The shape is right. h[0, 0] should be {want:.4f} here and "
            "is {got:.4f}.",
            "ko": "모양은 맞다. 여기서 h[0, 0]은 {want:.4f}이어야 하는데 "
            "{got:.4f}이다.",
        },
        "right": {
            "en": "This line is the whole network; the rest is a loop.",
            "ko": "이 한 줄이 신경망의 전부이고 나머지는 반복문이다.",
        },
    },
)
def step(answer: Any) -> None:
    """One step in time."""
    given = _example()
    x, h_prev, W_xh, W_hh, b_h = given.values()
    h = array(call(answer, **given), (B, H))
    a = x @ W_xh + h_prev @ W_hh + b_h
    slips = {
        "tanh": a,
        "bias": np.tanh(a - b_h),
        "memory": np.tanh(x @ W_xh + b_h),
        "transposed": np.tanh(x @ W_xh + h_prev @ W_hh.T + b_h),
        "twice": np.tanh(x @ W_xh) + np.tanh(h_prev @ W_hh) + b_h,
    }
    want = np.tanh(a)
    if _close(h, want):
        return
    for name, slip in slips.items():
        if _close(h, slip):
            raise Hint(name)
    raise Hint("off", {"want": want[0, 0], "got": h[0, 0]})


@exercise(
    "2.2",
    {
        "beside": {
            "en": "The blocks stand side by side. A row [x h] needs them one "
            "above the other: np.vstack.",
            "ko": "두 블록이 옆으로 나란하다. 행 [x h]에 곱하려면 위아래로 "
            "쌓아야 한다. np.vstack.",
        },
        "order": {
            "en": "Both blocks are there, but the rows of W_xh must come "
            "first, as x does in [x h].",
            "ko": "블록은 다 있지만 [x h]에서 x가 먼저이므로 W_xh의 행이 "
            "위에 와야 한다.",
        },
        "product": {
            "en": "That is the product of the two. Do not multiply: stack.",
            "ko": "두 행렬의 곱이다. 곱하는 것이 아니라 쌓아야 한다.",
        },
        "off": {
            "en": "Expected a matrix of shape {want}, D + H rows; got {got}.",
            "ko": "D + H개의 행, 곧 모양 {want}인 행렬이어야 하는데 {got} "
            "값이 왔다.",
        },
    },
)
def stacked(answer: Any) -> None:
    """[x h] W in place of x W_xh + h W_hh."""
    given = _example()
    W_xh, W_hh = given["W_xh"], given["W_hh"]
    W = np.asarray(call(answer, W_xh=W_xh, W_hh=W_hh))
    if W.shape == (H, D + H) or _close(W, np.hstack([W_xh.T, W_hh])):
        raise Hint("beside")
    if _close(W, W_xh @ W_hh):
        raise Hint("product")
    if W.shape != (D + H, H):
        raise Hint("off", {"want": (D + H, H), "got": W.shape})
    if _close(W, np.vstack([W_xh, W_hh])):
        return
    raise Hint("order")


@exercise(
    "2.3",
    {
        "bias": {
            "en": "With D = {D}, H = {H}, V = {V} it should be {want}, and "
            "yours is {got}: the biases are missing, {H} + {V} of them.",
            "ko": "D = {D}, H = {H}, V = {V}이면 {want}개여야 하는데 "
            "{got}개이다. 편향 {H} + {V}개가 빠졌다.",
        },
        "one": {
            "en": "With D = {D}, H = {H}, V = {V} it should be {want}, and "
            "yours is {got}: one of the two biases is missing.",
            "ko": "D = {D}, H = {H}, V = {V}이면 {want}개여야 하는데 "
            "{got}개이다. 편향 하나가 빠졌다.",
        },
        "time": {
            "en": "The number of steps does not enter: the weights are the "
            "same at each.",
            "ko": "단계 수는 들어가지 않는다. 모든 단계에서 가중치가 같다.",
        },
        "loop": {
            "en": "W_hh is missing: H by H, the weights of the loop.",
            "ko": "피드백의 가중치 W_hh, 곧 H × H개가 빠졌다.",
        },
        "off": {
            "en": "With D = {D}, H = {H}, V = {V} it should be {want}, and "
            "yours is {got}. Add the sizes of the five arrays.",
            "ko": "D = {D}, H = {H}, V = {V}이면 {want}개여야 하는데 "
            "{got}개이다. 배열 다섯 개의 크기를 더한다.",
        },
    },
)
def parameters(answer: Any) -> None:
    """D H + H H + H + H V + V."""
    for sizes in ((4, 5, 3), (100, 64, 100)):
        D, H, V = sizes
        got = number(call(answer, D=D, H=H, V=V))
        want = D * H + H * H + H + H * V + V
        if got == want:
            continue
        said = {"D": D, "H": H, "V": V, "want": want, "got": f"{got:g}"}
        if got == want - H - V:
            raise Hint("bias", said)
        if got in (want - H, want - V):
            raise Hint("one", said)
        if got == want - H * H:
            raise Hint("loop")
        if any(got == T * want for T in range(2, 20)):
            raise Hint("time")
        raise Hint("off", said)


@exercise(
    "2.4",
    {
        "latch": {
            "en": "With w up to 1 there is one fixed point: nothing to hold.",
            "ko": "w가 1 이하이면 고정점이 하나뿐이라 붙들 것이 없다.",
        },
        "low": {
            "en": "At w = {w:g} the latch only survives inputs down to "
            "{held:.3f}. It must be stronger.",
            "ko": "w = {w:g}인 래치는 {held:.3f}까지의 입력만 견딘다. 더 "
            "세야 한다.",
        },
        "high": {
            "en": "At w = {w:g} it survives {held:.3f}: more than is asked. "
            "Find the smallest w, to two digits after the point.",
            "ko": "w = {w:g}이면 {held:.3f}까지 견디므로 필요한 것보다 "
            "세다. 가장 작은 w를 소수점 아래 두 자리까지 찾는다.",
        },
        "right": {
            "en": "The harder it holds, the flatter the map where it rests. "
            "Remember that for chapter 4.",
            "ko": "세게 붙들수록 쉬는 자리에서 사상이 평평해진다. 4장까지 "
            "기억해 두자.",
        },
    },
)
def latch(answer: Any) -> None:
    """Find the smallest w that survives an opposing input of 0.3."""
    w = number(answer)
    if w <= 1:
        raise Hint("latch")
    held = one_unit.tolerance(w)
    if held < 0.3 - 0.004:
        raise Hint("low", {"w": w, "held": -held})
    if held > 0.3 + 0.008:
        raise Hint("high", {"w": w, "held": -held})


@exercise(
    "2.5",
    {
        "arrays": {
            "en": "Expected five arrays: W_xh (1, 2), W_hh (2, 2), b_h (2,), "
            "W_hy (2, 1), b_y (1,). {name} has shape {got}.",
            "ko": "배열 다섯 개, 곧 W_xh (1, 2), W_hh (2, 2), b_h (2,), "
            "W_hy (2, 1), b_y (1,)가 와야 한다. {name}의 모양이 {got}이다.",
        },
        "five": {
            "en": "Expected five arrays (W_xh, W_hh, b_h, W_hy, b_y), got "
            "{got}.",
            "ko": "배열 다섯 개 (W_xh, W_hh, b_h, W_hy, b_y)가 와야 하는데 "
            "{got} 값이 왔다.",
        },
        "first": {
            "en": "After {text} the answer should be {want}. Begin with what "
            "a single mark does from h_0 = 0.",
            "ko": "{text} 다음의 답은 ‘{want_ko}’이어야 한다. h_0 = 0에서 "
            "따옴표 하나가 무엇을 하는지부터 본다.",
        },
        "second": {
            "en": "It opens, but after {text} it should be {want}. The same "
            "mark must now do the opposite: one unit says “at least one”, "
            "the other “two”.",
            "ko": "열리기는 하지만 {text} 다음의 답은 ‘{want_ko}’이어야 "
            "한다. 같은 기호가 이번에는 반대로 움직여야 한다. 한 유닛은 "
            "‘하나 이상’, 다른 유닛은 ‘둘’을 맡는다.",
        },
        "fades": {
            "en": "Right on short texts, but after {n} signs it forgets. "
            "Larger weights hold the state harder.",
            "ko": "짧은 글에서는 맞지만 기호 {n}개 뒤에 잊어버린다. 가중치를 "
            "키우면 상태를 더 단단히 붙든다.",
        },
        "right": {
            "en": "Two units that count modulo two, for as long as you like.",
            "ko": "유닛 두 개가 끝없이 홀짝을 센다.",
        },
    },
)
def quotes(answer: Any) -> None:
    """Set weights by hand: inside the quotation marks, or outside."""
    names = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
    shapes = ((1, 2), (2, 2), (2,), (2, 1), (1,))
    try:
        parts = [np.asarray(part, float) for part in answer]
    except (TypeError, ValueError):
        raise Hint("five", {"got": type(answer).__name__}) from None
    if len(parts) != 5:
        raise Hint("five", {"got": len(parts)})
    for name, part, shape in zip(names, parts, shapes, strict=True):
        if part.shape != shape:
            raise Hint("arrays", {"name": name, "got": part.shape})
        if not np.isfinite(part).all():
            raise Hint("finite")
    *cell, W_hy, b_y = parts

    def inside(marks: Any) -> Any:
        xs = np.asarray(marks, float).reshape(-1, 1, 1)
        hs, _ = scan.run(rnn, rnn.Params(*cell), xs)
        return (hs[:, 0] @ W_hy + b_y)[:, 0] > 0

    for text in ('"', '"a', "a", 'ab"', '""', '"a"', 'a""b', '""""', '"a"b"'):
        marks = [sign == '"' for sign in text]
        want = sum(marks) % 2 == 1
        if inside(marks)[-1] != want:
            said = {"text": text, "want": "inside" if want else "outside"}
            said["want_ko"] = "안" if want else "밖"
            raise Hint("first" if sum(marks) < 2 else "second", said)
    many = np.random.default_rng(4).random(2000) < 0.2
    wrong = inside(many) != (np.cumsum(many) % 2 == 1)
    if wrong.any():
        raise Hint("fades", {"n": int(np.argmax(wrong)) + 1})
