"""The gated recurrent unit, whole sequences; equations of `rnnlib.gru`."""

import numpy as np

from rnnlib import gru
from rnnlib.kernels.shared import (
    Array,
    Kept,
    Sums,
    back_product,
    block_length,
    flat,
    product,
    stack,
    unstack,
)

add, multiply, subtract = np.add, np.multiply, np.subtract
tanh, matmul, copyto = np.tanh, np.matmul, np.copyto


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
    (T, B, D), H, dtype = xs.shape, len(params.W_hh), xs.dtype
    W_x, W_h, b_x, b_h = (stack(W, [0, 1, 2]) for W in params)
    b_x[:2] += b_h[:2]
    for W in (W_x, W_h, b_x):
        W[:2] *= 0.5
    times = product(W_h, B)
    n = block_length(T, B, H)
    hs = np.empty((T + 1, B, H), dtype)
    gates = np.empty((T if keep else n, 4, B, H), dtype)
    hs[0] = state.h
    ahead = np.empty((4, n, B, H), dtype)  # r, z, b_hn, n
    ahead[2] = b_h[2]
    v, tmp = np.empty((3, B, H), dtype), np.empty((B, H), dtype)
    h_prev, half = hs[0], dtype.type(0.5)
    for start in range(0, T, n):
        steps = slice(start, min(start + n, T))
        m = steps.stop - start
        u, at = ahead[:, :m], start if keep else 0
        x = xs[steps].reshape(-1, D)
        matmul(x, W_x[:2], flat(u[:2]))  # [1]
        x.dot(W_x[2], flat(u[3]))  # [1]
        u[:2] += b_x[:2, None]
        u[3] += b_x[2]
        now = gates[at : at + m]
        views = zip(
            *(u[:3].transpose(1, 0, 2, 3), u[3], now[:, :3], now[:, :2]),
            *(now[:, 0], now[:, 1], now[:, 2], now[:, 3], hs[1:][steps]),
            strict=True,
        )
        for t, (u_rz, u_n, rzv, rz, r, z, v_n, c, h) in enumerate(views):
            times(h_prev, v)  # [1]
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
) -> tuple[gru.Params, Array, gru.State]:
    """Undo `forward`: 4 calls a step, and 1 for the product's sum.

    In rows n, r, z, v_n: the first three reach x, the last three h.
    """
    T, B, H = dhs.shape
    (gates,) = kept
    order = [2, 0, 1]
    sums = Sums(stack(params.W_xh, order), xs, hs, H)
    back = back_product(stack(params.W_hh, [0, 1, 2]), B)
    n = block_length(T, B, H)
    buffer = np.empty((n, 5, B, H), xs.dtype)
    spare = np.empty((n, B, H), xs.dtype)
    dh = dstate.h.copy()
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
        views = (dhs[steps], factors, factors[:, 1:4], factors[:, 4])
        for d, all5, rzv, direct in zip(
            *(view[::-1] for view in views), strict=True
        ):
            add(dh, d, dh)
            multiply(dh, all5, all5)
            back(rzv, dh)
            add(dh, direct, dh)
        dz = factors[:, :4].transpose(0, 2, 1, 3).reshape(-1, 4 * H)
        sums.take(steps, dz[:, : 3 * H], dz[:, H:])
    dW_xh, dW_hh, db_xh, db_hh = sums.totals
    dW_xh, db_xh = unstack(dW_xh, order), unstack(db_xh, order)
    return gru.Params(dW_xh, dW_hh, db_xh, db_hh), sums.dxs, gru.State(dh)
