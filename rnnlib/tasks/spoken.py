"""Numbers and dates as they are written and said, by rules of our own.

Book: chapter 3.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import checks, initial
from rnnlib.tasks.corpora import Split
from rnnlib.tasks.patterns import digits as handwriting

Array = npt.NDArray[Any]

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
MONTHS = (
    "January February March April May June July August September October "
    "November December"
).split()


def number_words(n: int, language: str = "en") -> str:
    """Return how a number from 0 to 9999 is said.

    "four hundred twenty-seven" or, Sino-Korean, "사백이십칠".

    Raises
    ------
    ValueError
        If the number or the language is out of range.
    """
    checks.one_of("language", language, ("en", "ko"))
    if not 0 <= n <= 9999:
        raise ValueError(f"n: expected 0 to 9999, got {n}")
    return _korean(n) if language == "ko" else _english(n)


def _korean(n: int) -> str:
    said = ""
    for unit, name in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        digit = n // unit % 10
        if digit:  # 이천, but 천 and not 일천
            said += ("" if digit == 1 and name else _ko_digit(digit)) + name
    return said or "영"


def _ko_digit(digit: int) -> str:
    return "영일이삼사오육칠팔구"[digit]


def _english(n: int) -> str:
    parts = []
    for unit, name in ((1000, "thousand"), (100, "hundred")):
        if n >= unit:
            parts += [ONES[n // unit], name]
            n %= unit
    if n >= 20:
        rest = f"-{ONES[n % 10]}" if n % 10 else ""
        parts.append(TENS[n // 10 - 2] + rest)
    elif n or not parts:
        parts.append(ONES[n])
    return " ".join(parts)


def translations(
    rng: np.random.Generator, train: int = 5400, test: int = 1000
) -> Split:
    """Return (English, Korean) pairs of different numbers, 0 to 9999.

    Raises
    ------
    ValueError
        If more than 10,000 are asked for.
    """
    initial.check(rng, train=train, test=test)
    if train + test > 10000:
        raise ValueError(
            f"train + test: expected at most 10000, got {train + test}"
        )
    chosen = rng.permutation(10000)[: train + test].tolist()
    pairs = [(number_words(n), number_words(n, "ko")) for n in chosen]
    return Split(pairs[:train], pairs[train:])


def dates(
    rng: np.random.Generator, train: int = 10000, test: int = 1000
) -> Split:
    """Return (a date as written, the date as YYYY-MM-DD), 1900 to 2099.

    Nine ways of writing, four Korean and five English. No text is in both
    parts.
    """
    initial.check(rng, train=train, test=test)
    first = datetime.date(1900, 1, 1).toordinal()
    days = datetime.date(2100, 1, 1).toordinal() - first
    if train + test > days:
        raise ValueError(
            f"train + test: expected at most {days}, got {train + test}"
        )
    pairs = []
    for day in rng.permutation(days)[: train + test].tolist():
        date = datetime.date.fromordinal(first + day)
        pairs.append((_written(date, int(rng.integers(9))), str(date)))
    return Split(pairs[:train], pairs[train:])


def _written(date: datetime.date, form: int) -> str:
    y, m, d = date.year, date.month, date.day
    month, short = MONTHS[m - 1], MONTHS[m - 1][:3]
    last = (
        "th" if 10 < d < 14 else ["th", "st", "nd", "rd", *["th"] * 6][d % 10]
    )
    return [
        f"{y}년 {m}월 {d}일",
        f"{y}. {m}. {d}.",
        f"{y}년 {m}월 {d}일생",
        f"{y}/{m:02}/{d:02}",
        f"{month} {d}, {y}",
        f"{d} {month} {y}",
        f"{short} {d}, {y}",
        f"{d} {short} {y}",
        f"the {d}{last} of {month} {y}",
    ][form]


class SpokenDigits(NamedTuple):
    """Handwritten numbers with the words for them."""

    images: Array  # (n, digits, 64), ink from 0 to 1
    captions: list[str]


def spoken_digits(
    rng: np.random.Generator,
    n: int = 12000,
    language: str = "ko",
    length: int = 3,
    unseen: float = 0.2,
) -> tuple[SpokenDigits, SpokenDigits, SpokenDigits]:
    """Return handwritten digits set side by side, and the number as said.

    Three groups: n to train on; 1,000 of the same numbers in other
    handwriting; 1,000 of numbers that were never trained on, in that other
    handwriting. The first digit is not 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int
    language : {"ko", "en"}
    length : int
        Digits in a number, 2 to 4.
    unseen : float
        Share of the numbers kept for the last group.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    initial.check(rng, n=n)
    checks.one_of("length", length, (2, 3, 4))
    if not 0 < unseen < 1:
        raise ValueError(f"unseen: expected between 0 and 1, got {unseen}")
    source = handwriting()
    pools: list[tuple[Array, ...]] = []
    order = rng.permutation(len(source.labels))
    cut = 4 * len(order) // 5
    for part in (order[:cut], order[cut:]):
        pools.append(
            tuple(part[source.labels[part] == digit] for digit in range(10))
        )
    numbers = rng.permutation(np.arange(10 ** (length - 1), 10**length))
    kept = round(unseen * len(numbers))

    def group(numbers: Array, pool: tuple[Array, ...], n: int) -> SpokenDigits:
        chosen = rng.choice(numbers, size=n)
        at = np.array(
            [[rng.choice(pool[int(c)]) for c in str(k)] for k in chosen]
        )
        images = source.images[at].reshape(n, length, 64) / 16
        return SpokenDigits(
            images, [number_words(int(k), language) for k in chosen]
        )

    return (
        group(numbers[kept:], pools[0], n),
        group(numbers[kept:], pools[1], 1000),
        group(numbers[:kept], pools[1], 1000),
    )
