"""What the three kernels share: stacks of gates, products, sums."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Kept = tuple[Array, ...]


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
        return lambda h, out: np.matmul(h, W, out)
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
        np.matmul(dz, W_T, parts)
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
