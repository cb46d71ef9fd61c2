"""What the kernels share: products with all gates at once, and sums."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Kept = tuple[Array, ...]


def block_length(T: int, B: int, H: int) -> int:
    """Return how many steps fit a cache and still make good products."""
    return min(T, max(2**14 // (B * H), 512 // B, 1))


def reorder(W: Array, order: list[int]) -> Array:
    """Return W (..., k*H) with its blocks of H columns in that order."""
    H = W.shape[-1] // len(order)
    return np.concatenate(
        [W[..., k * H : (k + 1) * H] for k in order], axis=-1
    )


def stack(W: Array, k: int) -> Array:
    """Return W (n, k*H) as one matrix a gate: (k, n, H)."""
    parts = W.reshape(len(W), k, -1)
    return np.ascontiguousarray(parts.transpose(1, 0, 2))


# A single sequence needs no stack: its gates lie in one row anyway, and a row
# times one wide matrix is cheaper than a row times each gate's own.


def projection(W: Array, n: int, B: int, k: int) -> Callable[[Array], Array]:
    """Return f(xs): xs (m <= n, B, D) times W (D, k*H), as (m, k, B, H).

    What it returns is overwritten by the next call.
    """
    if B == 1:
        return lambda xs: xs[:, 0].dot(W).reshape(len(xs), k, 1, -1)
    Ws = stack(W, k)
    buffer = np.empty((k, n * B, W.shape[1] // k), W.dtype)

    def project(xs: Array) -> Array:
        m, B, D = xs.shape
        gates = buffer[:, : m * B]
        np.matmul(xs.reshape(m * B, D), Ws, gates)
        return gates.reshape(k, m, B, -1).transpose(1, 0, 2, 3)

    return project


def product(W: Array, out: Array) -> Callable[[Array], Any]:
    """Return f(h): h (B, H) times W (H, k*H) into out (k, B, H)."""
    k, B, _ = out.shape
    if B == 1:
        row = out.reshape(1, -1)
        return lambda h: h.dot(W, row)
    Ws = stack(W, k)
    return lambda h: np.matmul(h, Ws, out)


def back_product(W: Array, dh: Array, k: int) -> Callable[[Array], Any]:
    """Return f(dz): dz times W (H, k*H)^T into dh (B, H).

    dz is a part of `per_step`.
    """
    B, H = dh.shape
    if B == 1:
        W_T = W.T
        return lambda dz: dz.dot(W_T, dh)
    Ws_T = np.ascontiguousarray(stack(W, k).transpose(0, 2, 1))
    parts = np.empty((k, B, H), W.dtype)

    def back(dz: Array) -> None:
        np.matmul(dz, Ws_T, parts)
        np.add.reduce(parts, axis=0, out=dh)

    return back


def per_step(gates: Array) -> Array:
    """Return gates (m, k, B, H), or as rows (m, 1, k*H) where B is 1."""
    m, _, B, _ = gates.shape
    return gates if B > 1 else gates.reshape(m, 1, -1)


def side_by_side(gates: Array, buffer: Array) -> Array:
    """Return gates (m, k, B, H) as rows (m*B, k*H), in the buffer."""
    m, k, B, H = gates.shape
    if B == 1:
        return gates.reshape(m, k * H)
    rows = buffer[: m * B]
    np.copyto(rows.reshape(m, B, k, H), gates.transpose(0, 2, 1, 3))
    return rows


class Sums:
    """Gradients of weights, biases and inputs, summed block by block."""

    def __init__(
        self, W_xh: Array, xs: Array, hs: Array, inputs: bool
    ) -> None:
        """Take W_xh (D, k*H), xs (T, B, D) and hs (T+1, B, H)."""
        (D, kH), H = W_xh.shape, hs.shape[-1]
        self.W_T, self.xs, self.hs = W_xh.T, xs, hs
        self.dxs = np.empty_like(xs) if inputs else None
        shapes = ((D, kH), (H, kH), (kH,), (kH,))
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
        if self.dxs is not None:
            self.dxs[steps] = dz_x.dot(self.W_T).reshape(x.shape)
