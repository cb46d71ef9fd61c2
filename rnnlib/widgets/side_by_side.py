r"""One noise, three cells: how strongly the last h feels an earlier state.

    W = s U / sqrt(H),  U uniform on (-1, 1)          W_xh and W_hh       [1]
    b_k = b, or log(1 + u_k (T - 2)),  0 < u_k < 1    forget or update    [2]
    ||dh_T/dh_{T-k}||, ||dh_T/dc_{T-k}||              for lag k = 0 .. T  [3]
    f_T f_{T-1} ... f_{T-k+1}, f_t the mean forget gate                   [4]

Every other bias is 0; where the units differ in [2], the LSTM's input gate
has minus that bias, as in `lstm.init(chrono=T)`. [4] is what the straight
way along the cell state would leave. Book: chapter 5. Source of [2]: Tallec
and Ollivier (2018), arXiv:1804.11188, equation 16.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import bptt, checks, gradients, gru, language, lstm, plots, rnn
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm

Array = npt.NDArray[Any]

D = 4  # numbers of noise per step
SHORT, LONG = 10, 150  # steps
UNITS = (4, 16)
LIMITS = {
    "scale": (0.2, 3),
    "bias": (-2, 6),
    "T": (SHORT, LONG),
    "gain": (0, 2),
    "lag": (0, LONG),
}
WHOLE = ("T", "lag", "H", "seed")
NAMES = ("RNN", "LSTM c", "LSTM h", "GRU")
MOST = {"cells": 3, "D": 32, "H": 32, "label": 24}
CELL = ("State", "start", "step", "step_backward")
FLOOR = -330.0  # the log10 of a norm that is 0

SUMMARY = {
    "en": {
        "all": "At lag {T}, with weight scale {scale:g} and {bias}, the norm "
        "of dh_T/dh_t is {RNN:.1e} for the RNN, {h:.1e} for the LSTM and "
        "{GRU:.1e} for the GRU; that of the LSTM's dh_T/dc_t is {c:.1e}.",
        "same": "bias {bias:g} of forget and update gate",
        "spread": "a bias of its own for every gate",
    },
    "ko": {
        "all": "가중치 배율 {scale:g}, {bias}일 때 시차 {T}에서 dh_T/dh_t의 "
        "노름은 RNN이 {RNN:.1e}, LSTM이 {h:.1e}, GRU가 {GRU:.1e}이고, "
        "LSTM의 dh_T/dc_t는 {c:.1e}이다.",
        "same": "망각 게이트와 업데이트 게이트의 편향이 {bias:g}",
        "spread": "게이트의 편향이 유닛마다 제각각",
    },
}


class SideBySide(Widget):
    """Raise the bias, then the weights, and see which curve each moves.

    The same noise goes through an RNN, an LSTM and a GRU, from a state of
    zeros. Weights are ``scale / sqrt(H)`` times a draw from (-1, 1); `bias`
    is that of the LSTM's forget gate and of the GRU's update gate. The RNN
    has none. Norms are 2-norms, the largest singular value.

    The last T + 1 steps of one noise are read, so that every curve ends at
    the same input. The page and `norms` agree but where a norm passes about
    1e8: there the state is chaotic, and the last bit decides.

    Parameters
    ----------
    H : int
        Units of each cell, 4 to 16.
    T : int
        The largest lag, 10 to 150.
    seed : int
        Of the weights and of the spread biases.
    cells : dict of str to (module, Params), optional
        Up to 3 cells of your own by their labels, with State, start, step
        and step_backward, D and H up to 32: further curves, at the weights
        you give. With a kernel they follow `T` and `gain`.

    Attributes
    ----------
    norms : dict of str to ndarray of shape (T + 1,)
        By lag 0 .. T: "RNN", "LSTM h" and "GRU" of dh_T/dh_t, "LSTM c" of
        dh_T/dc_t with h_t held (0 at lag 0), and your own labels.
    product : ndarray of shape (T + 1,)
        The product of the mean forget gate over the lag, the dotted line.
    f, z : ndarray of shape (H,)
        Mean over time of every unit's forget and update gate.
    params : dict of str to Params
        The weights of "RNN", "LSTM" and "GRU" at what is shown.
    biases : ndarray of shape (H,)
        Of the forget and the update gate, the same for all units or spread.
    xs : ndarray of shape (T + 1, 1, 4)
        What the three cells read.
    scale, bias, gain, T : float, float, float, int
        What the sliders say; gain is the strength of the input.
    spread : bool
        Whether every unit has its own bias.
    lag : int
        Where the cursor stands.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another type or size.
    """

    stem = "side_by_side"
    _esm = esm(stem)
    _css = CSS

    weights = traitlets.Dict().tag(sync=True)  # [1] without s / sqrt(H)
    xi = traitlets.Dict().tag(sync=True)
    draws = traitlets.List().tag(sync=True)  # u of [2]
    scale = traitlets.Float(1.0).tag(sync=True)
    bias = traitlets.Float(0.0).tag(sync=True)
    spread = traitlets.Bool(False).tag(sync=True)
    gain = traitlets.Float(1.0).tag(sync=True)
    T = traitlets.Int().tag(sync=True)
    lag = traitlets.Int(10).tag(sync=True)
    own = traitlets.Dict().tag(sync=True)  # label: log10 of the norms
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        H: int = 16,
        T: int = 100,
        seed: int = 0,
        cells: Mapping[str, tuple[Any, Any]] | None = None,
    ) -> None:
        _check("H", H, *UNITS)
        _check("T", T, SHORT, LONG)
        _check("seed", seed, 0)
        self._cells = _given(cells)
        rng = np.random.default_rng(seed)
        drawn = {
            name: {
                "W_xh": rng.uniform(-1, 1, size=(D, blocks * H)),
                "W_hh": rng.uniform(-1, 1, size=(H, blocks * H)),
            }
            for name, blocks in (("rnn", 1), ("lstm", 4), ("gru", 3))
        }
        self._base = weights.rounded(drawn, 16)
        widest = max([D, *(len(p.W_xh) for _, p in self._cells.values())])
        # A row for each number, so that the first ones are always the same.
        rows = np.random.default_rng(99).normal(size=(widest, LONG + 1))
        self._xi = weights.rounded(rows[:D].T, 16)
        self._more = np.hstack([self._xi, rows[D:].T])
        super().__init__(
            weights=weights.packed(drawn, 16),
            xi=weights.packed(rows[:D].T, 16),
            draws=rng.random(H).tolist(),
            T=int(T),
        )
        self.observe(self._answer, ["T", "gain"])
        self._answer(None)

    @traitlets.validate("scale", "bias", "gain", "T", "lag")  # type: ignore[untyped-decorator]
    def _offered_only(self, proposal: Any) -> Any:
        name = proposal["trait"].name
        try:
            _check(name, proposal["value"], *LIMITS[name])
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None
        return proposal["value"]

    @property
    def xs(self) -> Array:
        """What the three cells read, (T + 1, 1, 4)."""
        return self._read(D)

    @property
    def biases(self) -> Array:
        """The bias of every unit's forget or update gate, (H,). [2]."""
        u = np.array(self.draws)
        if self.spread:
            return np.asarray(np.log1p(u * (self.T - 2)))
        return np.full(len(u), self.bias)

    @property
    def params(self) -> dict[str, Any]:
        """The weights of the three cells at what is shown. [1], [2]."""
        b = self.biases
        zeros, b_i = np.zeros_like(b), -b if self.spread else np.zeros_like(b)
        size = self.scale / np.sqrt(len(b))
        W = {
            name: (size * part["W_xh"], size * part["W_hh"])
            for name, part in self._base.items()
        }
        return {
            "RNN": rnn.Params(*W["rnn"], zeros),
            "LSTM": lstm.Params(*W["lstm"], np.hstack([b_i, b, zeros, zeros])),
            "GRU": gru.Params(
                *W["gru"], np.hstack([zeros, b, zeros]), np.tile(zeros, 3)
            ),
        }

    @property
    def norms(self) -> dict[str, Array]:
        """The norms by lag, 0 .. T, of every curve. [3]."""
        own = {label: self._own(label)[::-1] for label in self._cells}
        return self._three() | own

    def _three(self) -> dict[str, Array]:
        """Return the norms of the book's own cells."""
        params, xs = self.params, self.xs
        found = {
            "RNN": gradients.flow(rnn, params["RNN"], xs),
            "LSTM c": gradients.flow(lstm, params["LSTM"], xs, of="c"),
            "LSTM h": gradients.flow(lstm, params["LSTM"], xs),
            "GRU": gradients.flow(gru, params["GRU"], xs),
        }
        return {name: norms[::-1] for name, norms in found.items()}

    @property
    def product(self) -> Array:
        """The product of the mean forget gate by lag, (T + 1,). [4]."""
        means = self._gate(lstm, "LSTM", "f").mean(axis=1)
        return np.concatenate([[1.0], np.cumprod(means[::-1])])

    @property
    def f(self) -> Array:
        """The mean of every unit's forget gate over time, (H,)."""
        return np.asarray(self._gate(lstm, "LSTM", "f").mean(axis=0))

    @property
    def z(self) -> Array:
        """The mean of every unit's update gate over time, (H,)."""
        return np.asarray(self._gate(gru, "GRU", "z").mean(axis=0))

    def _gate(self, cell: Any, name: str, gate: str) -> Array:
        """Return a gate at the steps that are undone, (T, H)."""
        _, _, tape = bptt.forward(cell, self.params[name], self.xs)
        return np.stack([getattr(cache, gate)[0] for cache in tape[1:]])

    def _read(self, numbers: int) -> Array:
        """Return the last T + 1 steps of so much noise."""
        return np.asarray(
            self.gain * self._more[LONG - self.T :, None, :numbers]
        )

    def _own(self, label: str) -> Array:
        cell, params = self._cells[label]
        return gradients.flow(cell, params, self._read(len(params.W_xh)))

    def _answer(self, _: object) -> None:
        # The reader's cell may fail while she is still writing it: say so
        # in the widget, keep the last curve.
        found, problems = {}, []
        for label in self._cells:
            try:
                logs = _log10(self._own(label)[::-1])
                found[label] = [round(float(x), 4) for x in logs]
            except Exception as error:
                problems.append(f"{label}: {type(error).__name__}: {error}")
        self.problem = " ".join(problems)
        self.own = {
            label: found.get(label, self.own.get(label, []))
            for label in self._cells
        }

    def draw(self, figure: Figure) -> None:
        """Draw the norms by lag."""
        ax: Any = figure.subplots()
        norms = self._three()
        lags = np.arange(self.T + 1)
        looks = (
            ("RNN", "--", plots.PURPLE, 2, "RNN"),
            (
                "LSTM c",
                "-",
                plots.GREEN,
                2.6,
                r"LSTM, $\partial h_T/\partial c_t$",
            ),
            (
                "LSTM h",
                "-",
                plots.GREEN,
                1,
                r"LSTM, $\partial h_T/\partial h_t$",
            ),
            ("GRU", "-.", plots.INK, 2, "GRU"),
        )
        for name, style, colour, width, said in looks:
            first = int(name == "LSTM c")  # it is 0 at lag 0
            logs = _log10(norms[name])
            ax.plot(
                *(lags[first:], logs[first:], style),
                **{"color": colour, "lw": width, "label": said},
            )
        ax.plot(
            *(lags, _log10(self.product), ":"),
            **{"color": plots.GREEN, "lw": 1.6, "label": r"$f^{\,lag}$"},
        )
        for n, logs in enumerate(self.own.values(), start=1):
            dashes = (0, (3 * n, 2))  # a label may be beyond the font
            ax.plot(logs, ls=dashes, color=plots.BLUE, label=f"own {n}")
        ax.axhline(-3, color=plots.MUTED, lw=1)
        ax.set(xlim=(0, self.T), ylim=(-12, 1), xlabel="lag $T - t$")
        ax.set_title(r"$\log_{10}$ of the norm", size=9)
        ax.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))

    def summary(self) -> str:
        """Say what is left of the gradients at the largest lag."""
        text = SUMMARY[language.get()]
        last = {name: norms[-1] for name, norms in self._three().items()}
        bias = text["spread" if self.spread else "same"]
        return text["all"].format(
            T=self.T,
            scale=self.scale,
            bias=bias.format(bias=self.bias),
            RNN=last["RNN"],
            GRU=last["GRU"],
            h=last["LSTM h"],
            c=last["LSTM c"],
        )


def _log10(norms: npt.ArrayLike) -> Array:
    """Return log10, and FLOOR where the norm is 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log10(norms), FLOOR))


def _check(name: str, value: Any, low: float, high: float = np.inf) -> None:
    """Refuse what is not a number from low to high."""
    whole = name in WHOLE
    kind = int | np.integer if whole else int | float | np.number
    if isinstance(value, bool) or not isinstance(value, kind):
        what = "an integer" if whole else "a number"
        raise TypeError(f"{name}: expected {what}, got {value!r}")
    if not low <= value <= high:
        wanted = (
            f"{low:g} to {high:g}" if high < np.inf else f"{low:g} or more"
        )
        raise ValueError(f"{name}: expected {wanted}, got {value}")


def _given(cells: Any) -> dict[str, tuple[Any, Any]]:
    """Return the reader's own cells, each with all it needs."""
    if cells is None:
        return {}
    if not isinstance(cells, Mapping):
        raise TypeError(
            "cells: expected a dict of label to (cell, params), "
            f"got {type(cells).__name__}"
        )
    if len(cells) > MOST["cells"]:
        raise ValueError(f"cells: expected up to 3, got {len(cells)}")
    for label, pair in cells.items():
        if not isinstance(label, str):
            raise TypeError(f"cells: expected labels of text, got {label!r}")
        if not 0 < len(label.strip()) <= len(label) <= MOST["label"]:
            raise ValueError(
                "cells: expected labels of 1 to 24 characters, "
                f"got {len(label)}: {label[:24]!r}"
            )
        if label in NAMES:
            raise ValueError(
                f"cells: expected other labels than {NAMES}, got {label!r}"
            )
        _whole_cell(f"cells[{label!r}]", pair)
    return dict(cells)


def _whole_cell(name: str, pair: Any) -> None:
    """Refuse a pair that is no cell with its parameters."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise TypeError(
            f"{name}: expected (cell, params), got {type(pair).__name__}"
        )
    cell, params = pair
    missing = [part for part in CELL if not hasattr(cell, part)]
    if missing:
        raise TypeError(
            f"{name}: expected a cell with {', '.join(CELL)}, "
            f"{missing[0]} is missing"
        )
    if not all(hasattr(params, part) for part in ("W_xh", "W_hh", "_fields")):
        raise TypeError(
            f"{name}: expected the cell's Params with W_xh and W_hh, "
            f"got {type(params).__name__}"
        )
    try:
        checks.weights(cell, params)
        checks.finite("params", params)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    for size, W in (("D", params.W_xh), ("H", params.W_hh)):
        if len(W) > MOST[size]:
            raise ValueError(f"{name}: expected {size} up to 32, got {len(W)}")
