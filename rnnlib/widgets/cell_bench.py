"""One LSTM cell with one unit, every gate in the reader's hand."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, language, lstm, plots
from rnnlib.widgets.base import CSS, Widget, esm

Array = npt.NDArray[Any]
T = 16
LEAST = {"i": 0.0, "f": 0.0, "o": 0.0, "g": -1.0}  # all go up to 1


def _at(*steps: int, level: float = 1.0, rest: float = 0.0) -> list[float]:
    """Return a level at these steps, from 1, and another at the rest."""
    return [level if t in steps else rest for t in range(1, T + 1)]


_PARTS = [0.25, 0.25, 0, 0.25, 0, 0, 0.5, 0, -0.25, 0, 0.25, 0, 0, 0.25, 0, 0]
_TALK = [-0.4, 0.6, 0.8, -0.7, 0.3, 0.9, -0.2, -0.9, 0.5, 0.1, -0.6, 0.7]
_TALK += [-0.3, 0.4, 0.9, -0.8]

PRESETS: dict[str, dict[str, list[float]]] = {
    "accumulate": {"i": _at(rest=1.0), "g": [float(v) for v in _PARTS]},
    "latch": {"i": _at(3), "o": _at(14), "g": _TALK},
    "reset": {
        "i": _at(rest=1.0),
        "f": _at(6, 12, level=0.0, rest=1.0),
        "g": _at(rest=0.25),
    },
    "count": {"i": _at(2, 4, 5, 9, 13), "o": _at(8, 16), "g": _at(rest=1.0)},
    "fade": {"i": _at(2), "f": _at(rest=0.9), "g": _at(rest=1.0)},
}
# What a preset does not name stands open.
PRESETS = {
    name: {gate: given.get(gate, _at(rest=1.0)) for gate in LEAST}
    for name, given in PRESETS.items()
}

SUMMARY = {
    "en": "One LSTM cell at step {t} of 16: i = {i}, f = {f}, o = {o}, "
    "g = {g}, so that c_{t} = {c} and h_{t} = {h}; dc_{end}/dc_{t} = {b}.",
    "ko": "LSTM 셀 하나의 16단계 가운데 {t}단계: i = {i}, f = {f}, o = {o}, "
    "g = {g}이고, c_{t} = {c}, h_{t} = {h}, dc_{end}/dc_{t} = {b}이다.",
}


class CellBench(Widget):
    """Open and close the gates; see what is kept, and what flows back.

    c_t = f_t c_{t-1} + i_t g_t and h_t = o_t tanh(c_t) from c_0 = 0, for 16
    steps. Try: close the forget gate at one step and look at dc_T/dc_t
    before it; close the output gate and look at c_t.

    Parameters
    ----------
    drive : mapping of str to float or array_like of shape (16,), optional
        Levels of some of i, f, o (0 to 1) and g (-1 to 1), at every step
        one or for each step its own. What is left out is the preset's.
    preset : str
        ``"accumulate"``, ``"latch"``, ``"reset"``, ``"count"`` or
        ``"fade"``.

    Attributes
    ----------
    i, f, o, g : list of float
        The gates and the candidate of each step, as the reader left them.
    step : int
        The step that the cell shows, from 1.
    end : int
        T of dc_T/dc_t, 1 to 16.
    every : bool
        Whether the sliders set all steps at once.
    preset : str or None
        The preset whose gates these are, if any.
    c, h : ndarray of shape (16,)
        c_1 to c_16, and h_1 to h_16.
    backward : ndarray of shape (16,)
        dc_T/dc_t, the product of f_{t+1} to f_T; 0 after T.
    share : ndarray of shape (16,)
        What step t wrote and c_T still holds; the sum is c_T.
    params, xs : lstm.Params, ndarray of shape (16, 1, 4)
        A cell, and an input, for which `bptt.forward` gives the same.

    Raises
    ------
    TypeError, ValueError
        If a level is no number or lies outside its range, if there are not
        16 of them, or if a name is none of the above.
    """

    stem = "cell_bench"
    _esm = esm(stem)
    _css = CSS

    i = traitlets.List().tag(sync=True)
    f = traitlets.List().tag(sync=True)
    o = traitlets.List().tag(sync=True)
    g = traitlets.List().tag(sync=True)
    step = traitlets.Int(7, min=1, max=T).tag(sync=True)
    end = traitlets.Int(T, min=1, max=T).tag(sync=True)
    every = traitlets.Bool(False).tag(sync=True)
    presets = traitlets.Dict(PRESETS, read_only=True).tag(sync=True)

    def __init__(
        self,
        drive: Mapping[str, npt.ArrayLike] | None = None,
        preset: str = "accumulate",
    ) -> None:
        checks.one_of("preset", preset, tuple(PRESETS))
        if drive is None:
            drive = {}
        if not isinstance(drive, Mapping):
            raise TypeError(
                "drive: expected a mapping from i, f, o or g to numbers, "
                f"got {type(drive).__name__}"
            )
        for name in drive:
            checks.one_of("drive", name, tuple(LEAST))
        given = {name: _levels(name, v) for name, v in drive.items()}
        super().__init__(**{**PRESETS[preset], **given})

    @traitlets.validate("i", "f", "o", "g")  # type: ignore[untyped-decorator]
    def _fitting(self, proposal: Any) -> list[float]:
        try:
            return _levels(proposal["trait"].name, proposal["value"])
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None

    @property
    def preset(self) -> str | None:
        """The preset that has these gates."""
        now = {name: getattr(self, name) for name in LEAST}
        return next((n for n, gates in PRESETS.items() if gates == now), None)

    @property
    def c(self) -> Array:
        """The cell state after each step, (16,)."""
        c, cs = 0.0, []
        for i, f, g in zip(self.i, self.f, self.g, strict=True):
            c = f * c + i * g
            cs.append(c)
        return np.array(cs)

    @property
    def h(self) -> Array:
        """The hidden state after each step, (16,)."""
        return np.asarray(np.array(self.o) * np.tanh(self.c))

    @property
    def backward(self) -> Array:
        """The derivative of c_T by each c_t, (16,)."""
        signal = np.zeros(T)
        signal[self.end - 1] = 1
        for t in range(self.end - 1, 0, -1):
            signal[t - 1] = self.f[t] * signal[t]
        return signal

    @property
    def share(self) -> Array:
        """What each step added to c_T, (16,)."""
        return np.asarray(self.backward * (np.array(self.i) * self.g))

    @property
    def params(self) -> lstm.Params:
        """An LSTM cell that reads its gates from the input: W_hh = 0."""
        return lstm.Params(np.eye(4), np.zeros((1, 4)), np.zeros(4))

    @property
    def xs(self) -> Array:
        """The input that sets these gates, (16, 1, 4): i, f, o, g."""
        levels = np.array([self.i, self.f, self.o, self.g]).T
        levels[:, :3] = 2 * levels[:, :3] - 1  # sigmoid(2a) = (1+tanh(a))/2
        edge = np.nextafter(1, 0)  # 0 and 1 but for one rounding error
        xs = np.arctanh(np.clip(levels, -edge, edge)) * [2, 2, 2, 1]
        return np.asarray(xs[:, None])

    def draw(self, figure: Figure) -> None:
        """Draw c_t and h_t, and dc_T/dc_t under them."""
        steps = np.arange(1, T + 1)
        top, bottom = figure.subplots(2, sharex=True, height_ratios=[3, 2])
        top.bar(steps - 0.2, self.c, 0.4, color=plots.BLUE, label="$c_t$")
        top.bar(steps + 0.2, self.h, 0.4, color=plots.ORANGE, label="$h_t$")
        top.axhline(0, color=plots.MUTED, lw=0.8)
        top.legend(loc="upper left", ncols=2, frameon=False)
        top.margins(y=0.2)
        bottom.bar(steps, self.backward, 0.6, color=plots.PURPLE)
        name = rf"$\partial c_{{{self.end}}}/\partial c_t$"
        bottom.set(xlabel="$t$", ylabel=name, ylim=(0, 1.05), xticks=steps)
        for ax in (top, bottom):
            ax.spines[["top", "right"]].set_visible(False)

    def summary(self) -> str:
        """Say what the cell holds and shows at the present step."""
        at = self.step - 1
        shown = {
            "i": self.i[at],
            "f": self.f[at],
            "o": self.o[at],
            "g": self.g[at],
            "c": self.c[at],
            "h": self.h[at],
            "b": self.backward[at],
        }
        return SUMMARY[language.get()].format(
            t=self.step,
            end=self.end,
            **{name: f"{value:.3g}" for name, value in shown.items()},
        )


def _levels(name: str, values: Any) -> list[float]:
    """Return 16 levels of a gate or of the candidate."""
    single = np.ndim(values) == 0
    array = checks.numbers(name, values, () if single else (T,))
    low = LEAST[name]
    if not ((array >= low) & (array <= 1)).all():
        worst = array.min() if array.min() < low else array.max()
        raise ValueError(f"{name}: expected {low:g} to 1, got {worst:g}")
    return [float(v) for v in np.broadcast_to(array, T)]
