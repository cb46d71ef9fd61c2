"""One unrolled picture, rewired into five shapes."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, language, plots
from rnnlib.widgets.base import CSS, Widget, esm

SHAPES = (
    "many-to-one",
    "many-to-many",
    "one-to-many",
    "bidirectional",
    "encoder-decoder",
)
DECODERS = ("one-to-many", "encoder-decoder")
MOST = 6  # steps

SUMMARY = {
    "en": "The shape {shape}, unrolled: of the inputs {fed}, {y} can feel "
    "{felt}.",
    "ko": "{shape} 모양을 펼친 그림: 입력 {fed} 가운데 {y}에 영향을 줄 수 "
    "있는 것은 {felt}이다.",
}
NAMES = {
    "en": dict(zip(SHAPES, SHAPES, strict=True))
    | {"many-to-many": "many-to-many, aligned"},
    "ko": dict(
        zip(
            SHAPES,
            ("다대일", "정렬된 다대다", "일대다", "양방향", "인코더-디코더"),
            strict=True,
        )
    ),
}


def wiring(
    shape: str, T: int, U: int, forced: bool = True
) -> list[tuple[str, str]]:
    """Return the arrows of a shape, each from one name to another.

    Inputs are x1 .. xT or z, answers y1 .. yU, right answers that are fed
    y*1 .. , states h1 .. (ahead), g1 .. (back) and s1 .. (the decoder's of
    the encoder-decoder).
    """
    arrows: list[tuple[str, str]] = []
    if shape != "one-to-many":
        arrows += [(f"x{t}", f"h{t}") for t in range(1, T + 1)]
        arrows += [(f"h{t - 1}", f"h{t}") for t in range(2, T + 1)]
    if shape == "many-to-one":
        arrows += [(f"h{T}", f"y{T}")]
    elif shape not in DECODERS:
        arrows += [(f"h{t}", f"y{t}") for t in range(1, T + 1)]
    if shape == "bidirectional":
        arrows += [(f"x{t}", f"g{t}") for t in range(1, T + 1)]
        arrows += [(f"g{t + 1}", f"g{t}") for t in range(1, T)]
        arrows += [(f"g{t}", f"y{t}") for t in range(1, T + 1)]
    if shape in DECODERS:
        s = "h" if shape == "one-to-many" else "s"
        first = [("z", "h0"), ("h0", "h1")]
        arrows += first if s == "h" else [(f"h{T}", "c"), ("c", "s1")]
        arrows += [(f"{s}{u - 1}", f"{s}{u}") for u in range(2, U + 1)]
        arrows += [(f"{s}{u}", f"y{u}") for u in range(1, U + 1)]
        read = "y*" if forced else "y"
        arrows += [("start", f"{s}1")]
        arrows += [(f"{read}{u - 1}", f"{s}{u}") for u in range(2, U + 1)]
    return arrows


def causes(arrows: list[tuple[str, str]], name: str) -> set[str]:
    """Return the names from which a path leads to this one, and itself."""
    found, new = {name}, {name}
    while new:
        new = {a for a, b in arrows if b in new} - found
        found |= new
    return found


class ShapeSwitch(Widget):
    """Press a shape; point at a y and see which x it can feel.

    Where a shape leaves no choice, its slider rests: only an
    encoder-decoder has a T and a U of its own. "L" marks an answer that
    has a target, and so a loss.

    Parameters
    ----------
    shape : str
        many-to-one, many-to-many (aligned), one-to-many, bidirectional or
        encoder-decoder.
    T : int
        Inputs, 1 to 6.
    U : int
        Answers of a decoder, 1 to 6.
    forced : bool
        Whether a decoder reads the right answers y* (training, by teacher
        forcing) or its own (in use).
    at : str, optional
        What is pointed at first: "y2", "x3", "z" or "y*1". By default an
        answer in the middle.

    Attributes
    ----------
    fed, asked : list of str
        The names of the inputs and of the answers.
    losses : list of str
        The answers that have a target.
    feels : ndarray of bool, shape (answers, inputs)
        Whether a path leads from the input to the answer.
    before : ndarray of bool, shape (answers, answers)
        Whether an answer hangs on the one in the column: on the right one
        or the network's own, as `forced` says.
    looked : str
        What is pointed at now.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of range.
    """

    stem = "shape_switch"
    _esm = esm(stem)
    _css = CSS

    shape = traitlets.Enum(SHAPES).tag(sync=True)
    T = traitlets.Int(5, min=1, max=MOST).tag(sync=True)
    U = traitlets.Int(3, min=1, max=MOST).tag(sync=True)
    forced = traitlets.Bool(True).tag(sync=True)
    # As the reader left it: a shape that has no such mark shows the nearest.
    at = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        shape: str = "many-to-one",
        T: int = 5,
        U: int = 3,
        forced: bool = True,
        at: str | None = None,
    ) -> None:
        checks.one_of("shape", shape, SHAPES)
        for name, n in (("T", T), ("U", U)):
            if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
                raise TypeError(f"{name}: expected an int, got {n!r}")
            if not 1 <= n <= MOST:
                raise ValueError(f"{name}: expected 1 to {MOST}, got {n}")
        if not isinstance(forced, bool):
            raise TypeError(f"forced: expected a bool, got {forced!r}")
        if at is None:
            at = f"y{(T + 1) // 2}"
        elif not isinstance(at, str):
            raise TypeError(f"at: expected a str, got {at!r}")
        elif settle(at, shape, T, U, forced) != at:
            raise ValueError(
                f'at: expected a mark of this picture, such as "y{T}", '
                f"got {at!r}"
            )
        super().__init__(shape=shape, T=int(T), U=int(U), forced=forced, at=at)

    @property
    def fed(self) -> list[str]:
        """The inputs."""
        if self.shape == "one-to-many":
            return ["z"]
        return [f"x{t}" for t in range(1, self.T + 1)]

    @property
    def asked(self) -> list[str]:
        """The answers."""
        if self.shape == "many-to-one":
            return [f"y{self.T}"]
        last = self.U if self.shape in DECODERS else self.T
        return [f"y{u}" for u in range(1, last + 1)]

    @property
    def losses(self) -> list[str]:
        """The answers with a target: none where a decoder is in use."""
        known = self.forced or self.shape not in DECODERS
        return self.asked if known else []

    @property
    def arrows(self) -> list[tuple[str, str]]:
        """The arrows of the picture."""
        return wiring(self.shape, self.T, self.U, self.forced)

    @property
    def feels(self) -> npt.NDArray[np.bool_]:
        """Which answer can feel which input: (answers, inputs)."""
        found = [causes(self.arrows, y) for y in self.asked]
        return np.array([[x in each for x in self.fed] for each in found])

    @property
    def before(self) -> npt.NDArray[np.bool_]:
        """Which answer hangs on which before it: (answers, answers)."""
        found = [causes(self.arrows, y) - {y} for y in self.asked]
        told = [y.replace("y", "y*") if self.forced else y for y in self.asked]
        return np.array([[y in each for y in told] for each in found])

    @property
    def looked(self) -> str:
        """What is pointed at."""
        return settle(self.at, self.shape, self.T, self.U, self.forced)

    def draw(self, figure: Figure) -> None:
        """Draw the shape, and what the answer can feel in blue."""
        ax: Any = figure.subplots()
        arrows, name = self.arrows, self.looked
        places = self._places()
        lit = causes(arrows, name)
        if name not in self.asked:  # an input: what it reaches instead
            lit = causes([(b, a) for a, b in arrows], name)
        for a, b in arrows:
            on = a in lit and b in lit
            curved = a in self.asked  # its own answer goes back in
            style = {
                "arrowstyle": "->",
                "color": plots.BLUE if on else plots.MUTED,
                "lw": 2 if on else 1,
                "shrinkA": 11,
                "shrinkB": 11,
                "connectionstyle": f"arc3,rad={-0.15 * curved}",
                "linestyle": "--" if curved else "-",
            }
            ax.annotate("", places[b], places[a], arrowprops=style)
        for each, (x, y) in places.items():
            ax.text(
                *(x, y, _label(each, self.shape)),
                ha="center",
                va="center",
                size=9 if each == "start" else 12,
                color=plots.BLUE if each in lit else plots.INK,
            )
            if each in self.losses:
                ax.text(x, y + 0.45, "L", ha="center", color=plots.PURPLE)
        last = max(x for x, _ in places.values())
        ax.set(xlim=(0.3, last + 0.7), ylim=(-0.3, 2.9))
        ax.axis("off")

    def _places(self) -> dict[str, tuple[float, float]]:
        """Where each name stands: columns to the right, rows upwards."""
        both = 0.15 * (self.shape == "bidirectional")
        # A decoder's columns come after z, or after the encoder and c.
        skip = {"one-to-many": 1.0, "encoder-decoder": self.T + 0.8}
        skips = skip.get(self.shape, 0.0)
        h_skips = skips if self.shape == "one-to-many" else 0.0
        table = {  # a name's letter: its column without its number, its row
            "x": (0.0, 0.0),
            "z": (1.0, 0.0),
            "start": (1 + skips, 0.0),
            "y*": (1 + skips, 0.0),
            "h": (h_skips - both, 1.1 + 2 * both),
            "g": (both, 0.75),
            "c": (self.T + 0.9, 1.1),
            "s": (skips, 1.1),
            "y": (skips, 2.2),
        }
        places = {}
        for name in sorted({name for arrow in self.arrows for name in arrow}):
            kind, k = _split(name)
            column, row = table[kind]
            places[name] = (column + float(k or 0), row)
        return places

    def summary(self) -> str:
        """Name the shape and what the answer can feel."""
        y = self.looked
        y = y if y in self.asked else self.asked[-1]
        felt = [x for x in self.fed if x in causes(self.arrows, y)]
        return SUMMARY[language.get()].format(
            shape=NAMES[language.get()][self.shape],
            fed=", ".join(self.fed),
            felt=", ".join(felt),
            y=y,
        )


def settle(at: str, shape: str, T: int, U: int, forced: bool) -> str:
    """Return the mark of this shape that is nearest to a name."""
    found = re.fullmatch(r"(x|y\*?|z)([0-9]{0,2})", at)
    kind, k = (found[1], int(found[2] or 1)) if found else ("y", MOST)
    if kind in ("x", "z"):
        if shape == "one-to-many":
            return "z"
        return f"x{min(max(k, 1), T)}"
    if kind == "y*" and forced and shape in DECODERS and U > 1:
        return f"y*{min(max(k, 1), U - 1)}"
    if shape == "many-to-one":
        return f"y{T}"
    return f"y{min(max(k, 1), U if shape in DECODERS else T)}"


def _split(name: str) -> tuple[str, str]:
    """Return the letters and the number of a name."""
    kind = name.rstrip("0123456789")
    return kind, name[len(kind) :]


def _label(name: str, shape: str) -> str:
    """Return a name as the book writes it."""
    kind, k = _split(name)
    if kind == "start":
        return kind
    if kind == "h" and shape == "bidirectional":
        kind = r"\overrightarrow{h}"
    letter = {"g": r"\overleftarrow{h}", "y*": "y^*"}.get(kind, kind)
    return f"${letter}_{{{k}}}$" if k else f"${letter}$"
