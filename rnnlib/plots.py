"""The figures that the book draws more than once.

On the site the hex colours below become the page's own, so that a figure
follows dark and light; a figure uses these and no others.
"""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from cycler import cycler
from matplotlib.axes import Axes
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
            "axes.axisbelow": True,
            "axes.edgecolor": MUTED,
            "axes.grid": True,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "text.color": INK,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "grid.color": LINE,
            "grid.linewidth": 0.8,
            "legend.frameon": False,
            "lines.linewidth": 2,
            "lines.markersize": 5,
            "svg.hashsalt": "rnnlib",
        }
    )


def plate(
    ax: Axes, pattern: npt.ArrayLike, reference: npt.ArrayLike | None = None
) -> Axes:
    """Draw one pattern of -1 and +1 as a square plate.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its ticks and frame go.
    pattern : array_like of shape (N,)
        N is a square number.
    reference : array_like of shape (N,), optional
        Pixels that differ from it are framed.
    """
    pattern = np.asarray(pattern)
    side = round(len(pattern) ** 0.5)
    ax.set(xlim=(-0.1, side + 0.1), ylim=(side + 0.1, -0.1), aspect="equal")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.patch.set_visible(False)
    ax.add_patch(Rectangle((0, 0), side, side, fc=SOFT, ec=LINE, lw=0.8))
    _squares(ax, np.flatnonzero(pattern > 0), side, fc=BLUE, lw=0)
    if reference is not None:
        wrong = np.flatnonzero(pattern != np.asarray(reference))
        _squares(ax, wrong, side, fc="none", ec=ORANGE, lw=1.2)
    return ax


def plates(
    patterns: npt.ArrayLike,
    names: Sequence[str] | None = None,
    reference: npt.ArrayLike | None = None,
    figure: Figure | None = None,
    columns: int = 10,
) -> Figure:
    """Draw patterns of -1 and +1 as square plates in rows.

    Parameters
    ----------
    patterns : array_like of shape (P, N)
        One plate each; N a square number.
    names : sequence of str, optional
        What stands under the plates.
    reference : array_like of shape (P, N) or (N,), optional
        Pixels that differ from it are framed.
    figure : matplotlib.figure.Figure, optional
        Where to draw, in one row; a new figure by default.
    columns : int
        Plates in a row of a new figure.
    """
    patterns = np.atleast_2d(patterns)
    P = len(patterns)
    rows = 1
    if figure is None:
        import matplotlib.pyplot as plt

        rows, columns = -(-P // columns), min(P, columns)
        width = min(1.3, 6.8 / columns)
        height = width + (0.25 if names is not None else 0.05)
        figure = plt.figure(figsize=(width * columns, height * rows))
    else:
        columns = P
    if reference is not None:
        reference = np.broadcast_to(reference, patterns.shape)
    for mu, pattern in enumerate(patterns):
        ax = figure.add_subplot(rows, columns, mu + 1)
        plate(ax, pattern, None if reference is None else reference[mu])
        if names is not None:
            ax.set_xlabel(names[mu], fontsize=10)
    return figure


def _squares(ax: Axes, pixels: Any, side: int, **style: Any) -> None:
    """Draw the pixels of a plate as one path, which a page can recolour."""
    if not len(pixels):
        return
    corner = np.stack([pixels % side, pixels // side], axis=1)[:, None]
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(pixels)
    vertices = (corner + square).reshape(-1, 2)
    ax.add_patch(PathPatch(Path(vertices, codes), **style))
