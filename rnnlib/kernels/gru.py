"""The gated recurrent unit, whole sequences; equations of `rnnlib.gru`."""

import numpy as np

from rnnlib import gru
from rnnlib.kernels.shared import (
    Array,
    Kept,
    Sums,
    back_product,
    block_length,
    per_step,
    product,
    projection,
    reorder,
    side_by_side,
)

add, multiply, subtract = np.add, np.multiply, np.subtract
tanh, copyto = np.tanh, np.copyto


def forward(
    params: gru.Params,
    xs: Array,
    state: gru.State,
    frozen: Array | None,
    keep: bool,
) -> tuple[Array, gru.State, Kept]:
    """Run `gru.step` along xs: 11 calls a step.

    Keeps gates (T, 4, B, H): r, z, v_n and n.
    """
    (T, B, _), H, dtype = xs.shape, len(params.W_hh), xs.dtype
    inner = np.ones(3 * H, dtype)
    inner[: 2 * H] = 0.5
    W_x, W_h, b_x, b_h = (W * inner for W in params)
    b_x[: 2 * H] += b_h[: 2 * H]
    b_x = b_x.reshape(3, 1, H)
    v, tmp = np.empty((3, B, H), dtype), np.empty((B, H), dtype)
    n = block_length(T, B, H)
    project = projection(W_x, n, B, 3)
    times = product(W_h, v)
    hs = np.empty((T + 1, B, H), dtype)
    gates = np.empty((T if keep else n, 4, B, H), dtype)
    hs[0] = state.h
    ahead = np.empty((n, 4, B, H), dtype)  # r, z, b_hn, n
    ahead[:, 2] = b_h[2 * H :]
    h_prev, half = hs[0], dtype.type(0.5)
    for start in range(0, T, n):
        steps = slice(start, min(start + n, T))
        m, at = steps.stop - start, start if keep else 0
        u, projected = ahead[:m], project(xs[steps])  # [1]
        add(projected[:, :2], b_x[:2], u[:, :2])  # [1]
        add(projected[:, 2], b_x[2], u[:, 3])  # [1]
        now = gates[at : at + m]
        views = zip(
            *(u[:, :3], u[:, 3], now[:, :3], now[:, :2]),
            *(now[:, 0], now[:, 1], now[:, 2], now[:, 3], hs[1:][steps]),
            strict=True,
        )
        for t, (u_rz, u_n, rzv, rz, r, z, v_n, c, h) in enumerate(views):
            times(h_prev)  # [1]
            add(v, u_rz, rzv)  # [1] [2] [3]
            tanh(rz, rz)  # [2] [3]
            multiply(rz, half, rz)  # [2] [3]
            add(rz, half, rz)  # [2] [3]
            multiply(r, v_n, c)  # [4]
            add(c, u_n, c)  # [4]
            tanh(c, c)  # [4]
            subtract(h_prev, c, tmp)  # [5] h = n + z (h_prev - n)
            multiply(z, tmp, tmp)  # [5]
            add(c, tmp, h)  # [5]
            if frozen is not None:
                copyto(h, h_prev, where=frozen[start + t])
            h_prev = h
    return hs, gru.State(h_prev.copy()), (gates,)


def backward(
    params: gru.Params,
    xs: Array,
    hs: Array,
    kept: Kept,
    frozen: Array | None,
    dhs: Array,
    dstate: gru.State,
    inputs: bool,
) -> tuple[gru.Params, Array | None, gru.State]:
    """Undo `forward`: 4 calls a step, and 1 for the product's sum.

    In rows n, r, z, v_n: the first three reach x, the last three h.
    """
    T, B, H = dhs.shape
    (gates,) = kept
    order = [2, 0, 1]
    sums = Sums(reorder(params.W_xh, order), xs, hs, inputs)
    n = block_length(T, B, H)
    buffer = np.empty((n, 5, B, H), xs.dtype)
    spare = np.empty((n, B, H), xs.dtype)
    rows = np.empty((n * B, 4 * H), xs.dtype)
    dh = dstate.h.copy()
    back = back_product(params.W_hh, dh, 3)
    for start in reversed(range(0, T, n)):
        steps = slice(start, min(start + n, T))
        m = steps.stop - start
        r, z, v_n, c = gates[steps].transpose(1, 0, 2, 3)
        tmp, factors = spare[:m], buffer[:m]
        of_n, of_r, of_z, of_v, of_h = factors.transpose(1, 0, 2, 3)
        subtract(1, z, of_h)
        multiply(c, c, tmp)
        subtract(1, tmp, tmp)
        multiply(of_h, tmp, of_n)  # [5] [4] (1 - z) (1 - n^2)
        multiply(of_h, z, tmp)
        subtract(hs[steps], c, of_z)
        multiply(of_z, tmp, of_z)  # [5] [3] (h_prev - n) z (1 - z)
        multiply(of_n, r, of_v)  # [4]
        subtract(1, r, tmp)
        multiply(tmp, v_n, tmp)
        multiply(of_v, tmp, of_r)  # [4] [2] ... v_n r (1 - r)
        copyto(of_h, z)  # [5]
        if frozen is not None:
            still = frozen[steps]
            for factor in (of_n, of_r, of_z, of_v):
                copyto(factor, 0, where=still)
            copyto(of_h, 1, where=still)
        views = (dhs[steps], factors, per_step(factors[:, 1:4]), factors[:, 4])
        for d, all5, rzv, direct in zip(
            *(view[::-1] for view in views), strict=True
        ):
            add(dh, d, dh)
            multiply(dh, all5, all5)
            back(rzv)
            add(dh, direct, dh)
        dz = side_by_side(factors[:, :4], rows)
        sums.take(steps, dz[:, : 3 * H], dz[:, H:])
    dW_xh, dW_hh, db_xh, db_hh = sums.totals
    dW_xh, db_xh = (reorder(W, [1, 2, 0]) for W in (dW_xh, db_xh))
    return gru.Params(dW_xh, dW_hh, db_xh, db_hh), sums.dxs, gru.State(dh)
