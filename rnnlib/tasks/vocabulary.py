"""Symbols as numbers, and sentences of different lengths as one array."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
START, END, UNKNOWN = "<start>", "<end>", "<unknown>"


class Vocabulary(NamedTuple):
    """Symbols and their numbers; 0 is start, 1 end, 2 unknown."""

    symbols: tuple[str, ...]

    @property
    def start(self) -> int:
        """The number of the start token."""
        return 0

    @property
    def end(self) -> int:
        """The number of the end token."""
        return 1

    @property
    def size(self) -> int:
        """How many numbers there are: V."""
        return len(self.symbols)

    def encode(self, text: Iterable[str], end: bool = False) -> list[int]:
        """Return the numbers of a text's symbols, and of the end token.

        A string is taken character by character, a list word by word.
        """
        known = {symbol: k for k, symbol in enumerate(self.symbols)}
        return [known.get(symbol, 2) for symbol in text] + [1] * end

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Return the symbols up to the end token."""
        symbols = []
        for k in numbers:
            if k == self.end:
                break
            symbols.append(self.symbols[int(k)])
        return symbols

    def batch(
        self, texts: Sequence[Iterable[str]], end: bool = False
    ) -> tuple[Array, Array]:
        """Return tokens (T, B) and mask (T, B), T that of the longest.

        Raises
        ------
        ValueError
            If there is no text, or all are empty.
        """
        coded = [self.encode(text, end) for text in texts]
        T = max(map(len, coded), default=0)
        if T == 0:
            raise ValueError("texts: expected a text that is not empty")
        tokens = np.ones((T, len(coded)), int)
        mask = np.zeros((T, len(coded)), bool)
        for b, numbers in enumerate(coded):
            tokens[: len(numbers), b] = numbers
            mask[: len(numbers), b] = True
        return tokens, mask


def vocabulary(texts: Iterable[Iterable[str]]) -> Vocabulary:
    """Return the symbols of all texts, sorted, after the three tokens."""
    found = sorted({symbol for text in texts for symbol in text})
    return Vocabulary((START, END, UNKNOWN, *found))


def one_hot(
    tokens: npt.ArrayLike, size: int, dtype: npt.DTypeLike = float
) -> Array:
    """Return tokens (...) as rows with a single 1: (..., size).

    Raises
    ------
    TypeError
        If the tokens are not integers.
    ValueError
        If one is not within 0 to size - 1.
    """
    numbers = np.asarray(tokens)
    if numbers.dtype.kind not in "iu":
        raise TypeError(
            f"tokens: expected integers, got dtype {numbers.dtype}"
        )
    if numbers.size and not (0 <= numbers.min() and numbers.max() < size):
        raise ValueError(
            f"tokens: expected 0 to {size - 1}, "
            f"got {numbers.min()} to {numbers.max()}"
        )
    xs = np.zeros((*numbers.shape, size), dtype)
    np.put_along_axis(xs, numbers[..., None], 1, axis=-1)
    return xs
