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
            name = f"**{term[here]}**"
            if "chapter" in term:
                folder = (
                    "../notebooks" if here == "en" else "../../notebooks/ko"
                )
                name = f"**[{term[here]}]({folder}/{term['chapter']}.ipynb)**"
            lines += [
                f'{name} <span lang="{other}">{term[other]}</span>',
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


ARC = {
    "en": ("Five chapters: a valley that holds, a state that moves, "
           "five shapes, a signal that dies, a signal that lives.",
           ["Hopfield", "RNN", "Variants", "BPTT", "LSTM · GRU"],
           ["a valley", "a moving state", "put to work", "the signal dies",
            "the signal lives"], "attention = chapter 1"),
    "ko": ("다섯 장: 붙드는 골짜기, 움직이는 상태, 다섯 가지 모양, "
           "사라지는 신호, 살아남는 신호.",
           ["홉필드", "순환 신경망", "여러 모델", "BPTT", "LSTM · GRU"],
           ["골짜기", "움직이는 상태", "일하는 상태", "사라지는 신호",
            "살아남는 신호"], "어텐션 = 1장"),
}  # fmt: skip


class Arc(SphinxDirective):
    """The way of the book as one line: down a valley, and back to it."""

    def run(self) -> list[nodes.Node]:
        """Return the drawing, in the page's colours."""
        alt, names, notes, back = ARC[self.config.language]
        # The curve is the story: a valley, a wave, a decay, a level.
        path = (
            "M20 40 C45 40 45 104 76 104 S108 46 136 46 "
            "C160 46 164 92 190 92 S222 46 248 46 S282 92 308 92 "
            "S340 46 366 46 C380 46 384 60 392 68 S420 98 470 100 "
            "C510 101 516 46 540 46 H610"
        )
        spots = [(76, 104), (190, 92), (308, 92), (440, 97), (580, 46)]
        parts = [
            f'<svg class="rnn-arc" role="img" aria-label="{alt}" '
            'viewBox="0 0 640 176">',
            f'<path d="{path}" fill="none" stroke="var(--rnn-blue)" '
            'stroke-width="3" stroke-linecap="round"/>',
            '<path d="M580 36 C560 2 120 -4 82 84 m-6 -10 l5 12 l10 -8" '
            'fill="none" stroke="var(--rnn-orange)" stroke-width="1.6" '
            'stroke-dasharray="4 4"/>',
            f'<text x="330" y="26" text-anchor="middle" '
            f'class="rnn-dim">{back}</text>',
        ]
        for (x, y), number, name, note in zip(
            spots, range(1, 6), names, notes, strict=True
        ):
            parts += [
                f'<circle cx="{x}" cy="{y}" r="8" fill="var(--rnn-orange)"/>',
                f'<text x="{x}" y="142" text-anchor="middle">'
                f"{number} {name}</text>",
                f'<text x="{x}" y="160" text-anchor="middle" '
                f'class="rnn-dim">{note}</text>',
            ]
        svg = "".join([*parts, "</svg>"])
        box = f'<div class="rnn-scroll">{svg}</div>'
        return [nodes.raw("", box, format="html")]


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("widget", WidgetDirective)
    app.add_directive("terms", Glossary)
    app.add_directive("arc", Arc)
