"""An LSTM that becomes a GRU switch by switch.

    i_t = sigmoid(a_i), f_t = sigmoid(a_f), o_t = sigmoid(a_o), as in the LSTM
    tied, z keeps:        f_t = sigmoid(a_f), i_t = 1 - f_t               [1]
    tied, z replaces:     i_t = sigmoid(a_f), f_t = 1 - i_t               [2]
    no output gate:       h_t = c_t                                       [3]
    reset after:          g_t = tanh(u_g + r_t * (h_{t-1} W + b))         [4]
    reset before:         g_t = tanh(u_g + (r_t * h_{t-1}) W + b)         [5]

With [1], [3] and [4] this is `rnnlib.gru`, with none of them `rnnlib.lstm`.
Book: chapter 5. Sources: Greff et al. (2017), doi:10.1109/TNNLS.2016.2582924;
Cho et al. (2014), arXiv:1406.1078; Chung et al. (2014), arXiv:1412.3555;
Zhou et al. (2016), arXiv:1603.09420.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, language, plots
from rnnlib.lstm import sigmoid
from rnnlib.widgets.base import CSS, Widget, esm

SIGNS = ("keep", "replace")
MOST = 256  # of D and of H

NAMES = {
    "en": {
        "lstm": "LSTM",
        "coupled": "LSTM with coupled gates (CIFG, Greff et al.)",
        "open": "LSTM without output gate",
        "one": "One gate, one state: near the minimal gated unit",
        "lstm-reset": "LSTM with a reset gate",
        "coupled-reset": "LSTM with coupled gates and a reset gate",
        "open-reset": "LSTM without output gate, with a reset gate",
        "keep-after": "GRU as in PyTorch and this book",
        "keep-before": "GRU as in Cho et al. (2014)",
        "replace-before": "GRU as in Chung et al. (2014)",
        "replace-after": "GRU (Chung’s z, PyTorch’s reset)",
    },
    "ko": {
        "lstm": "LSTM",
        "coupled": "두 게이트를 묶은 LSTM(CIFG, Greff 외)",
        "open": "출력 게이트가 없는 LSTM",
        "one": "게이트 하나, 상태 하나(최소 게이트 유닛에 가까움)",
        "lstm-reset": "리셋 게이트를 더한 LSTM",
        "coupled-reset": "두 게이트를 묶고 리셋 게이트를 더한 LSTM",
        "open-reset": "출력 게이트 대신 리셋 게이트를 둔 LSTM",
        "keep-after": "PyTorch와 이 책의 GRU",
        "keep-before": "Cho 외(2014)의 GRU",
        "replace-before": "Chung 외(2014)의 GRU",
        "replace-after": "GRU(z는 Chung, 리셋은 PyTorch)",
    },
}
SUMMARY = {
    "en": "The cell at these switches: {name}; {blocks} blocks of weights, a "
    "state of {state} numbers, {count:,} parameters for D = {D} and H = {H}.",
    "ko": "스위치를 이렇게 두면 셀은 {name}: 가중치 {blocks}벌, 상태의 수 "
    "{state}개, D = {D}, H = {H}일 때 파라미터 {count:,}개.",
}


def demo() -> tuple[dict[str, dict[str, Any]], list[list[float]]]:
    """Return the small network, H = 3 and D = 2, and its 6 inputs.

    The seed was chosen so that every switch shows: each moves some h_t by
    0.6 or more, and without tie and output gate h_t leaves (-1, 1).
    """
    rng = np.random.default_rng(1109)

    def draw(spread: float, *shape: int) -> Any:
        return np.round(rng.normal(0, spread, shape), 1).tolist()

    network = {
        gate: {"W_x": draw(1, 2, 3), "W_h": draw(1, 3, 3), "b": draw(0.5, 3)}
        for gate in "ifogr"
    }
    # The reset after the product takes a bias of its own along.
    network["g"]["b_h"] = draw(0.5, 3)
    return network, draw(1, 6, 2)


class Morph(Widget):
    """Change an LSTM into a GRU by single switches.

    Try the three decisions one by one and read what each changes. Then turn
    the sign of z round: the numbers differ, until the sign of its weights is
    turned round too. Then put the reset before the product: no sign helps.

    Parameters
    ----------
    tied : bool
        One gate for both: i = 1 - f.
    output : bool
        Whether there is an output gate, and the tanh on the way out;
        without, h = c.
    reset : bool
        Whether a reset gate can hide h from the candidate.
    sign : str
        "keep": z is f and keeps the old (Cho, PyTorch). "replace": z is
        1 - f (Chung). Matters when the gates are tied.
    before : bool
        Whether the reset comes before the product, (r * h) W, or after,
        r * (h W + b). Matters with a reset gate.

    Attributes
    ----------
    flipped : bool
        Whether the weights of z have the opposite sign: only with
        ``sign="replace"``, to show that it is the same cell then.
    D, H : int
        Where the sliders of the count stand, 1 to 256.
    name : str
        What the cell is called now.
    hs : ndarray of shape (6, 3)
        The states of the small network in the page at these switches.
    network : dict of dict
        Its weights, "W_x" (2, 3), "W_h" (3, 3) and "b" (3,) for each of i,
        f, o, g and r; g also has a "b_h" (3,).
    xs : list of list
        Its inputs, (6, 2).

    Raises
    ------
    TypeError
        If a switch is no bool.
    ValueError
        If the sign is another word.
    """

    stem = "morph"
    _esm = esm(stem)
    _css = CSS

    tied = traitlets.Bool(False).tag(sync=True)
    output = traitlets.Bool(True).tag(sync=True)
    reset = traitlets.Bool(False).tag(sync=True)
    sign = traitlets.Enum(SIGNS, "keep").tag(sync=True)
    before = traitlets.Bool(False).tag(sync=True)
    flipped = traitlets.Bool(False).tag(sync=True)
    D = traitlets.Int(32, min=1, max=MOST).tag(sync=True)
    H = traitlets.Int(64, min=1, max=MOST).tag(sync=True)
    network = traitlets.Dict(read_only=True).tag(sync=True)
    xs = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self,
        tied: bool = False,
        output: bool = True,
        reset: bool = False,
        sign: str = "keep",
        before: bool = False,
    ) -> None:
        switches = {
            "tied": tied,
            "output": output,
            "reset": reset,
            "before": before,
        }
        for name, value in switches.items():
            if not isinstance(value, bool | np.bool_):
                raise TypeError(
                    f"{name}: expected True or False, got {value!r}"
                )
        checks.one_of("sign", sign, SIGNS)
        super().__init__(
            sign=sign, **{name: bool(v) for name, v in switches.items()}
        )
        network, xs = demo()
        self.set_trait("network", network)
        self.set_trait("xs", xs)

    @property
    def kind(self) -> str:
        """The key of the name."""
        whole = (
            ("coupled" if self.output else "one")
            if self.tied
            else ("lstm" if self.output else "open")
        )
        if not self.reset:
            return whole
        if whole == "one":
            return f"{self.sign}-{'before' if self.before else 'after'}"
        return f"{whole}-reset"

    @property
    def name(self) -> str:
        """What the cell is called, in the reader's language."""
        return NAMES[language.get()][self.kind]

    @property
    def blocks(self) -> str:
        """The letters of what has weights of its own."""
        own = {"r": self.reset, "i": not self.tied, "o": self.output}
        return "".join(k for k in "rifog" if own.get(k, True))

    def parameters(self, D: int, H: int) -> int:
        """Return how many numbers such a cell learns.

        Each block of weights has (D + H + 1) H; a reset after the product
        needs H more, the bias that it multiplies. (`rnnlib.gru` keeps
        PyTorch's form, where r and z too have a second bias: 3 (D + H + 2) H.)

        Parameters
        ----------
        D, H : int
            Numbers per input, units; 1 or more.

        Raises
        ------
        TypeError, ValueError
            If one is no integer, or below 1.
        """
        for name, n in (("D", D), ("H", H)):
            if isinstance(n, bool) or not isinstance(n, int | np.integer):
                raise TypeError(f"{name}: expected an integer, got {n!r}")
            if n < 1:
                raise ValueError(f"{name}: expected 1 or more, got {n}")
        D, H = int(D), int(H)
        second = H if self.reset and not self.before else 0
        return len(self.blocks) * (D + H + 1) * H + second

    @property
    def hs(self) -> npt.NDArray[np.float64]:
        """The states of the small network, (6, 3)."""
        weights = {
            gate: {name: np.array(W) for name, W in parts.items()}
            for gate, parts in self.network.items()
        }
        h = c = np.zeros(len(weights["g"]["b"]))
        rows = []
        for x in np.array(self.xs):
            h, c = self._step(weights, x, h, c)
            rows.append(h)
        return np.array(rows)

    def _step(self, weights: Any, x: Any, h: Any, c: Any) -> tuple[Any, Any]:
        """Take one step: x_t, h_{t-1}, c_{t-1} -> h_t, c_t."""
        replaces = self.tied and self.sign == "replace"

        def a(gate: str) -> Any:
            W = weights[gate]
            return x @ W["W_x"] + h @ W["W_h"] + W["b"]

        f = sigmoid(-a("f") if replaces and self.flipped else a("f"))
        i = 1 - f if self.tied else sigmoid(a("i"))  # [1]
        if replaces:
            i, f = f, i  # [2]
        g = self._candidate(weights, x, h, a)
        c = f * c + i * g
        return (sigmoid(a("o")) * np.tanh(c) if self.output else c), c  # [3]

    def _candidate(self, weights: Any, x: Any, h: Any, a: Any) -> Any:
        W = weights["g"]
        u = x @ W["W_x"] + W["b"]
        if not self.reset:
            return np.tanh(u + h @ W["W_h"] + W["b_h"])
        r = sigmoid(a("r"))
        if self.before:
            return np.tanh(u + (r * h) @ W["W_h"] + W["b_h"])  # [5]
        return np.tanh(u + r * (h @ W["W_h"] + W["b_h"]))  # [4]

    @property
    def equations(self) -> list[str]:
        """The equations as lines of mathematics, for the picture."""
        tied, output, reset = self.tied, self.output, self.reset
        gru = tied and not output and reset  # then in the GRU's letters
        turned = tied and self.sign == "replace"
        z = "z" if gru or turned else "f"
        n, c = ("n", "h") if gru else ("g", "c")
        minus = "−" if turned and self.flipped else ""
        lines = [_gate("r")] if reset else []
        if not tied:
            lines.append(_gate("i"))
        elif not gru:
            lines.append(
                "i_t = z_t,  f_t = 1 − z_t" if turned else "i_t = 1 − f_t"
            )
        lines.append(_gate(z, minus))
        if output:
            lines.append(_gate("o"))
        lines.append(_written(n, reset, self.before))
        if gru:
            i, f = ("z_t", "(1 − z_t)") if turned else ("(1 − z_t)", "z_t")
            lines.append(f"h_t = {i} ⊙ n_t + {f} ⊙ h_{{t−1}}")
        else:
            lines.append(f"{c}_t = f_t ⊙ {c}_{{t−1}} + i_t ⊙ g_t")
            lines.append("h_t = o_t ⊙ tanh(c_t)" if output else "h_t = c_t")
        return lines

    def draw(self, figure: Figure) -> None:
        """Draw the equations and the states of the small network."""
        figure.set_size_inches(6.0, 2.3)
        left, right = figure.subplots(1, 2, width_ratios=(6, 5))
        left.axis("off")
        for k, line in enumerate(self.equations):
            text = line.replace("tanh", r"\tanh").replace("σ", r"\sigma")
            text = text.replace("⊙", r"\odot").replace(",  ", r",\;\; ")
            text = text.replace(" W", r"\,W")
            left.text(
                *(0, 0.95 - k / 7, f"${text.replace('−', '-')}$"),
                **{"va": "top", "size": 9, "color": plots.INK},
            )
        hs = self.hs
        styles = ((plots.BLUE, "o"), (plots.ORANGE, "s"), (plots.GREEN, "^"))
        for k, (colour, marker) in enumerate(styles):
            style = {"color": colour, "marker": marker, "ms": 4}
            right.plot(range(1, len(hs) + 1), hs[:, k], **style)
            right.annotate(
                *(f"unit {k + 1}", (len(hs), hs[-1, k])),
                xytext=(7, 0),
                textcoords="offset points",
                **{"va": "center", "size": 8, "color": colour},
            )
        high = 1.1 * max(1.0, float(abs(hs).max()))
        right.set(xlabel="$t$", ylabel="$h_t$", ylim=(-high, high))
        right.set(xticks=range(1, len(hs) + 1), xlim=(0.7, len(hs) + 0.3))
        right.spines[["top", "right"]].set_visible(False)

    def summary(self) -> str:
        """Name the cell, and count."""
        return SUMMARY[language.get()].format(
            name=self.name,
            blocks=len(self.blocks),
            state=(1 + self.output) * self.H,
            count=self.parameters(self.D, self.H),
            D=self.D,
            H=self.H,
        )


def _gate(k: str, minus: str = "") -> str:
    """Return the equation of a gate; minus: all its weights turned round."""
    plus = minus or "+"
    return (
        f"{k}_t = σ({minus}x_t W_{{x{k}}} {plus} h_{{t−1}} W_{{h{k}}} "
        f"{plus} b_{k})"
    )


def _written(n: str, reset: bool, before: bool) -> str:
    """Return the equation of the candidate."""
    if not reset:
        inside = f"x_t W_{{x{n}}} + h_{{t−1}} W_{{h{n}}} + b_{n}"
    elif before:
        inside = f"x_t W_{{x{n}}} + (r_t ⊙ h_{{t−1}}) W_{{h{n}}} + b_{n}"
    else:
        inside = (
            f"x_t W_{{x{n}}} + b_{{x{n}}} "
            f"+ r_t ⊙ (h_{{t−1}} W_{{h{n}}} + b_{{h{n}}})"
        )
    return f"{n}_t = tanh({inside})"
