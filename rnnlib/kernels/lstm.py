"""Long short-term memory, whole sequences; equations of `rnnlib.lstm`."""

import numpy as np

from rnnlib import lstm
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
    params: lstm.Params,
    xs: Array,
    state: lstm.State,
    frozen: Array | None,
    keep: bool,
) -> tuple[Array, lstm.State, Kept]:
    """Run `lstm.step` along xs: 9 calls a step.

    Keeps gates (T+1, 5, B, H), i, f, o, g and c_{t-1}, and tanh c (T, B, H).
    """
    (T, B, _), H, dtype = xs.shape, len(params.W_hh), xs.dtype
    inner = np.ones(4 * H, dtype)
    inner[: 3 * H] = 0.5
    W_x, W_h, b = (W * inner for W in params)
    a, sums = np.empty((4, B, H), dtype), np.empty((2, B, H), dtype)
    n = block_length(T, B, H)
    project = projection(W_x, n, B, 4)
    times = product(W_h, a)
    rows = T if keep else n
    hs = np.empty((T + 1, B, H), dtype)
    gates = np.empty((rows + 1, 5, B, H), dtype)
    tanh_c = np.empty((rows, B, H), dtype)
    hs[0], gates[0, 4] = state
    first, second = sums
    h_prev, half = hs[0], dtype.type(0.5)
    for start in range(0, T, n):
        steps = slice(start, min(start + n, T))
        m, at = steps.stop - start, start if keep else 0
        u = project(xs[steps])  # [1]
        u += b.reshape(4, 1, H)  # [1]
        if at < start:
            gates[0, 4] = gates[n, 4]
        now, after = gates[at : at + m], gates[at + 1 : at + 1 + m]
        views = zip(
            *(u, now[:, :4], now[:, :3], now[:, 2]),
            *(now[:, :2], now[:, 3:], after[:, 4], tanh_c[at:], hs[1:][steps]),
            strict=False,
        )
        for t, (u_t, ifog, ifo, o, i_f, g_c, c, tc, h) in enumerate(views):
            times(h_prev)  # [1]
            add(a, u_t, a)  # [1]
            tanh(a, ifog)  # [5]
            multiply(ifo, half, ifo)  # [2] [3] [4]
            add(ifo, half, ifo)  # [2] [3] [4]
            multiply(i_f, g_c, sums)  # [6]
            add(first, second, c)  # [6]
            tanh(c, tc)  # [7]
            multiply(o, tc, h)  # [7]
            if frozen is not None:
                copyto(c, g_c[1], where=frozen[start + t])
                copyto(h, h_prev, where=frozen[start + t])
            h_prev = h
    c = gates[T if keep else m, 4]
    return hs, lstm.State(h_prev.copy(), c.copy()), (gates, tanh_c)


def backward(
    params: lstm.Params,
    xs: Array,
    hs: Array,
    kept: Kept,
    frozen: Array | None,
    dhs: Array,
    dstate: lstm.State,
    inputs: bool,
) -> tuple[lstm.Params, Array | None, lstm.State]:
    """Undo `forward`: 5 calls a step, and 1 for the product's sum.

    In rows o, i, f, g, what dh reaches lies beside what dc reaches.
    """
    T, B, H = dhs.shape
    gates, tanh_c = kept
    order = [2, 0, 1, 3]
    sums = Sums(reorder(params.W_xh, order), xs, hs, inputs)
    n = block_length(T, B, H)
    buffer = np.empty((n, 6, B, H), xs.dtype)
    spare = np.empty((n, B, H), xs.dtype)
    rows = np.empty((n * B, 4 * H), xs.dtype)
    dh, dc = dstate.h.copy(), dstate.c.copy()
    back = back_product(reorder(params.W_hh, order), dh, 4)
    for start in reversed(range(0, T, n)):
        steps = slice(start, min(start + n, T))
        m = steps.stop - start
        i, f, o, g, c_prev = gates[steps].transpose(1, 0, 2, 3)
        h, tmp, factors = hs[1:][steps], spare[:m], buffer[:m]
        dc_dh, of_o, of_i, of_f, of_g, of_c = factors.transpose(1, 0, 2, 3)
        multiply(h, tanh_c[steps], tmp)
        subtract(o, tmp, dc_dh)  # [7] o (1 - tanh(c)^2)
        multiply(h, o, tmp)
        subtract(h, tmp, of_o)  # [7] [4] tanh(c) o (1 - o)
        multiply(i, g, of_i)
        multiply(of_i, g, tmp)
        subtract(i, tmp, of_g)  # [6] [5] i (1 - g^2)
        multiply(of_i, i, tmp)
        subtract(of_i, tmp, of_i)  # [6] [2] g i (1 - i)
        multiply(f, c_prev, of_f)
        multiply(of_f, f, tmp)
        subtract(of_f, tmp, of_f)  # [6] [3] c_{t-1} f (1 - f)
        copyto(of_c, f)  # [6]
        if frozen is not None:
            still = frozen[steps]
            for factor in (dc_dh, of_o, of_i, of_f, of_g):
                copyto(factor, 0, where=still)
            copyto(of_c, 1, where=still)
        views = (
            *(dhs[steps], factors[:, :2], factors[:, 0]),
            *(factors[:, 2:], factors[:, 5], per_step(factors[:, 1:5])),
        )
        for t, (d, c_o, part, ifgc, dc_prev, dz) in zip(
            range(steps.stop - 1, start - 1, -1),
            zip(*(view[::-1] for view in views), strict=True),
            strict=True,
        ):
            add(dh, d, dh)
            handed_on = None if frozen is None else dh * frozen[t]
            multiply(dh, c_o, c_o)
            add(dc, part, dc)
            multiply(dc, ifgc, ifgc)
            back(dz)
            dc = dc_prev
            if handed_on is not None:
                dh += handed_on
        dc = dc.copy()  # the next block overwrites it
        dz = side_by_side(factors[:, 1:5], rows)
        sums.take(steps, dz, dz)
    dW_xh, dW_hh, db_h, _ = (reorder(W, [1, 2, 0, 3]) for W in sums.totals)
    return lstm.Params(dW_xh, dW_hh, db_h), sums.dxs, lstm.State(dh, dc)
