"""One question at a time, with an answer to each answer."""

import html
import json
from pathlib import Path
from typing import Any

import traitlets
from matplotlib.figure import Figure

from rnnlib import language
from rnnlib.widgets.base import CSS, Widget, esm

QUESTIONS = json.loads(
    Path(__file__).with_name("questions.json").read_text(encoding="utf-8")
)


class Quiz(Widget):
    """Ask a question of ``questions.json``.

    Parameters
    ----------
    key : str
        The question: ``"1.2"`` is the second of chapter 1.

    Attributes
    ----------
    chosen : int
        The choice marked by the reader, -1 before the first.

    Raises
    ------
    ValueError
        If there is no such question.
    """

    stem = "quiz"
    _esm = esm(stem)
    _css = CSS

    key = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)

    def __init__(self, key: str) -> None:
        if key not in QUESTIONS:
            known = ", ".join(sorted(QUESTIONS))
            raise ValueError(f"key: expected one of {known}, got {key!r}")
        entry: dict[str, Any] = QUESTIONS[key][language.get()]
        super().__init__(
            key=key, question=entry["question"], choices=entry["choices"]
        )

    def draw(self, figure: Figure) -> None:
        """Draw a question mark: the words stand beside it."""
        figure.set_size_inches(0.6, 0.6)
        figure.text(0.5, 0.45, "?", size=28, ha="center", va="center")

    def summary(self) -> str:
        """Return the question."""
        return str(self.question)

    def fallback(self) -> str:
        """Return the question and its choices as text."""
        items = "".join(
            f"<li>{html.escape(choice['text'])}</li>"
            for choice in self.choices
        )
        return f"{super().fallback()}<p>{html.escape(self.question)}</p>" + (
            f"<ol>{items}</ol>"
        )

    def __repr__(self) -> str:
        """Return the key of the question."""
        return f"Quiz({self.key!r})"
