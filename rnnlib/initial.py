r"""First values of the weights, before anything is learned.

    uniform      every weight and bias from U(-1/sqrt(H), 1/sqrt(H))      [1]
    glorot       W from U(-a, a), a = sqrt(6 / (rows + columns)), b = 0   [2]
    orthogonal   W_hh a random rotation or reflection, W_xh as [2]        [3]
    identity     W_hh = I, W_xh from N(0, 0.001^2), b = 0                 [4]
    a number     W_hh normal, scaled to that spectral radius, W_xh as [2] [5]

A gated cell has several blocks of H columns; each is drawn by itself.

Sources: [1] PyTorch's documentation of RNN, LSTM and GRU. [2] Glorot and
Bengio (2010), AISTATS. [3] Saxe, McClelland and Ganguli (2014),
arXiv:1312.6120. [4] Le, Jaitly and Hinton (2015), arXiv:1504.00941. [5]
Jaeger (2001), GMD Report 148. Book: chapters 2, 4 and 5.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Scheme = Literal["uniform", "glorot", "orthogonal", "identity"] | float
SCHEMES = ("uniform", "glorot", "orthogonal", "identity")


def weights(
    rng: np.random.Generator, D: int, H: int, blocks: int, scheme: Scheme
) -> tuple[Array, Array, Array]:
    """Return W_xh (D, blocks*H), W_hh (H, blocks*H) and b_h (blocks*H,).

    Raises
    ------
    TypeError
        If rng is not a Generator, or D or H is not an integer.
    ValueError
        If D or H is below 1, or the scheme is unknown.
    """
    check(rng, D=D, H=H)
    _known(scheme)
    bound = 1 / math.sqrt(H)
    if scheme == "uniform":  # [1]
        n = blocks * H
        shapes = ((D, n), (H, n), (n,))
        W_xh, W_hh, b_h = (rng.uniform(-bound, bound, size=s) for s in shapes)
        return W_xh, W_hh, b_h
    draw = {"glorot": _glorot, "orthogonal": _orthogonal}.get(str(scheme))
    if scheme == "identity":  # [4]
        W_xh = rng.normal(0, 0.001, size=(D, blocks * H))
        W_hh = np.tile(np.eye(H), blocks)
    else:
        W_xh = np.hstack([_glorot(rng, D, H) for _ in range(blocks)])
        W_hh = np.hstack(
            [
                draw(rng, H, H) if draw else _radius(rng, H, float(scheme))
                for _ in range(blocks)
            ]
        )
    return W_xh, W_hh, np.zeros(blocks * H)


def chrono(rng: np.random.Generator, H: int, T: float) -> Array:
    """Return biases of a forget gate for memories of up to T steps: (H,).

    b = log u with u from U(1, T - 1): a gate at sigmoid(b) forgets with a
    time constant of about u steps. Source: Tallec and Ollivier (2018),
    arXiv:1804.11188, equation 16.

    Raises
    ------
    ValueError
        If T is below 3.
    """
    if not 3 <= T < math.inf:
        raise ValueError(f"chrono: expected a length of 3 or more, got {T}")
    return np.log(rng.uniform(1, T - 1, size=H))


def _glorot(rng: np.random.Generator, rows: int, columns: int) -> Array:
    a = math.sqrt(6 / (rows + columns))  # [2]
    return rng.uniform(-a, a, size=(rows, columns))


def _orthogonal(rng: np.random.Generator, H: int, _: int) -> Array:
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    # The signs make every rotation equally likely (Mezzadri, 2007).
    return np.asarray(Q * np.where(np.diag(R) < 0, -1.0, 1.0))  # [3]


def _radius(rng: np.random.Generator, H: int, radius: float) -> Array:
    W = rng.normal(size=(H, H))
    return np.asarray(W * (radius / np.abs(np.linalg.eigvals(W)).max()))  # [5]


def check(rng: np.random.Generator, **sizes: int) -> None:
    """Refuse what is not a Generator, and sizes that are not 1 or more."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng: expected a numpy.random.Generator, as made by "
            f"numpy.random.default_rng(0), got {type(rng).__name__}"
        )
    for name, size in sizes.items():
        if not isinstance(size, int | np.integer) or isinstance(size, bool):
            raise TypeError(f"{name}: expected an integer, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected 1 or more, got {size}")


def _known(scheme: Scheme) -> None:
    number = isinstance(scheme, int | float) and not isinstance(scheme, bool)
    if number and not 0 <= float(scheme) < math.inf:
        raise ValueError(f"scheme: expected a radius >= 0, got {scheme}")
    if not number and scheme not in SCHEMES:
        raise ValueError(
            f"scheme: expected one of {SCHEMES} or a spectral radius, "
            f"got {scheme!r}"
        )
