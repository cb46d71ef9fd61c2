"""A walk downhill on a loss surface with a cliff, with and without clipping.

The surface, its folds and its wall are `rnnlib.cliff`'s. The defaults were
chosen by trial: both walks slide into the valley alike and land on the wall
at step 27, where the gradient's norm is 102. From there the plain walk is
thrown to (9.73, 6.42), where nothing moves it any more; the clipped one goes
a tenth in the same direction and comes back to the valley.
"""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rnnlib import cliff, language, plots
from rnnlib.widgets.base import CSS, Widget, esm

MOST = 200  # steps
DRAWN = 60  # steps in the picture of a walk that has not begun
RANGES = {  # what the picture and the sliders offer
    "w": (4.0, 5.4),
    "b": (-2.9, -1.7),
    "lr": (0.001, 1.0),
    "threshold": (0.1, 5.0),
}

SUMMARY = {
    "en": "The loss of one unit run for 50 steps, as a surface over w and b, "
    "and two walks of up to {n} steps from w = {w:g}, b = {b:g}: without "
    "clipping {plain}, with the threshold {threshold:g} {clipped}.",
    "ko": "유닛 하나를 50단계 돌린 손실 곡면(가로 w, 세로 b)과 w = {w:g}, "
    "b = {b:g}에서 출발해 {n}걸음까지 내려가는 두 길. 클리핑이 없을 때: "
    "{plain}. 임계치 {threshold:g}로 클리핑할 때: {clipped}.",
}
THROWN = {
    "en": "it is thrown out to ({w:.2f}, {b:.2f}) at step {k}",
    "ko": "{k}걸음째에 ({w:.2f}, {b:.2f})까지 내던져진다",
}
STAYS = {
    "en": "it comes to the loss {loss:.2g}",
    "ko": "손실 {loss:.2g}에 이른다",
}


class CliffWalk(Widget):
    """Run the walk, then switch clipping on and run it again.

    Both walks have the same start and learning rate; the one of the other
    kind stays in the picture, pale. Try a start far below the wall too:
    there the gradient is tiny and clipping changes nothing.

    Parameters
    ----------
    w : float
        Where the walk starts, from 4 to 5.4.
    b : float
        Where the walk starts, from -2.9 to -1.7.
    lr : float
        Learning rate, from 0.001 to 1.
    threshold : float
        The largest norm of a clipped gradient, from 0.1 to 5.
    clip : bool
        Whether the present walk clips.

    Attributes
    ----------
    steps : int
        How many steps the reader has taken, from 0 to 200.
    path : cliff.Walk
        The present walk, its four arrays of shape (steps + 1,). It ends
        early where it leaves the picture by more than the picture's size.
        The wall magnifies rounding: after it has been hit, the page's walk
        and this one agree in kind, no longer in every digit.

    Raises
    ------
    TypeError
        If clip is no bool, or another argument no number.
    ValueError
        If a number is out of its range.
    """

    stem = "cliff_walk"
    _esm = esm(stem)
    _css = CSS

    w = traitlets.Float(4.65).tag(sync=True)
    b = traitlets.Float(-2.03).tag(sync=True)
    lr = traitlets.Float(0.1, min=1e-3, max=1.0).tag(sync=True)
    threshold = traitlets.Float(1.0, min=0.1, max=5.0).tag(sync=True)
    clip = traitlets.Bool(False).tag(sync=True)
    steps = traitlets.Int(0, min=0, max=MOST).tag(sync=True)

    def __init__(
        self,
        w: float = 4.65,
        b: float = -2.03,
        lr: float = 0.1,
        threshold: float = 1.0,
        clip: bool = False,
    ) -> None:
        given = {"w": w, "b": b, "lr": lr, "threshold": threshold}
        for name, value in given.items():
            _within(name, value)
        if not isinstance(clip, bool | np.bool_):
            raise TypeError(f"clip: expected True or False, got {clip!r}")
        super().__init__(
            clip=bool(clip),
            **{name: float(value) for name, value in given.items()},
        )

    @property
    def path(self) -> cliff.Walk:
        """The present walk as far as the reader has taken it."""
        return self._walk(self.clip, self.steps)

    def _walk(self, clip: bool, steps: int) -> cliff.Walk:
        """Return a walk from the present start, cut where it is lost."""
        threshold = self.threshold if clip else None
        walk = cliff.walk(self.w, self.b, self.lr, steps, threshold)
        gone = np.flatnonzero(lost(walk.w, walk.b))
        end = gone[0] + 1 if len(gone) else len(walk.w)
        return cliff.Walk(*(each[:end] for each in walk))

    def _both(self) -> tuple[cliff.Walk, cliff.Walk]:
        """Return the plain and the clipped walk for a picture."""
        steps = self.steps or DRAWN
        return self._walk(False, steps), self._walk(True, steps)

    def draw(self, figure: Figure) -> None:
        """Draw the surface, its wall, and both walks on it."""
        figure.set_size_inches(4.8, 3.6)
        ax: Any = figure.subplots()
        w, b = (np.linspace(*RANGES[name], 181) for name in "wb")
        root = np.sqrt(cliff.surface(*np.meshgrid(w, b)).loss)
        levels = np.linspace(0, 0.7, 15)
        shown = ax.contourf(w, b, root, levels, cmap="Blues")
        bar = figure.colorbar(shown, ax=ax, label="loss")
        marks = levels[::2].tolist()
        bar.set_ticks(marks, labels=[f"{x**2:.2f}" for x in marks])
        wall = w[w > 4.26]  # below, x_0 does not repel
        ax.plot(wall, cliff.wall(wall), color=plots.INK, lw=1, label="wall")
        styles = (("o-", plots.ORANGE, "plain"), ("s--", plots.INK, "clipped"))
        for walk, (style, colour, label) in zip(
            self._both(), styles, strict=True
        ):
            ax.plot(
                *(walk.w, walk.b, style),
                **{"color": colour, "label": label, "lw": 1, "ms": 2.5},
            )
        ax.set(xlim=RANGES["w"], ylim=RANGES["b"], xlabel="$w$", ylabel="$b$")
        ax.legend(loc="upper right", fontsize=8)

    def summary(self) -> str:
        """Say where the two walks end."""
        plain, clipped = self._both()
        return SUMMARY[language.get()].format(
            n=self.steps or DRAWN,
            w=self.w,
            b=self.b,
            threshold=self.threshold,
            plain=_end(plain),
            clipped=_end(clipped),
        )


def lost(w: Any, b: Any) -> Any:
    """Tell what is farther from the picture than the picture is wide."""
    far: Any = False
    for value, name in ((w, "w"), (b, "b")):
        low, high = RANGES[name]
        size = high - low
        far |= (value < low - size) | (value > high + size)
    return far


def _end(walk: cliff.Walk) -> str:
    w, b, loss = walk.w[-1], walk.b[-1], walk.loss[-1]
    template = (THROWN if lost(w, b) else STAYS)[language.get()]
    return template.format(w=w, b=b, loss=loss, k=len(walk.w) - 1)


def _within(name: str, value: Any) -> None:
    low, high = RANGES[name]
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: expected a number, got {value!r}") from None
    if not low <= number <= high:
        raise ValueError(f"{name}: expected {low:g} to {high:g}, got {value}")
