r"""A cell that adds: the state moves a part of the way.

    n_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h)                             [1]
    h_t = (1 - leak) * h_{t-1} + leak * n_t                               [2]

and backwards, with d for the derivative of the loss:

    dn_t = leak * dh_t,  dleak = sum over the batch of dh_t (n_t - h_{t-1})
    dh_{t-1} = (1 - leak) * dh_t + ...                                    [2]
    da_t = dn_t * (1 - n_t^2)
    dx_t = da_t W_xh^T,  dh_{t-1} = ... + da_t W_hh^T
    dW_xh = x_t^T da_t,  dW_hh = h_{t-1}^T da_t,  db_h = sum of da_t      [1]

With leak = 1 it is the simple cell. Sizes: B sequences in a batch, D numbers
per input, H units, each with a leak of its own. Book: the end of chapter 4,
a step towards chapter 5. Source: Jaeger, Lukosevicius, Popovici and Siewert
(2007), doi:10.1016/j.neunet.2007.04.016.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import initial, rnn

Array = npt.NDArray[Any]
State = rnn.State  # what is carried from step to step


class Params(NamedTuple):
    """What the cell learns; a gradient is a Params too."""

    W_xh: Array  # (D, H)
    W_hh: Array  # (H, H)
    b_h: Array  # (H,)
    leak: Array  # (H,)


class Cache(NamedTuple):
    """What a step leaves behind for its way back."""

    x: Array  # (B, D)
    h_prev: Array  # (B, H)
    n: Array  # (B, H)


def init(
    rng: np.random.Generator,
    D: int,
    H: int,
    scheme: initial.Scheme = "uniform",
    leak: float = 0.1,
) -> Params:
    """Return first weights; see `rnnlib.initial` for the schemes.

    Raises
    ------
    ValueError
        If leak is not above 0 and at most 1.
    """
    if not (0 < leak <= 1 and math.isfinite(leak)):
        raise ValueError(f"leak: expected above 0, at most 1, got {leak}")
    W_xh, W_hh, b_h = initial.weights(rng, D, H, 1, scheme)
    return Params(W_xh, W_hh, b_h, np.full(H, float(leak)))


def start(params: Params, B: int) -> State:
    """Return the state before the first step: zeros."""
    return State(np.zeros((B, len(params.b_h)), params.b_h.dtype))


def step(params: Params, x: Array, state: State) -> tuple[State, Cache]:
    """Take one step in time: x_t, h_{t-1} -> h_t."""
    W_xh, W_hh, b_h, leak = params
    (h_prev,) = state

    n = np.tanh(x @ W_xh + h_prev @ W_hh + b_h)  # [1]
    h = (1 - leak) * h_prev + leak * n  # [2]

    return State(h), Cache(x, h_prev, n)


def step_backward(
    params: Params, cache: Cache, dstate: State
) -> tuple[Params, Array, State]:
    """Undo step, last line first: dh_t -> dparams, dx_t, dh_{t-1}."""
    W_xh, W_hh, _, leak = params
    x, h_prev, n = cache
    (dh,) = dstate

    dn, dleak = leak * dh, (dh * (n - h_prev)).sum(axis=0)  # [2]
    da = dn * (1 - n**2)  # [1]
    dx, dh_prev = da @ W_xh.T, (1 - leak) * dh + da @ W_hh.T  # [1] [2]
    dW_xh, dW_hh, db_h = x.T @ da, h_prev.T @ da, da.sum(axis=0)  # [1]

    return Params(dW_xh, dW_hh, db_h, dleak), dx, State(dh_prev)
