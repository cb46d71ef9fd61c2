"""What a chapter holds, read from its notebook: counted, never typed."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from rnnlib import widgets

# Minutes: how long one of each takes. The page says so in words.
WORDS_A_MINUTE = 180
EQUATION = CODE = 0.5
QUESTION = 1
WIDGET = 3
EXERCISE = 10

FOLDER = {"en": "notebooks", "ko": "notebooks/ko"}
ASKED = re.compile(r"\*\*(?:Exercise|연습(?: 문제)?) ([\d.]+)\.\*\* (.*)")
CHECKED = re.compile(r'exercises\.check\("([\d.]+)"')
SHOWN = re.compile(r"(\w+)\((?:'([\w.]+)')?")  # what a widget prints
ASIDE = re.compile(r"<details>.*?</details>|```.*?```|\$\$.*?\$\$", re.DOTALL)


class Exercise(NamedTuple):
    """An exercise: its number, the cell of the answer, what it asks."""

    key: str
    cell: str
    text: str


class Chapter(NamedTuple):
    """A chapter, as far as it can be counted."""

    stem: str
    title: str
    goals: list[str]
    words: int  # without equations, code and solutions
    equations: int
    sections: list[str]  # the cells in which they begin
    cells: list[str]  # of code
    exercises: list[Exercise]
    questions: list[str]
    widgets: dict[str, str]  # cell: class
    figures: dict[str, str]  # cell: what is seen

    def reading(self) -> int:
        """Return the minutes to read the chapter and play with it."""
        minutes = (
            self.words / WORDS_A_MINUTE
            + EQUATION * self.equations
            + CODE * len(self.cells)
            + QUESTION * len(self.questions)
            + WIDGET * len(self.widgets)
        )
        return 5 * round(minutes / 5)

    def practice(self) -> int:
        """Return the minutes for its exercises."""
        return EXERCISE * len(self.exercises)


def headings(cells: list[dict[str, Any]]) -> list[str]:
    """Return for each section of a notebook the cell in which it begins.

    Of two sections in one cell the second gets an empty name.
    """
    names: list[str] = []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            found = re.findall("^## ", "".join(cell["source"]), re.MULTILINE)
            names += [cell["id"], *[""] * len(found)][: len(found)]
    return names


def load(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert isinstance(cells, list)
    return cells


def read(path: Path) -> Chapter:
    """Count what a notebook holds."""
    cells = load(path)
    text = "\n\n".join(
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "markdown"
    )
    code = [
        cell
        for cell in cells
        if cell["cell_type"] == "code"
        and "remove-cell" not in cell["metadata"].get("tags", [])
    ]
    asked = dict(ASKED.findall(text))
    exercises, questions, shown, figures = [], [], {}, {}
    for cell in code:
        if found := CHECKED.search("".join(cell["source"])):
            exercises.append(Exercise(found[1], cell["id"], asked[found[1]]))
        for output in cell["outputs"]:
            printed = "".join(output.get("data", {}).get("text/plain", ""))
            seen = SHOWN.match(printed)
            if seen and seen[1] == "Quiz":
                questions.append(seen[2])
            elif seen and seen[1] in widgets.__all__:
                shown[cell["id"]] = seen[1]
            elif printed.startswith("<Figure"):
                image = cell["metadata"]["mystnb"]["image"]
                figures[cell["id"]] = image["alt"]
    title = text.split("\n", 1)[0].removeprefix("# ")
    head = text.split("\n## ", 1)[0]
    prose = re.sub(r"\]\([^)]*\)|\$[^$]*\$", " ", ASIDE.sub(" ", text))
    return Chapter(
        stem=path.stem,
        title=title,
        goals=re.findall("^- (.*)$", head, re.MULTILINE),
        words=len(re.findall(r"\w[\w'’-]*", prose)),
        equations=text.count(r"\tag{"),
        sections=[name for name in headings(cells) if name],
        cells=[cell["id"] for cell in code],
        exercises=exercises,
        questions=questions,
        widgets=shown,
        figures=figures,
    )


def chapters(root: Path, language: str) -> list[Chapter]:
    """Return the chapters of an edition in their order."""
    folder = root / FOLDER[language]
    return [read(path) for path in sorted(folder.glob("*.ipynb"))]
