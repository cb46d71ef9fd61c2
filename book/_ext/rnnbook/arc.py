"""The arc of the book: its five chapters, each with a small drawing."""

from docutils import nodes
from sphinx.application import Sphinx

from .path import WORDS, Counting, tally

DOT = '<circle cx="{}" cy="{}" r="{}" fill="var(--rnn-{})"/>'
LINE = '<path d="{}" fill="none" stroke="var(--rnn-{})" stroke-width="{}"{}/>'
BOX = (
    '<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="var(--rnn-{})"/>'
)
DASHED = ' stroke-dasharray="3 3"'


def valley() -> str:
    """Draw a ball that rolls into the nearest of three valleys."""
    hills = "M4 14C14 14 16 40 28 40S42 22 50 22S58 54 72 54S90 18 96 18"
    return (
        LINE.format(hills + "S106 36 116 36", "blue", 2.5, "")
        + LINE.format("M52 13C58 15 61 26 65 38", "orange", 1.5, DASHED)
        + DOT.format(50, 15, 4, "line")
        + DOT.format(72, 48, 5, "orange")
    )


def trail() -> str:
    """Draw a state that moves through a plane and leaves a trail."""
    places = [(14, 50), (30, 26), (50, 16), (70, 26), (76, 44), (94, 40)]
    way = "M14 50C18 38 22 32 30 26S42 16 50 16S66 18 70 26S68 40 76 44"
    dots = "".join(
        DOT.format(x, y, 2.2 + 0.3 * k, "blue")
        for k, (x, y) in enumerate(places[:-1])
    )
    return (
        LINE.format("M8 6V58H114", "line", 1.5, "")
        + LINE.format(way + "S90 48 94 40", "muted", 1.5, "")
        + dots
        + DOT.format(*places[-1], 5, "orange")
    )


def shapes() -> str:
    """Draw a row of states with inputs below and outputs above."""
    columns = [18, 46, 74, 102]
    arrows = "".join(f"M{x + 7} 32H{x + 20}" for x in columns[:-1])
    inputs = "".join(f"M{x} 53V40" for x in columns[:2])
    outputs = "".join(f"M{x} 24V12" for x in columns[1:])
    return (
        LINE.format(arrows + inputs + outputs, "muted", 1.5, "")
        + "".join(BOX.format(x - 7, 25, 14, 14, "blue") for x in columns)
        + "".join(DOT.format(x, 55, 4, "muted") for x in columns[:2])
        + "".join(DOT.format(x, 9, 4, "orange") for x in columns[1:])
    )


def bars(kept: float) -> str:
    """Draw a signal on its way back: at each step this much is kept."""
    parts = []
    for k in range(8):
        height = 40 * kept**k
        x = 100 - 13 * k
        colour = "orange" if k == 0 else "blue"
        parts.append(BOX.format(x, f"{54 - height:.1f}", 8, f"{height:.1f}",
                                colour))  # fmt: skip
    back = "M106 8H12m5 -4l-5 4l5 4"
    return (
        "".join(parts)
        + LINE.format("M4 55.500H116", "line", 1.5, "")
        + LINE.format(back, "muted", 1.5, "")
    )


ALT = {
    "en": (
        "A ball at rest in the nearest valley.",
        "A point that moves through a plane and leaves a trail.",
        "Four states in a row, inputs below two, outputs above three.",
        "Bars that shrink to nothing from right to left.",
        "Bars that keep their height from right to left.",
    ),
    "ko": (
        "가장 가까운 골짜기에 멈춘 공.",
        "평면 위를 움직이며 자취를 남기는 점.",
        "나란히 놓인 상태 네 개. 둘에는 입력이, 셋에는 출력이 붙는다.",
        "오른쪽에서 왼쪽으로 갈수록 줄어들어 사라지는 막대.",
        "오른쪽에서 왼쪽으로 가도 높이가 그대로인 막대.",
    ),
}


class Arc(Counting):
    """A list of the five chapters; each gets its drawing and its counts."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the list with the drawings and the counts in it."""
        box = nodes.container(classes=["rnn-arc"])
        self.state.nested_parse(self.content, self.content_offset, box)
        drawings = [valley(), trail(), shapes(), bars(0.6), bars(0.98)]
        items = list(box.findall(nodes.list_item))
        here = self.config.language
        parts = zip(drawings, ALT[here], self.chapters(), strict=True)
        for item, (drawing, alt, chapter) in zip(items, parts, strict=True):
            svg = (
                f'<svg viewBox="0 0 120 64" role="img" aria-label="{alt}" '
                f'stroke-linecap="round">{drawing}</svg>'
            )
            item.insert(0, nodes.raw("", svg, format="html"))
            facts = str(WORDS[here]["facts"]).format(
                exercises=len(chapter.exercises),
                questions=len(chapter.questions),
                widgets=len(chapter.widgets),
            )
            item += nodes.paragraph("", facts, classes=["rnn-facts"])
            item += nodes.raw("", tally(chapter), format="html")
        return [box]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("arc", Arc)
