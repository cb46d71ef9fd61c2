"""Opinions in two languages, by a grammar of our own.

A grammar, not reviews: 100% says that its rules were learned. Book:
chapter 3.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnnlib import checks, initial
from rnnlib.tasks import hangul
from rnnlib.tasks.corpora import Split

ENGLISH = {
    "aspects": "food room view music coffee bed menu garden soup bath film "
    "book bread tea light stage story hotel street beach song cake play chair",
    "good": "good great lovely pleasant superb fine nice wonderful",
    "bad": "bad awful poor terrible dreadful dull nasty disappointing",
    "very": "very really so quite",
    "held out": "great lovely awful poor",
}
KOREAN = {
    "aspects": "음식 방 전망 음악 커피 침대 차림표 정원 국물 욕실 영화 책 "
    "빵 차 조명 무대 이야기 숙소 거리 바다 노래 과자 연극 의자",
    "good": "좋 훌륭하 근사하 멋지 뛰어나 만족스럽 괜찮 완벽하",
    "bad": "나쁘 형편없 실망스럽 끔찍하 조잡하 지루하 초라하 시시하",
    "very": "아주 정말 매우 꽤",
    "held out": "훌륭하 근사하 형편없 실망스럽",
}


class Clause(NamedTuple):
    """One opinion."""

    aspect: str
    adjective: str
    very: str
    negated: bool


def reviews(
    rng: np.random.Generator,
    language: str = "en",
    train: int = 4000,
    test: int = 1000,
    never_negated: bool = False,
) -> Split:
    """Return (sentence, 1 for praise or 0 for blame).

    A negation turns an opinion round; of two opinions, always opposite, a
    concession says which counts. English is to be read by word
    (``split()``), Korean by syllable.

    Parameters
    ----------
    rng : numpy.random.Generator
    language : {"en", "ko"}
    train, test : int
        How many; all sentences differ, labels are balanced.
    never_negated : bool
        Four adjectives are never negated in train, and every sentence of
        test negates one of them.

    Raises
    ------
    ValueError
        If the language is unknown or more is asked for than there is.
    """
    initial.check(rng, train=train, test=test)
    checks.one_of("language", language, ("en", "ko"))
    if train + test > 20000:
        raise ValueError(
            f"train + test: expected at most 20000, got {train + test}"
        )
    source, say = (
        (ENGLISH, _english) if language == "en" else (KOREAN, _korean)
    )
    words = {key: value.split() for key, value in source.items()}
    held_out, seen = set(words["held out"]), set[str]()

    def fill(n: int, is_test: bool) -> list[tuple[str, Any]]:
        pairs: list[tuple[str, Any]] = []
        while len(pairs) < n:
            label = len(pairs) % 2
            clauses = [_clause(rng, words, label)]
            if rng.random() < 0.65:
                clauses.append(_clause(rng, words, 1 - label))
            text = say(int(rng.integers(3)), *clauses)
            denied = any(
                c.negated and c.adjective in held_out for c in clauses
            )
            if text in seen or (never_negated and denied != is_test):
                continue
            seen.add(text)
            pairs.append((text, label))
        return [pairs[k] for k in rng.permutation(n)]

    return Split(fill(train, False), fill(test, True))


def _clause(
    rng: np.random.Generator, words: dict[str, list[str]], praise: int
) -> Clause:
    negated = bool(rng.random() < 0.35)
    kind = "good" if praise != negated else "bad"
    very = str(rng.choice(words["very"])) if rng.random() < 0.4 else ""
    aspect, adjective = (str(rng.choice(words[k])) for k in ("aspects", kind))
    return Clause(aspect, adjective, very, negated)


def _english(form: int, main: Clause, other: Clause | None = None) -> str:
    def say(c: Clause) -> str:
        parts = ("the", c.aspect, "was", "not" * c.negated, c.very)
        return " ".join(part for part in (*parts, c.adjective) if part)

    if other is None:
        return say(main)
    return [
        f"although {say(other)} , {say(main)}",
        f"{say(other)} , but {say(main)}",
        f"{say(main)} , even though {say(other)}",
    ][form]


def _korean(form: int, main: Clause, other: Clause | None = None) -> str:
    def say(c: Clause, ending: str) -> str:
        topic = "은" if hangul.jamo(c.aspect)[-1, 2] else "는"
        stem = c.adjective + "지 않" * c.negated
        very = c.very + " " if c.very else ""
        return f"{c.aspect}{topic} {very}{stem}{ending}"

    if other is None:
        return say(main, "다")
    return [
        f"{say(other, '지만')} {say(main, '다')}",
        f"비록 {say(other, '더라도')} {say(main, '다')}",
        f"{say(main, '다')}. 비록 {say(other, '더라도')}",
    ][form]
