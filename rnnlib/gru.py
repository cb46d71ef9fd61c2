r"""The gated recurrent unit: one state, kept or replaced by a gate.

    u_t = x_t W_xh + b_xh,  v_t = h_{t-1} W_hh + b_hh,  in three parts    [1]
    r_t = sigmoid(u_r + v_r)                 reset gate                   [2]
    z_t = sigmoid(u_z + v_z)                 update gate                  [3]
    n_t = tanh(u_n + r_t * v_n)              candidate                    [4]
    h_t = (1 - z_t) * n_t + z_t * h_{t-1}    a weighted mean              [5]

Columns of the weights and biases: r, z, n, H of each. There are two biases,
since the reset gate in [4] takes only one of them along. Here it comes after
the product, as in PyTorch, Keras (reset_after=True) and cuDNN; in the paper's
final version r_t * h_{t-1} is multiplied by W instead.
Sizes: B sequences in a batch, D numbers per input, H units.
Book: chapter 5.
Source: Cho et al. (2014), arXiv:1406.1078 (whose z also keeps the old state;
Chung et al., arXiv:1412.3555, turn it round).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import initial
from rnnlib.lstm import sigmoid

Array = npt.NDArray[Any]


class Params(NamedTuple):
    """What the cell learns; a gradient is a Params too."""

    W_xh: Array  # (D, 3H)
    W_hh: Array  # (H, 3H)
    b_xh: Array  # (3H,)
    b_hh: Array  # (3H,)


class State(NamedTuple):
    """What is carried from step to step."""

    h: Array  # (B, H)


class Cache(NamedTuple):
    """What a step leaves behind for its way back; all (B, H) but x (B, D)."""

    x: Array
    h_prev: Array
    r: Array
    z: Array
    n: Array
    v_n: Array
    h: Array


def init(
    rng: np.random.Generator,
    D: int,
    H: int,
    scheme: initial.Scheme = "uniform",
    update_bias: float | None = None,
) -> Params:
    """Return first weights; see `rnnlib.initial` for the schemes.

    With an update_bias every update gate starts at sigmoid(update_bias):
    the larger, the longer the state is kept.
    """
    W_xh, W_hh, b_xh = initial.weights(rng, D, H, 3, scheme)
    bound = 1 / np.sqrt(H) if scheme == "uniform" else 0.0
    b_hh = rng.uniform(-bound, bound, size=3 * H)
    if update_bias is not None:
        b_xh[H : 2 * H], b_hh[H : 2 * H] = update_bias, 0
    return Params(W_xh, W_hh, b_xh, b_hh)


def start(params: Params, B: int) -> State:
    """Return the state before the first step: zeros."""
    W_hh = params.W_hh
    return State(np.zeros((B, len(W_hh)), W_hh.dtype))


def step(params: Params, x: Array, state: State) -> tuple[State, Cache]:
    """Take one step in time: x_t, h_{t-1} -> h_t."""
    W_xh, W_hh, b_xh, b_hh = params
    (h_prev,) = state

    u_r, u_z, u_n = np.split(x @ W_xh + b_xh, 3, axis=-1)  # [1]
    v_r, v_z, v_n = np.split(h_prev @ W_hh + b_hh, 3, axis=-1)  # [1]
    r = sigmoid(u_r + v_r)  # [2]
    z = sigmoid(u_z + v_z)  # [3]
    n = np.tanh(u_n + r * v_n)  # [4]
    h = (1 - z) * n + z * h_prev  # [5]

    return State(h), Cache(x, h_prev, r, z, n, v_n, h)


def step_backward(
    params: Params, cache: Cache, dstate: State
) -> tuple[Params, Array, State]:
    """Undo step, last line first: dh_t -> dparams, dx_t, dh_{t-1}."""
    W_xh, W_hh, _, _ = params
    x, h_prev, r, z, n, v_n, _ = cache
    (dh,) = dstate

    dn, dz, dh_prev = dh * (1 - z), dh * (h_prev - n), dh * z  # [5]
    da_n = dn * (1 - n**2)  # [4]
    dr, dv_n = da_n * v_n, da_n * r  # [4]
    da_z = dz * z * (1 - z)  # [3]
    da_r = dr * r * (1 - r)  # [2]
    du = np.concatenate([da_r, da_z, da_n], axis=-1)
    dv = np.concatenate([da_r, da_z, dv_n], axis=-1)
    dx, dh_prev = du @ W_xh.T, dh_prev + dv @ W_hh.T  # [1]
    dW_xh, dW_hh = x.T @ du, h_prev.T @ dv  # [1]
    db_xh, db_hh = du.sum(axis=0), dv.sum(axis=0)  # [1]

    return Params(dW_xh, dW_hh, db_xh, db_hh), dx, State(dh_prev)
