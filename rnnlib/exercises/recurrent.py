"""The exercises of chapter 2."""

from typing import Any

import numpy as np

from rnnlib import one_unit, rnn, scan
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import array, call, first_off, number, parts, right

B, D, H = 3, 4, 5


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
            "en": "This is a_t, before the nonlinearity.",
            "ko": "이것은 비선형 함수에 넣기 전의 a_t이다.",
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
            "en": "W_hh is used the wrong way round. States are rows here, "
            "and a row stands before its matrix.",
            "ko": "W_hh가 뒤집혀 쓰였다. 여기서 상태는 행이고, 행은 행렬 "
            "앞에 온다.",
        },
        "twice": {
            "en": "Add first, then take tanh once, of the whole sum.",
            "ko": "먼저 더하고, 합 전체에 tanh를 한 번만 쓴다.",
        },
        "off": {
            "en": "The shape is right. h[{at}] should be {want:.6g} here and "
            "is {got:.6g}.",
            "ko": "모양은 맞다. 여기서 h[{at}]은 {want:.6g}이어야 하는데 "
            "{got:.6g}이다.",
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
    h = call(answer, **given)
    a = x @ W_xh + h_prev @ W_hh + b_h
    u, v = x @ W_xh, h_prev @ W_hh
    slips = {
        "tanh": [a],
        "bias": [np.tanh(a - b_h)],
        "memory": [np.tanh(u + b_h)],
        "transposed": [np.tanh(u + h_prev @ W_hh.T + b_h)],
        "twice": [
            np.tanh(u) + np.tanh(v) + b_h,
            np.tanh(u) + np.tanh(v + b_h),
            np.tanh(u + b_h) + np.tanh(v),
            np.tanh(u) + v + b_h,
            u + np.tanh(v + b_h),
        ],
    }
    want = np.tanh(a)
    if not right(h, want, slips):
        raise Hint("off", first_off(h, want))


@exercise(
    "2.2",
    {
        "beside": {
            "en": "The blocks stand side by side. A row [x h] needs them one "
            "above the other.",
            "ko": "두 블록이 옆으로 나란하다. 행 [x h]에 곱하려면 위아래로 "
            "쌓아야 한다.",
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
        "sum": {
            "en": "That is the sum of the two. Do not add: stack.",
            "ko": "두 행렬의 합이다. 더하는 것이 아니라 쌓아야 한다.",
        },
        "pair": {
            "en": "These are still two matrices. Make one matrix of them.",
            "ko": "아직 행렬 두 개이다. 이어서 행렬 하나로 만든다.",
        },
        "off": {
            "en": "The shape is right, but row {row} (counted from 0) is not.",
            "ko": "모양은 맞지만 {row}번 행이 다르다(0부터 센다).",
        },
    },
)
def stacked(answer: Any) -> None:
    """[x h] W in place of x W_xh + h W_hh."""
    rng = np.random.default_rng(22)
    # With D = H first: there the slips do not stop for their shapes.
    for D in (H, H - 1):
        given = {"W_xh": rng.normal(size=(D, H))}
        given["W_hh"] = rng.normal(size=(H, H))
        W_xh, W_hh = given.values()
        W = call(answer, **given)
        if isinstance(W, tuple | list) and [
            getattr(part, "shape", None) for part in W
        ] == [W_xh.shape, W_hh.shape]:
            raise Hint("pair")
        want = np.vstack([W_xh, W_hh])
        slips = {
            "beside": [np.hstack([W_xh.T, W_hh]), want.T],
            "order": [np.vstack([W_hh, W_xh])],
            "product": [W_xh @ W_hh],
        }
        if D == H:
            slips["beside"] += [np.hstack([W_xh, W_hh])]
            slips["product"] += [W_xh * W_hh, W_hh @ W_xh]
            slips |= {"sum": [W_xh + W_hh]}
            slips |= {"pair": [np.stack([W_xh, W_hh])]}
        if not right(W, want, slips):
            wrong = ~np.isclose(array(W, want.shape), want, atol=1e-6)
            raise Hint("off", {"row": int(wrong.any(axis=1).argmax())})


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
        "readout": {
            "en": "The readout is missing: it learns W_hy and b_y.",
            "ko": "출력층이 빠졌다. 출력층은 W_hy와 b_y를 학습한다.",
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
    sizes = np.array([(4, 5, 3), (100, 64, 100)])
    D, H, V = sizes.T
    got = np.array(
        [number(call(answer, D=d, H=h, V=v)) for d, h, v in sizes.tolist()]
    )
    want = D * H + H * H + H + H * V + V
    wrong = int((got != want).argmax())
    said = dict(zip("DHV", sizes[wrong], strict=True))
    said |= {"want": want[wrong], "got": f"{got[wrong]:g}"}
    slips = {
        "bias": [want - H - V],
        "one": [want - H, want - V],
        "loop": [want - H * H],
        "readout": [want - H * V - V, D * H + H * H],
        "time": [T * want for T in range(2, 20)],
    }
    if not right(got, want, slips, said):
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
        "idle": {
            "en": "No mark has come, and it says inside. From h_0 = 0 it "
            "must stay outside by itself.",
            "ko": "따옴표가 없었는데 ‘안’이라고 답한다. h_0 = 0에서는 "
            "가만두면 ‘밖’이어야 한다.",
        },
        "first": {
            "en": "After the text {text} the answer should be {want}. Begin "
            "with what a single mark does from h_0 = 0.",
            "ko": "글 {text} 다음의 답은 ‘{want_ko}’이어야 한다. h_0 = 0에서 "
            "따옴표 하나가 무엇을 하는지부터 본다.",
        },
        "second": {
            "en": "It opens, but after the text {text} it should be {want}. "
            "The same mark must now do the opposite: one unit says “at least "
            "one”, the other “two”.",
            "ko": "열리기는 하지만 글 {text} 다음의 답은 ‘{want_ko}’이어야 "
            "한다. 같은 기호가 이번에는 반대로 움직여야 한다. 한 유닛은 "
            "‘하나 이상’, 다른 유닛은 ‘둘’을 맡는다.",
        },
        "turned": {
            "en": "It counts, but the other way round: it says outside where "
            "it should say inside. Look at the readout.",
            "ko": "세기는 하는데 거꾸로이다. 안에서 ‘밖’이라고 답한다. "
            "출력층을 본다.",
        },
        "transposed": {
            "en": "With W_hh transposed it would work. In h @ W_hh row j "
            "holds what unit j sends, column k what unit k hears.",
            "ko": "W_hh를 전치하면 맞는다. h @ W_hh에서 j행은 유닛 j가 "
            "보내는 값이고 k열은 유닛 k가 듣는 값이다.",
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
    shapes = {"W_xh": (1, 2), "W_hh": (2, 2), "b_h": (2,)}
    *cell, W_hy, b_y = parts(answer, **shapes, W_hy=(2, 1), b_y=(1,))

    def fault(params: rnn.Params, sign: int = 1) -> Hint | None:
        """Return what to say of a network."""

        def inside(marks: Any) -> Any:
            xs = np.asarray(marks, float).reshape(-1, 1, 1)
            hs, _ = scan.run(rnn, params, xs)
            return sign * (hs[:, 0] @ W_hy + b_y)[:, 0] > 0

        for text in 'a " "a ab" "" "a" a""b """" "a"b"'.split():
            marks = [letter == '"' for letter in text]
            n = sum(marks)
            if inside(marks)[-1] == n % 2:
                continue
            said: dict[str, Any] = {
                "text": text,
                "want": "inside" if n % 2 else "outside",
            }
            said["want_ko"] = "안" if n % 2 else "밖"
            return Hint(("idle", "first")[n] if n < 2 else "second", said)
        many = np.random.default_rng(4).random(2000) < 0.2
        wrong = inside(many) != (np.cumsum(many) % 2 == 1)
        said = {"n": int(np.argmax(wrong)) + 1}
        return Hint("fades", said) if wrong.any() else None

    params = rnn.Params(*cell)
    hint = fault(params)
    if hint is None:
        return
    if fault(params, sign=-1) is None:
        raise Hint("turned")
    if fault(params._replace(W_hh=params.W_hh.T)) is None:
        raise Hint("transposed")
    raise hint
