"""Patterns of -1 and +1 for a Hopfield network. Book: chapter 1."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import initial

Array = npt.NDArray[Any]


@cache
def _font() -> dict[str, tuple[int, ...]]:
    from importlib.resources import files  # slow, and seldom needed

    lines = files("rnnlib").joinpath("glyphs.txt").read_text("utf-8").split()
    return {
        lines[k]: tuple(
            1 if c == "#" else -1 for c in "".join(lines[k + 1 : k + 11])
        )
        for k in range(0, len(lines), 11)
    }


def __getattr__(name: str) -> str:
    """Read the font only when somebody asks what is in it."""
    if name == "GLYPHS":
        return "".join(_font())
    raise AttributeError(
        f"module 'rnnlib.tasks.patterns' has no attribute {name!r}"
    )


def glyphs(characters: Iterable[str]) -> Array:
    """Return pixel letters as patterns.

    Parameters
    ----------
    characters : str
        Capital letters, digits and Hangul of ``tasks.GLYPHS``.

    Returns
    -------
    ndarray of shape (P, 100)
        One pattern a row, 10 by 10 pixels, ink +1 and paper -1.

    Raises
    ------
    ValueError
        If a character is not in the font, or there is none.
    """
    characters = list(characters)
    unknown = [c for c in characters if c not in _font()]
    if unknown or not characters:
        raise ValueError(
            f"characters: expected some of {''.join(_font())}, "
            f"got {''.join(unknown)!r}"
        )
    return np.array([_font()[c] for c in characters])


def random_patterns(rng: np.random.Generator, P: int, N: int) -> Array:
    """Return P patterns of N fair coins: (P, N) of -1 and +1.

    Raises
    ------
    ValueError
        If P or N is less than 1.
    """
    initial.check(rng, P=P, N=N)
    return rng.choice([-1, 1], size=(P, N))


def flip(rng: np.random.Generator, s: npt.ArrayLike, fraction: float) -> Array:
    """Return a copy of s (N,) with a fraction of its bits flipped.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws which bits: round(fraction * N) different ones.
    s : array_like of shape (N,)
        A state of -1 and +1.
    fraction : float
        From 0 to 1.

    Raises
    ------
    ValueError
        If the fraction is not between 0 and 1 or s is not one row.
    """
    initial.check(rng)
    s = np.array(s)
    if s.ndim != 1 or s.size == 0:
        raise ValueError(f"s: expected shape (N,), got {s.shape}")
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction: expected 0 to 1, got {fraction}")
    chosen = rng.choice(len(s), size=round(fraction * len(s)), replace=False)
    s[chosen] = -s[chosen]
    return s


class Digits(NamedTuple):
    """Handwritten digits, 8 by 8 pixels."""

    images: Array  # (1797, 8, 8), ink from 0 to 16
    labels: Array  # (1797,), 0 to 9
    prototypes: Array  # (10, 64): where a digit has more ink than the mean

    def binarise(self, images: npt.ArrayLike) -> Array:
        """Return images (n, 8, 8) as patterns (n, 64), by the same rule.

        +1 where there is more ink than in the mean of all digits: centring
        takes away what all digits share.
        """
        images = np.asarray(images, float).reshape(-1, 64)
        return np.where(images > _mean_ink(self), 1, -1)


def _mean_ink(digits: Digits) -> Array:
    """Return the mean of the ten classes' mean images: (64,)."""
    means = _class_means(digits.images, digits.labels)
    return np.asarray(means.mean(axis=0))


def _class_means(images: Array, labels: Array) -> Array:
    flat = images.reshape(-1, 64)
    return np.stack([flat[labels == k].mean(axis=0) for k in range(10)])


@cache
def digits() -> Digits:
    """Return scikit-learn's copy of the UCI handwritten digits.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "the handwritten digits come with scikit-learn: "
            "pip install scikit-learn"
        ) from error
    data = load_digits()
    means = _class_means(data.images, data.target)
    prototypes = np.where(means > means.mean(axis=0), 1, -1)
    return Digits(data.images, data.target, prototypes)
