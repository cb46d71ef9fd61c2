"""Draw the picture that a shared link shows: book/_static/card*.png.

Run by hand when a title changes: the letters are those of the Debian
package fonts-noto-cjk, which a build of the book does not need.
"""

from pathlib import Path

import matplotlib
import numpy as np
import yaml
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from rnnlib import hopfield, plots, tasks

ROOT = Path(__file__).resolve().parents[2]
FONT = "Noto Sans CJK JP"  # the first face of the file; it has Hangul too
SIZE = (1200, 630)
SIDE = 45  # one pixel of the plate
EDITIONS = {
    "en": (
        "_config.yml",
        "card.png",
        ["Networks", "with Memory"],
        "An interactive book on recurrent\nneural networks",
    ),
    "ko": (
        "_config.ko.yml",
        "card.ko.png",
        ["기억을 갖는", "신경망"],
        "만지며 배우는 순환 신경망",
    ),
}


def run() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a letter, the plate on its way there, and the energies."""
    rng = np.random.default_rng(4)
    memories = tasks.glyphs("A한♥")
    W = hopfield.store(memories)
    start = tasks.flip(rng, memories[0], 0.24)
    recalled = hopfield.recall(W, start, rng)
    state = start.copy()
    wrong = np.flatnonzero(start != memories[0])
    state[np.delete(wrong, np.s_[::3])] *= -1  # a third is left
    return memories[0], state, np.asarray(recalled.energies)


def card(lines: list[str], subtitle: str) -> Figure:
    """Return the card: the title, the energy, and the plate at work."""
    width, height = SIZE
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    for k, line in enumerate(lines):
        y = 165 + 84 * k
        ax.text(70, y, line, size=46, weight="bold", color=plots.INK)
    ax.text(
        *(70, 322),
        subtitle,
        size=22.5,
        va="top",
        linespacing=1.35,
        color=plots.MUTED,
    )
    letter, state, energies = run()
    x = 70 + np.linspace(0, 440, len(energies))
    fall = (energies - energies[0]) / (energies[-1] - energies[0])
    y = 460 + 95 * fall
    ax.step(x, y, where="post", color=plots.BLUE, lw=3.5)
    ax.add_patch(Circle((x[-1], y[-1]), 9, color=plots.ORANGE, zorder=3))

    left, top = width - 70 - 10 * SIDE, (height - 10 * SIDE) / 2
    for k, pixel in enumerate(state):
        corner = (left + SIDE * (k % 10), top + SIDE * (k // 10))
        fill = plots.BLUE if pixel > 0 else "white"
        ax.add_patch(
            Rectangle(corner, SIDE, SIDE, fc=fill, ec=plots.LINE, lw=1.5)
        )
        if pixel != letter[k]:
            middle = (corner[0] + SIDE / 2, corner[1] + SIDE / 2)
            ax.add_patch(
                Circle(middle, 8, fc=plots.ORANGE, ec="white", lw=2.5)
            )
    return figure


def main() -> None:
    """Draw both editions' cards."""
    with matplotlib.rc_context({"font.family": FONT}):
        matplotlib.font_manager.findfont(FONT, fallback_to_default=False)
        for config, name, lines, subtitle in EDITIONS.values():
            text = (ROOT / config).read_text(encoding="utf-8")
            assert yaml.safe_load(text)["title"] == " ".join(lines), config
            path = ROOT / "book" / "_static" / name
            card(lines, subtitle).savefig(path, metadata={"Software": None})
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
