"""A gradient check, digit by digit, with bugs to plant and to find."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnnlib import (
    bptt,
    checks,
    decoding,
    gradients,
    language,
    plots,
    readout,
    rnn,
    tree,
)
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm

Array = npt.NDArray[Any]

DIGITS = 12  # compared, of the sixteen that a float64 holds
FEW = 3  # digits: as many as a mark for "few" allows
SEEN = 1e-6  # a gradient below this drowns in the rounding of L
SHOWS = 1e-3  # the least relative error by which a bug can be seen

SUMMARY = {
    "en": "A gradient check of {weight} over {T} steps with a nudge of "
    "{eps}: analytic {a:.6g}, numerical {n:.6g}, agreeing digits: {agree} "
    "of 12.",
    "ko": "{T}단계에 걸친 {weight}의 그레이디언트 검사. 흔드는 폭은 {eps}, "
    "역전파로 구한 값은 {a:.6g}, 수치 미분으로 구한 값은 {n:.6g}이고, "
    "12자리 가운데 일치하는 자릿수는 {agree}이다.",
}


def loss(params: decoding.Params, xs: Array, targets: Array) -> float:
    """Return L = sum over t of 1/2 |y_t - target_t|^2.

    xs is (T, D), targets (T, V).
    """
    hs, _, _ = bptt.forward(rnn, params.cell, xs[:, None])
    ys = readout.forward(params.readout, hs[:, 0])
    return float(0.5 * ((ys - targets) ** 2).sum())


def backward(
    params: decoding.Params, xs: Array, targets: Array, bug: int = 0
) -> decoding.Params:
    """Return dL/dparams by backpropagation through time, with a bug in it.

    The bugs are one line each, as people write them:

    1. the derivative of tanh is forgotten: ``da = dh``;
    2. W_hh is not transposed on the way back: ``dh = da @ W_hh``;
    3. the direct gradient overwrites the one through time: ``dh = ...``
       where ``dh += ...`` belongs, which is BPTT one step deep;
    4. dW_hh is set, not summed: it keeps the step visited last, t = 1,
       and since h_0 = 0 that is exactly 0;
    5. h_t stands where h_{t-1} belongs in dW_hh.

    xs is (T, D), targets (T, V); 0 is no bug, and
    `rnnlib.bptt.backward` with `rnnlib.readout.backward`.
    """
    W_hh, W_hy = params.cell.W_hh, params.readout.W_hy
    hs, _, _ = bptt.forward(rnn, params.cell, xs[:, None])
    dys = readout.forward(params.readout, hs[:, 0]) - targets
    h = np.concatenate([np.zeros((1, len(W_hh))), hs[:, 0]])  # h[t] is h_t
    (dW_xh, dW_hh, db_h), (dW_hy, db_y) = tree.zeros(params)
    dh = np.zeros(len(W_hh))
    for t in range(len(xs), 0, -1):
        x, dy = xs[t - 1], dys[t - 1]
        dW_hy += np.outer(h[t], dy)
        db_y += dy
        direct = dy @ W_hy.T
        dh = direct if bug == 3 else dh + direct
        da = dh if bug == 1 else dh * (1 - h[t] ** 2)
        dW_xh += np.outer(x, da)
        db_h += da
        term = np.outer(h[t] if bug == 5 else h[t - 1], da)
        dW_hh = term if bug == 4 else dW_hh + term
        dh = da @ (W_hh if bug == 2 else W_hh.T)
    return decoding.Params(
        rnn.Params(dW_xh, dW_hh, db_h), readout.Params(dW_hy, db_y)
    )


def relative(a: float, n: float) -> float:
    """Return |a - n| / max(|a|, |n|), and 0 if both are 0."""
    top = max(abs(a), abs(n))
    return abs(a - n) / top if top else 0.0


def agreeing(a: float, n: float) -> int:
    """Return how many leading digits two numbers share, 0 to 12.

    Both are written with the power of ten of the larger. A long carry does
    not count as a difference: 1.99999999 and 2.00000001 share 7 digits.
    """
    top, error = max(abs(a), abs(n)), relative(a, n)
    if error == 0:
        return DIGITS
    if (a < 0) != (n < 0):
        return 0
    exponent = int(f"{top:.{DIGITS - 1}e}".split("e")[1])
    power = float(f"1e{max(exponent, -300)}")
    pair = [
        f"{abs(x) / power:.{DIGITS - 1}f}".replace(".", "") for x in (a, n)
    ]
    same = [p == q for p, q in zip(*pair, strict=True)]
    prefix = [*same, False].index(False)
    return min(DIGITS, max(prefix, math.floor(-math.log10(error)) - 1))


class GradientBench(Widget):
    """Pick a weight, nudge it, compare; then find a bug by the digits.

    Try: no bug, and eps from 1e-1 to 1e-12. Then plant each bug openly, and
    see which arrays break at T = 1, at T = 2, and with a symmetric W_hh.
    Then a mystery bug.

    Parameters
    ----------
    params : tuple of (rnn.Params, readout.Params)
        A small network: D at most 3, H at most 4, V at most 2.
    xs : array_like of shape (T, D)
        A sequence of 2 to 8 steps.
    targets : array_like of shape (T, V)
        What y_t should be.

    Attributes
    ----------
    weight : list
        The picked number, such as ``["W_hh", 0, 1]`` or ``["b_h", 2]``.
    T : int
        How many of the steps are used.
    log10_eps : int
        The nudge, -12 to -1.
    symmetric : bool
        Whether W_hh is replaced by (W_hh + W_hh^T) / 2.
    bug : int
        0 for none, or 1 to 5, as `backward` in this module numbers them.
    hidden : bool
        Whether the bug is a mystery.
    guess : int
        What the reader takes it for, 0 before the first guess.
    params : decoding.Params
        The weights that are used now, `symmetric` or not.
    analytic, numerical : decoding.Params
        The two gradients at present, ``.cell`` and ``.readout``.
    agree : int
        How many leading digits of the picked number agree, 0 to 12.

    Raises
    ------
    TypeError
        If the network is of another kind, or something is not a number.
    ValueError
        If a size is out of range, the gradients are too small or too large
        to check, or one of the bugs would not show: if W_hh is symmetric,
        say, a forgotten transpose is no bug.
    """

    stem = "gradient_bench"
    _esm = esm(stem)
    _css = CSS

    weights = traitlets.Dict().tag(sync=True)
    xs = traitlets.List().tag(sync=True)
    targets = traitlets.List().tag(sync=True)
    weight = traitlets.List(["W_hh", 0, 0]).tag(sync=True)
    T = traitlets.Int(1, min=1).tag(sync=True)
    log10_eps = traitlets.Int(-5, min=-12, max=-1).tag(sync=True)
    symmetric = traitlets.Bool(False).tag(sync=True)
    bug = traitlets.Int(0, min=0, max=5).tag(sync=True)
    hidden = traitlets.Bool(False).tag(sync=True)
    guess = traitlets.Int(0, min=0, max=5).tag(sync=True)
    mysteries = traitlets.Int(0, min=0).tag(sync=True)  # planted so far

    def __init__(
        self, params: Any, xs: npt.ArrayLike, targets: npt.ArrayLike
    ) -> None:
        named = {
            name: checks.numbers(name, W, W.shape).astype(float)
            for name, W in weights.matrices(params).items()
        }
        (D, H), V = named["W_xh"].shape, len(named["b_y"])
        if not (1 <= D <= 3 and 1 <= H <= 4 and 1 <= V <= 2):
            raise ValueError(
                "params: expected D at most 3, H at most 4 and V at most 2, "
                f"got {D}, {H} and {V}"
            )
        xs = checks.numbers("xs", xs, ("T", D)).astype(float)
        T = len(xs)
        if not 2 <= T <= 8:
            raise ValueError(f"xs: expected 2 to 8 steps, got {T}")
        targets = checks.numbers("targets", targets, (T, V)).astype(float)
        _must_show(weights.params(named), xs, targets)
        super().__init__(
            weights={name: W.tolist() for name, W in named.items()},
            xs=xs.tolist(),
            targets=targets.tolist(),
            T=T,
        )

    @traitlets.validate("T")  # type: ignore[untyped-decorator]
    def _there(self, proposal: Any) -> Any:
        most, T = len(self.xs), proposal["value"]
        if self.xs and T > most:
            raise traitlets.TraitError(f"T: expected 1 to {most}, got {T}")
        return T

    @traitlets.validate("weight")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> Any:
        name, *at = proposal["value"] or [None]
        shape = np.shape(self.weights.get(name, []))
        inside = len(at) == len(shape) > 0 and all(
            isinstance(i, int) and 0 <= i < n
            for i, n in zip(at, shape, strict=True)
        )
        if self.weights and not inside:
            raise traitlets.TraitError(
                "weight: expected a name and an index such as "
                f"['W_hh', 0, 1], got {proposal['value']!r}"
            )
        return proposal["value"]

    @property
    def params(self) -> decoding.Params:
        """The weights that are used now."""
        params = weights.params(self.weights)
        return _symmetric(params) if self.symmetric else params

    @property
    def analytic(self) -> decoding.Params:
        """The gradient by the backward pass, with the bug if there is one."""
        return backward(self.params, *self._sequence, self.bug)

    @property
    def numerical(self) -> decoding.Params:
        """The gradient by central differences, from two losses each."""
        grads: decoding.Params = gradients.check(
            lambda params: loss(params, *self._sequence),
            self.params,
            float(f"1e{self.log10_eps}"),
        )
        return grads

    @property
    def agree(self) -> int:
        """How many leading digits of the picked number agree."""
        return agreeing(*self._pair)

    @property
    def _sequence(self) -> tuple[Array, Array]:
        xs, targets = np.array(self.xs), np.array(self.targets)
        return xs[: self.T], targets[: self.T]

    @property
    def _pair(self) -> tuple[float, float]:
        name, *at = self.weight
        a, n = (
            weights.matrices(grads)[name][tuple(at)]
            for grads in (self.analytic, self.numerical)
        )
        return float(a), float(n)

    def _error(self, eps: float) -> float:
        """Return the relative error of the picked number for a nudge."""
        name, *at = self.weight
        sides = []
        for nudge in (eps, -eps):
            named = weights.matrices(tree.apply(np.array, self.params))
            named[name][tuple(at)] += nudge
            sides.append(loss(weights.params(named), *self._sequence))
        up, down = sides
        return relative(self._pair[0], (up - down) / (2 * eps))

    def draw(self, figure: Figure) -> None:
        """Draw the agreeing digits of every number, and error against eps."""
        figure.set_size_inches(7.4, 3.1)
        left, right = np.ravel(figure.subplots(1, 2, width_ratios=(4, 5)))
        analytic = weights.matrices(self.analytic)
        numerical = weights.matrices(self.numerical)
        D, H = analytic["W_xh"].shape
        places = {
            "W_xh": (0, 0),
            "W_hh": (D + 0.8, 0),
            "b_h": (D + H + 1.6, 0),
            "W_hy": (D + 0.8, H + 0.6),
            "b_y": (D + H + 1.6, H + 0.6),
        }
        for name, (top, start) in places.items():
            a, n = (
                np.atleast_2d(analytic[name]),
                np.atleast_2d(numerical[name]),
            )
            head, foot = name.split("_")
            label = f"${head}_{{{foot}}}$"
            left.text(start - 0.44, top - 0.78, label, va="center")
            for (i, j), _ in np.ndenumerate(a):
                k = agreeing(float(a[i, j]), float(n[i, j]))
                few = k <= FEW
                left.add_patch(
                    Rectangle(
                        (start + j - 0.44, top + i - 0.44),
                        *(0.88, 0.88),
                        fc=to_rgba(plots.GREEN, 0.4 * k / DIGITS),
                        ec=plots.ORANGE if few else plots.LINE,
                        ls="--" if few else "-",
                    )
                )
                left.text(start + j, top + i, k, ha="center", va="center")
        left.set(xlim=(-0.8, H + 3), ylim=(D + H + 3, -1.2))
        left.axis("off")
        steps = np.linspace(-12, -1, 45)
        errors = [max(self._error(10**k), 1e-16) for k in steps]
        right.loglog(10**steps, errors, color=plots.BLUE)
        right.axvline(10.0**self.log10_eps, color=plots.ORANGE, ls="--")
        right.set(
            xlabel=r"$\varepsilon$", ylabel="relative error", ylim=(1e-16, 10)
        )

    def summary(self) -> str:
        """Say what is compared, and how far it agrees."""
        name, *at = self.weight
        a, n = self._pair
        return SUMMARY[language.get()].format(
            weight=f"{name}[{', '.join(map(str, at))}]",
            T=self.T,
            eps=f"1e{self.log10_eps}",
            a=a,
            n=n,
            agree=self.agree,
        )


def _symmetric(params: decoding.Params) -> decoding.Params:
    W = params.cell.W_hh
    return params._replace(cell=params.cell._replace(W_hh=(W + W.T) / 2))


def _must_show(params: decoding.Params, xs: Array, targets: Array) -> None:
    """Refuse an example on which a planted bug would do no harm."""
    with np.errstate(over="ignore", invalid="ignore"):
        L = loss(params, xs, targets)
        right = backward(params, xs, targets)
        planted = {b: backward(params, xs, targets, b) for b in range(1, 6)}
    every = [
        W for grads in (right, *planted.values()) for W in tree.leaves(grads)
    ]
    if not (math.isfinite(L) and all(np.isfinite(W).all() for W in every)):
        raise ValueError(
            "params, xs, targets: expected a finite loss and gradients, "
            "got an overflow"
        )
    top = max(float(abs(W).max()) for W in tree.leaves(right))
    if top < SEEN:
        raise ValueError(
            "targets: expected some that the network misses by more: "
            f"its largest gradient is {top:.1g}"
        )
    for bug, wrong in planted.items():
        if gradients.error(wrong, right) < SHOWS:
            raise ValueError(
                "params, xs, targets: expected an example on which each of "
                f"the five bugs shows, and bug {bug} does not"
            )
