"""Directives for the pages without code: a living widget, the glossary."""

import json
from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rnnlib import widgets


class WidgetDirective(SphinxDirective):
    """A widget with no notebook around it; the body holds its arguments."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the widget as it stands in a cell's output."""
        widgets.language(self.config.language)
        arguments = json.loads("\n".join(self.content) or "{}")
        widget = getattr(widgets, self.arguments[0])(**arguments)
        return [nodes.raw("", widget.to_html(), format="html")]


class Glossary(SphinxDirective):
    """The table of terms, with definitions in the language of the page."""

    def run(self) -> list[nodes.Node]:
        """Return the terms with a definition, then the plain pairs."""
        path = Path(self.env.srcdir) / "book" / "glossary.yml"
        self.env.note_dependency(str(path))
        here = self.config.language
        other = "ko" if here == "en" else "en"
        terms = yaml.safe_load(path.read_text(encoding="utf-8"))
        terms.sort(key=lambda term: term[here].lower())
        lines: list[str] = []
        for term in terms:
            if "define" not in term:
                continue
            chapter = f" [→]({term['in'][here]})" if "in" in term else ""
            lines += [
                f"**{term[here]}** <span lang=\"{other}\">{term[other]}</span>"
                f"{chapter}",
                f": {term['define'][here]}",
                "",
            ]
        rest = [term for term in terms if "define" not in term]
        if rest:
            lines += ["| en | ko |", "|---|---|"]
            lines += [f"| {term['en']} | {term['ko']} |" for term in rest]
        box = nodes.container(classes=["rnn-glossary"])
        self.state.nested_parse(StringList(lines, str(path)), 0, box)
        return [box]


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("widget", WidgetDirective)
    app.add_directive("terms", Glossary)
