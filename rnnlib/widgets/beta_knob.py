"""The classical and the modern update on the same cue."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import hopfield, language, plots, tasks
from rnnlib.widgets.base import CSS, Widget, esm
from rnnlib.widgets.memory_plate import signs

Array = npt.NDArray[Any]
DEFAULT = "8ABCEFPR한♥"  # the classical network takes this 8 for an E

SUMMARY = {
    "en": "A cue, what the classical network recalls, and what the softmax "
    "update recalls from {P} patterns at beta {beta}.",
    "ko": "단서, 고전 네트워크의 회상, 그리고 역온도 {beta}에서 소프트맥스 "
    "갱신이 패턴 {P}개로부터 회상한 결과.",
}


class BetaKnob(Widget):
    """Turn beta from "the average of all memories" to "exactly one".

    Parameters
    ----------
    patterns : array_like of shape (P, N), optional
        Patterns of -1 and +1; N a square number up to 256.
    names : sequence of str, optional
        One short name for each pattern.
    retrieve : callable, optional
        Your own update, ``retrieve(patterns, query, beta) -> (N,)``, used
        (with a kernel) in place of `rnnlib.hopfield.retrieve`.

    Attributes
    ----------
    beta : float
        Inverse temperature.
    query : list of int
        The cue on the plate.
    weights : list of float
        Softmax weight of each pattern: the attention.
    result : list of float
        The state after one modern update.
    """

    stem = "beta_knob"
    _esm = esm(stem)
    _css = CSS

    patterns = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    query = traitlets.List(traitlets.Int()).tag(sync=True)
    beta = traitlets.Float(0.05).tag(sync=True)
    weights = traitlets.List(traitlets.Float()).tag(sync=True)
    result = traitlets.List(traitlets.Float()).tag(sync=True)
    own = traitlets.Bool(False).tag(sync=True)  # a reader's retrieve
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        patterns: npt.ArrayLike | None = None,
        names: Sequence[str] | None = None,
        retrieve: Callable[[Array, Array, float], Array] | None = None,
    ) -> None:
        if patterns is None:
            patterns, names = tasks.glyphs(DEFAULT), list(DEFAULT)
        memories = signs("patterns", patterns, ndim=2)
        if names is None:
            names = [str(mu + 1) for mu in range(len(memories))]
        if len(names) != len(memories):
            raise ValueError(
                f"names: expected {len(memories)} of them, got {len(names)}"
            )
        query = tasks.flip(np.random.default_rng(2), memories[0], 0.2)
        self._retrieve = retrieve
        super().__init__(
            patterns=memories.tolist(),
            names=[str(name) for name in names],
            query=query.tolist(),
            own=retrieve is not None,
        )
        self._update(None)
        self.observe(self._update, ["beta", "query"])

    def _update(self, _: object) -> None:
        patterns, query = np.array(self.patterns), np.array(self.query)
        retrieve = self._retrieve or hopfield.retrieve
        try:
            result = np.asarray(retrieve(patterns, query, self.beta), float)
            if result.shape != query.shape:
                raise ValueError(
                    f"retrieve: expected shape {query.shape}, "
                    f"got {result.shape}"
                )
            if not np.isfinite(result).all():
                raise ValueError("retrieve: expected finite numbers")
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        else:
            self.problem = ""
            self.result = np.round(result, 6).tolist()
        weights = hopfield.attention(patterns, query, self.beta)
        self.weights = np.round(weights, 6).tolist()

    def draw(self, figure: Figure) -> None:
        """Draw the cue and the sign of what is retrieved."""
        result = np.where(np.array(self.result) >= 0, 1, -1)
        plots.plates(
            np.stack([np.array(self.query), result]),
            ["cue", rf"$\beta = {self.beta:g}$"],
            figure=figure,
        )

    def summary(self) -> str:
        """Say how many patterns there are and where the knob stands."""
        return SUMMARY[language.get()].format(
            P=len(self.patterns), beta=self.beta
        )
