"""Figures as files, on white paper, for a teacher's slides."""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from . import counts
from .path import Counting

FOLDER = "_static/figures"
WORDS = {
    "en": ("Figures of this chapter", "the widget, as it starts"),
    "ko": ("이 장의 그림", "위젯의 처음 모습"),
}


def files(chapter: counts.Chapter) -> dict[str, str]:
    """Return the file of each figure and widget: cell: name."""
    kinds = dict.fromkeys(chapter.figures, "svg")
    kinds |= dict.fromkeys(chapter.widgets, "png")
    return {
        cell: f"{chapter.stem}-{cell}.{kinds[cell]}"
        for cell in chapter.cells
        if cell in kinds
    }


class Figures(Counting):
    """The figures of a chapter as files to take away."""

    required_arguments = 1  # the chapter

    def run(self) -> list[nodes.Node]:
        """Return a folded list of links."""
        title, start = WORDS[self.config.language]
        stem = self.arguments[0]
        (chapter,) = (c for c in self.chapters() if c.stem == stem)
        items = []
        for cell, name in files(chapter).items():
            words = chapter.figures.get(cell) or (
                f"{chapter.widgets[cell]}: {start}."
            )
            items.append(
                f'<li><a href="{FOLDER}/{name}">{name}</a> '
                f"{html.escape(words)}</li>"
            )
        text = (
            f'<details class="rnn-files"><summary>{title} ({len(items)})'
            f"</summary><ul>{''.join(items)}</ul></details>"
        )
        return [nodes.raw("", text, format="html")]


def drawn(doctree: nodes.document) -> dict[tuple[int, str], str]:
    """Return the pictures of a page: (number of the cell, kind): file."""
    return {
        (box["cell_index"], Path(image["uri"]).suffix): image["uri"]
        for box in doctree.findall(nodes.container)
        if box.get("nb_element") == "cell_code"
        for image in box.findall(nodes.image)
    }


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the files, from what the build's own run of the cells drew.

    They are taken from the documents as they were read: there a widget still
    has its picture beside its HTML.
    """
    if exception or app.builder.format != "html":
        return
    assert app.env is not None
    root, language = Path(app.srcdir), app.config.language
    target = Path(app.outdir) / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for chapter in counts.chapters(root, language):
        docname = f"{counts.FOLDER[language]}/{chapter.stem}"
        cells = [cell["id"] for cell in counts.load(root / f"{docname}.ipynb")]
        pictures = drawn(app.env.get_doctree(docname))
        for cell, name in files(chapter).items():
            kind = Path(name).suffix
            path = root / pictures[cells.index(cell), kind]
            data = path.read_bytes()
            if kind == ".svg":  # without the time at which it was drawn
                data = re.sub(rb"\s*<metadata>.*?</metadata>", b"", data,
                              flags=re.DOTALL)  # fmt: skip
            (target / name).write_bytes(data)


def setup(app: Sphinx) -> None:
    """Register the list, and write the files at the end."""
    app.add_directive("figures", Figures)
    app.connect("build-finished", write)
