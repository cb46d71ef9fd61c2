"""Search that finds Korean words, and pages at their clean addresses."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

from .addresses import published

HANGUL = re.compile("[가-힣]+")


class KoreanSearch(SearchLanguage):
    """Sphinx has no Korean: a particle hangs on its noun (에너지가).

    Indexing every prefix of two syllables or more finds the noun without a
    dictionary.
    """

    lang = "ko"
    language_name = "Korean"
    js_stemmer_code = (
        "var Stemmer = function () {"
        " this.stemWord = function (word) { return word; }; };"
    )

    def stem(self, word: str) -> str:
        """Keep the word."""
        return word.lower()

    def split(self, text: str) -> Iterator[str]:  # type: ignore[override]
        """Yield the words of a text and the prefixes of the Korean ones."""
        for word in super().split(text):
            yield word
            for run in HANGUL.findall(word):
                for length in range(2, len(run) + 1):
                    yield run[:length]


def clean_addresses(app: Sphinx, exception: Exception | None) -> None:
    """Write the index for readers, with the addresses that they see.

    Sphinx reads its index back at the next build, so the one with the names
    of the documents is kept among the doctrees.
    """
    index = Path(app.outdir) / "searchindex.js"
    if exception or not index.exists():
        return
    shutil.copy(index, Path(app.doctreedir) / index.name)
    head, body = "Search.setIndex(", index.read_text(encoding="utf-8")
    data = json.loads(body.removeprefix(head).removesuffix(")"))
    data["docnames"] = [published(name) for name in data["docnames"]]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    index.write_text(f"{head}{text})", encoding="utf-8")


def restore(app: Sphinx) -> None:
    """Give Sphinx its own index back before it builds on it."""
    kept = Path(app.doctreedir) / "searchindex.js"
    if kept.exists():
        shutil.copy(kept, Path(app.outdir) / kept.name)


def setup(app: Sphinx) -> None:
    """Register Korean and the clean index."""
    app.add_search_language(KoreanSearch)
    app.connect("builder-inited", restore)
    app.connect("build-finished", clean_addresses)
