"""The glossary page, made from one table for both editions."""

from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from . import counts

logger = logging.getLogger(__name__)

HEADS = {"en": ("English", "Korean"), "ko": ("한국어", "영어")}


def section(chapter: Path, cell_id: str) -> str:
    """Return the anchor of the section in which a cell stands."""
    heading = ""
    for cell in counts.load(chapter):
        if cell["cell_type"] == "markdown":
            for line in "".join(cell["source"]).splitlines():
                if line.startswith("## "):
                    heading = "#" + default_slugify(line[3:])
                    break
        if cell["id"] == cell_id:
            return heading
    logger.warning("glossary.yml: %s has no cell %s", chapter.name, cell_id)
    return ""


class Glossary(SphinxDirective):
    """The table of terms, with definitions in the language of the page."""

    def run(self) -> list[nodes.Node]:
        """Return the terms with a definition, then the plain pairs."""
        root = Path(self.env.srcdir)
        path = root / "book" / "glossary.yml"
        self.env.note_dependency(str(path))
        here = self.config.language
        other = "ko" if here == "en" else "en"
        up, folder = ("../", "notebooks") if here == "en" else (
            "../../", "notebooks/ko")  # fmt: skip
        terms = yaml.safe_load(path.read_text(encoding="utf-8"))
        terms.sort(key=lambda term: term[here].lower())
        lines: list[str] = []
        for term in terms:
            if "define" not in term:
                continue
            name = term[here]
            if "chapter" in term:
                chapter = f"{folder}/{term['chapter']}.ipynb"
                self.env.note_dependency(str(root / chapter))
                anchor = section(root / chapter, term["cell"])
                name = f"[{name}]({up}{chapter}{anchor})"
            lines += [
                f'{name} <span lang="{other}">{term[other]}</span>',
                f": {term['define'][here]}",
                "",
            ]
        first, second = HEADS[here]
        lines += ["", f"| {first} | {second} |", "|---|---|"]
        lines += [
            f"| {term[here]} | {term[other]} |"
            for term in terms
            if "define" not in term
        ]
        box = nodes.container(classes=["rnn-glossary"])
        self.state.nested_parse(StringList(lines, str(path)), 0, box)
        return [box]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("terms", Glossary)
