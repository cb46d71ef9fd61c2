"""Hangul: its letters, and how a written word is said.

A syllable is an onset, a vowel and perhaps a coda, and Unicode numbers them
so that arithmetic takes them apart. What a coda sounds like depends on the
onset after it, and what an onset sounds like on the coda before.

The rules are those of 표준 발음법 (Standard Pronunciation, Ministry of
Education, 1988), by its articles; they know no dictionary. Left out: ㄴ that
is inserted (꽃잎 [꼰닙]), tensing in compounds and after stems (산길 [산낄],
닮다 [담따]), ㄺ of a stem before ㄱ (읽고 [일꼬]), and ㅕ after ㅈ, ㅉ, ㅊ.
Book: chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib import initial

Array = npt.NDArray[Any]

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
SIZES = (len(ONSETS), len(VOWELS), len(CODAS))

TWO = {  # a coda of two letters
    **{"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ"},
    **{"ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ"},
    **{"ㅄ": "ㅂㅅ"},
}
# Articles 8 to 11: seven sounds are left at the end of a syllable.
FINAL = {
    coda: sound
    for sound, codas in {
        **{
            " ": " ",
            "ㄱ": "ㄱㄲㅋㄳㄺ",
            "ㄴ": "ㄴㄵㄶ",
            "ㄷ": "ㄷㅅㅆㅈㅊㅌㅎ",
        },
        **{"ㄹ": "ㄹㄼㄽㄾㅀ", "ㅁ": "ㅁㄻ", "ㅂ": "ㅂㅍㅄㄿ", "ㅇ": "ㅇ"},
    }.items()
    for coda in codas
}
TENSE = dict(zip("ㄱㄷㅂㅅㅈ", "ㄲㄸㅃㅆㅉ", strict=True))
BREATHY = dict(zip("ㄱㄷㅂㅈ", "ㅋㅌㅍㅊ", strict=True))
NASAL = dict(zip("ㄱㄷㅂ", "ㅇㄴㅁ", strict=True))
TENSING = "ㄱㄲㅋㄳㄺㄷㅅㅆㅈㅊㅌㅂㅍㅄㄿㄵㄼㄽㄾ"  # a stop is in it


def jamo(word: str) -> Array:
    """Return the onset, vowel and coda of every syllable: (S, 3) of int.

    Numbers of `ONSETS`, `VOWELS` and `CODAS`; coda 0 is none.

    Raises
    ------
    ValueError
        If a character is not a Hangul syllable, or there is none.
    """
    wrong = [c for c in word if not "가" <= c <= "힣"]
    if wrong or not word:
        raise ValueError(f"word: expected Hangul syllables, got {word!r}")
    codes = np.array([ord(c) - ord("가") for c in word])
    return np.stack(np.unravel_index(codes, SIZES), axis=1)


def syllables(letters: npt.ArrayLike) -> str:
    """Return the word of `jamo`.

    Raises
    ------
    ValueError
        If the shape is not (S, 3) or a number is out of range.
    """
    array = np.asarray(letters)
    if array.ndim != 2 or array.shape[1] != 3:
        raise ValueError(f"letters: expected shape (S, 3), got {array.shape}")
    if (array < 0).any() or (array >= SIZES).any():
        raise ValueError(f"letters: expected 0 to below {SIZES}")
    codes = np.ravel_multi_index(tuple(array.T), SIZES)
    return "".join(chr(ord("가") + int(code)) for code in codes)


def pronounce(word: str) -> str:
    """Return a written word as it is said: 국물 is 궁물.

    Raises
    ------
    ValueError
        If a character is not a Hangul syllable, or there is none.
    """
    letters = jamo(word)
    said = letters.copy()
    for k in range(len(letters)):
        coda = CODAS[letters[k, 2]]
        if k + 1 < len(letters):
            onset, vowel = ONSETS[letters[k + 1, 0]], VOWELS[letters[k + 1, 1]]
            stem = word[k] == "밟"  # article 10: the one ㄼ that says ㅂ
            coda, onset = _meet(coda, onset, vowel, stem)
            said[k + 1, 0] = ONSETS.index(onset)
        else:
            coda = FINAL[coda]
        said[k, 2] = CODAS.index(coda)
    return syllables(said)


def _meet(coda: str, onset: str, vowel: str, stem: bool) -> tuple[str, str]:
    """Return how a coda and the onset after it sound together."""
    first, last = tuple(TWO.get(coda, " " + coda))
    if last == "ㅎ":  # article 12
        if onset in "ㄱㄷㅈ":
            return first, BREATHY[onset]
        if onset == "ㅅ":
            return first, "ㅆ"
        if onset == "ㅇ":
            coda, first, last = first, " ", first
    elif onset == "ㅎ" and FINAL[coda] in "ㄱㄷㅂㄴㄹ":  # article 12
        stop = last if last in BREATHY else FINAL[last]
        if stop in BREATHY and coda not in "ㄴㄹ":
            if stop == "ㄷ" and last == "ㄷ" and vowel == "ㅣ":
                return first, "ㅊ"  # article 17: 굳히다
            return first, BREATHY[stop]
    if onset == "ㅇ":  # articles 13, 14 and 17
        if last in " ㅇ":
            return coda, onset
        if vowel == "ㅣ" and last in "ㄷㅌ":
            return first, "ㅈ" if last == "ㄷ" else "ㅊ"
        return first, "ㅆ" if last == "ㅅ" and first != " " else last
    sound = "ㅂ" if stem else FINAL[coda]
    if coda in TENSING and onset in TENSE:  # articles 23 and 25
        return sound, TENSE[onset]
    if onset in "ㄴㅁ" and sound in NASAL:  # article 18
        return NASAL[sound], onset
    if onset == "ㄹ" and sound in "ㄱㄷㅂㅁㅇ":  # article 19
        return NASAL.get(sound, sound), "ㄴ"
    if sound + onset in ("ㄴㄹ", "ㄹㄴ"):  # article 20
        return "ㄹ", "ㄹ"
    return sound, onset


def random_syllables(
    rng: np.random.Generator, n: int, longest: int = 5
) -> list[str]:
    """Return n strings of 2 to `longest` random syllables, half with coda."""
    initial.check(rng, n=n, longest=longest)
    if longest < 2:
        raise ValueError(f"longest: expected 2 or more, got {longest}")
    words = []
    for length in rng.integers(2, longest + 1, size=n):
        letters = rng.integers(0, SIZES, size=(length, 3))
        letters[rng.random(length) < 0.5, 2] = 0
        words.append(syllables(letters))
    return words


def spacing(phrases: Iterable[str]) -> list[tuple[str, list[int]]]:
    """Return (phrase without spaces, 1 where a space followed, else 0)."""
    pairs = []
    for phrase in phrases:
        parts = phrase.split()
        marks = [m for part in parts for m in [0] * (len(part) - 1) + [1]]
        if parts:
            pairs.append(("".join(parts), [*marks[:-1], 0]))
    return pairs
