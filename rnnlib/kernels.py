r"""Whole sequences in few numpy calls: the loops behind `rnnlib.scan`.

The equations, and their numbers, are those of `rnn`, `lstm` and `gru`, and
tests hold the two equal. What differs is the order of the work:

- x_t W_xh + b needs no state: products of many steps at once, ahead.
- dW_xh, dW_hh, db and dx need no order: large products, afterwards.
- In the loop the gates of a step lie one after another, (gates, B, H), so
  that one contiguous call serves several; one `matmul` with the stack of
  their weights fills them all. Nothing large is allocated.
- sigmoid(a) = 1/2 + 1/2 tanh(a/2): one tanh serves gates and candidate. The
  inner 1/2 is in the weights.
- Backwards, all factors of dh and dc are worked out for a block of steps,
  small enough for the cache; in the loop they are multiplied in place.

A forward function takes xs (T, B, D), the first state, `frozen` (None, or
(T, B, 1), True where a step does not count) and `keep`. It returns hs
(T+1, B, H), h_0 first, the last state, and the arrays for the way back, of
use with `keep` only. A backward function takes these, dhs and the gradient
of the last state.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib import gru, lstm, rnn

Array = npt.NDArray[Any]
Kept = tuple[Array, ...]

add, multiply, subtract = np.add, np.multiply, np.subtract
tanh, matmul, copyto = np.tanh, np.matmul, np.copyto


# --- the simple cell -------------------------------------------------------


def rnn_forward(
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
            copyto(h, h_prev, where=frozen[t])
        h_prev = h
    return hs, rnn.State(h_prev.copy()), ()


def rnn_backward(
    params: rnn.Params,
    xs: Array,
    hs: Array,
    kept: Kept,
    frozen: Array | None,
    dhs: Array,
    dstate: rnn.State,
) -> tuple[rnn.Params, Array, rnn.State]:
    """Undo `rnn_forward`: 3 calls a step."""
    T, B, H = dhs.shape
    sums = Sums(params.W_xh[None], xs, hs, H)
    W_T = np.ascontiguousarray(params.W_hh.T)
    n = block_length(T, B, H)
    buffer = np.empty((n, B, H), xs.dtype)
    dh = dstate.h.copy()
    for start in reversed(range(0, T, n)):
        steps = slice(start, min(start + n, T))
        h, factor = hs[1:][steps], buffer[: steps.stop - start]
        multiply(h, h, factor)
        subtract(1, factor, factor)  # [2] da_t = dh_t * factor
        if frozen is not None:
            copyto(factor, 0, where=frozen[steps])
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


# --- long short-term memory ------------------------------------------------


def lstm_forward(
    params: lstm.Params,
    xs: Array,
    state: lstm.State,
    frozen: Array | None,
    keep: bool,
) -> tuple[Array, lstm.State, Kept]:
    """Run `lstm.step` along xs: 9 calls a step.

    Keeps gates (T+1, 5, B, H), i, f, o, g and c_{t-1}, and tanh c (T, B, H).
    """
    (T, B, D), H, dtype = xs.shape, len(params.W_hh), xs.dtype
    W_x, W_h, b = (stack(W, [0, 1, 2, 3]) for W in params)
    for W in (W_x, W_h, b):
        W[:3] *= 0.5
    times = product(W_h, B)
    n = block_length(T, B, H)
    rows = T if keep else n
    hs = np.empty((T + 1, B, H), dtype)
    gates = np.empty((rows + 1, 5, B, H), dtype)
    tanh_c = np.empty((rows, B, H), dtype)
    hs[0], gates[0, 4] = state
    ahead = np.empty((4, n, B, H), dtype)
    a, sums = np.empty((4, B, H), dtype), np.empty((2, B, H), dtype)
    first, second = sums
    h_prev, half = hs[0], dtype.type(0.5)
    for start in range(0, T, n):
        steps = slice(start, min(start + n, T))
        m = steps.stop - start
        u, at = ahead[:, :m], start if keep else 0
        matmul(xs[steps].reshape(-1, D), W_x, flat(u))  # [1]
        u += b[:, None]  # [1]
        if at < start:
            gates[0, 4] = gates[n, 4]
        now, after = gates[at : at + m], gates[at + 1 : at + 1 + m]
        views = zip(
            *(u.transpose(1, 0, 2, 3), now[:, :4], now[:, :3], now[:, 2]),
            *(now[:, :2], now[:, 3:], after[:, 4], tanh_c[at:], hs[1:][steps]),
            strict=False,
        )
        for t, (u_t, ifog, ifo, o, i_f, g_c, c, tc, h) in enumerate(views):
            times(h_prev, a)  # [1]
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


def lstm_backward(
    params: lstm.Params,
    xs: Array,
    hs: Array,
    kept: Kept,
    frozen: Array | None,
    dhs: Array,
    dstate: lstm.State,
) -> tuple[lstm.Params, Array, lstm.State]:
    """Undo `lstm_forward`: 5 calls a step, and 1 for the product's sum.

    In rows o, i, f, g, what dh reaches lies beside what dc reaches.
    """
    T, B, H = dhs.shape
    gates, tanh_c = kept
    order = [2, 0, 1, 3]
    sums = Sums(stack(params.W_xh, order), xs, hs, H)
    back = back_product(stack(params.W_hh, order), B)
    n = block_length(T, B, H)
    buffer = np.empty((n, 6, B, H), xs.dtype)
    spare = np.empty((n, B, H), xs.dtype)
    dh, dc = dstate.h.copy(), dstate.c.copy()
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
            *(factors[:, 2:], factors[:, 5], factors[:, 1:5]),
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
            back(dz, dh)
            dc = dc_prev
            if handed_on is not None:
                dh += handed_on
        dc = dc.copy()  # the next block overwrites it
        dz = factors[:, 1:5].transpose(0, 2, 1, 3).reshape(-1, 4 * H)
        sums.take(steps, dz, dz)
    dW_xh, dW_hh, db_h, _ = (unstack(W, order) for W in sums.totals)
    return lstm.Params(dW_xh, dW_hh, db_h), sums.dxs, lstm.State(dh, dc)


# --- the gated recurrent unit ----------------------------------------------


def gru_forward(
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


def gru_backward(
    params: gru.Params,
    xs: Array,
    hs: Array,
    kept: Kept,
    frozen: Array | None,
    dhs: Array,
    dstate: gru.State,
) -> tuple[gru.Params, Array, gru.State]:
    """Undo `gru_forward`: 4 calls a step, and 1 for the product's sum.

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


# --- what they share -------------------------------------------------------


def block_length(T: int, B: int, H: int) -> int:
    """Return how many steps fit a cache and still make good products."""
    return min(T, max(2**14 // (B * H), 512 // B, 1))


def stack(W: Array, order: list[int]) -> Array:
    """Return the gates' parts of W (n, k*H) in that order, (k, n, H).

    A bias (k*H,) counts as a matrix of one row.
    """
    parts = W.reshape(-1, len(order), W.shape[-1] // len(order))
    return np.ascontiguousarray(parts.transpose(1, 0, 2)[order])


def unstack(W: Array, order: list[int]) -> Array:
    """Return W, or a bias, with its columns back in the public order."""
    parts = W.reshape(*W.shape[:-1], len(order), -1)
    return parts[..., np.argsort(order), :].reshape(W.shape)


def flat(u: Array) -> Array:
    """Return a view of u (..., m, B, H) as (..., m*B, H)."""
    *more, m, B, H = u.shape
    view = u.reshape(*more, m * B, H)
    assert np.shares_memory(view, u)  # written into, so never a copy
    return view


def product(W: Array, B: int) -> Callable[[Array, Array], Any]:
    """Return f(h, out): h (B, n) times each matrix of the stack (k, n, m).

    For a single sequence the gates lie in one row anyway, and a row times
    one wide matrix is cheaper.
    """
    if B > 1:
        return lambda h, out: matmul(h, W, out)
    k, n, m = W.shape
    wide = W.transpose(1, 0, 2).reshape(n, k * m)
    return lambda h, out: h.dot(wide, out.reshape(1, k * m))


def back_product(W: Array, B: int) -> Callable[[Array, Array], Any]:
    """Return f(dz, dh): dh (B, n) = sum over k of dz[k] W[k]^T."""
    k, n, m = W.shape
    W_T = np.ascontiguousarray(W.transpose(0, 2, 1))
    if B == 1:
        tall = W_T.reshape(k * m, n)
        return lambda dz, dh: dz.reshape(1, k * m).dot(tall, dh)
    parts = np.empty((k, B, n), W.dtype)

    def back(dz: Array, dh: Array) -> None:
        matmul(dz, W_T, parts)
        np.add.reduce(parts, axis=0, out=dh)

    return back


class Sums:
    """Gradients of weights, biases and inputs, summed block by block."""

    def __init__(self, W_x: Array, xs: Array, hs: Array, H: int) -> None:
        """Take the stack of W_xh (k, D, H), xs (T, B, D), hs (T+1, B, H)."""
        k, D, _ = W_x.shape
        self.W_T = np.ascontiguousarray(W_x.transpose(0, 2, 1))
        self.W_T = self.W_T.reshape(k * H, D)
        self.xs, self.hs, self.dxs = xs, hs, np.empty_like(xs)
        shapes = ((D, k * H), (H, k * H), (k * H,), (k * H,))
        self.totals = tuple(np.zeros(shape, xs.dtype) for shape in shapes)

    def take(self, steps: slice, dz_x: Array, dz_h: Array) -> None:
        """Add a block: what reached the side of x and that of h, (n, k*H)."""
        dW_xh, dW_hh, db_xh, db_hh = self.totals
        x, h = self.xs[steps], self.hs[steps]
        ones = np.ones(len(dz_x), dz_x.dtype)
        dW_xh += x.reshape(len(dz_x), -1).T.dot(dz_x)
        dW_hh += h.reshape(len(dz_x), -1).T.dot(dz_h)
        db_xh += ones.dot(dz_x)
        if dz_h is not dz_x:
            db_hh += ones.dot(dz_h)
        self.dxs[steps] = dz_x.dot(self.W_T).reshape(x.shape)
