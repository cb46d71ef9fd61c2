r"""How strongly the last state feels an earlier one: a product of Jacobians.

    a_t = g xi_t + h_{t-1} W,   h_t = f(a_t),   h_0 = 0                   [1]
    J_t = diag(f'(a_t)) W^T,   row i: what moves number i of h_t          [2]
    dh_T/dh_t = J_T J_{T-1} ... J_{t+1}                                   [3]
    ||dh_T/dh_t|| <= (gamma sigma_1)^(T - t)                              [4]

States are rows, and so are gradients: dh_{t-1} = dh_t J_t. The program keeps
the transposed product, whose norm is the same. gamma is the steepest slope of
f. Book: chapter 4, (4.10), (4.11). Source of [4]: Pascanu, Mikolov and Bengio
(2013), arXiv:1211.5063, section 2.1.
"""

import base64
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, gradients, initial, language, plots
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm

Array = npt.NDArray[Any]

UNITS = 16  # of the random matrices
LEAST, MOST = 2, 24  # units of the reader's own matrix
LARGEST = 1e6  # number in it
SHORT, LONG = 10, 200  # steps
LOW, HIGH = 0.1, 2.0  # spectral radius
HUGE = 1e100  # where a state without bound is scaled down
FLOOR = -330.0  # the log10 of a norm that is 0
SCALES = [0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0]
GAMMA = {"linear": 1.0, "tanh": 1.0, "sigmoid": 0.25, "relu": 1.0}
KINDS = ("gaussian", "orthogonal", "non-normal")
CELL = ("State", "start", "step", "step_backward")

SUMMARY = {
    "en": "The norm of dh_T/dh_t is {norm:.1e} at lag {lag} for W: {kind}, "
    "{H} units, spectral radius {radius:.3g}, largest singular "
    "value {sigma:.3g}, f = {f}, input strength {gain:g}.",
    "ko": "dh_T/dh_t의 노름은 시차 {lag}에서 {norm:.1e}이다. W는 유닛 {H}개의 "
    "{kind} 행렬, 스펙트럼 반지름은 {radius:.3g}, 가장 큰 특잇값은 "
    "{sigma:.3g}, f = {f}, 입력의 세기는 {gain:g}이다.",
}
NAMES = {
    "en": {"gaussian": "Gaussian", "own": "given"},
    "ko": {
        "gaussian": "가우스",
        "orthogonal": "직교",
        "non-normal": "비정규",
        "own": "주어진",
    },
}


class GradientFlow(Widget):
    """Turn rho through 1; then see what f and the input make of it.

    The Jacobians are those of a_t = gain xi_t + h_{t-1} W, h_t = f(a_t),
    from h_0 = 0, with a fixed noise xi. Press the buttons first: each shows
    a case in which the eigenvalues alone mislead, or do not. A cell of your
    own adds a curve, `gradients.flow` of it; its length is that of xs,
    whatever T is.

    Parameters
    ----------
    W : array_like of shape (H, H), optional
        A matrix of your own, 2 to 24 units: shown first, at its own spectral
        radius. One whose radius cannot be told from 0 (nilpotent) is
        multiplied by the slider instead.
    cell : module, optional
        `rnnlib.rnn`, `lstm`, `gru` or one of your own, with State, start,
        step and step_backward.
    params : Params of the cell
        Needed with a cell; its W_hh is scaled by the slider.
    xs : array_like of shape (n, B, D), optional
        Inputs of the cell, n from 2 to 201; normal noise, (T + 1, 1, D), if
        not given.
    T : int
        Steps, 10 to 200.
    kind : str, optional
        "gaussian", "orthogonal", "non-normal", or "own" with a W.
    rho : float, optional
        Spectral radius of W, 0.1 to 2, or that of your own.
    gain : float
        Strength of the input, 0 to 3.
    f : str
        "linear", "tanh", "sigmoid" or "relu".

    Attributes
    ----------
    norms : ndarray of shape (T + 1,)
        The norm of dh_T/dh_{T-k} for lag k = 0 .. T, at what is shown.
    W : ndarray of shape (H, H)
        The matrix that is shown.
    states : ndarray of shape (T, H)
        h_1 .. h_T, as the page computes them; those of linear and relu are
        scaled down where they pass 1e100.
    kind, rho, gain, f, T : str, float, float, str, int
        What the controls say.
    lag : int
        Where the cursor stands.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another type, shape or size.
    """

    stem = "gradient_flow"
    _esm = esm(stem)
    _css = CSS

    matrices = traitlets.Dict().tag(sync=True)  # at spectral radius 1
    spectra = traitlets.Dict().tag(sync=True)  # theirs
    xi = traitlets.Dict().tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    rho = traitlets.Float().tag(sync=True)
    gain = traitlets.Float().tag(sync=True)
    f = traitlets.Unicode().tag(sync=True)
    T = traitlets.Int().tag(sync=True)
    lag = traitlets.Int(10).tag(sync=True)
    decades = traitlets.Enum((6, 20), 6).tag(sync=True)  # of the axis
    # The reader's own cell: an Explorer's three traits.
    params = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        W: npt.ArrayLike | None = None,
        *,
        cell: Any = None,
        params: Any = None,
        xs: npt.ArrayLike | None = None,
        T: int = 100,
        kind: str | None = None,
        rho: float | None = None,
        gain: float = 1.0,
        f: str = "linear",
    ) -> None:
        found = {}
        own = 1.0
        if W is not None:
            found["own"], own = _normal(_square(W))
        found |= _offered()
        spectra = {name: _spectrum(A) for name, A in found.items()}
        kind = next(iter(found)) if kind is None else kind
        if rho is None:
            rho = own if kind == "own" else 0.9
        self._own = own
        self._matrices = found
        state = {"kind": kind, "rho": rho, "gain": gain, "f": f, "T": T}
        for name, value in state.items():
            self._check(name, value)
        self._cell, self._params = cell, params
        if cell is not None:
            self._xs = _inputs(cell, params, xs, T)
        elif params is not None or xs is not None:
            given = "xs" if params is None else "params"
            raise ValueError(f"cell: expected one beside {given}, got None")
        widest = max(len(A) for A in found.values())
        # A column for each unit, so that 16 of them are always the same.
        noise = np.random.default_rng(99).normal(size=(MOST, LONG))
        noise = noise[:widest].T
        self._xi = weights.rounded(noise, 16)
        super().__init__(
            matrices={name: _packed(A) for name, A in found.items()},
            spectra=spectra,
            xi=weights.packed(noise, 16),
            params={} if cell is None else {"scale": 1.0},
            **{**state, "rho": float(rho), "gain": float(gain), "T": int(T)},
        )
        # The axis that shows the whole of the gradient.
        self.decades = 6 if abs(self._logs()).max() <= 6 else 20
        self.observe(self._answer, "params")
        self._answer(None)

    def _check(self, name: str, value: Any) -> None:
        """Refuse a setting that the controls do not offer."""
        words = {"kind": tuple(self._matrices), "f": tuple(GAMMA)}
        if name in words:
            checks.one_of(name, value, words[name])
            return
        low, high = {
            "T": (SHORT, LONG),
            "gain": (0, 3),
            "rho": (min(LOW, self._own), max(HIGH, self._own)),
        }[name]
        whole = int | np.integer if name == "T" else int | float | np.number
        if isinstance(value, bool) or not isinstance(value, whole):
            what = "an integer" if name == "T" else "a number"
            raise TypeError(f"{name}: expected {what}, got {value!r}")
        if not low <= value <= high:
            raise ValueError(
                f"{name}: expected {low:g} to {high:g}, got {value}"
            )

    @traitlets.validate("kind", "rho", "gain", "f", "T")  # type: ignore[untyped-decorator]
    def _offered_only(self, proposal: Any) -> Any:
        try:
            self._check(proposal["trait"].name, proposal["value"])
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None
        return proposal["value"]

    @property
    def W(self) -> Array:  # noqa: N802
        """The matrix that is shown, (H, H)."""
        return np.asarray(self.rho * self._matrices[self.kind])

    @property
    def states(self) -> Array:
        """h_1 .. h_T, (T, H), as the page computes them."""
        return self._run()[0]

    @property
    def norms(self) -> Array:
        """The norm of dh_T/dh_{T-k} for lag k = 0 .. T."""
        mantissas, exponents = self._flow()
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(np.ldexp(mantissas, exponents))

    def _run(self) -> tuple[Array, Array]:
        """Return the states and the slopes f'(a_t), both (T, H). [1].

        Sums are taken one after the other, as in the page: where the state
        is chaotic, the last bit soon decides.
        """
        W, gain, xi = self.W, self.gain, self._xi[: self.T, : len(self.W)]
        h, hs, slopes = np.zeros(len(W)), [], []
        for x in xi:
            a = gain * x
            for hi, row in zip(h, W, strict=True):
                a = a + hi * row
            h, slope = ACTIVATIONS[self.f](a)
            top = abs(h).max()
            if self.f in ("linear", "relu") and top > HUGE:
                # Their slopes do not change when all is taken smaller.
                h, gain = h / top, gain / top
            hs.append(h)
            slopes.append(slope)
        return np.stack(hs), np.stack(slopes)

    def _flow(self) -> tuple[Array, Array]:
        """Return the norms as mantissas and powers of 2, (T + 1,). [3]."""
        W = self.W
        if self.f == "linear":
            slopes = np.ones((self.T, len(W)))
        else:
            slopes = self._run()[1]
        mantissas, exponents = np.ones(self.T + 1), np.zeros(self.T + 1, int)
        product, power = np.eye(len(W)), 0
        with np.errstate(under="ignore"):
            for k, slope in enumerate(slopes[::-1], start=1):
                product = W @ (slope[:, None] * product)  # [2]^T
                part = int(np.frexp(abs(product).max())[1])
                product, power = np.ldexp(product, -part), power + part
                mantissas[k] = np.linalg.norm(product, 2)
                exponents[k] = power
        return mantissas, exponents

    def _logs(self) -> Array:
        mantissas, exponents = self._flow()
        return _log10(mantissas) + exponents * math.log10(2)

    def _own_logs(self, scale: float) -> list[float]:
        """Return log10 of the own cell's norms by lag, with W_hh scaled."""
        params = self._params._replace(W_hh=scale * self._params.W_hh)
        norms = gradients.flow(self._cell, params, self._xs)
        return [round(float(x), 4) for x in _log10(norms[::-1])]

    def _answer(self, _: object) -> None:
        # The reader's cell may fail while she is still writing it: say so
        # in the widget, keep the last curve.
        if self._cell is None:
            return
        try:
            logs = self._own_logs(float(self.params["scale"]))
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        else:
            self.problem = ""
            self.result = {"logs": logs}

    def grid(self) -> dict[str, Any] | None:
        """Record the own cell's curve at every scale, if it has one."""
        if self._cell is None or self.problem:
            return None
        try:
            rows = np.array([self._own_logs(scale) for scale in SCALES])
        except Exception:  # at another scale than the one that is shown
            return None
        unit = max(float(abs(rows).max()), 1e-6) / 32000
        data = np.round(rows / unit).astype("<i2").tobytes()
        return {
            "axes": [{"name": "scale", "values": SCALES}],
            "keys": [{"name": "logs", "length": len(rows[0]), "unit": unit}],
            "data": base64.b64encode(data).decode(),
        }

    def draw(self, figure: Figure) -> None:
        """Draw the eigenvalues on the unit circle, the norms by lag."""
        axes: Any = figure.subplots(1, 2, width_ratios=[2, 3])
        plane, chart = axes
        radius, sigma = self._size()
        points = self.rho * np.array(self.spectra[self.kind]["eigenvalues"])
        singular = self.rho * np.array(self.spectra[self.kind]["singular"])
        turn = np.linspace(0, 2 * np.pi, 121)
        circle = np.cos(turn), np.sin(turn)
        reach = max(2.2, 1.1 * radius)
        plane.plot(*circle, color=plots.MUTED, lw=1)
        plane.plot(*points.T, "o", color=plots.BLUE, ms=4)
        seen = singular[singular < 1.7 * reach]  # the title has sigma_1
        plane.plot(
            *(seen, 0 * seen, "D"), color=plots.ORANGE, ms=4, mfc="none"
        )
        plane.set(xlim=(-reach, 1.7 * reach), ylim=(-reach, reach))
        plane.set_aspect("equal")
        plane.set_title(
            rf"$\rho = {radius:.2f}$, $\sigma_1 = {sigma:.2f}$", size=9
        )
        lags = np.arange(self.T + 1)
        chart.plot(lags, self._logs(), color=plots.BLUE, label="gradient")
        if logs := self.result.get("logs"):
            chart.plot(logs, "-.", color=plots.GREEN, label="own cell")
        for name, style, factor in (
            (r"$(\gamma\sigma_1)^{T-t}$", "--", GAMMA[self.f] * sigma),
            (r"$\rho^{T-t}$", ":", radius),
        ):
            line = lags * _log10(factor)
            chart.plot(lags, line, style, color=plots.MUTED, label=name, lw=1)
        chart.set(xlabel="lag $T - t$", xlim=(0, self.T))
        chart.set(ylim=(-self.decades, self.decades))
        chart.set_title(r"$\log_{10} \|\partial h_T / \partial h_t\|$", size=9)
        chart.legend(fontsize=7, loc="best")

    def summary(self) -> str:
        """Say what is left of the gradient at the largest lag."""
        word = language.get()
        radius, sigma = self._size()
        return SUMMARY[word].format(
            norm=self.norms[-1],
            lag=self.T,
            kind=NAMES[word].get(self.kind, self.kind),
            H=len(self.W),
            radius=radius,
            sigma=sigma,
            f=self.f,
            gain=self.gain,
        )

    def _size(self) -> tuple[float, float]:
        """Return the spectral radius and sigma_1 of what is shown."""
        spectrum = self.spectra[self.kind]
        return self.rho * spectrum["radius"], self.rho * spectrum["sigma"]


def tanh(a: Array) -> Array:
    """Return tanh by + - * / alone, which round alike in every language.

    Continued fraction of a sixteenth, then four times the double angle:
    within 4e-16 of numpy's.
    """
    x = np.clip(a, -20, 20) / 16
    z = x * x
    q = np.full_like(x, 21)
    for k in range(19, 0, -2):
        q = k + z / q
    t = x / q
    for _ in range(4):
        t = 2 * t / (1 + t * t)
    return np.asarray(t)


def _tanh(a: Array) -> tuple[Array, Array]:
    h = tanh(a)
    return h, 1 - h * h


def _sigmoid(a: Array) -> tuple[Array, Array]:
    h = (1 + tanh(a / 2)) / 2
    return h, h * (1 - h)


def _relu(a: Array) -> tuple[Array, Array]:
    return np.maximum(a, 0), np.where(a > 0, 1.0, 0.0)


def _linear(a: Array) -> tuple[Array, Array]:
    return a, np.ones_like(a)


ACTIVATIONS: dict[str, Callable[[Array], tuple[Array, Array]]] = {
    "linear": _linear,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "relu": _relu,
}


def _log10(norms: npt.ArrayLike) -> Array:
    """Return log10, and FLOOR where the norm is 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log10(norms), FLOOR))


def _offered() -> dict[str, Array]:
    """Return the book's three matrices, each at spectral radius 1."""
    draw = np.random.default_rng
    gaussian = initial.weights(draw(0), 1, UNITS, 1, 1.0)[1]
    orthogonal = initial.weights(draw(3), 1, UNITS, 1, "orthogonal")[1]
    sheared = np.array([[1.0, 20.0], [0.0, 1.0]])
    return dict(zip(KINDS, (gaussian, orthogonal, sheared), strict=True))


def _square(W: npt.ArrayLike) -> Array:
    array = checks.numbers("W", W, ("H", "H"))
    if array.shape[0] != array.shape[1]:
        raise ValueError(f"W: expected a square matrix, got {array.shape}")
    if not LEAST <= len(array) <= MOST:
        raise ValueError(
            f"W: expected {LEAST} to {MOST} units, got {len(array)}"
        )
    array = array.astype(float)
    if (top := abs(array).max()) > LARGEST:
        raise ValueError(f"W: expected numbers up to {LARGEST:g}, got {top:g}")
    return array


def _normal(W: Array) -> tuple[Array, float]:
    """Return W at spectral radius 1 and what it was; if it has none, W, 1."""
    radius = gradients.spectral_radius(W)
    return (W, 1.0) if _flat(W) else (W / radius, radius)


def _flat(W: Array) -> bool:
    """Say whether the spectral radius could be 0 but for rounding.

    An error of eps moves an eigenvalue that is there H times by eps^(1/H).
    """
    rounding = min(4 * float(np.finfo(float).eps) ** (1 / len(W)), 1e-3)
    sigma = float(gradients.singular_values(W)[0])
    return bool(gradients.spectral_radius(W) <= rounding * sigma)


def _spectrum(W: Array) -> dict[str, Any]:
    """Return eigenvalues and singular values, as a picture needs them."""
    values = np.linalg.eigvals(W)
    radius = float(abs(values).max())
    sigmas = gradients.singular_values(W)
    plain = _flat(W)
    return {
        "eigenvalues": [
            [round(float(v.real), 5), round(float(v.imag), 5)] for v in values
        ],
        "singular": [round(float(s), 5) for s in sigmas],
        "radius": radius if plain else 1.0,
        "sigma": float(sigmas[0]),
        "plain": plain,  # the slider is a factor, no spectral radius
    }


def _packed(W: Array) -> dict[str, Any]:
    """Return a matrix for the page, all 64 bits: orthogonal stays so."""
    data = base64.b64encode(W.astype("<f8").tobytes()).decode()
    return {"size": len(W), "data": data}


def _inputs(cell: Any, params: Any, xs: Any, T: int) -> Array:
    """Return xs for a cell that has all it needs."""
    missing = [name for name in CELL if not hasattr(cell, name)]
    if missing:
        raise TypeError(
            f"cell: expected {', '.join(CELL)}, {missing[0]} is missing"
        )
    if not all(hasattr(params, x) for x in ("W_xh", "W_hh", "_replace")):
        raise TypeError(
            "params: expected the cell's Params with W_xh and W_hh, "
            f"got {type(params).__name__}"
        )
    checks.weights(cell, params)
    checks.finite("params", params)
    D = len(params.W_xh)
    if xs is None:
        return np.random.default_rng(98).normal(size=(T + 1, 1, D))
    array = checks.numbers("xs", xs, ("n", "B", D))
    if not 2 <= len(array) <= LONG + 1:
        raise ValueError(
            f"xs: expected 2 to {LONG + 1} steps, got {len(array)}"
        )
    return array
