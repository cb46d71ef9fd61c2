"""The figures that the book draws more than once.

On the site the hex colours below become the page's own, so that a figure
follows dark and light; a figure uses these and no others.
"""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from cycler import cycler
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

INK, MUTED, LINE, SOFT = "#1d2433", "#566072", "#d5dae3", "#f4f6fa"
BLUE, ORANGE, GREEN, PURPLE = "#1f6fb2", "#b8500c", "#2d7a3e", "#7a4bb0"


def style() -> None:
    """Give matplotlib the look of the book, from now on."""
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.0),
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "white",
            "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE]),
            "axes.edgecolor": MUTED,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "text.color": INK,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "grid.color": LINE,
            "legend.frameon": False,
            "lines.linewidth": 2,
            "svg.hashsalt": "rnnlib",
        }
    )


def plates(
    patterns: npt.ArrayLike,
    names: Sequence[str] | None = None,
    reference: npt.ArrayLike | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw patterns of -1 and +1 as square plates in a row.

    Parameters
    ----------
    patterns : array_like of shape (P, N)
        One plate each; N a square number.
    names : sequence of str, optional
        What stands under the plates.
    reference : array_like of shape (P, N) or (N,), optional
        Pixels that differ from it are framed.
    figure : matplotlib.figure.Figure, optional
        Where to draw; a new figure by default.
    """
    patterns = np.atleast_2d(patterns)
    P, N = patterns.shape
    side = round(N**0.5)
    if figure is None:
        import matplotlib.pyplot as plt

        columns = min(P, 10)
        rows = -(-P // columns)
        figure = plt.figure(figsize=(min(7.0, 1.45 * columns), 1.25 * rows))
    else:
        columns, rows = P, 1
    wrong = np.zeros(patterns.shape, bool)
    if reference is not None:
        wrong = patterns != np.broadcast_to(reference, patterns.shape)
    for mu, pattern in enumerate(patterns):
        ax = figure.add_subplot(rows, columns, mu + 1)
        ax.set(xlim=(0, side), ylim=(side, 0), aspect="equal")
        ax.set(xticks=[], yticks=[])
        ax.add_patch(Rectangle((0, 0), side, side, color=SOFT))
        _squares(ax, np.flatnonzero(pattern > 0), side, color=BLUE, lw=0)
        _squares(ax, np.flatnonzero(wrong[mu]), side, fc="none", ec=ORANGE)
        for spine in ax.spines.values():
            spine.set_visible(False)
        if names is not None:
            ax.set_xlabel(names[mu])
    return figure


def _squares(ax, pixels, side: int, **style) -> None:  # type: ignore[no-untyped-def]
    """Draw the pixels of a plate as one path, which a page can recolour."""
    if not len(pixels):
        return
    corner = np.stack([pixels % side, pixels // side], axis=1)[:, None]
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(pixels)
    vertices = (corner + square).reshape(-1, 2)
    ax.add_patch(PathPatch(Path(vertices, codes), **style))
