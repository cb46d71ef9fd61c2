r"""The loss of one unit over fifty steps: a surface with a cliff in it.

    x_t = w sigmoid(x_{t-1}) + b,   x_0 = 1/2,   t = 1 .. T              [1]
    E   = (sigmoid(x_T) - target)^2                                      [2]
    dx_t/dp = (direct) + w sigmoid'(x_{t-1}) dx_{t-1}/dp, p = w or b     [3]
      direct = sigmoid(x_{t-1}) for w, 1 for b
    fold     w sigmoid'(x) = 1 and x = w sigmoid(x) + b                  [4]
    wall     b = x_0 - w sigmoid(x_0), where w sigmoid'(x_0) > 1         [5]

Between its two folds the unit has two resting places and, between these, one
that repels. Where x_0 is the one that repels, [5], a little more or less of b
sends the last state to one or the other: there the surface has its wall, and
its slope grows like (w sigmoid'(x_0))^T. [3] goes forward with the state, so
that whole grids of w and b are taken at once. Book: chapter 4.
Sources: Pascanu, Mikolov and Bengio (2013), arXiv:1211.5063, equation 8 and
figure 6; folds: Doya (1992),
doi:10.1109/ISCAS.1992.230622.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import checks
from rnnlib.lstm import sigmoid

Array = npt.NDArray[Any]
START = 0.5  # x_0


class Surface(NamedTuple):
    """The loss and its slopes, each of the shape of w and b."""

    loss: Array
    dw: Array
    db: Array


class Walk(NamedTuple):
    """Every place of a descent, first to last, and what was seen there."""

    w: Array  # (steps + 1,)
    b: Array  # (steps + 1,)
    loss: Array  # (steps + 1,)
    norm: Array  # (steps + 1,), of the gradient before clipping


def surface(
    w: npt.ArrayLike, b: npt.ArrayLike, T: int = 50, target: float = 0.7
) -> Surface:
    """Return E and its exact slopes at every w and b. [1] to [3].

    Parameters
    ----------
    w, b : array_like
        Shapes that broadcast.
    T : int
        Steps, 1 or more.
    target : float
        What sigmoid(x_T) should be.

    Raises
    ------
    ValueError
        If w or b is not finite or T is below 1.
    """
    if T < 1:
        raise ValueError(f"T: expected 1 or more, got {T}")
    w, b = np.broadcast_arrays(np.asarray(w, float), np.asarray(b, float))
    for name, value in (("w", w), ("b", b)):
        checks.finite(name, value)
    x, dw, db = np.full(w.shape, START), np.zeros(w.shape), np.zeros(w.shape)
    for _ in range(T):
        s = sigmoid(x)
        slope = w * s * (1 - s)
        x, dw, db = w * s + b, s + slope * dw, 1 + slope * db  # [1] [3]
    s = sigmoid(x)
    error = s - target
    push = 2 * error * s * (1 - s)
    return Surface(error**2, push * dw, push * db)  # [2]


def folds(w: float) -> Array:
    """Return the two b at which a resting place is born or dies. [4].

    Between them the unit has two resting places. The lower b first.

    Raises
    ------
    ValueError
        If w is 4 or less: the slope of [1] is never 1.
    """
    if not 4 < w < math.inf:
        raise ValueError(f"w: expected above 4, got {w}")
    s = (1 + np.array([1.0, -1.0]) * math.sqrt(1 - 4 / w)) / 2
    return np.asarray(np.log(s / (1 - s)) - w * s)


def wall(w: npt.ArrayLike) -> Array:
    """Return the b at which x_0 = 1/2 is a resting place. [5]."""
    w = np.asarray(w, float)
    return np.asarray(START - w * sigmoid(np.asarray(START)))


def walk(
    w: float,
    b: float,
    lr: float,
    steps: int,
    threshold: float | None = None,
) -> Walk:
    """Descend by gradient steps of size lr from (w, b).

    With a threshold, a gradient whose norm is larger is scaled down to it
    before the step. Raises `ValueError` if lr or threshold is not above 0.
    """
    for name, value in (("lr", lr), ("threshold", threshold)):
        if value is not None and not value > 0:
            raise ValueError(f"{name}: expected above 0, got {value}")
    seen = []
    for _ in range(steps + 1):
        loss, dw, db = (float(a) for a in surface(w, b))
        norm = math.hypot(dw, db)
        seen.append((w, b, loss, norm))
        shrink = 1.0
        if threshold is not None and norm > threshold:
            shrink = threshold / norm
        w, b = w - lr * shrink * dw, b - lr * shrink * db
    return Walk(*np.transpose(seen))
