"""Figures that follow dark and light.

matplotlib's SVG is put into the page itself, where the hex colours of
`rnnlib.plots` become the page's custom properties.
"""

import html
import re
from itertools import count
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from rnnlib import plots

logger = logging.getLogger(__name__)

COLOURS = {
    plots.INK: "ink",
    plots.MUTED: "muted",
    plots.LINE: "line",
    plots.SOFT: "soft",
    plots.BLUE: "blue",
    plots.ORANGE: "orange",
    plots.GREEN: "green",
    plots.PURPLE: "purple",
    "#ffffff": "paper",
}


# Numbers with three digits or more after the point, small scales aside.
FINE = re.compile(r"(?<![\w.])-?(?!0\.0)\d+\.\d{3,}(?![\w.])")


def rounded(number: re.Match[str]) -> str:
    """Return a number with two digits after the point, at most."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def inlined(svg: str, alt: str, number: int) -> str:
    """Return matplotlib's SVG as an element of a page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # A hundredth of a point is finer than any screen.
    svg = FINE.sub(rounded, svg)
    for colour, name in COLOURS.items():
        svg = svg.replace(colour, f"var(--rnn-{name})")
    # Names must differ between the figures of a page.
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>f{number}-", svg)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)', svg)
    assert box is not None
    width = float(box[1]) * 4 / 3  # points to pixels
    # On a phone a wide figure scrolls, so that its letters stay readable; a
    # little smaller than they were drawn they still are. Far from the screen
    # its thousands of strokes are not laid out.
    least = f"min({0.85 * width:.0f}px, 30rem)"
    head = (
        f'<div class="rnn-scroll"><svg class="rnn-figure" role="img" '
        f'aria-label="{html.escape(alt)}" style="max-width: {width:.0f}px; '
        f"min-width: {least}; content-visibility: auto; "
        f'aspect-ratio: {box[1]} / {box[2]}" viewBox='
    )
    body = re.sub(r"^<svg[^>]*?viewBox=", "", svg, flags=re.DOTALL)
    return f"{head}{body}</div>"


def inline(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the SVG outputs of code cells by the drawing itself."""
    if app.builder.format != "html":
        return
    numbers = count(1)
    for node in list(doctree.findall(nodes.image)):
        path = Path(app.srcdir) / node["uri"]
        if path.suffix != ".svg" or "jupyter_execute" not in path.parts:
            continue
        alt = node.get("alt")
        if not alt:
            logger.warning(
                "a figure without words: give its cell the metadata "
                "mystnb.image.alt",
                location=docname,
            )
            continue
        text = inlined(path.read_text(encoding="utf-8"), alt, next(numbers))
        node.replace_self(nodes.raw("", text, format="html"))


def setup(app: Sphinx) -> None:
    """Connect to the moment when a page's tree is complete."""
    app.connect("doctree-resolved", inline)
