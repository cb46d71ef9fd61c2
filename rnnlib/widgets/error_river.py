"""The gradient that flows back along the unrolled network, path by path."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import bptt, checks, language, plots, readout, rnn, tree
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm

Array = npt.NDArray[Any]
MOST = {"T": 12, "D": 3, "H": 8, "V": 2}
LARGEST = 1000.0  # of all numbers: then no product of 12 steps overflows

SUMMARY: dict[str, dict[str, str]] = {
    "en": {
        "all": "Backpropagation of all losses through {T} steps: the "
        "gradient at h_1 has norm {first}, that at h_{T} norm {last}.",
        "one": "Backpropagation of the loss L_{loss} through {T} steps: the "
        "gradient at h_1 has norm {first}, that at h_{T} norm {last}.",
        "dam": " A dam lets nothing pass from h_{after} to h_{dam}.",
    },
    "ko": {
        "all": "손실 전부를 {T}단계에 걸쳐 역전파한다. 그레이디언트의 노름은 "
        "h_1에서 {first}, h_{T}에서 {last}이다.",
        "one": "손실 L_{loss} 하나를 {T}단계에 걸쳐 역전파한다. "
        "그레이디언트의 노름은 h_1에서 {first}, h_{T}에서 {last}이다.",
        "dam": " h_{after}, h_{dam} 사이의 댐이 그레이디언트를 막는다.",
    },
}


class Flow(NamedTuple):
    """What flows back at each step, first to last."""

    direct: Array  # (T, H), dy_t W_hy^T where L_t counts
    through: Array  # (T, H), da_{t+1} W_hh^T unless the dam is between
    terms: list[rnn.Params]  # what step t adds to the gradient


class ErrorRiver(Widget):
    """Step back from a loss; build a dam; see what still reaches h_1.

    The loss of a step is L_t = 1/2 |y_t - target_t|^2, and L their sum, or
    one of them. A dam cuts the gradient between two steps, as truncation
    does; the state flows on.

    Parameters
    ----------
    params : tuple of (rnn.Params, readout.Params)
        A small network: D up to 3, H up to 8, V up to 2.
    xs : array_like of shape (T, D)
        What it reads, 1 to 12 steps from h_0 = 0.
    targets : array_like of shape (T, V)
        What the outputs should be.
    loss : int, optional
        The step t whose L_t alone counts; by default all of them do.
    dam : int
        The dam stands between this step and the next, 1 to T - 1; 0 is no
        dam.

    Attributes
    ----------
    loss, dam : int
        As above, where the reader left them; loss 0 is all.
    scale : float
        Times W_hh, 0 to 2, by the slider.
    targets : list of list of float
        As the reader left them.
    step : int
        The step whose target can be changed, from 1.
    at : int
        How far the playing is: 0 is the start, 1 to T forwards, T + 1 to
        2T backwards from step T, 2T + 1 the end.
    params : decoding.Params
        The network with W_hh times `scale`.
    losses : ndarray of shape (T,)
        Every L_t, whether it counts or not.
    norms, direct, through : ndarray of shape (T,)
        Norms of dL/dh_t, of the part that comes from y_t, and of the part
        that comes from h_{t+1}.
    grads : rnn.Params
        dL/dparams of the cell, with what the dam holds back left out.

    Raises
    ------
    TypeError, ValueError
        If the network is of another kind or size, or numbers do not fit it.
    """

    stem = "error_river"
    _esm = esm(stem)
    _css = CSS

    weights = traitlets.Dict().tag(sync=True)
    xs = traitlets.List().tag(sync=True)
    targets = traitlets.List().tag(sync=True)
    loss = traitlets.Int(0).tag(sync=True)
    dam = traitlets.Int(0).tag(sync=True)
    scale = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Int(1).tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        params: Any,
        xs: npt.ArrayLike,
        targets: npt.ArrayLike,
        loss: int | None = None,
        dam: int = 0,
    ) -> None:
        named = weights.matrices(params)
        (D, H), V = named["W_xh"].shape, len(named["b_y"])
        if D > MOST["D"] or H > MOST["H"] or V > MOST["V"]:
            raise ValueError(
                "params: expected D up to 3, H up to 8 and V up to 2, got "
                f"{D}, {H} and {V}"
            )
        for name, W in named.items():
            _within(name, W)
        xs = _within("xs", checks.numbers("xs", xs, ("T", D)))
        T = len(xs)
        if T > MOST["T"]:
            raise ValueError(f"xs: expected 1 to 12 steps, got {T}")
        want = _within("targets", checks.numbers("targets", targets, (T, V)))
        self._T, self._D, self._V = T, D, V
        super().__init__(
            weights={
                name: W.astype(float).tolist() for name, W in named.items()
            },
            xs=xs.tolist(),
            targets=want.tolist(),
            loss=0 if loss is None else _whole("loss", loss, 1, T),
            dam=_whole("dam", dam, 0, T - 1),
            step=T,
            at=2 * T + 1,  # the whole river first
        )

    @traitlets.validate("loss", "dam", "step", "at")  # type: ignore[untyped-decorator]
    def _placed(self, proposal: Any) -> int:
        name, T = proposal["trait"].name, self._T
        low, high = {
            "loss": (0, T),
            "dam": (0, T - 1),
            "step": (1, T),
            "at": (0, 2 * T + 1),
        }[name]
        return int(_trait(_whole, name, proposal["value"], low, high))

    @traitlets.validate("scale")  # type: ignore[untyped-decorator]
    def _scaled(self, proposal: Any) -> float:
        value = float(proposal["value"])
        if not 0 <= value <= 2:
            raise traitlets.TraitError(
                f"scale: expected 0 to 2, got {value:g}"
            )
        return value

    @traitlets.validate("xs", "targets")  # type: ignore[untyped-decorator]
    def _fitting(self, proposal: Any) -> list[list[float]]:
        name = proposal["trait"].name
        shape = (self._T, self._D if name == "xs" else self._V)
        rows = _trait(checks.numbers, name, proposal["value"], shape)
        return list(_trait(_within, name, rows).tolist())

    @property
    def params(self) -> Any:
        """The network with W_hh times the slider's number."""
        named = {name: np.array(W) for name, W in self.weights.items()}
        return weights.params({**named, "W_hh": self.scale * named["W_hh"]})

    def _forward(self) -> tuple[Any, Array, Array]:
        """Return the tape, the states (T, 1, H) and y - target (T, 1, V)."""
        cell, read = self.params
        hs, _, tape = bptt.forward(rnn, cell, np.array(self.xs)[:, None])
        want = np.array(self.targets)[:, None]
        return tape, hs, readout.forward(read, hs) - want

    def _flow(self) -> Flow:
        cell, read = self.params
        tape, hs, error = self._forward()
        T = len(tape)
        if self.loss:
            error[np.arange(1, T + 1) != self.loss] = 0
        _, direct = readout.backward(read, hs, error)
        through, terms = np.zeros_like(direct), []
        for t in reversed(range(T)):  # as bptt.backward, every path kept
            dstate = rnn.State(direct[t] + through[t])
            dparams, _, before = rnn.step_backward(cell, tape[t], dstate)
            terms.append(dparams)
            if t > 0 and t != self.dam:
                through[t - 1] = before.h
        return Flow(direct[:, 0], through[:, 0], terms[::-1])

    @property
    def losses(self) -> Array:
        """The loss of every step, (T,)."""
        _, _, error = self._forward()
        return np.asarray((error**2).sum(axis=(1, 2)) / 2)

    @property
    def norms(self) -> Array:
        """The norm of dL/dh_t at every step, (T,)."""
        flow = self._flow()
        return np.asarray(np.linalg.norm(flow.direct + flow.through, axis=1))

    @property
    def direct(self) -> Array:
        """The norm of what comes from y_t, (T,)."""
        return np.asarray(np.linalg.norm(self._flow().direct, axis=1))

    @property
    def through(self) -> Array:
        """The norm of what comes from h_{t+1}, (T,)."""
        return np.asarray(np.linalg.norm(self._flow().through, axis=1))

    @property
    def grads(self) -> rnn.Params:
        """The sum of what all steps say about the cell's parameters."""
        first, *rest = self._flow().terms
        total: rnn.Params = first
        for term in rest:
            total = tree.apply(np.add, total, term)
        return total

    def draw(self, figure: Figure) -> None:
        """Draw the network, and the paths as wide as their norms."""
        direct, through = self.direct, self.through
        top = max(direct.max(), through.max()) or 1.0
        T = len(direct)
        figure.set_size_inches(1 + 0.8 * T, 2.6)
        ax: Any = figure.subplots()
        arrow = {"arrowstyle": "->", "color": plots.MUTED, "lw": 1}

        def path(x: float, y: float, dx: float, dy: float, n: float) -> None:
            if n > 0:
                lw = max(9 * n / top, 1)
                dots = ":" if n < top / 9 else "-"
                ax.plot([x, x + dx], [y, y + dy], dots, lw=lw, color=colour)

        for t in np.arange(1, T + 1):
            for y, name in enumerate("xhyL"):
                ax.text(t, y, f"${name}_{{{t}}}$", ha="center", va="center")
            for start, end in (
                ((t, 0.2), (t, 0.8)),
                ((t - 0.1, 1.2), (t - 0.1, 1.8)),
                ((t - 0.1, 2.2), (t - 0.1, 2.8)),
                ((t - 0.75, 1.12), (t - 0.25, 1.12)),
            ):
                ax.annotate("", end, start, arrowprops=arrow)
            colour = plots.PURPLE
            path(t + 0.12, 2.8, 0, -0.6, direct[t - 1])
            path(t + 0.12, 1.8, 0, -0.6, direct[t - 1])
            colour = plots.BLUE
            path(t + 0.75, 0.86, -0.5, 0, through[t - 1])
        if self.dam:
            x = self.dam + 0.5
            ax.plot([x, x], [0.6, 1.05], color=plots.INK, lw=4)
        ax.set(xlim=(0.1, T + 0.5), ylim=(-0.3, 3.3))
        ax.axis("off")

    def summary(self) -> str:
        """Say which loss is sent back, and what arrives."""
        text, norms = SUMMARY[language.get()], self.norms
        said = text["one" if self.loss else "all"]
        if self.dam:
            said += text["dam"]
        return said.format(
            T=len(norms),
            loss=self.loss,
            first=f"{norms[0]:.2g}",
            last=f"{norms[-1]:.2g}",
            dam=self.dam,
            after=self.dam + 1,
        )


def _within(name: str, values: Array) -> Array:
    """Refuse numbers whose products could overflow."""
    worst = float(abs(values).max())
    if worst > LARGEST:
        raise ValueError(
            f"{name}: expected numbers from -1000 to 1000, got {worst:g}"
        )
    return np.asarray(values, float)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number from low to high."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if not low <= value <= high:
        wanted = f"{low} to {high}" if low < high else str(low)
        raise ValueError(f"{name}: expected {wanted}, got {value}")
    return int(value)


def _trait(check: Any, *arguments: Any) -> Any:
    """Refuse as a trait does."""
    try:
        return check(*arguments)
    except (TypeError, ValueError) as error:
        raise traitlets.TraitError(str(error)) from None
