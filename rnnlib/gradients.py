r"""Looking at gradients: whether they are right, and how far they reach.

    (L(theta + eps) - L(theta - eps)) / (2 eps)  central difference       [1]
    J_t = d state_t / d state_{t-1}              Jacobian of a step       [2]
    d state_T / d state_t = J_T J_{T-1} ... J_{t+1}                       [3]

Book: chapters 4 and 5. Source of the product's analysis: Pascanu, Mikolov
and Bengio (2013), arXiv:1211.5063.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib import bptt, checks, tree
from rnnlib.optim import clip, norm

Array = npt.NDArray[Any]

__all__ = [
    "by_lag",
    "check",
    "clip",
    "error",
    "flow",
    "jacobians",
    "norm",
    "singular_values",
    "spectral_radius",
]


def check(loss: Callable[[Any], float], params: Any, eps: float = 1e-6) -> Any:
    """Return the gradient of loss(params) by central differences [1].

    Parameters
    ----------
    loss : function of params that returns a number
    params : tree of float64 arrays
        One number after the other is nudged up and down, in a copy.
    eps : float
        The nudge.

    Returns
    -------
    The same tree, of slopes; compare it with yours by `error`.

    Raises
    ------
    TypeError
        If a parameter is not float64: smaller numbers drown in rounding.
    """
    for name, array in tree.named_leaves(params):
        if np.asarray(array).dtype != np.float64:
            raise TypeError(f"{name}: expected float64, got {array.dtype}")
    params = tree.apply(np.array, params)
    slopes = tree.zeros(params)
    for p, slope in zip(tree.leaves(params), tree.leaves(slopes), strict=True):
        for at in np.ndindex(p.shape):
            old = p[at]
            p[at] = old + eps
            up = float(loss(params))
            p[at] = old - eps
            down = float(loss(params))
            p[at] = old
            slope[at] = (up - down) / (2 * eps)  # [1]
    return slopes


def error(grads: Any, slopes: Any) -> float:
    """Return the largest |a - b| / max(|a|, |b|) per array, over the tree.

    Each array is measured by its own largest number: 1e-7 or less is right,
    1e-2 or more is a bug.
    """
    worst = 0.0
    for a, b in zip(tree.leaves(grads), tree.leaves(slopes), strict=True):
        top = max(float(np.abs(a).max()), float(np.abs(b).max()))
        if top > 0:
            worst = max(worst, float(np.abs(a - b).max()) / top)
    return worst


def jacobians(
    cell: Any, params: Any, xs: npt.ArrayLike, state: Any = None
) -> Array:
    """Return J_t of every step along xs (T, B, D): (T, B, n, n). [2].

    n is H, or 2H for a state (h, c). Row j is what moves number j of
    state_t, column k what state_{t-1} number k moves.
    """
    _, _, tape = bptt.forward(cell, params, xs, state)
    B, fields = len(tape[0].x), cell.start(params, 1)
    H, parts = fields.h.shape[1], len(fields)
    n = parts * H
    # Every sequence is taken n times, once for each number of its state.
    unit = np.tile(np.eye(n, dtype=fields.h.dtype), (B, 1))
    dstate = type(fields)(*np.split(unit, parts, axis=1))
    result = []
    for cache in tape:
        many = tree.apply(lambda a: np.repeat(a, n, axis=0), cache)
        _, _, before = cell.step_backward(params, many, dstate)
        result.append(np.concatenate(before, axis=1).reshape(B, n, n))
    return np.stack(result)


def flow(
    cell: Any,
    params: Any,
    xs: npt.ArrayLike,
    state: Any = None,
    of: str = "h",
) -> Array:
    """Return how strongly the last h feels the state of each step. [3].

    The norm (largest singular value) of dh_T/dh_t, t = 1 .. T, as a mean
    over the batch: (T,), and the last is 1. With ``of="c"``, that of
    dh_T/dc_t, where h_t is held; c_T itself does not reach h_T again, and
    the last is 0. Takes xs (T, B, D).

    Raises
    ------
    ValueError
        If the cell's state has no part of that name.
    """
    fields = cell.State._fields
    checks.one_of("of", of, fields)
    Js = jacobians(cell, params, xs, state)
    T, B, n, _ = Js.shape
    H = n // len(fields)
    part = slice(fields.index(of) * H, (fields.index(of) + 1) * H)
    product = np.broadcast_to(np.eye(n, dtype=Js.dtype)[:H], (B, H, n))
    norms = np.empty(T)
    with np.errstate(under="ignore"):
        for t in reversed(range(T)):
            norms[t] = np.linalg.norm(
                product[:, :, part], ord=2, axis=(1, 2)
            ).mean()
            product = product @ Js[t]  # [3]
    return norms


def by_lag(
    cell: Any, params: Any, xs: npt.ArrayLike, dhs: npt.ArrayLike
) -> Any:
    """Split dL/dparams by distance: a Params with the lag as first axis.

    ``by_lag(...).W_hh[k]`` is what the losses say about the use of W_hh k
    steps before them; the sum over all lags, 0 to T - 1, is the gradient.
    Takes xs (T, B, D) and dhs (T, B, H), and T^2 / 2 backward steps.
    """
    _, _, tape = bptt.forward(cell, params, xs)
    T, x = len(tape), tape[0].x
    blame, zeros = checks.blame(cell, params, T, x, dhs, None)
    lags = tree.apply(lambda p: np.zeros((T, *p.shape), p.dtype), params)
    for t in range(T):
        dstate = zeros._replace(h=blame[t])
        for lag in range(t + 1):
            dp, _, dstate = cell.step_backward(params, tape[t - lag], dstate)
            for total, part in zip(lags, dp, strict=True):
                total[lag] += part
    return lags


def spectral_radius(W: npt.ArrayLike) -> float:
    """Return the largest |eigenvalue| of a square matrix.

    Raises
    ------
    ValueError
        If W is not square or not finite.
    """
    W = checks.numbers("W", W, ("H", "H"))
    if W.shape[0] != W.shape[1]:
        raise ValueError(f"W: expected a square matrix, got {W.shape}")
    return float(np.abs(np.linalg.eigvals(W)).max())


def singular_values(W: npt.ArrayLike) -> Array:
    """Return the singular values of a matrix, largest first.

    Raises
    ------
    ValueError
        If W is not a finite matrix.
    """
    W = checks.numbers("W", W, ("rows", "columns"))
    return np.asarray(np.linalg.svd(W, compute_uv=False))
