"""How many memories are too many: three answers, measured and computed."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rnnlib import hopfield, language, tasks
from rnnlib.widgets.base import CSS, Explorer, esm

SUMMARY = {
    "en": "Bit error, exactly stable memories and final overlap against "
    "the load P/N, at load {alpha}.",
    "ko": "부하율 P/N에 따른 비트 오류, 정확히 안정한 기억의 비율, 마지막 "
    "겹침. 부하율 {alpha}.",
}


def measure(alpha: float, N: float) -> dict[str, Any]:
    """Fill a network to the load alpha with random patterns and look.

    Parameters
    ----------
    alpha : float
        Load P / N, above 0.
    N : float
        Number of units.

    Returns
    -------
    dict
        ``bit_error``, the part of all bits whose field has the wrong sign;
        ``exact``, the part of the patterns without such a bit; ``overlap``,
        the mean overlap after 30 updates of all units, started on the
        pattern; ``picture`` (100,), a stored glyph after the same number of
        updates in a network of 100 units at this load.
    """
    N = int(N)
    rng = np.random.default_rng(round(1000 * alpha) + N)
    draws = []
    for _ in range(2400 // N):
        X = tasks.random_patterns(rng, max(1, round(alpha * N)), N)
        W = hopfield.store(X)
        wrong = X * (X @ W) < 0
        overlap = (X * _settle(W, X)).mean()
        draws.append((wrong.mean(), 1 - wrong.any(axis=1).mean(), overlap))
    bit_error, exact, overlap = np.mean(draws, axis=0)

    glyph = tasks.glyphs("A")
    rng = np.random.default_rng(0)  # each load adds patterns to the same ones
    others = tasks.random_patterns(rng, 99, 100)
    X = np.concatenate([glyph, others[: max(1, round(alpha * 100)) - 1]])
    picture = _settle(hopfield.store(X), glyph)[0]
    return {
        "bit_error": bit_error,
        "exact": exact,
        "overlap": overlap,
        "picture": picture,
    }


def _settle(W: Any, S: Any) -> Any:
    """Update all units of every state in S together, 30 times."""
    for _ in range(30):
        h = S @ W
        S = np.where(h == 0, S, np.sign(h))
    return S


class CapacityCliff(Explorer):
    """Slide the load P/N and see three capacities fail at three loads.

    Parameters
    ----------
    measure : callable, optional
        Your own experiment, ``measure(alpha, N)``, for any of the figures
        that `measure` returns.
    """

    stem = "capacity_cliff"
    _esm = esm(stem)
    _css = CSS
    axes: ClassVar[dict[str, list[float]]] = {
        "alpha": [round(0.01 * k, 2) for k in range(1, 31)],
        "N": [100, 200, 400],
    }
    theory = traitlets.Dict().tag(sync=True)
    glyph = traitlets.List().tag(sync=True)

    def __init__(
        self, measure: Callable[..., Mapping[str, Any]] | None = None
    ) -> None:
        alphas = np.round(np.linspace(0.005, 0.3, 60), 4)
        alpha_c, m_c = hopfield.critical_load()
        self._measure = measure
        super().__init__(
            None,
            {"alpha": 0.1, "N": 400},
            theory=self._listed(
                {
                    "alpha": alphas,
                    "bit_error": hopfield.bit_error(alphas),
                    "overlap": [
                        hopfield.mean_field_overlap(float(a)) for a in alphas
                    ],
                    "critical": [alpha_c, m_c],
                    "most": [
                        hopfield.exact_recall_limit(int(N), every=False) / N
                        for N in self.axes["N"]
                    ],
                    "every": [
                        hopfield.exact_recall_limit(int(N)) / N
                        for N in self.axes["N"]
                    ],
                }
            ),
            glyph=tasks.glyphs("A")[0].tolist(),
        )

    def compute(self, **params: float) -> Mapping[str, Any]:
        """Measure at this load and size; the reader's figures go first."""
        own = self._measure(**params) if self._measure else {}
        return measure(**params) | dict(own)

    def draw(self, figure: Figure) -> None:
        """Draw the three theory lines and the present measurement."""
        names = {
            "bit_error": "wrong bits",
            "exact": "exact memories",
            "overlap": "final overlap",
        }
        a = np.array(self.theory["alpha"])
        curves = {
            "bit_error": np.array(self.theory["bit_error"]),
            "exact": (1 - np.array(self.theory["bit_error"]))
            ** self.params["N"],
            "overlap": np.array(self.theory["overlap"]),
        }
        for ax, (key, label) in zip(
            figure.subplots(1, 3), names.items(), strict=True
        ):
            ax.plot(a, curves[key], color="#566072")
            ax.plot(self.params["alpha"], self.result[key], "o")
            ax.set(xlabel=r"$\alpha = P/N$", ylabel=label)

    def summary(self) -> str:
        """Say what is drawn, and at which load."""
        return SUMMARY[language.get()].format(alpha=self.params["alpha"])
