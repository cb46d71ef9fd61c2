"""One unit that feeds itself: the map, its cobweb and its fixed points."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rnnlib import language, one_unit, plots
from rnnlib.widgets.base import CSS, Widget, esm

SUMMARY = {
    "en": "The map tanh(w h + b) at w = {w:g}, b = {b:g}; its fixed points "
    "are {points}.",
    "ko": "w = {w:g}, b = {b:g}일 때의 사상 tanh(w h + b). 고정점은 "
    "{points}이다.",
}


MOST = {"w": 3, "b": 1, "h0": 1}


class OneUnitMap(Widget):
    """Turn w through 1 and watch one resting place become two.

    Parameters
    ----------
    w : float
        Weight of the feedback, from -3 to 3.
    b : float
        Input that is held on, from -1 to 1.
    h0 : float
        Where the state starts, from -1 to 1.

    Attributes
    ----------
    points : list of float
        The fixed points at the present w and b.

    Raises
    ------
    ValueError
        If one of the three is out of its range.
    """

    stem = "one_unit_map"
    _esm = esm(stem)
    _css = CSS

    w = traitlets.Float(0.5).tag(sync=True)
    b = traitlets.Float(0.0).tag(sync=True)
    h0 = traitlets.Float(0.9).tag(sync=True)

    def __init__(
        self, w: float = 0.5, b: float = 0.0, h0: float = 0.9
    ) -> None:
        for name, value in (("w", w), ("b", b), ("h0", h0)):
            _within(name, value)
        super().__init__(w=float(w), b=float(b), h0=float(h0))

    @traitlets.validate("w", "b", "h0")  # type: ignore[untyped-decorator]
    def _fitting(self, proposal: Any) -> Any:
        try:
            _within(proposal["trait"].name, proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return proposal["value"]

    @property
    def points(self) -> list[float]:
        """The fixed points at the present w and b."""
        return [float(h) for h in one_unit.fixed_points(self.w, self.b)]

    def draw(self, figure: Figure) -> None:
        """Draw the map, the diagonal and the cobweb."""
        figure.set_size_inches(3.4, 3.0)
        ax: Any = figure.subplots()
        h = np.linspace(-1, 1, 201)
        ax.plot(h, h, color=plots.MUTED, lw=1)
        ax.plot(h, np.tanh(self.w * h + self.b), color=plots.BLUE)
        x, way = self.h0, [(self.h0, self.h0)]
        for _ in range(20):
            y = float(np.tanh(self.w * x + self.b))
            way += [(x, y), (y, y)]
            x = y
        ax.plot(*np.transpose(way), color=plots.ORANGE, lw=1)
        ax.set(xlabel="$h_{t-1}$", ylabel="$h_t$", aspect="equal")

    def summary(self) -> str:
        """Say where the fixed points are."""
        points = ", ".join(f"{h:.2f}" for h in self.points)
        table = SUMMARY[language.get()]
        return table.format(w=self.w, b=self.b, points=points)


def _within(name: str, value: float) -> None:
    if not abs(value) <= MOST[name]:
        raise ValueError(
            f"{name}: expected -{MOST[name]} to {MOST[name]}, got {value}"
        )
