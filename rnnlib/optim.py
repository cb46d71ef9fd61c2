r"""Steps against the gradient: parameters in, parameters out.

    p <- p - lr dp                                     SGD                [1]
    v <- beta v + dp,  p <- p - lr v                   momentum           [2]
    m <- b1 m + (1 - b1) dp                            Adam               [3]
    v <- b2 v + (1 - b2) dp^2                                             [4]
    p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)           [5]
    dp <- dp min(1, max_norm / |dp|)                   clip               [6]

Parameters are any tree of arrays (`rnnlib.tree`); nothing is changed in
place. Sources: [2] Polyak (1964); [3]-[5] Kingma and Ba (2015),
arXiv:1412.6980; [6] Pascanu, Mikolov and Bengio (2013), arXiv:1211.5063.
Book: chapter 4.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from rnnlib import tree


def sgd(params: Any, grads: Any, lr: float) -> Any:
    """Return params one step further down. Equation [1]."""
    return tree.apply(lambda p, dp: p - lr * dp, params, grads)  # [1]


def momentum_start(params: Any) -> Any:
    """Return the velocity before the first step: zeros."""
    return tree.zeros(params)


def momentum(
    params: Any, grads: Any, velocity: Any, lr: float, beta: float = 0.9
) -> tuple[Any, Any]:
    """Return params and velocity after a step. Equation [2]."""
    velocity = tree.apply(lambda v, dp: beta * v + dp, velocity, grads)
    return sgd(params, velocity, lr), velocity  # [2]


class Adam(NamedTuple):
    """What Adam remembers of past gradients."""

    t: int  # steps taken
    m: Any  # running mean of dp
    v: Any  # running mean of dp^2


def adam_start(params: Any) -> Adam:
    """Return the memory before the first step: zeros."""
    return Adam(0, tree.zeros(params), tree.zeros(params))


def adam(
    params: Any,
    grads: Any,
    state: Adam,
    lr: float = 1e-3,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Any, Adam]:
    """Return params and memory after a step. Equations [3] to [5]."""
    t = state.t + 1
    rate, scale = lr / (1 - b1**t), 1 / math.sqrt(1 - b2**t)
    with np.errstate(under="ignore"):
        m = tree.apply(lambda m, dp: b1 * m + (1 - b1) * dp, state.m, grads)
        v = tree.apply(
            lambda v, dp: b2 * v + (1 - b2) * dp * dp, state.v, grads
        )
        params = tree.apply(
            lambda p, m, v: p - rate * m / (scale * np.sqrt(v) + eps),
            *(params, m, v),
        )
    return params, Adam(t, m, v)


def norm(grads: Any) -> float:
    """Return the joint length of all numbers of a tree."""
    flat = [np.ravel(g) for g in tree.leaves(grads)]
    with np.errstate(over="ignore", under="ignore"):
        square = sum(float(g.dot(g)) for g in flat)
    if np.finfo(np.float32).tiny < square < math.inf:
        return math.sqrt(square)
    # Squares over- or underflow: take the largest number out first.
    top = max((float(np.abs(g).max(initial=0)) for g in flat), default=0.0)
    if top == 0 or not math.isfinite(top):
        return top
    with np.errstate(under="ignore"):
        return top * math.sqrt(
            sum(float(((g.astype(float) / top) ** 2).sum()) for g in flat)
        )


def clip(grads: Any, max_norm: float) -> Any:
    """Return grads, shortened to max_norm if they are longer. Equation [6].

    The direction stays.

    Raises
    ------
    ValueError
        If max_norm is not above 0.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm: expected above 0, got {max_norm}")
    length = norm(grads)
    if length <= max_norm:
        return grads
    return scale(grads, max_norm / length)  # [6]


def scale(grads: Any, factor: float) -> Any:
    """Return every number times the factor."""
    return tree.apply(lambda dp: dp * factor, grads)
