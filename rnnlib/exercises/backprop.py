"""The exercises of chapter 4."""

from typing import Any

import numpy as np

from rnnlib import leaky
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import (
    call,
    close,
    explain,
    first_off,
    number,
    parts,
    real,
    right,
)


@exercise(
    "4.1",
    {
        "times": {
            "en": "The other way round: the sum has the larger gradient, so "
            "its rate must be smaller.",
            "ko": "거꾸로이다. 합의 그레이디언트가 더 크므로 학습률은 더 "
            "작아야 한다.",
        },
        "padding": {
            "en": "Divided by all steps, the padding among them. The mean was "
            "over the steps that count.",
            "ko": "패딩까지 모든 단계의 수로 나누었다. 평균은 셈에 넣는 "
            "단계만으로 냈다.",
        },
        "length": {
            "en": "Divided by the length alone. The mean was over all steps "
            "that count, of every sequence in the batch.",
            "ko": "길이로만 나누었다. 평균은 배치에 든 모든 순차열에서 셈에 "
            "넣는 단계를 다 모아 냈다.",
        },
        "same": {
            "en": "With the same rate her step would be {n} times as large.",
            "ko": "학습률이 같으면 걸음이 {n}배가 된다.",
        },
        "off": {
            "en": "For lr = {lr} and {n} steps that count it should be "
            "{want:.6f}, and yours is {got:.6f}.",
            "ko": "lr = {lr}이고 셈에 넣는 단계가 {n}개이면 {want:.6f}이어야 "
            "하는데 {got:.6f}이다.",
        },
        "right": {
            "en": "And if the next batch holds fewer steps, it is another "
            "rate. That is why the book takes the mean.",
            "ko": "다음 배치에 단계가 더 적으면 학습률도 달라져야 한다. "
            "그래서 이 책은 평균을 쓴다.",
        },
    },
)
def rate(answer: Any) -> None:
    """Find the learning rate with which a sum steps like the mean."""
    trials = ((0.1, (5, 3, 2)), (0.02, (4, 7, 7, 1)))
    masks = [
        (np.arange(max(lengths))[:, None] < np.array(lengths)).astype(float)
        for _, lengths in trials
    ]
    lr = np.array([lr for lr, _ in trials])
    n = np.array([mask.sum() for mask in masks])
    T, B = np.array([mask.shape for mask in masks]).T
    got = np.array(
        [
            number(call(answer, lr=lr[k], mask=mask))
            for k, mask in enumerate(masks)
        ]
    )
    want = lr / n
    slips = {
        "times": [lr * n, lr * T * B],
        "padding": [lr / (T * B)],
        "length": [lr / T, lr / B],
        "same": [lr],
    }
    # In units of lr: rates are small numbers.
    if right(got / want, np.ones(2), _per(slips, want), {"n": int(n[0])}):
        return
    k = int((~np.isclose(got / want, 1)).argmax())
    said = {"lr": lr[k], "n": int(n[k]), "want": want[k], "got": got[k]}
    raise Hint("off", said)


def _per(slips: dict[str, Any], unit: Any) -> dict[str, Any]:
    return {name: [v / unit for v in values] for name, values in slips.items()}


def _one_unit(
    w_hh: float, w_hy: float, hs: Any, dys: Any, slip: str = ""
) -> float:
    """Return dL/dw_hh, or what one of the common slips makes of it."""
    total, through = 0.0, 0.0
    for t in reversed(range(len(hs))):
        direct = dys[t] if slip == "readout" else dys[t] * w_hy
        dh = direct if slip == "through" else direct + through
        if slip == "direct" and t < len(hs) - 1:
            dh = through
        da = dh if slip == "tanh" else dh * (1 - hs[t] ** 2)
        before = hs[t - 1] if t or slip == "around" else 0.0
        term = da * (hs[t] if slip == "now" else before)
        kept = slip == "set" or (slip == "sum" and t)
        total = term if kept else total + term
        through = da if slip == "weight" else da * w_hh
    return total


@exercise(
    "4.2",
    {
        "tanh": {
            "en": "The way from h_t to a_t leads through tanh: its slope is "
            "missing.",
            "ko": "h_t에서 a_t로 가는 길은 tanh를 지난다. 그 기울기가 빠졌다.",
        },
        "through": {
            "en": "Only the direct part of dh_t is there. h_t also moved "
            "h_{{t+1}}: what comes back from there?",
            "ko": "dh_t의 직접 부분만 있다. h_t는 h_{{t+1}}도 움직였다. "
            "거기에서는 무엇이 돌아오는가?",
        },
        "direct": {
            "en": "Only the part through time is there. Every step has a loss "
            "of its own, not just the last.",
            "ko": "시간을 거쳐 온 부분만 있다. 마지막 단계만이 아니라 "
            "단계마다 제 손실이 있다.",
        },
        "now": {
            "en": "On the way forward w_hh was multiplied by h_{{t-1}}, not "
            "by h_t.",
            "ko": "앞으로 갈 때 w_hh에 곱한 것은 h_t가 아니라 h_{{t-1}}이다.",
        },
        "sum": {
            "en": "One step's term only. The weight was used at every step: "
            "add the terms.",
            "ko": "한 단계의 항뿐이다. 가중치는 모든 단계에서 쓰였으므로 "
            "항들을 더한다.",
        },
        "weight": {
            "en": "On the way from a_{{t+1}} back to h_t the gradient passes "
            "a weight. Which one?",
            "ko": "a_{{t+1}}에서 h_t로 돌아갈 때 그레이디언트가 지나는 "
            "가중치가 있다. 어느 것인가?",
        },
        "around": {
            "en": "Before the first step you took h[-1], which is the last "
            "state. Before step 1 the state is 0.",
            "ko": "첫 단계 앞의 상태로 h[-1]을 썼는데 그것은 마지막 "
            "상태이다. 1단계 앞의 상태는 0이다.",
        },
        "readout": {
            "en": "dy_t passes the readout on its way to h_t: w_hy is "
            "missing.",
            "ko": "dy_t는 h_t로 가는 길에 출력층을 지난다. w_hy가 빠졌다.",
        },
        "off": {
            "en": "For T = {T} it should be {want:.4f}, and yours is "
            "{got:.4f}. Print dh and da at each step and compare them with "
            "the table above.",
            "ko": "T = {T}이면 {want:.4f}이어야 하는데 {got:.4f}이다. "
            "단계마다 dh와 da를 찍어 위의 표와 견주어 본다.",
        },
        "right": {
            "en": "That is backpropagation through time. The rest is "
            "matrices.",
            "ko": "이것이 시간 펼침 역전파이다. 나머지는 행렬일 뿐이다.",
        },
    },
)
def one_unit(answer: Any) -> None:
    """Add up the gradient of the recurrent weight of one unit."""
    rng = np.random.default_rng(41)
    w_hh, w_hy = 0.8, 1.5
    series = [
        (rng.uniform(-0.9, 0.9, size=T), rng.normal(size=T)) for T in (3, 6)
    ]

    def both(f: Any) -> Any:
        return np.array([f(hs, dys) for hs, dys in series])

    got = both(
        lambda hs, dys: number(
            call(answer, w_hh=w_hh, w_hy=w_hy, hs=hs, dys=dys)
        )
    )

    def made(slip: str = "") -> Any:
        return both(lambda hs, dys: _one_unit(w_hh, w_hy, hs, dys, slip))

    names = ("tanh", "through", "direct", "now", "weight", "around", "readout")
    slips = {name: [made(name)] for name in names}
    slips["sum"] = [made("sum"), made("set")]
    want = made()
    if not right(got, want, slips):
        k = int((~np.isclose(got, want, atol=1e-6)).argmax())
        said = {"T": len(series[k][0]), "want": want[k], "got": got[k]}
        raise Hint("off", said)


@exercise(
    "4.3",
    {
        "shape": {
            "en": "Expected a square matrix of 2 to 10 rows, got {got}.",
            "ko": "행이 2개에서 10개인 정사각행렬이 와야 하는데 {got} 값이 "
            "왔다.",
        },
        "radius": {
            "en": "Its spectral radius is {rho:.3f}, and at most 0.5 is "
            "asked. Which entries do the eigenvalues not see? Those of a "
            "triangle stand on its diagonal.",
            "ko": "스펙트럼 반지름이 {rho:.3f}인데 0.5 이하여야 한다. "
            "고윳값에 나타나지 않는 원소는 어느 것일까? 삼각행렬의 고윳값은 "
            "대각선에 있다.",
        },
        "low": {
            "en": "Its powers reach a norm of {top:.3g} at most, at k = {k}. "
            "The eigenvalues are small enough; now make one direction feed "
            "another, and strongly.",
            "ko": "거듭제곱의 노름이 k = {k}에서 최대 {top:.3g}이다. 고윳값은 "
            "충분히 작다. 이제 한 방향이 다른 방향을 세게 밀게 만든다.",
        },
        "first": {
            "en": "The norm reaches {top:.3g}, but already at k = {k}. Let it "
            "grow first: the largest is to come at k = 5 or later. A longer "
            "chain helps: each unit feeds the next.",
            "ko": "노름이 {top:.3g}까지 가지만 k = {k}에서 벌써 그렇다. "
            "가장 큰 값이 k = 5 이후에 오게 한다. 유닛이 차례로 다음 유닛을 "
            "미는 긴 사슬을 만들면 된다.",
        },
        "right": {
            "en": "Every eigenvalue says “fade”, and first it grows a "
            "hundredfold.",
            "ko": "고윳값은 모두 ‘사라진다’고 말하는데 처음에는 백 배로 "
            "커진다.",
        },
    },
)
def growth(answer: Any) -> None:
    """Find small eigenvalues whose matrix has growing powers."""
    W = real(answer)
    if W is None:
        raise Hint("shape", {"got": type(answer).__name__})
    if W.ndim != 2 or W.shape[0] != W.shape[1] or not 2 <= len(W) <= 10:
        raise Hint("shape", {"got": W.shape})
    rho = float(np.abs(np.linalg.eigvals(W)).max())
    # Of a chain, in whatever order its units stand, they are known to about
    # eps^(1/n) only; but where nothing comes round, they are the diagonal.
    links = (W != 0) & ~np.eye(len(W), dtype=bool)
    if not np.linalg.matrix_power(links.astype(int), len(W)).any():
        rho = float(np.abs(np.diag(W)).max())
    if rho > 0.5 + 1e-9:
        raise Hint("radius", {"rho": rho})
    norms, power = [], np.eye(len(W))
    for _ in range(50):
        power = power @ W
        norms.append(float(np.linalg.norm(power, 2)))
    top, k = max(norms), int(np.argmax(norms)) + 1
    if top < 100:
        raise Hint("low", {"top": top, "k": k})
    if k < 5:
        raise Hint("first", {"top": top, "k": k})


@exercise(
    "4.4",
    {
        "each": {
            "en": "Each array was shortened by itself, which turns the step. "
            "One norm over all of them together, and one factor.",
            "ko": "배열마다 따로 줄였으므로 걸음의 방향이 바뀐다. 모두를 "
            "합친 노름으로 배수 하나를 정해 똑같이 곱한다.",
        },
        "always": {
            "en": "A gradient that was short enough has been changed too. "
            "Only scale down what is longer than v.",
            "ko": "이미 충분히 짧은 그레이디언트까지 바뀌었다. v보다 긴 "
            "것만 줄인다.",
        },
        "unit": {
            "en": "The result has length 1, not v. Multiply by v.",
            "ko": "결과의 길이가 v가 아니라 1이다. v를 곱한다.",
        },
        "values": {
            "en": "Every number was cut to the range -v to v. That is "
            "clipping by value, and it turns the step.",
            "ko": "수마다 -v와 v 사이로 잘랐다. 이것은 값 클리핑이고 걸음의 "
            "방향이 바뀐다.",
        },
        "square": {
            "en": "Divided by the squared norm: the root is missing.",
            "ko": "노름의 제곱으로 나누었다. 제곱근이 빠졌다.",
        },
        "norms": {
            "en": "The norms of the arrays were added. Of one long vector "
            "the squares add up, and then comes the root.",
            "ko": "배열의 노름을 더했다. 긴 벡터 하나로 보면 제곱을 더하고 "
            "나서 제곱근을 취한다.",
        },
        "off": {
            "en": "With v = {v} the norm over all should be {want:.4f} and is "
            "{got:.4f}.",
            "ko": "v = {v}이면 모두를 합친 노름이 {want:.4f}이어야 하는데 "
            "{got:.4f}이다.",
        },
        "right": {
            "en": "The direction stays, the length is at most v.",
            "ko": "방향은 그대로이고 길이는 v 이하이다.",
        },
    },
)
def clipping(answer: Any) -> None:
    """Clip by the global norm."""
    rng = np.random.default_rng(44)
    grads = [rng.normal(size=s) for s in ((2, 3), (3, 3), (3,))]
    length = np.sqrt(sum((g**2).sum() for g in grads))
    shapes = {f"grads[{k}]": g.shape for k, g in enumerate(grads)}

    def flat(pieces: Any) -> Any:
        return np.concatenate([np.ravel(piece) for piece in pieces])

    for v in (1.5, 10 * length):
        got = flat(parts(call(answer, grads=grads, v=v), **shapes))
        own = [np.sqrt((g**2).sum()) for g in grads]
        g, n = (
            flat(grads),
            flat([np.full(g.shape, np.sqrt((g**2).sum())) for g in grads]),
        )
        slips = {
            "always": [g * v / length],
            "unit": [g / length, g * min(1, 1 / length)],
            "values": [np.clip(g, -v, v)],
            "each": [g * np.minimum(1, v / n), g * v / n],
            "square": [g * v / length**2, g * min(1, v / length**2)],
            "norms": [g * v / sum(own), g * min(1, v / sum(own))],
        }
        want = g * min(1, v / length)
        if close(got, want):
            continue
        if v > length:  # here each of them is right but "always"
            slips = {"always": slips["always"]}
        explain(got, slips)
        said = {"v": v, "want": min(v, length)}
        raise Hint("off", said | {"got": float(np.linalg.norm(got))})


@exercise(
    "4.5",
    {
        "three": {
            "en": "Expected three things: dparams, dx and dstate (the "
            "gradient of the state before).",
            "ko": "dparams, dx, dstate(앞 상태의 그레이디언트), 이렇게 세 "
            "가지가 와야 한다.",
        },
        "fields": {
            "en": "dparams: expected four arrays, as leaky.Params(dW_xh, "
            "dW_hh, db_h, dleak).",
            "ko": "dparams는 leaky.Params(dW_xh, dW_hh, db_h, dleak)처럼 배열 "
            "네 개여야 한다.",
        },
        "stay": {
            "en": "dh_prev lacks the direct way: h_prev also enters h as "
            "(1 - leak) * h_prev.",
            "ko": "dh_prev에 직접 가는 길이 빠졌다. h_prev는 (1 - leak) * "
            "h_prev로도 h에 들어간다.",
        },
        "turn": {
            "en": "dh_prev lacks the way through n: h_prev also enters a as "
            "h_prev @ W_hh.",
            "ko": "dh_prev에 n을 지나는 길이 빠졌다. h_prev는 h_prev @ W_hh로 "
            "a에도 들어간다.",
        },
        "tanh": {
            "en": "{name} is that of a cell without tanh. But n = tanh(a): "
            "what is its slope?",
            "ko": "{name} 값이 tanh가 없는 셀의 것이다. 그런데 n = tanh(a)"
            "이다. 그 기울기는 무엇인가?",
        },
        "leak": {
            "en": "{name} is too large: n enters h as leak * n, and dn is not "
            "dh.",
            "ko": "{name} 값이 너무 크다. n은 leak * n으로 h에 들어가므로 "
            "dn은 dh와 다르다.",
        },
        "batch": {
            "en": "{name}: expected shape {want}, got {got}. The gradient of "
            "a parameter that all sequences share adds up over the batch.",
            "ko": "{name}의 모양은 {want}이어야 하는데 {got}이다. 모든 "
            "순차열이 함께 쓰는 파라미터의 그레이디언트는 배치에 대해 "
            "더한다.",
        },
        "mean": {
            "en": "{name} is a mean over the batch. The mean was taken in the "
            "loss; on the way back the parts add up.",
            "ko": "{name} 값이 배치에 대한 평균이다. 평균은 손실에서 이미 "
            "냈고 돌아올 때는 더하기만 한다.",
        },
        "swapped": {
            "en": "dx and dstate are exchanged: first comes the gradient of "
            "the input.",
            "ko": "dx와 dstate가 바뀌었다. 입력의 그레이디언트가 먼저이다.",
        },
        "dleak": {
            "en": "dleak lacks a part: leak enters h twice, as leak * n and "
            "as -leak * h_prev.",
            "ko": "dleak에 한 부분이 빠졌다. leak은 leak * n과 -leak * "
            "h_prev로 h에 두 번 들어간다.",
        },
        "off": {
            "en": "{name} is off: number [{at}] should be {want:.6g} here and "
            "is {got:.6g}. Nudge it: gradients.check finds the slope.",
            "ko": "{name} 값이 다르다. 여기서 [{at}] 자리의 수가 "
            "{want:.6g}이어야 하는데 {got:.6g}이다. 살짝 움직여 보면 "
            "gradients.check가 기울기를 알려 준다.",
        },
        "right": {
            "en": "With this the cell can learn: it is all that bptt.backward "
            "needs. How far its gradient reaches, the next cells show.",
            "ko": "이제 이 셀은 배울 수 있다. bptt.backward에 필요한 것은 "
            "이것뿐이다. 그레이디언트가 어디까지 가는지는 다음 셀들에서 보자.",
        },
    },
)
def step_backward(answer: Any) -> None:
    """Go back through a cell that the reader has not seen before."""
    rng = np.random.default_rng(45)
    B, D, H = 4, 2, 3
    shapes = ((D, H), (H, H), (H,))
    W_xh, W_hh, b_h = (rng.normal(size=s) for s in shapes)
    params = leaky.Params(W_xh, W_hh, b_h, rng.uniform(0.1, 0.9, size=H))
    x, h_prev = rng.normal(size=(B, D)), rng.normal(size=(B, H))
    _, cache = leaky.step(params, x, leaky.State(h_prev))
    dh = rng.normal(size=(B, H))
    state = leaky.State(dh)
    got = call(answer, params=params, cache=cache, dstate=state)
    if not isinstance(got, tuple | list) or len(got) != 3:
        raise Hint("three")
    dparams, dx, dstate = got
    if not isinstance(dparams, tuple | list) or len(dparams) != 4:
        raise Hint("fields")
    dx, dstate = (
        part[0] if isinstance(part, tuple | list) and len(part) == 1 else part
        for part in (dx, dstate)  # a State, or the bare array
    )
    if [getattr(part, "shape", None) for part in (dstate, dx)] == [
        x.shape,
        h_prev.shape,
    ]:
        raise Hint("swapped")

    found = dict(zip(params._fields, dparams, strict=True))
    found |= {"x": dx, "h_prev": dstate}
    wanted = _named(leaky.step_backward(params, cache, leaky.State(dh)))
    slips = {
        "tanh": _slipped(params, cache, dh, np.ones_like(cache.n), False),
        "leak": _slipped(params, cache, dh, 1 - cache.n**2, True),
    }
    # The last lines first: what depends on fewer things of the reader's.
    for name in ("leak", "W_xh", "W_hh", "b_h", "x", "h_prev"):
        want, given = wanted[name], real(found[name])
        shape = type(found[name]).__name__ if given is None else given.shape
        said = {"name": f"d{name}", "want": want.shape, "got": shape}
        if given is None or shape != want.shape:
            summed = want.ndim == 1 and shape == (B, H)
            raise Hint("batch" if summed else "part", said)
        if close(given, want):
            continue
        stay = (1 - params.leak) * dh
        known = {slip: [values[name]] for slip, values in slips.items()}
        if name == "leak":
            known = {"dleak": [(dh * cache.n).sum(axis=0)]}
        if name in params._fields:
            known["mean"] = [want / B]
        if name == "h_prev":
            known |= {"stay": [want - stay], "turn": [stay]}
        explain(given, known, said)
        raise Hint("off", said | first_off(given, want))


def _named(result: Any) -> dict[str, Any]:
    dparams, dx, dstate = result
    return {**dparams._asdict(), "x": dx, "h_prev": dstate.h}


def _slipped(
    params: Any, cache: Any, dh: Any, slope: Any, whole: bool
) -> dict[str, Any]:
    """Return the gradients with another slope, or dn = dh."""
    da = (dh if whole else params.leak * dh) * slope
    return {
        "leak": (dh * (cache.n - cache.h_prev)).sum(axis=0),
        "W_xh": cache.x.T @ da,
        "W_hh": cache.h_prev.T @ da,
        "b_h": da.sum(axis=0),
        "x": da @ params.W_xh.T,
        "h_prev": (1 - params.leak) * dh + da @ params.W_hh.T,
    }
