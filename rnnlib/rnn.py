r"""The simple recurrent cell.

    a_t = x_t W_xh + h_{t-1} W_hh + b_h                                   [1]
    h_t = tanh(a_t)                                                       [2]

and backwards, with d for the derivative of the loss:

    da_t = dh_t * (1 - h_t^2)                                             [2]
    dx_t = da_t W_xh^T,  dh_{t-1} = da_t W_hh^T                           [1]
    dW_xh = x_t^T da_t,  dW_hh = h_{t-1}^T da_t,  db_h = sum of da_t      [1]

Sizes: B sequences in a batch, D numbers per input, H units.
Book: chapter 2 forwards, chapter 4 backwards.
Source: Elman (1990), doi:10.1207/s15516709cog1402_1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import initial

Array = npt.NDArray[Any]


class Params(NamedTuple):
    """What the cell learns; a gradient is a Params too."""

    W_xh: Array  # (D, H)
    W_hh: Array  # (H, H)
    b_h: Array  # (H,)


class State(NamedTuple):
    """What is carried from step to step."""

    h: Array  # (B, H)


class Cache(NamedTuple):
    """What a step leaves behind for its way back."""

    x: Array  # (B, D)
    h_prev: Array  # (B, H)
    h: Array  # (B, H)


def init(
    rng: np.random.Generator,
    D: int,
    H: int,
    scheme: initial.Scheme = "uniform",
) -> Params:
    """Return first weights; see `rnnlib.initial` for the schemes."""
    return Params(*initial.weights(rng, D, H, 1, scheme))


def start(params: Params, B: int) -> State:
    """Return the state before the first step: zeros."""
    W_hh = params.W_hh
    return State(np.zeros((B, len(W_hh)), W_hh.dtype))


def step(params: Params, x: Array, state: State) -> tuple[State, Cache]:
    """Take one step in time: x_t, h_{t-1} -> h_t."""
    W_xh, W_hh, b_h = params
    (h_prev,) = state

    a = x @ W_xh + h_prev @ W_hh + b_h  # [1]
    h = np.tanh(a)  # [2]

    return State(h), Cache(x, h_prev, h)


def step_backward(
    params: Params, cache: Cache, dstate: State
) -> tuple[Params, Array, State]:
    """Undo step, last line first: dh_t -> dparams, dx_t, dh_{t-1}."""
    W_xh, W_hh, _ = params
    x, h_prev, h = cache
    (dh,) = dstate

    da = dh * (1 - h**2)  # [2]
    dx, dh_prev = da @ W_xh.T, da @ W_hh.T  # [1]
    dW_xh, dW_hh, db_h = x.T @ da, h_prev.T @ da, da.sum(axis=0)  # [1]

    return Params(dW_xh, dW_hh, db_h), dx, State(dh_prev)
