r"""Tasks that ask for memory, drawn fresh each time.

Each returns a `Batch`: xs (T, B, D), targets, and a mask (T, B) of the steps
whose answer counts. Targets are class numbers (T, B), or reals (T, B, V) for
`echo` and `adding`.

Sources: temporal XOR Elman (1990); the adding problem, temporal order and
the embedded Reber grammar Hochreiter and Schmidhuber (1997), the grammar
after Cleeremans, Servan-Schreiber and McClelland (1989); copying Arjovsky,
Shah and Bengio (2016). Book: chapters 2, 4 and 5.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import initial
from rnnlib.tasks.vocabulary import one_hot

Array = npt.NDArray[Any]


class Batch(NamedTuple):
    """Sequences with their answers."""

    xs: Array  # (T, B, D)
    targets: Array  # (T, B) of int, or (T, B, V)
    mask: Array  # (T, B): where an answer counts


def temporal_xor(rng: np.random.Generator, n: int) -> Batch:
    """Return a stream of n bits, in threes (a, b, a xor b); predict the next.

    Only every third bit can be known. xs (n, 1, 1), targets (n, 1): the bit
    that follows.
    """
    initial.check(rng, n=n)
    pairs = rng.integers(0, 2, size=(n // 3 + 1, 2))
    bits = np.column_stack([pairs, pairs[:, 0] ^ pairs[:, 1]]).ravel()
    mask = np.ones((n, 1), bool)
    return Batch(bits[:n, None, None] * 1.0, bits[1 : n + 1, None], mask)


def brackets(
    rng: np.random.Generator, T: int, B: int, rate: float = 0.1
) -> Batch:
    """Return brackets among other signs; ask at each step: inside or not.

    xs (T, B, 2): an opening bracket is (1, 0), a closing one (0, 1), any
    other sign (0, 0). The first sign is a bracket, and each later one is
    with chance `rate`. Class 1 if the last bracket opened, else 0: brackets
    do not nest.

    Raises
    ------
    ValueError
        If rate is not between 0 and 1.
    """
    initial.check(rng, T=T, B=B)
    if not 0 <= rate <= 1:
        raise ValueError(f"rate: expected 0 to 1, got {rate}")
    is_bracket = rng.random((T, B)) < rate
    is_bracket[0] = True
    opens = rng.integers(0, 2, size=(T, B))
    xs = np.stack([is_bracket & (opens == k) for k in (1, 0)], axis=-1)
    steps = np.where(is_bracket, np.arange(T)[:, None], 0)
    last = np.maximum.accumulate(steps, axis=0)
    targets = np.take_along_axis(opens, last, axis=0)
    return Batch(xs * 1.0, targets, np.ones((T, B), bool))


def spotting(
    rng: np.random.Generator, T: int, B: int, places: range | None = None
) -> Batch:
    """Return letters a, b, c, d; ask at each step if "ab" has been seen.

    D = 4 one-hot. Half of the sequences hold one "ab", which starts at one
    of `places` (by default anywhere); the others hold none.

    Raises
    ------
    ValueError
        If "ab" cannot start at one of the places.
    """
    initial.check(rng, T=T, B=B)
    places = range(T - 1) if places is None else places
    if not len(places) or min(places) < 0 or max(places) > T - 2:
        raise ValueError(
            f"places: expected some within 0 to {T - 2}, got {places}"
        )
    letters = rng.integers(0, 4, size=(T, B))
    # A b after an a becomes a c or a d: no "ab" is left by chance.
    chance = (letters[:-1] == 0) & (letters[1:] == 1)
    letters[1:][chance] = rng.integers(2, 4, size=chance.sum())
    start = rng.choice(places, size=B)
    rows = np.flatnonzero(rng.integers(0, 2, size=B))
    letters[start[rows], rows] = 0
    letters[start[rows] + 1, rows] = 1
    seen = np.zeros((T, B), bool)
    seen[1:] = (letters[:-1] == 0) & (letters[1:] == 1)
    targets = np.logical_or.accumulate(seen, axis=0).astype(int)
    return Batch(one_hot(letters, 4), targets, np.ones((T, B), bool))


def echo(rng: np.random.Generator, T: int, B: int, lag: int) -> Batch:
    """Return noise; the answer is the number of lag steps before.

    xs and targets (T, B, 1) from a normal distribution, so that guessing 0
    costs a squared error of 1. The first lag answers do not count.
    """
    initial.check(rng, T=T, B=B, lag=lag)
    _within("lag", lag, T)
    xs = rng.normal(size=(T, B, 1))
    targets = np.zeros_like(xs)
    targets[lag:] = xs[:-lag]
    mask = np.zeros((T, B), bool)
    mask[lag:] = True
    return Batch(xs, targets, mask)


def first_symbol(
    rng: np.random.Generator, B: int, lag: int, distractors: int = 10
) -> Batch:
    """Return a symbol, 0 or 1, then noise; ask which it was.

    T = lag + 1 one-hot symbols, D = 2 + distractors; asked at the end.
    """
    initial.check(rng, B=B, lag=lag, distractors=distractors)
    first = rng.integers(0, 2, size=B)
    symbols = rng.integers(2, 2 + distractors, size=(lag + 1, B))
    symbols[0] = first
    return _at_the_end(one_hot(symbols, 2 + distractors), first)


def temporal_order(rng: np.random.Generator, B: int, T: int) -> Batch:
    """Return noise with X or Y at two places; ask for their order.

    One in the second tenth, one in the middle tenth of T steps; six symbols
    D = 6, of which X is 0 and Y is 1; classes XX 0, XY 1, YX 2, YY 3.
    """
    initial.check(rng, B=B, T=T)
    if T < 10:
        raise ValueError(f"T: expected 10 or more, got {T}")
    symbols = rng.integers(2, 6, size=(T, B))
    which, rows = rng.integers(0, 2, size=(2, B)), np.arange(B)
    symbols[rng.integers(T // 10, T // 5, size=B), rows] = which[0]
    symbols[rng.integers(T // 2, T // 2 + T // 10, size=B), rows] = which[1]
    return _at_the_end(one_hot(symbols, 6), 2 * which[0] + which[1])


def adding(rng: np.random.Generator, B: int, T: int) -> Batch:
    """Return numbers from 0 to 1, two of them marked; ask for their sum.

    xs (T, B, 2): number and mark; one mark in each half. The answer counts
    at the last step: targets (T, B, 1). Guessing 1 costs 1/6.
    """
    initial.check(rng, B=B, T=T)
    if T < 2:
        raise ValueError(f"T: expected 2 or more, got {T}")
    xs = np.zeros((T, B, 2))
    xs[..., 0] = rng.random((T, B))
    rows, targets = np.arange(B), np.zeros((T, B, 1))
    for low, high in ((0, T // 2), (T // 2, T)):
        at = rng.integers(low, high, size=B)
        xs[at, rows, 1] = 1
        targets[-1, :, 0] += xs[at, rows, 0]
    mask = np.zeros((T, B), bool)
    mask[-1] = True
    return Batch(xs, targets, mask)


def copying(
    rng: np.random.Generator,
    B: int,
    length: int,
    blanks: int,
    symbols: int = 8,
) -> Batch:
    """Return symbols, then blanks, then a bell; repeat the symbols.

    T = 2 * length + blanks, D = symbols + 2: blank is 0, the bell 1. Every
    answer counts: blank (0) until the bell, then what was read.
    """
    initial.check(rng, B=B, length=length, blanks=blanks, symbols=symbols)
    T = 2 * length + blanks
    said = rng.integers(2, 2 + symbols, size=(length, B))
    tokens, targets = np.zeros((T, B), int), np.zeros((T, B), int)
    tokens[:length], targets[-length:] = said, said
    tokens[length + blanks - 1] = 1
    xs = one_hot(tokens, symbols + 2)
    return Batch(xs, targets, np.ones((T, B), bool))


def shift(rng: np.random.Generator, T: int, B: int, k: int) -> Batch:
    """Return coin tosses; the answer is the toss k steps later.

    xs (T, B, 1) of -1 and +1. No one-way network can know it. The last k
    answers do not count.
    """
    initial.check(rng, T=T, B=B, k=k)
    _within("k", k, T)
    bits = rng.integers(0, 2, size=(T, B))
    targets, mask = np.zeros((T, B), int), np.zeros((T, B), bool)
    targets[:-k], mask[:-k] = bits[k:], True
    return Batch(2.0 * bits[..., None] - 1, targets, mask)


# --- the embedded Reber grammar --------------------------------------------

REBER = "BTPSXVE"
ARROWS = [  # from each node: what may be said, and where it leads
    {"T": 1, "P": 2},
    {"S": 1, "X": 3},
    {"T": 2, "V": 4},
    {"X": 2, "S": 5},
    {"P": 3, "V": 5},
]


def reber_string(rng: np.random.Generator, inner: int = 1) -> str:
    """Return a string of the embedded Reber grammar.

    T or P comes second and must come again last but one; between them are
    `inner` strings of Reber's grammar, each from B to E.
    """
    initial.check(rng, inner=inner)
    outer = "TP"[rng.integers(2)]
    text = "B" + outer
    for _ in range(inner):
        text, node = text + "B", 0
        while node < 5:
            said = list(ARROWS[node])[rng.integers(2)]
            text, node = text + said, ARROWS[node][said]
        text += "E"
    return text + outer + "E"


def reber_next(text: str, inner: int = 1) -> list[str]:
    """Return what may follow each symbol of a string, but the last.

    Raises
    ------
    ValueError
        If the grammar does not allow the string.
    """
    legal, node, done, outer = list[str](), -3, 0, ""
    # node -3 after the first B, -2 after T or P, -1 before the last E
    for here, after in itertools.pairwise(text):
        if node == -3:
            allowed = "TP"
        elif node == -2:
            allowed = "B" if done < inner else outer
        elif node == -1:
            allowed = "E"
        else:
            allowed = "E" if node == 5 else "".join(ARROWS[node])
        if after not in allowed or (not legal and here != "B"):
            raise ValueError(
                f"text: expected one of {allowed!r} after "
                f"{text[: len(legal) + 1]!r}, got {after!r}"
            )
        legal.append(allowed)
        if node == -3:
            outer, node = after, -2
        elif node == -2:
            node = 0 if done < inner else -1
        elif 0 <= node < 5:
            node = ARROWS[node][after]
        elif node == 5:
            node, done = -2, done + 1
    return legal


def reber(rng: np.random.Generator, B: int, inner: int = 1) -> Batch:
    """Return B strings of the embedded Reber grammar; predict what may come.

    xs (T, B, 7) one-hot in the order of ``tasks.REBER``, filled up with
    zeros; targets (T, B, 7) are 1 for every symbol that may follow.
    """
    initial.check(rng, B=B, inner=inner)
    strings = [reber_string(rng, inner) for _ in range(B)]
    T = max(map(len, strings)) - 1
    xs, targets = np.zeros((T, B, 7)), np.zeros((T, B, 7))
    mask = np.zeros((T, B), bool)
    for b, text in enumerate(strings):
        for t, allowed in enumerate(reber_next(text, inner)):
            xs[t, b, REBER.index(text[t])] = 1
            targets[t, b, [REBER.index(c) for c in allowed]] = 1
            mask[t, b] = True
    return Batch(xs, targets, mask)


def _at_the_end(xs: Array, classes: Array) -> Batch:
    """Ask for the class at the last step only."""
    targets = np.zeros(xs.shape[:2], int)
    targets[-1] = classes
    mask = np.zeros(xs.shape[:2], bool)
    mask[-1] = True
    return Batch(xs, targets, mask)


def _within(name: str, distance: int, T: int) -> None:
    if distance >= T:
        raise ValueError(f"{name}: expected less than T = {T}, got {distance}")
