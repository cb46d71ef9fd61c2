"""Draw a cue, and let the network find the memory it resembles."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import language, plots, tasks
from rnnlib.widgets.base import CSS, Widget, esm

Array = npt.NDArray[Any]
MOST = 20  # memories that fit beside the plate

SUMMARY = {
    "en": "A plate of {side} by {side} pixels and {P} stored memories.",
    "ko": "가로세로 {side}픽셀의 기억판과 저장된 기억 {P}개.",
}


class MemoryPlate(Widget):
    """A Hopfield network to draw on.

    Try: press Run and watch the energy fall; flip more pixels until it
    settles elsewhere; store more memories until none is stable; update all
    units at once.

    Parameters
    ----------
    patterns : array_like of shape (P, N), optional
        Memories of -1 and +1, at most 20; N a square number up to 256.
        By default three glyphs of `rnnlib.tasks.glyphs`.
    names : sequence of str, optional
        One short name for each memory.
    cue : array_like of shape (N,), optional
        The first state; by default the first memory, a quarter of it
        flipped.
    store : callable, optional
        Your own rule, ``store(patterns) -> W``, used (with a kernel) in
        place of `rnnlib.hopfield.store`.
    rule : {"hebb", "pseudo-inverse"}
        The rule of `rnnlib.hopfield.store`.
    update : {"async", "sync"}
        One unit at a time, or all at once.

    Attributes
    ----------
    pattern : list of int
        What is on the plate now.
    energies : list of float
        The energy at the start and after each update since.

    Raises
    ------
    ValueError
        If the patterns, the names or the cue do not fit together.
    """

    stem = "memory_plate"
    _esm = esm(stem)
    _css = CSS

    patterns = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pattern = traitlets.List(traitlets.Int()).tag(sync=True)
    energies = traitlets.List(traitlets.Float()).tag(sync=True)
    rule = traitlets.Enum(["hebb", "pseudo-inverse"]).tag(sync=True)
    update = traitlets.Enum(["async", "sync"]).tag(sync=True)
    weights = traitlets.Unicode("").tag(sync=True)  # float32, base64
    problem = traitlets.Unicode("").tag(sync=True)
    shelf = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        patterns: npt.ArrayLike | None = None,
        names: Sequence[str] | None = None,
        cue: npt.ArrayLike | None = None,
        store: Callable[[Array], Array] | None = None,
        rule: str = "hebb",
        update: str = "async",
    ) -> None:
        if patterns is None:
            patterns, names = tasks.glyphs(DEFAULT), list(DEFAULT)
        memories = signs("patterns", patterns, ndim=2)
        P, N = memories.shape
        if P > MOST:
            raise ValueError(f"patterns: expected at most {MOST}, got {P}")
        if names is None:
            names = [str(mu + 1) for mu in range(P)]
        if len(names) != P:
            raise ValueError(f"names: expected {P} of them, got {len(names)}")
        if cue is None:
            cue = tasks.flip(np.random.default_rng(1), memories[0], 0.25)
        start = signs("cue", cue, ndim=1)
        if len(start) != N:
            raise ValueError(f"cue: expected length {N}, got {len(start)}")
        shelf = {}
        if N == tasks.glyphs("0").shape[1]:
            shelf = {
                name: "".join("#" if x > 0 else "." for x in glyph)
                for name, glyph in zip(
                    tasks.GLYPHS, tasks.glyphs(tasks.GLYPHS), strict=True
                )
            }
        self._store, self._N = store, N
        super().__init__(
            patterns=memories.tolist(),
            names=[str(name) for name in names],
            pattern=start.tolist(),
            rule=rule,
            update=update,
            shelf=shelf,
        )
        self._weigh(None)
        self.observe(self._weigh, "patterns")

    @traitlets.validate("pattern")  # type: ignore[untyped-decorator]
    def _whole(self, proposal: Any) -> Any:
        value = proposal["value"]
        if len(value) != (N := self._N) or not {*value} <= {-1, 1}:
            raise traitlets.TraitError(
                f"pattern: expected {N} numbers -1 or 1, got {value!r}"
            )
        return value

    def _weigh(self, _: object) -> None:
        """Let the reader's own rule make the weights, if there is one."""
        if self._store is None or not self.patterns:
            return
        N = len(self.pattern)
        try:
            W = np.asarray(self._store(np.array(self.patterns)), float)
            if W.shape != (N, N):
                raise ValueError(
                    f"store(patterns): expected shape {(N, N)}, got {W.shape}"
                )
            if not np.isfinite(W).all():
                raise ValueError("store(patterns): expected finite numbers")
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        else:
            self.problem = ""
            self.weights = base64.b64encode(W.astype("<f4").tobytes()).decode()

    def draw(self, figure: Figure) -> None:
        """Draw the plate beside its memories."""
        s = np.array(self.pattern)
        memories = [np.array(xi) for xi in self.patterns[:4]]
        plots.plates(np.stack([s, *memories]), figure=figure)

    def summary(self) -> str:
        """Say how large the plate is and what it holds."""
        side = round(len(self.pattern) ** 0.5)
        return SUMMARY[language.get()].format(side=side, P=len(self.patterns))

    def __repr__(self) -> str:
        """Return the sizes: P memories of N units."""
        return f"MemoryPlate(P={len(self.patterns)}, N={len(self.pattern)})"


DEFAULT = "A한♥"  # no two of them overlap


def signs(name: str, values: npt.ArrayLike, ndim: int) -> Array:
    """Return values as integers, or say what is wrong with them.

    Raises
    ------
    ValueError
        If there is anything but -1 and +1, or no square number of them.
    """
    array = np.asarray(values)
    if array.ndim != ndim or array.size == 0:
        shape = "(P, N)" if ndim == 2 else "(N,)"
        raise ValueError(
            f"{name}: expected an array of shape {shape}, got {array.shape}"
        )
    N = array.shape[-1]
    if round(N**0.5) ** 2 != N or N > 256:
        raise ValueError(
            f"{name}: expected N a square number up to 256, got {N}"
        )
    if not np.isin(array, (-1, 1)).all():
        raise ValueError(f"{name}: expected -1 and +1 only")
    return array.astype(int)
