r"""Long short-term memory: a cell state that is added to, behind gates.

    a_t = x_t W_xh + h_{t-1} W_hh + b_h,  in four parts                   [1]
    i_t = sigmoid(a_i)                    input gate                      [2]
    f_t = sigmoid(a_f)                    forget gate                     [3]
    o_t = sigmoid(a_o)                    output gate                     [4]
    g_t = tanh(a_g)                       candidate                       [5]
    c_t = f_t * c_{t-1} + i_t * g_t       cell state                      [6]
    h_t = o_t * tanh(c_t)                 what the others see             [7]

Columns of W_xh, W_hh and b_h: i, f, o, g, H of each.
Sizes: B sequences in a batch, D numbers per input, H units.
Book: chapter 5.
Sources: Hochreiter and Schmidhuber (1997), doi:10.1162/neco.1997.9.8.1735;
with the forget gate, and here without peepholes, Gers, Schmidhuber and
Cummins (2000), doi:10.1162/089976600300015015.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import initial

Array = npt.NDArray[Any]


class Params(NamedTuple):
    """What the cell learns; a gradient is a Params too."""

    W_xh: Array  # (D, 4H)
    W_hh: Array  # (H, 4H)
    b_h: Array  # (4H,)


class State(NamedTuple):
    """What is carried from step to step."""

    h: Array  # (B, H)
    c: Array  # (B, H)


class Cache(NamedTuple):
    """What a step leaves behind for its way back; all (B, H) but x (B, D)."""

    x: Array
    h_prev: Array
    c_prev: Array
    i: Array
    f: Array
    o: Array
    g: Array
    c: Array


def sigmoid(a: Array) -> Array:
    """Return 1 / (1 + e^-a), in a form that cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def init(
    rng: np.random.Generator,
    D: int,
    H: int,
    scheme: initial.Scheme = "uniform",
    forget_bias: float = 1.0,
    chrono: float | None = None,
) -> Params:
    """Return first weights; see `rnnlib.initial` for the schemes.

    Parameters
    ----------
    rng : numpy.random.Generator
    D, H : int
        Numbers per input, units.
    scheme : str or float
    forget_bias : float
        Bias of every forget gate (Gers et al.; Jozefowicz et al., 2015).
    chrono : float, optional
        Instead: biases for memories of up to that many steps, log U(1, T-1)
        for the forget gate and minus that for the input gate.
    """
    W_xh, W_hh, b_h = initial.weights(rng, D, H, 4, scheme)
    b_h[H : 2 * H] = forget_bias
    if chrono is not None:
        b_h[H : 2 * H] = initial.chrono(rng, H, chrono)
        b_h[:H] = -b_h[H : 2 * H]
    return Params(W_xh, W_hh, b_h)


def start(params: Params, B: int) -> State:
    """Return the state before the first step: zeros."""
    W_hh = params.W_hh
    shape = (B, len(W_hh))
    return State(np.zeros(shape, W_hh.dtype), np.zeros(shape, W_hh.dtype))


def step(params: Params, x: Array, state: State) -> tuple[State, Cache]:
    """Take one step in time: x_t, h_{t-1}, c_{t-1} -> h_t, c_t."""
    W_xh, W_hh, b_h = params
    h_prev, c_prev = state

    a = x @ W_xh + h_prev @ W_hh + b_h  # [1]
    a_i, a_f, a_o, a_g = np.split(a, 4, axis=-1)
    i = sigmoid(a_i)  # [2]
    f = sigmoid(a_f)  # [3]
    o = sigmoid(a_o)  # [4]
    g = np.tanh(a_g)  # [5]
    c = f * c_prev + i * g  # [6]
    h = o * np.tanh(c)  # [7]

    return State(h, c), Cache(x, h_prev, c_prev, i, f, o, g, c)


def step_backward(
    params: Params, cache: Cache, dstate: State
) -> tuple[Params, Array, State]:
    """Undo step, last line first: dh_t, dc_t -> dparams, dx_t, dstate."""
    W_xh, W_hh, _ = params
    x, h_prev, c_prev, i, f, o, g, c = cache
    dh, dc = dstate

    do = dh * np.tanh(c)  # [7]
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)  # [7]
    df, dc_prev = dc * c_prev, dc * f  # [6]
    di, dg = dc * g, dc * i  # [6]
    da_g = dg * (1 - g**2)  # [5]
    da_o = do * o * (1 - o)  # [4]
    da_f = df * f * (1 - f)  # [3]
    da_i = di * i * (1 - i)  # [2]
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=-1)
    dx, dh_prev = da @ W_xh.T, da @ W_hh.T  # [1]
    dW_xh, dW_hh, db_h = x.T @ da, h_prev.T @ da, da.sum(axis=0)  # [1]

    return Params(dW_xh, dW_hh, db_h), dx, State(dh_prev, dc_prev)
