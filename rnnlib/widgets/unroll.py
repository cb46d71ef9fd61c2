"""The recurrent network, drawn once for every step."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rnnlib import language, plots
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm

MOST = 12

SUMMARY = {
    "en": "A recurrent network unrolled over {T} steps: the same three "
    "weight matrices at each.",
    "ko": "{T}단계로 펼친 순환 신경망. 단계마다 같은 가중치 행렬 세 개를 "
    "쓴다.",
}


class Unroll(Widget):
    """Drag T, set each input, step through time.

    Parameters
    ----------
    params : tuple of (rnn.Params, readout.Params)
        A small network whose inputs are an opening bracket, a closing one,
        or neither: D = 2, at most 4 units, and two classes.
    T : int
        Steps at first, 1 to 12.

    Attributes
    ----------
    signs : list of int
        What is read at each of the 12 steps: 0 nothing, 1 opens, 2 closes.
    at : int
        The step that is looked at, from 1.

    Raises
    ------
    TypeError, ValueError
        If the network is of another kind, or T out of range.
    """

    stem = "unroll"
    _esm = esm(stem)
    _css = CSS

    weights = traitlets.Dict().tag(sync=True)
    T = traitlets.Int(4, min=1, max=MOST).tag(sync=True)
    at = traitlets.Int(1, min=1, max=MOST).tag(sync=True)
    folded = traitlets.Bool(True).tag(sync=True)  # drawn as a loop
    signs = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, params: Any, T: int = 4) -> None:
        named = weights.matrices(params)
        (D, H), V = named["W_xh"].shape, len(named["b_y"])
        if D != 2 or H > 4 or V != 2:
            raise ValueError(
                "params: expected D = 2, at most 4 units and 2 classes, "
                f"got {D}, {H} and {V}"
            )
        if not 1 <= T <= MOST:
            raise ValueError(f"T: expected 1 to {MOST}, got {T}")
        super().__init__(
            weights={name: W.tolist() for name, W in named.items()},
            T=T,
            signs=[1, 0, 0, 2, *[0] * 8],
        )

    def draw(self, figure: Figure) -> None:
        """Draw a box for each state and an arrow for each matrix."""
        figure.set_size_inches(1 + self.T, 2.6)
        ax: Any = figure.subplots()
        arrow = {"arrowstyle": "->", "color": plots.MUTED, "lw": 1.4}
        for t in np.arange(1, self.T + 1):
            ax.text(t, 1, f"$h_{{{t}}}$", ha="center", va="center", size=13)
            ax.text(t, 0, f"$x_{{{t}}}$", ha="center", va="center", size=13)
            ax.text(t, 2, f"$y_{{{t}}}$", ha="center", va="center", size=13)
            for start, end in (
                ((t, 0.2), (t, 0.8)),
                ((t, 1.2), (t, 1.8)),
                ((t - 0.75, 1), (t - 0.25, 1)),
            ):
                ax.annotate("", end, start, arrowprops=arrow)
        ax.set(xlim=(0, self.T + 0.5), ylim=(-0.3, 2.3))
        ax.axis("off")

    def summary(self) -> str:
        """Say over how many steps it is drawn."""
        return SUMMARY[language.get()].format(T=self.T)
