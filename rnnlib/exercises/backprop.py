"""The exercises of chapter 4."""

from typing import Any

import numpy as np

from rnnlib import leaky, tree
from rnnlib.exercises import Hint, exercise
from rnnlib.exercises.asked import array, call, number


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, atol=1e-9))


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
            "en": "With the same rate the step would be {n} times as large.",
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
    for lr, lengths in ((0.1, (5, 3, 2)), (0.02, (4, 7, 7, 1))):
        T, B = max(lengths), len(lengths)
        mask = (np.arange(T)[:, None] < np.array(lengths)).astype(float)
        n = int(mask.sum())
        got = number(call(answer, lr=lr, mask=mask))
        want = lr / n
        if np.isclose(got, want, rtol=1e-6, atol=0):
            continue
        slips = {
            "times": (lr * n, lr * T * B),
            "padding": (lr / (T * B),),
            "length": (lr / T, lr / B),
            "same": (lr,),
        }
        for name, values in slips.items():
            if np.isclose(got, values, rtol=1e-6, atol=0).any():
                raise Hint(name, {"n": n})
        raise Hint("off", {"lr": lr, "n": n, "want": want, "got": got})


def _one_unit(
    w_hh: float, w_hy: float, hs: Any, dys: Any, slip: str = ""
) -> float:
    """Return dL/dw_hh, or what one of the common slips makes of it."""
    total, through = 0.0, 0.0
    for t in reversed(range(len(hs))):
        direct = dys[t] * w_hy
        dh = direct if slip == "through" else direct + through
        if slip == "direct" and t < len(hs) - 1:
            dh = through
        da = dh if slip == "tanh" else dh * (1 - hs[t] ** 2)
        before = hs[t - 1] if t else 0.0
        term = da * (hs[t] if slip == "now" else before)
        kept = slip == "set" or (slip == "sum" and t)
        total = term if kept else total + term
        through = da if slip == "weight" else da * w_hh
    return total


@exercise(
    "4.2",
    {
        "tanh": {
            "en": "The way through tanh is missing: da = dh (1 - h^2).",
            "ko": "tanh를 지나는 길이 빠졌다. da = dh (1 - h^2)이다.",
        },
        "through": {
            "en": "Only the direct part of dh_t is there. h_t also moved "
            "h_{{t+1}}: add da_{{t+1}} w_hh.",
            "ko": "dh_t의 직접 부분만 있다. h_t는 h_{{t+1}}도 움직였다. "
            "da_{{t+1}} w_hh를 더한다.",
        },
        "direct": {
            "en": "Only the part through time is there. Every step has a loss "
            "of its own: add dy_t w_hy.",
            "ko": "시간을 거쳐 온 부분만 있다. 단계마다 제 손실이 있으므로 "
            "dy_t w_hy를 더한다.",
        },
        "now": {
            "en": "w_hh was multiplied by h_{{t-1}}, not by h_t. Its term is "
            "da_t h_{{t-1}}, and h_0 = 0.",
            "ko": "w_hh에 곱한 것은 h_t가 아니라 h_{{t-1}}이다. 항은 "
            "da_t h_{{t-1}}이고 h_0 = 0이다.",
        },
        "sum": {
            "en": "One step's term only. The weight was used at every step: "
            "add the terms.",
            "ko": "한 단계의 항뿐이다. 가중치는 모든 단계에서 쓰였으므로 "
            "항들을 더한다.",
        },
        "weight": {
            "en": "On the way from h_{{t+1}} back to h_t the gradient passes "
            "the weight: times w_hh.",
            "ko": "h_{{t+1}}에서 h_t로 돌아갈 때 그레이디언트는 가중치를 "
            "지난다. w_hh를 곱한다.",
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
    for T in (3, 6):
        w_hh, w_hy = 0.8, 1.5
        hs, dys = rng.uniform(-0.9, 0.9, size=T), rng.normal(size=T)
        got = number(call(answer, w_hh=w_hh, w_hy=w_hy, hs=hs, dys=dys))
        want = _one_unit(w_hh, w_hy, hs, dys)
        if _close(got, want):
            continue
        slips = ("tanh", "through", "direct", "now", "sum", "set", "weight")
        for slip in slips:
            if _close(got, _one_unit(w_hh, w_hy, hs, dys, slip)):
                raise Hint("sum" if slip == "set" else slip)
        raise Hint("off", {"T": T, "want": want, "got": got})


@exercise(
    "4.3",
    {
        "shape": {
            "en": "Expected a square matrix of 2 to 10 rows, got shape {got}.",
            "ko": "행이 2개에서 10개인 정사각행렬이 와야 하는데 모양이 "
            "{got}이다.",
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
    try:
        W = np.asarray(answer, float)
    except (TypeError, ValueError):
        raise Hint("shape", {"got": type(answer).__name__}) from None
    if W.ndim != 2 or W.shape[0] != W.shape[1] or not 2 <= len(W) <= 10:
        raise Hint("shape", {"got": W.shape})
    if not np.isfinite(W).all():
        raise Hint("finite")
    rho = float(np.abs(np.linalg.eigvals(W)).max())
    # The eigenvalues of a chain are known to about eps^(1/n) only.
    triangle = np.allclose(W, np.tril(W)) or np.allclose(W, np.triu(W))
    if triangle:
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
        "list": {
            "en": "Expected {n} arrays of the shapes that were given, got "
            "{got}.",
            "ko": "받은 것과 모양이 같은 배열 {n}개가 와야 하는데 {got} 값이 "
            "왔다.",
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
    for v in (1.0, 10 * length):
        parts = [g.copy() for g in grads]
        got = call(answer, grads=parts, v=v)
        if any(
            not np.array_equal(a, b) for a, b in zip(parts, grads, strict=True)
        ):
            raise Hint("mutated", {"name": "grads"})
        if not isinstance(got, list | tuple) or len(got) != len(grads):
            raise Hint("list", {"n": len(grads), "got": type(got).__name__})
        found = [
            array(g, want.shape) for g, want in zip(got, grads, strict=True)
        ]

        def same(want: Any, found: Any = found) -> bool:
            return all(map(_close, found, want))

        short = min(1.0, v / length)
        if same([g * short for g in grads]):
            continue
        if same([g * (v / length) for g in grads]):
            raise Hint("always")
        if same([g / length for g in grads]):
            raise Hint("unit")
        if same([np.clip(g, -v, v) for g in grads]):
            raise Hint("values")
        own = [np.sqrt((g**2).sum()) for g in grads]
        pairs = list(zip(grads, own, strict=True))
        if same([g * min(1.0, v / n) for g, n in pairs]) or same(
            [g * v / n for g, n in pairs]
        ):
            raise Hint("each")
        total = np.sqrt(sum((g**2).sum() for g in found))
        raise Hint("off", {"v": v, "want": min(v, length), "got": total})


@exercise(
    "4.5",
    {
        "three": {
            "en": "Expected three things: dparams, dx and dstate (the "
            "gradient of the state before). Got {got}.",
            "ko": "dparams, dx, dstate(앞 상태의 그레이디언트), 이렇게 세 "
            "가지가 와야 하는데 {got} 값이 왔다.",
        },
        "fields": {
            "en": "dparams: expected four arrays, as leaky.Params(dW_xh, "
            "dW_hh, db_h, dleak), got {got}.",
            "ko": "dparams는 leaky.Params(dW_xh, dW_hh, db_h, dleak)처럼 배열 "
            "네 개여야 하는데 {got} 값이 왔다.",
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
            "en": "{name} is that of a cell without tanh. n = tanh(a), so "
            "da = dn * (1 - n**2).",
            "ko": "{name} 값이 tanh가 없는 셀의 것이다. n = tanh(a)이므로 "
            "da = dn * (1 - n**2)이다.",
        },
        "leak": {
            "en": "{name} is too large: n enters h as leak * n, so dn = leak "
            "* dh.",
            "ko": "{name} 값이 너무 크다. n은 leak * n으로 h에 들어가므로 "
            "dn = leak * dh이다.",
        },
        "batch": {
            "en": "{name}: expected shape {want}, got {got}. A parameter "
            "that all sequences share adds up over the batch: sum(axis=0).",
            "ko": "{name}의 모양은 {want}이어야 하는데 {got}이다. 모든 "
            "순차열이 함께 쓰는 파라미터는 배치에 대해 더한다. "
            "sum(axis=0).",
        },
        "dleak": {
            "en": "dleak lacks a part: leak enters h twice, as leak * n and "
            "as -leak * h_prev.",
            "ko": "dleak에 한 부분이 빠졌다. leak은 leak * n과 -leak * "
            "h_prev로 h에 두 번 들어간다.",
        },
        "off": {
            "en": "{name} is off: its first number should be {want:.5f} here "
            "and is {got:.5f}. Nudge it: gradients.check finds the slope.",
            "ko": "{name} 값이 다르다. 여기서 첫 수가 {want:.5f}이어야 하는데 "
            "{got:.5f}이다. 살짝 움직여 보면 gradients.check가 기울기를 알려 "
            "준다.",
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
    arguments = {"params": params, "cache": cache, "dstate": leaky.State(dh)}
    kept = tree.apply(np.array, arguments)
    got = call(answer, **arguments)
    for name, part in arguments.items():
        pairs = zip(tree.leaves(part), tree.leaves(kept[name]), strict=True)
        if not all(np.array_equal(a, b) for a, b in pairs):
            raise Hint("mutated", {"name": name})
    if not isinstance(got, tuple | list) or len(got) != 3:
        raise Hint("three", {"got": type(got).__name__})
    dparams, dx, dstate = got
    if not isinstance(dparams, tuple | list) or len(dparams) != 4:
        raise Hint("fields", {"got": type(dparams).__name__})
    if isinstance(dstate, tuple | list) and len(dstate) == 1:
        dstate = dstate[0]  # a State, or the bare array

    found = dict(zip(params._fields, dparams, strict=True))
    found |= {"x": dx, "h_prev": dstate}
    right = _named(leaky.step_backward(params, cache, leaky.State(dh)))
    slips = {
        "tanh": _slipped(params, cache, dh, np.ones_like(cache.n), False),
        "leak": _slipped(params, cache, dh, 1 - cache.n**2, True),
    }
    # The last lines first: what depends on fewer things of the reader's.
    for name in ("leak", "W_xh", "W_hh", "b_h", "x", "h_prev"):
        want, given = right[name], np.asarray(found[name], float)
        if given.shape != want.shape:
            said = {"name": f"d{name}", "want": want.shape}
            raise Hint("batch", said | {"got": given.shape})
        if not np.isfinite(given).all():
            raise Hint("finite")
        if _close(given, want):
            continue
        if name == "leak" and _close(given, (dh * cache.n).sum(axis=0)):
            raise Hint("dleak")
        for slip, values in slips.items():
            if _close(given, values[name]):
                raise Hint(slip, {"name": f"d{name}"})
        stay = (1 - params.leak) * dh
        if name == "h_prev" and _close(given, want - stay):
            raise Hint("stay")
        if name == "h_prev" and _close(given, stay):
            raise Hint("turn")
        said = {"want": want.flat[0], "got": given.flat[0]}
        raise Hint("off", {"name": f"d{name}"} | said)


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
