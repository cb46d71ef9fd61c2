r"""From hidden states to answers, and what the loss says back.

    y_t = h_t W_hy + b_y                     the readout                  [1]
    p_k = e^{y_k / tau} / sum_j e^{y_j / tau}    softmax, temperature tau [2]
    L = -(1/n) sum log p_target              cross-entropy, dL/dy         [3]
      dL/dy = (p - one_hot(target)) / n
    L = (1/n) sum (y - target)^2             mean squared error           [4]

n counts what counts: with a mask, steps where it is 0 say nothing. Logits y
may have any leading shape: (B, V) or (T, B, V).
Book: chapters 2 and 3.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import checks, initial

Array = npt.NDArray[Any]


class Params(NamedTuple):
    """What the readout learns; a gradient is a Params too."""

    W_hy: Array  # (H, V)
    b_y: Array  # (V,)


def init(rng: np.random.Generator, H: int, V: int) -> Params:
    """Return first weights, uniform within 1/sqrt(H)."""
    initial.check(rng, H=H, V=V)
    bound = 1 / math.sqrt(H)
    W_hy = rng.uniform(-bound, bound, size=(H, V))
    return Params(W_hy, np.zeros(V))


def forward(params: Params, hs: Array) -> Array:
    """Return y (..., V) for h (..., H). Equation [1].

    Raises
    ------
    ValueError
        If the last size of hs is not H.
    """
    W_hy, b_y = params
    if hs.shape[-1] != len(W_hy):
        raise ValueError(
            f"hs: expected (..., {len(W_hy)}), got shape {hs.shape}"
        )
    h = hs.reshape(-1, len(W_hy))  # one product, not one a step
    return (h @ W_hy + b_y).reshape(*hs.shape[:-1], -1)  # [1]


def backward(params: Params, hs: Array, dys: Array) -> tuple[Params, Array]:
    """Undo forward: dL/dy (..., V) -> dparams, dL/dh (..., H)."""
    W_hy, _ = params
    h, dy = hs.reshape(-1, hs.shape[-1]), dys.reshape(-1, dys.shape[-1])
    dh = (dy @ W_hy.T).reshape(hs.shape)  # [1]
    return Params(h.T @ dy, dy.sum(axis=0)), dh  # [1]


def softmax(ys: Array, temperature: float = 1.0) -> Array:
    """Return probabilities (..., V). Equation [2].

    Raises
    ------
    ValueError
        If the temperature is not above 0.
    """
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature: expected above 0, got {temperature}")
    with np.errstate(under="ignore", over="ignore"):
        e = np.exp((ys - ys.max(axis=-1, keepdims=True)) / temperature)
        return np.asarray(e / e.sum(axis=-1, keepdims=True))  # [2]


def cross_entropy(
    ys: Array, targets: npt.ArrayLike, mask: npt.ArrayLike | None = None
) -> tuple[float, Array]:
    """Return the loss in nats and its gradient. Equation [3].

    Parameters
    ----------
    ys : ndarray of shape (..., V)
        Logits.
    targets : array_like of int, shape (...)
        The right answers, 0 to V - 1.
    mask : array_like of shape (...), optional
        1 where an answer counts.

    Raises
    ------
    TypeError
        If the targets are not integers.
    ValueError
        If shapes differ, a target is out of range, or nothing counts.
    """
    V = ys.shape[-1]
    answers = np.asarray(targets)
    if answers.dtype.kind not in "iu":
        raise TypeError(
            f"targets: expected integers, got dtype {answers.dtype}"
        )
    weights = _weights(ys, answers.shape, ys.shape[:-1], mask)
    if answers.size and not (0 <= answers.min() and answers.max() < V):
        raise ValueError(
            f"targets: expected 0 to {V - 1}, "
            f"got {answers.min()} to {answers.max()}"
        )
    at = answers[..., None]
    shifted = ys - ys.max(axis=-1, keepdims=True)
    with np.errstate(under="ignore"):
        p = np.exp(shifted)
        total = p.sum(axis=-1, keepdims=True)
        p /= total  # [2]
        surprise = np.log(total) - np.take_along_axis(shifted, at, axis=-1)
        loss = float((weights * surprise[..., 0]).sum(dtype=float))  # [3]
        np.put_along_axis(p, at, np.take_along_axis(p, at, -1) - 1, axis=-1)
        p *= weights[..., None]  # [3]
    return loss, p


def mean_squared_error(
    ys: Array, targets: npt.ArrayLike, mask: npt.ArrayLike | None = None
) -> tuple[float, Array]:
    """Return the loss and its gradient. Equation [4].

    Takes ys and targets of one shape (..., V) and a mask (...); the mean is
    over all numbers that count. Raises as `cross_entropy` does.
    """
    want = checks.numbers("targets", targets, ys.shape).astype(ys.dtype)
    V = ys.shape[-1]
    weights = _weights(ys, want.shape[:-1], ys.shape[:-1], mask)[..., None]
    error = ys - want
    loss = float((weights * error**2).sum(dtype=float)) / V  # [4]
    return loss, np.asarray(2 / V * weights * error, ys.dtype)


def sample(
    rng: np.random.Generator, ys: Array, temperature: float = 1.0
) -> Array:
    """Draw an answer for each row of logits (..., V): ints of shape (...).

    A temperature near 0 takes the likeliest, 1 the model's own chances, and
    a high one anything.
    """
    below = softmax(ys, temperature).cumsum(axis=-1)
    u = rng.random((*ys.shape[:-1], 1)) * below[..., -1:]
    return np.asarray((u >= below).sum(axis=-1))


def _weights(
    ys: Array,
    got: tuple[int, ...],
    want: tuple[int, ...],
    mask: npt.ArrayLike | None,
) -> Array:
    """Return 1/n where an answer counts, else 0, in the dtype of ys."""
    if got != want:
        raise ValueError(f"targets: expected shape {want}, got {got}")
    if mask is None:
        weights = np.ones(want, ys.dtype)
    else:
        weights = checks.numbers("mask", mask, want).astype(ys.dtype)
    n = weights.sum()
    if n == 0:
        raise ValueError("mask: expected a step that counts, got none")
    return np.asarray(weights / n)
