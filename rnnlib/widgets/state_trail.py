"""Two strings, and the trails that they draw in the plane of two units."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rnnlib import language, plots, readout, scan
from rnnlib import rnn as rnn_cell
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm

MOST = 60  # signs of a text
BRACKETS = {"(": (1.0, 0.0), ")": (0.0, 1.0)}

SUMMARY = {
    "en": "The states of a network of two units, after each sign of "
    "{first!r} and of {second!r}, as two trails in the plane.",
    "ko": "유닛 두 개의 신경망이 {first!r}, {second!r}의 기호를 하나씩 읽을 "
    "때마다 평면 위에 남긴 상태의 자취 두 개.",
}


class StateTrail(Widget):
    """Type two strings; find two histories that end on one point.

    Parameters
    ----------
    params : tuple of (rnn.Params, readout.Params)
        A network of two units and two classes.
    symbols : mapping of str to (D,), optional
        The input for each sign; any other sign is a row of zeros. By
        default an opening and a closing bracket.
    texts : sequence of two str
        What stands in the two fields first.

    Attributes
    ----------
    W_hh : list of list of float
        The recurrent weights, as the sliders left them.
    states : list of list of (float, float)
        For each text the states h_1 .. h_T.

    Raises
    ------
    TypeError, ValueError
        If the network or the texts are of another kind.
    """

    stem = "state_trail"
    _esm = esm(stem)
    _css = CSS

    weights = traitlets.Dict().tag(sync=True)
    symbols = traitlets.Dict().tag(sync=True)
    texts = traitlets.List(
        traitlets.Unicode(), ["", ""], minlen=2, maxlen=2
    ).tag(sync=True)
    W_hh = traitlets.List().tag(sync=True)

    def __init__(
        self,
        params: Any,
        symbols: Mapping[str, Sequence[float]] = BRACKETS,
        texts: Sequence[str] = ("(a b c d", "x)y(z w"),
    ) -> None:
        named = weights.matrices(params)
        D, H = named["W_xh"].shape
        if H != 2 or len(named["b_y"]) != 2:
            raise ValueError(
                "params: expected two units and two classes, got "
                f"{H} and {len(named['b_y'])}"
            )
        for sign, x in symbols.items():
            if np.shape(x) != (D,):
                raise ValueError(
                    f"symbols: expected {D} numbers for {sign!r}, got {x}"
                )
        if len(texts) != 2 or not all(isinstance(t, str) for t in texts):
            raise ValueError(f"texts: expected two strings, got {texts!r}")
        if max(map(len, texts)) > MOST:
            raise ValueError(
                f"texts: expected at most {MOST} signs each, "
                f"got {max(map(len, texts))}"
            )
        super().__init__(
            weights={name: W.tolist() for name, W in named.items()},
            symbols={sign: list(x) for sign, x in symbols.items()},
            texts=list(texts),
            W_hh=named["W_hh"].tolist(),
        )

    @traitlets.validate("W_hh")  # type: ignore[untyped-decorator]
    def _square(self, proposal: Any) -> Any:
        try:
            W = np.array(proposal["value"], float)
        except (TypeError, ValueError):
            W = np.zeros(0)
        if W.shape != (2, 2) or not np.isfinite(W).all():
            raise traitlets.TraitError(
                "W_hh: expected two rows of two finite numbers, "
                f"got {proposal['value']!r}"
            )
        return W.tolist()

    @property
    def params(self) -> Any:
        """The network with the sliders' W_hh."""
        return weights.params({**self.weights, "W_hh": self.W_hh})

    @property
    def states(self) -> list[list[list[float]]]:
        """For each text, h after each sign."""
        found: list[list[list[float]]] = []
        D = len(self.weights["W_xh"])
        for text in self.texts:
            rows = [self.symbols.get(sign, [0.0] * D) for sign in text[:MOST]]
            xs = np.array(rows).reshape(-1, 1, D)
            if not len(xs):
                found.append([])
                continue
            hs, _ = scan.run(rnn_cell, self.params.cell, xs)
            found.append(hs[:, 0].tolist())
        return found

    def draw(self, figure: Figure) -> None:
        """Draw the answer over the plane, and the trails on it."""
        figure.set_size_inches(3.6, 3.4)
        ax: Any = figure.subplots()
        at = np.linspace(-1, 1, 61)
        plane = np.stack(np.meshgrid(at, at), axis=-1)
        p = readout.softmax(readout.forward(self.params.readout, plane))
        ax.contourf(at, at, p[..., 1], levels=[0.5, 1], colors=[plots.LINE])
        for trail, colour in zip(
            self.states, (plots.BLUE, plots.ORANGE), strict=True
        ):
            way = np.array([[0.0, 0.0], *trail])
            ax.plot(*way.T, "o-", color=colour, lw=1, ms=3)
        ax.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal")
        ax.set(xlabel="$h_1$", ylabel="$h_2$")

    def summary(self) -> str:
        """Name the two texts."""
        first, second = self.texts
        return SUMMARY[language.get()].format(first=first, second=second)
