"""The ways through the book: links to a cell, times, exercises, progress.

A cell has one name in both editions, its id. Each page of a chapter carries
these names as anchors, so that a link, and what a reader's browser keeps of
her progress, mean the same place in either language.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective
from sphinx.util.nodes import make_refnode

from . import counts

logger = logging.getLogger(__name__)

PREFIX = "cell-"  # the name of a cell may be that of a heading

WORDS = {
    "en": {
        "facts": "{exercises} exercises · {questions} questions · "
        "{widgets} widgets",
        "head": ("Chapter", "Read and play", "Exercises"),
        "sum": "All five",
        "minutes": "{m} min",
        "hours": "{h} h {m:02} min",
        "rule": "The times are computed from the pages: {words} words a "
        "minute, {half} seconds for an equation or a cell of code, "
        "{question} minute for a question, {widget} for a widget, "
        "{exercise} for an exercise. Yours will differ.",
        "plan": "**Time:** {reading} to read and play, {practice} for the "
        "{exercises} exercises. **Afterwards one can**",
        "exercises": "**Exercises**",
    },
    "ko": {
        "facts": "연습 문제 {exercises} · 질문 {questions} · 위젯 {widgets}",
        "head": ("장", "읽고 만지기", "연습 문제"),
        "sum": "다섯 장 모두",
        "minutes": "{m}분",
        "hours": "{h}시간 {m}분",
        "rule": "시간은 영어판 본문에서 계산한다. 낱말은 1분에 {words}개를 "
        "읽고, 수식이나 코드 셀 하나에 {half}초, 질문 하나에 {question}분, "
        "위젯 하나에 {widget}분, 연습 문제 하나에 {exercise}분을 쓴다고 "
        "보았다. 사람마다 다르다.",
        "plan": "**시간:** 읽고 만지는 데 {reading}, 연습 문제 "
        "{exercises}개에 {practice}. **마치면**",
        "exercises": "**연습 문제**",
    },
}


def duration(minutes: int, language: str) -> str:
    """Return minutes as a person says them."""
    h, m = divmod(minutes, 60)
    words = WORDS[language]
    return str(words["hours" if h and m else "minutes"]).format(
        h=h, m=m if h and m else minutes
    )


def anchor(chapter: counts.Chapter, cell: str) -> bool:
    """Tell whether the page of a chapter has this cell as an anchor."""
    return cell in chapter.sections or cell in chapter.cells


class Counting(SphinxDirective):
    """A directive that says what the notebooks hold."""

    def chapters(self, language: str = "") -> list[counts.Chapter]:
        """Return the chapters of this edition (or of another)."""
        root = Path(self.env.srcdir)
        found = counts.chapters(root, language or self.config.language)
        folder = counts.FOLDER[language or self.config.language]
        for chapter in found:
            path = root / folder / f"{chapter.stem}.ipynb"
            self.env.note_dependency(str(path))
        return found

    def times(self) -> dict[str, tuple[int, int]]:
        """Return the minutes of each chapter: to read, for the exercises.

        Counted in English words, in both editions.
        """
        return {
            chapter.stem: (chapter.reading(), chapter.practice())
            for chapter in self.chapters("en")
        }

    def parse(self, lines: list[str], *classes: str) -> list[nodes.Node]:
        """Return what the lines of Markdown mean."""
        box = nodes.container(classes=list(classes))
        text = StringList(lines, self.env.docname)
        self.state.nested_parse(text, self.content_offset, box)
        return [box]


class Weekend(Counting):
    """The chapters with their times, and how these were computed."""

    def run(self) -> list[nodes.Node]:
        """Return the table and the sentence under it."""
        here = self.config.language
        words, times = WORDS[here], self.times()
        rows = [
            (
                f"{number}. {{at}}`{chapter.title} <{chapter.stem}>`",
                *times[chapter.stem],
            )
            for number, chapter in enumerate(self.chapters(), 1)
        ]
        total = [sum(time[k] for time in times.values()) for k in (0, 1)]
        rows.append((f"**{words['sum']}**", *total))
        lines = ["| " + " | ".join(words["head"]) + " |", "|---|---|---|"]
        lines += [
            f"| {name} | {duration(reading, here)} "
            f"| {duration(practice, here)} |"
            for name, reading, practice in rows
        ]
        rule = str(words["rule"]).format(
            words=counts.WORDS_A_MINUTE,
            half=round(60 * counts.CODE),
            question=counts.QUESTION,
            widget=counts.WIDGET,
            exercise=counts.EXERCISE,
        )
        return self.parse([*lines, "", rule], "rnn-weekend")


class Plan(Counting):
    """For a lesson: the time of a chapter, and its goals."""

    required_arguments = 1  # the chapter

    def run(self) -> list[nodes.Node]:
        """Return a sentence and a list."""
        here, stem = self.config.language, self.arguments[0]
        (chapter,) = (c for c in self.chapters() if c.stem == stem)
        reading, practice = self.times()[stem]
        text = str(WORDS[here]["plan"]).format(
            reading=duration(reading, here),
            practice=duration(practice, here),
            exercises=len(chapter.exercises),
        )
        return self.parse([text, *[f"- {goal}" for goal in chapter.goals]])


class Exercises(Counting):
    """The exercises of a chapter, as it sets them."""

    required_arguments = 1  # the chapter

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        stem = self.arguments[0]
        (chapter,) = (c for c in self.chapters() if c.stem == stem)
        lines = [
            f"- {{at}}`{exercise.key} <{stem}/{exercise.cell}>` "
            f"{exercise.text}"
            for exercise in chapter.exercises
        ]
        head = str(WORDS[self.config.language]["exercises"])
        return self.parse([head, *lines])


class At(ReferenceRole):
    """A link to a chapter or a cell in it: ``words <01-hopfield/plate>``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a reference that is resolved when all pages are read."""
        stem, _, cell = self.target.partition("/")
        folder = counts.FOLDER[self.config.language]
        path = Path(self.env.srcdir) / folder / f"{stem}.ipynb"
        here = self.get_location()
        if not path.exists():
            logger.warning("at: no chapter %s", stem, location=here)
        elif cell and not anchor(counts.read(path), cell):
            logger.warning("at: %s has no cell %s", stem, cell, location=here)
        self.env.note_dependency(str(path))
        link = addnodes.pending_xref(
            "",
            nodes.inline("", self.title),
            refdomain="",
            reftype="at",
            reftarget=cell,
            refexplicit=True,
            refdoc=self.env.docname,
            chapter=f"{folder}/{stem}",
        )
        return [link], []


def resolve(
    app: Sphinx, _: BuildEnvironment, node: addnodes.pending_xref, words: Any
) -> nodes.reference | None:
    """Turn the role above into a link."""
    if node["reftype"] != "at":
        return None
    # In print a chapter is one place.
    place = ""
    if node["reftarget"] and app.builder.format == "html":
        place = PREFIX + node["reftarget"]
    return make_refnode(
        app.builder, node["refdoc"], node["chapter"], place, words
    )


def tally(chapter: counts.Chapter, classes: str = "") -> str:
    """Return the place of a reader's progress, for ``progress.js``."""
    return (
        f'<div class="rnn-progress {classes}" data-chapter="{chapter.stem}" '
        f'data-sections="{" ".join(chapter.sections)}" '
        f'data-questions="{" ".join(chapter.questions)}"></div>'
    )


KEEP = '<div class="rnn-keep"></div>'


class Keep(SphinxDirective):
    """Where a reader decides whether her progress is kept."""

    def run(self) -> list[nodes.Node]:
        """Return the place, which ``progress.js`` fills."""
        return [nodes.raw("", KEEP, format="html")]


def name_cells(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the cells of a chapter their names, and its end the tally."""
    path = Path(app.srcdir) / f"{docname}.ipynb"
    if app.builder.format != "html" or not path.exists():
        return
    cells = counts.load(path)
    for box in doctree.findall(nodes.container):
        if box.get("nb_element") == "cell_code":
            box["ids"].append(PREFIX + cells[box["cell_index"]]["id"])
    top = next(doctree.findall(nodes.section))
    sections = [node for node in top if isinstance(node, nodes.section)]
    for section, cell in zip(sections, counts.headings(cells), strict=True):
        if cell:
            section["ids"].append(PREFIX + cell)
            section["classes"].append("rnn-section")
    text = tally(counts.read(path)) + KEEP
    top.append(nodes.raw("", text, format="html"))


def page_context(
    app: Sphinx, _: str, __: str, context: dict[str, Any], ___: Any
) -> None:
    """Load the script where there is progress to show."""
    if "rnn-progress" in context.get("body", ""):
        app.add_js_file("progress.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the role, the directives and the anchors."""
    app.add_role("at", At())
    app.add_directive("weekend", Weekend)
    app.add_directive("plan", Plan)
    app.add_directive("exercises", Exercises)
    app.add_directive("keep", Keep)
    app.connect("missing-reference", resolve)
    app.connect("html-page-context", page_context)
    app.connect("doctree-resolved", name_cells)
