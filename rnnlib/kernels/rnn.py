"""The simple cell, whole sequences. Equations as in `rnnlib.rnn`."""

import numpy as np

from rnnlib import rnn
from rnnlib.kernels.shared import (
    Array,
    Kept,
    Sums,
    block_length,
)

add, multiply, tanh = np.add, np.multiply, np.tanh


def forward(
    params: rnn.Params,
    xs: Array,
    state: rnn.State,
    frozen: Array | None,
    keep: bool,
) -> tuple[Array, rnn.State, Kept]:
    """Run `rnn.step` along xs: 3 calls a step."""
    W_xh, W_hh, b_h = params
    (T, B, D), H = xs.shape, len(W_hh)
    hs = np.empty((T + 1, B, H), xs.dtype)
    hs[0], ahead = state.h, hs[1:].reshape(T * B, H)
    xs.reshape(T * B, D).dot(W_xh, ahead)  # [1]
    ahead += b_h  # [1]
    a, h_prev = np.empty((B, H), xs.dtype), hs[0]
    for t, h in enumerate(hs[1:]):
        h_prev.dot(W_hh, a)  # [1]
        add(a, h, a)  # [1]
        tanh(a, h)  # [2]
        if frozen is not None:
            np.copyto(h, h_prev, where=frozen[t])
        h_prev = h
    return hs, rnn.State(h_prev.copy()), ()


def backward(
    params: rnn.Params,
    xs: Array,
    hs: Array,
    kept: Kept,
    frozen: Array | None,
    dhs: Array,
    dstate: rnn.State,
    inputs: bool,
) -> tuple[rnn.Params, Array | None, rnn.State]:
    """Undo `forward`: 3 calls a step."""
    T, B, H = dhs.shape
    sums = Sums(params.W_xh, xs, hs, inputs)
    W_T = np.ascontiguousarray(params.W_hh.T)
    n = block_length(T, B, H)
    buffer = np.empty((n, B, H), xs.dtype)
    dh = dstate.h.copy()
    for start in reversed(range(0, T, n)):
        steps = slice(start, min(start + n, T))
        h, factor = hs[1:][steps], buffer[: steps.stop - start]
        multiply(h, h, factor)
        np.subtract(1, factor, factor)  # [2] da_t = dh_t * factor
        if frozen is not None:
            np.copyto(factor, 0, where=frozen[steps])
        for t in reversed(range(len(factor))):
            da = factor[t]
            add(dh, dhs[start + t], dh)
            handed_on = None if frozen is None else dh * frozen[start + t]
            multiply(dh, da, da)  # [2]
            da.dot(W_T, dh)  # [1]
            if handed_on is not None:
                dh += handed_on
        da = factor.reshape(-1, H)
        sums.take(steps, da, da)
    dW_xh, dW_hh, db_h, _ = sums.totals
    return rnn.Params(dW_xh, dW_hh, db_h), sums.dxs, rnn.State(dh)
