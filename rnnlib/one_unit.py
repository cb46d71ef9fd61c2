r"""One recurrent unit with a constant input, as a dynamical system.

    h <- tanh(w h + b)                                                    [1]
    fixed point      h* = tanh(w h* + b)                                  [2]
    slope there      w (1 - h*^2); stable where it is within -1 and 1     [3]
    most opposing input that the upper state survives, for w > 1:
        b = -(w h_c - artanh h_c),  h_c = sqrt(1 - 1/w)                   [4]

[4] is where the slope [3] reaches 1 and the fixed point meets its unstable
neighbour. Book: chapter 2.
Source: Bengio, Simard and Frasconi (1994), doi:10.1109/72.279181.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def fixed_points(w: float, b: float = 0.0) -> Array:
    """Return every fixed point, one to three, from low to high. [2].

    Raises
    ------
    ValueError
        If w or b is not finite.
    """
    for name, value in (("w", w), ("b", b)):
        if not math.isfinite(value):
            raise ValueError(f"{name}: expected a finite number, got {value}")
    # Between the turning points of tanh(w h + b) - h there is one root at
    # most, and there are turning points only where the slope can be 1.
    corners = [-1.0, 1.0]
    if w > 1:
        h_c = math.sqrt(1 - 1 / w)
        turns = [(s * math.atanh(h_c) - b) / w for s in (-1, 1)]
        corners[1:1] = [t for t in turns if -1 < t < 1]
    roots: list[float] = []
    for low, high in itertools.pairwise(corners):
        root = _root(w, b, low, high)
        if root is not None and (not roots or root - roots[-1] > 1e-9):
            roots.append(root)
    return np.array(roots)


def slope(w: float, h: npt.ArrayLike) -> Array:
    """Return the slope of the map at a fixed point h. [3]."""
    return np.asarray(w * (1 - np.asarray(h, float) ** 2))


def tolerance(w: float) -> float:
    """Return the opposing input that the latch just survives. [4].

    Raises
    ------
    ValueError
        If w is not above 1: there is no latch.
    """
    if not 1 < w < math.inf:
        raise ValueError(f"w: expected above 1, got {w}")
    h_c = math.sqrt(1 - 1 / w)
    return w * h_c - math.atanh(h_c)


def _root(w: float, b: float, low: float, high: float) -> float | None:
    """Return where tanh(w h + b) - h changes sign, by bisection."""

    def rise(h: float) -> float:
        return math.tanh(w * h + b) - h

    if rise(low) * rise(high) > 0:
        # A touching point: the fold itself.
        return next((h for h in (low, high) if abs(rise(h)) < 1e-12), None)
    sign = math.copysign(1, rise(low) or -rise(high))
    for _ in range(80):
        middle = (low + high) / 2
        if rise(middle) == 0:
            return middle
        if rise(middle) * sign > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
