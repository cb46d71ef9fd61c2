"""Words with several meanings, and the neighbour that decides.

A grammar of our own, in two languages. What tells the meaning stands before
the word, after it, or on both sides; never on neither. Book: chapter 3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlib import checks, initial
from rnnlib.tasks import hangul
from rnnlib.tasks.corpora import Split


class Sense(NamedTuple):
    """One meaning: its label, and what may stand before and after."""

    label: str
    before: str  # phrases, separated by /
    after: str


ENGLISH = {
    "bat": (
        Sense("animal", "hungry/sleeping", "flew away/hung from the roof"),
        Sense("thing", "wooden/heavy aluminium", "broke/hit the ball"),
    ),
    "seal": (
        Sense("animal", "playful/young", "barked/swam ashore"),
        Sense("thing", "royal/waxen", "was stamped/closed the letter"),
    ),
    "crane": (
        Sense("animal", "nesting/long legged", "laid an egg/flew south"),
        Sense("machine", "rusty/hired", "lifted the steel/ran out of fuel"),
    ),
    "mouse": (
        Sense("animal", "frightened/brown", "ate the cheese/ran off"),
        Sense("machine", "wireless/optical", "needs a battery/broke down"),
    ),
    "date": (
        Sense("fruit", "dried/sticky", "tasted sweet/was eaten"),
        Sense("time", "agreed/early", "was postponed/is next week"),
    ),
    "bank": (
        Sense("place", "muddy/grassy", "was flooded/was full of reeds"),
        Sense("money", "swiss/private", "lent us money/went broke"),
    ),
    "spring": (
        Sense("time", "warm/last", "came late/turned into summer"),
        Sense("thing", "steel/coiled", "snapped/stretched too far"),
        Sense("place", "hidden/mountain", "ran dry/fed the river"),
    ),
    "palm": (
        Sense("plant", "tropical/potted", "lost its leaves/grew tall"),
        Sense("body", "left/open", "was sweating/held a coin"),
    ),
}
KOREAN = {
    "사과": (
        Sense("열매", "빨간/달콤한/잘 익은", "갖고 싶다/먹었다/깎았다"),
        Sense("사죄", "진심 어린/뒤늦은", "받아 주었다/요구했다/거절했다"),
    ),
    "배": (
        Sense("열매", "달콤한/잘 익은", "깎았다/먹었다"),
        Sense("탈것", "돛을 단/섬으로 가는", "탔다/놓쳤다"),
        Sense("몸", "아픈/부른", "문질렀다/움켜쥐었다"),
    ),
    "눈": (
        Sense("몸", "졸린/충혈된", "감았다/비볐다"),
        Sense("날씨", "펑펑 내린/밤새 쌓인", "치웠다/뭉쳤다"),
    ),
    "말": (
        Sense("동물", "들판을 달리는/길들인", "탔다/먹였다"),
        Sense("언어", "고운/거친", "들었다/알아들었다"),
    ),
    "밤": (
        Sense("시간", "깊은/어두운", "새웠다/지새웠다"),
        Sense("열매", "구운/삶은", "깎았다/먹었다"),
    ),
    "다리": (
        Sense("몸", "다친/저린", "주물렀다/움켜쥐었다"),
        Sense("장소", "강 위의/무너진", "건넜다/새로 놓았다"),
    ),
    "차": (
        Sense("탈것", "낡은/시동이 걸린", "탔다/몰았다"),
        Sense("음료", "따뜻한/향긋한", "마셨다/끓였다"),
    ),
}
PLAIN = {  # phrases that tell nothing
    "en": (
        "yesterday/we said that/he thought/then/as it happened",
        "old/little/strange/famous",
        "was there/came to mind/was not mentioned/was a surprise to us",
    ),
    "ko": (
        "나는/우리는/그는/어제/드디어",
        "그/이상한/오래된/유명한",
        "보았다/좋아한다/생각했다/찾지 못했다",
    ),
}


def senses(
    rng: np.random.Generator,
    language: str = "en",
    train: int = 1200,
    test: int = 300,
) -> Split:
    """Return (sentence, labels): the meaning of each word, "·" for none.

    Of the sentences 45% tell the meaning before the word only, 45% after
    it only, 10% on both sides. To be read by word (``split()``).

    Parameters
    ----------
    rng : numpy.random.Generator
    language : {"en", "ko"}
    train, test : int
        How many; all sentences differ.

    Raises
    ------
    ValueError
        If the language is unknown or more is asked for than there is.
    """
    initial.check(rng, train=train, test=test)
    checks.one_of("language", language, ("en", "ko"))
    if train + test > 1500:
        raise ValueError(
            f"train + test: expected at most 1500, got {train + test}"
        )
    say = _english if language == "en" else _korean
    found: dict[str, list[str]] = {}
    while len(found) < train + test:
        text, labels = say(rng)
        found[text] = labels
    pairs = list(found.items())
    return Split(pairs[:train], pairs[train:])


def _pick(rng: np.random.Generator, phrases: str) -> list[str]:
    return str(rng.choice(phrases.split("/"))).split()


def _sides(
    rng: np.random.Generator, sense: Sense, language: str
) -> tuple[list[str], list[str], list[str]]:
    """Return an opening, and what stands before and after the word."""
    opening, before, after = PLAIN[language]
    tells = rng.choice(3, p=(0.45, 0.45, 0.1))
    first = _pick(rng, sense.before if tells != 1 else before)
    if tells == 1 and rng.random() < 0.5:
        first = []
    last = _pick(rng, sense.after if tells != 0 else after)
    start = _pick(rng, opening) if rng.random() < 0.7 else []
    return start, first, last


def _english(rng: np.random.Generator) -> tuple[str, list[str]]:
    word = str(rng.choice(list(ENGLISH)))
    sense = ENGLISH[word][rng.integers(len(ENGLISH[word]))]
    start, first, last = _sides(rng, sense, "en")
    words = [*start, "the", *first, word, *last]
    at = len(start) + 1 + len(first)
    return " ".join(words), _labels(words, at, sense)


def _korean(rng: np.random.Generator) -> tuple[str, list[str]]:
    noun = str(rng.choice(list(KOREAN)))
    sense = KOREAN[noun][rng.integers(len(KOREAN[noun]))]
    start, first, last = _sides(rng, sense, "ko")
    marker = "을" if hangul.jamo(noun)[-1, 2] else "를"
    words = [*start, *first, noun + marker, *last]
    return " ".join(words), _labels(words, len(start) + len(first), sense)


def _labels(words: list[str], at: int, sense: Sense) -> list[str]:
    return [sense.label if k == at else "·" for k in range(len(words))]
