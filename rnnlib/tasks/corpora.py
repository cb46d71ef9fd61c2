"""Words and texts that packages ship; nothing is downloaded.

Names and words come with mimesis and emoji, Korean phrases with JupyterLab's
language pack, English prose with Python itself. They change from version to
version: count on properties, not on figures. Book: chapters 2 and 3.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from rnnlib import initial
from rnnlib.tasks import hangul

LANGUAGES = "cs da de en fi fr hu is it nl pl pt-br tr".split()


class Split(NamedTuple):
    """Pairs to learn from, and pairs never seen."""

    train: list[tuple[str, Any]]
    test: list[tuple[str, Any]]


def surnames(rng: np.random.Generator, test: float = 0.2) -> Split:
    """Return (surname, language code) of 13 languages, from mimesis.

    In small letters; a name that several languages have is left out, and no
    language has more than 1,100.

    Raises
    ------
    ImportError
        If mimesis is not installed.
    ValueError
        If test is not between 0 and 1.
    """
    initial.check(rng)
    lists = {}
    for code in LANGUAGES:
        path = _package("mimesis") / "datasets" / code / "person.json"
        names = json.loads(path.read_text("utf-8"))["surnames"]
        lists[code] = {name.lower() for name in _texts(names)}
    pairs: list[tuple[str, Any]] = []
    for code, names in lists.items():
        others = set().union(*(lists[o] for o in LANGUAGES if o != code))
        own = sorted(names - others)
        chosen = rng.permutation(len(own))[:1100]
        pairs += [(own[k], code) for k in chosen]
    return _split(rng, pairs, test)


def pronunciations(rng: np.random.Generator, test: float = 0.1) -> Split:
    """Return (Korean word, its sound), words of mimesis and emoji.

    Words of two to eight syllables; the sounds are those of `pronounce`,
    not of a dictionary.

    Raises
    ------
    ImportError
        If mimesis or emoji is not installed.
    ValueError
        If test is not between 0 and 1.
    """
    initial.check(rng)
    paths = [_package("emoji") / "unicode_codes" / "emoji_ko.json"]
    paths += (_package("mimesis") / "datasets" / "ko").iterdir()
    found = {
        word
        for path in paths
        if path.name.endswith(".json")
        for text in _texts(json.loads(path.read_text("utf-8")))
        for word in re.findall("[가-힣]{2,8}", text)
    }
    pairs = [(word, hangul.pronounce(word)) for word in sorted(found)]
    return _split(rng, pairs, test)


def phrases() -> list[str]:
    """Return the Korean phrases of JupyterLab's menus and messages.

    Raises
    ------
    ImportError
        If jupyterlab-language-pack-ko-KR is not installed.
    """
    folder = _package("jupyterlab-language-pack-ko-KR")
    found = {
        text.strip()
        for path in (folder / "locale" / "ko_KR" / "LC_MESSAGES").iterdir()
        if path.name.endswith(".json")
        for key, value in json.loads(path.read_text("utf-8")).items()
        if key  # the first is about the file
        for text in _texts(value)
    }
    plain = re.compile(r"[가-힣A-Za-z0-9 .,!?()'-]+")
    return sorted(
        text
        for text in found
        if plain.fullmatch(text) and re.search("[가-힣]{2}", text)
    )


def topics() -> str:
    """Return the prose of Python's own help topics, without code or tables.

    It comes with Python and differs between versions.
    """
    from pydoc_data import topics as source

    kept = []
    for _, text in sorted(source.topics.items()):
        for paragraph in text.split("\n\n"):
            lines = paragraph.strip("\n").split("\n")
            prose = all(
                re.match(r" {0,3}[A-Za-z(\"*]", line) for line in lines
            )
            marks = re.search(r"[|=]{2}|[*+_-]{4}|\|.*\||::=|>>>", paragraph)
            if prose and not marks and len(paragraph) > 80:
                kept.append(" ".join(line.strip() for line in lines))
    return "\n".join(kept)


def articles(text: str, reach: int = 12) -> list[tuple[str, str]]:
    """Return (context with the article as "_", "a" or "an"), all different.

    Up to `reach` characters to each side.
    """
    pairs = {}
    for found in re.finditer(r"\b(an?) (?=[a-zA-Z])", text):
        left = text[max(0, found.start() - reach) : found.start()]
        right = text[found.end() : found.end() + reach]
        pairs[f"{left}_ {right}".replace("\n", " ")] = found[1]
    return sorted(pairs.items())


def _split(
    rng: np.random.Generator, pairs: list[tuple[str, Any]], test: float
) -> Split:
    if not 0 < test < 1:
        raise ValueError(f"test: expected between 0 and 1, got {test}")
    mixed = [pairs[k] for k in rng.permutation(len(pairs))]
    cut = round(test * len(mixed))
    return Split(mixed[cut:], mixed[:cut])


def _texts(part: Any) -> Iterator[str]:
    """Yield every text in lists and dicts."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, list | dict):
        for item in part.values() if isinstance(part, dict) else part:
            yield from _texts(item)


def _package(name: str) -> Any:
    """Return the folder of an installed package."""
    from importlib.resources import files  # slow, and seldom needed

    module = name.replace("-", "_")
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"these words come with {name}: pip install {name}"
        ) from error
    return files(module)
