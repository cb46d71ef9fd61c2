"""Several cells that learn the same task side by side."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, language, models, plots, readout, scan, train
from rnnlib.widgets.base import CSS, esm
from rnnlib.widgets.panel import Panel, strip

MOST = 4  # models
RECORDS = 16  # snapshots of the states
POINTS = 100  # of the curves of loss and norm
UNITS = 12  # in a strip, if the page has room
BUDGET = 20_000  # bytes of states on a page, before base64
LEAST = 1e-12  # norms below are shown as this

SUMMARY = {
    "en": "Accuracy on unseen sequences after {step} updates: {said}.",
    "ko": "갱신 {step}번 뒤, 학습에 쓰지 않은 순차열의 정확도: {said}.",
}


class Lane:
    """One model on its way; what it learned from is in the race."""

    def __init__(
        self, model: models.ManyToOne, params: Any, seed: int
    ) -> None:
        self.model, self.params = model, params
        self.rng = np.random.default_rng(seed)
        self.accuracy: list[tuple[int, float]] = []
        self.losses: list[float] = []
        self.norms: list[float] = []
        self.done = False  # before the last update
        self.records: Iterator[train.Record] = iter(())

    @property
    def step(self) -> int:
        """Return how many updates it has had."""
        return len(self.losses)

    def start(self, draw: Any, lr: float) -> None:
        """Train from here; Adam's memory starts anew."""
        self._before = self.rng.bit_generator.state

        def batches() -> Iterator[Any]:
            while True:
                yield draw(self.rng)

        self.records = train.run(
            self.model.loss_and_grads,
            *(self.params, batches()),
            lr=lr,
            max_norm=1,
            progress=False,
        )

    def restart(self, draw: Any, lr: float) -> None:
        """Go on after an error, with the batch that was lost."""
        self.rng.bit_generator.state = self._before
        self.start(draw, lr)

    def update(self) -> bool:
        """Take one update; False if it was interrupted."""
        record = next(self.records, None)
        if record is None:
            return False
        self.params = record.params
        self.norms.append(record.grad_norm)
        self.losses.append(record.loss)  # the last: it moves `step`
        self._before = self.rng.bit_generator.state
        return True

    def read(self, xs: npt.ArrayLike) -> tuple[Any, Any]:
        """Return hs (T, B, H) and logits (B, V)."""
        cell, D, _, _ = self.model
        x = models.inputs(xs, D, self.params)
        hs, state = scan.run(cell, self.params.cell, x)
        return hs, readout.forward(self.params.readout, state.h)


class Race(Panel):
    """Train several many-to-one models on the same batches, in turns.

    With a kernel the buttons train here and now; `finish` trains what is
    left and waits for it, so that the cells below find trained networks. A
    page of the book shows the recording of that training. Watch when an
    accuracy leaves the line of guessing, what the gradient norm did just
    before, and what the hidden states hold from then on.

    Parameters
    ----------
    models : mapping of str to (ManyToOne, params)
        One to four of them; their names stand at the ends of the curves.
    draw : callable
        ``draw(rng) -> (xs, targets)``, one batch: numbers (T, B, D) or
        tokens (T, B), and classes (B,). Each model has its own rng of the
        same seed, hence the same batches.
    test : tuple of (xs, targets)
        Sequences that are never trained on. The hidden states are those on
        the first of them.
    steps : int
        Updates of each model, 10 or more.
    lr : float
        Learning rate of Adam; gradients are clipped to norm 1.
    chance : float, optional
        The accuracy of guessing, drawn as a line.
    seed : int
        Of the batches.
    stop : float, optional
        A model that reaches this accuracy on the test is done.
    symbols : sequence of str, optional
        Names of the first inputs, one sign each: where one of these is
        one-hot in the sequence that is shown, its name stands.

    Attributes
    ----------
    params : dict of str to params
        The networks as they stand.
    accuracy, losses, norms : dict of str to list of (int, float)
        Updates, and the accuracy on the test, the loss of a batch before
        its update, the gradient norm before clipping.

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If a number is out of range, or a model does not fit the test.
    """

    stem = "race"
    _esm = esm(stem)
    _css = CSS

    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chance = traitlets.Float(None, allow_none=True).tag(sync=True)
    curves = traitlets.Dict().tag(sync=True)  # of each label
    window = traitlets.Int().tag(sync=True)  # updates a point of loss, norm
    units = traitlets.List(traitlets.Int()).tag(sync=True)  # H of each
    shown = traitlets.List(traitlets.Int()).tag(sync=True)  # steps in a strip
    length = traitlets.Int().tag(sync=True)  # T
    marks = traitlets.List().tag(sync=True)  # (column, name)

    def __init__(
        self,
        models: Mapping[str, tuple[models.ManyToOne, Any]],
        draw: Callable[[np.random.Generator], tuple[Any, Any]],
        test: tuple[Any, Any],
        steps: int = 400,
        lr: float = 5e-3,
        chance: float | None = None,
        seed: int = 0,
        stop: float | None = None,
        symbols: Sequence[str] = (),
    ) -> None:
        if not callable(draw):
            raise TypeError(f"draw: expected a function, got {draw!r}")
        _whole("steps", steps, 10)
        _whole("seed", seed, 0)
        _number("lr", lr, math.inf)
        for name, share in (("chance", chance), ("stop", stop)):
            if share is not None:
                _number(name, share, 1)
        self._test, self._first = _pair(test), _named(models)
        xs, targets = self._test
        for label, (model, params) in self._first.items():
            try:
                ys = model.forward(params, xs)
            except (TypeError, ValueError, AttributeError) as error:
                raise type(error)(f"models[{label!r}]: {error}") from None
            try:
                readout.cross_entropy(ys, targets)
            except (TypeError, ValueError) as error:
                raise type(error)(f"test: {error}") from None
        marks = _found(xs[:, 0], symbols)
        self._draw, self._lr, self._seed, self._stop = draw, lr, seed, stop
        # 10 to 25 updates from test to test, unless that were too many.
        every = max(min(max(steps // 40, 10), 25), steps // 100)
        self._tests = {*range(0, steps, every), steps}
        some = sorted(self._tests)
        schedule = [*some[: -1 : math.ceil((len(some) - 1) / RECORDS)], steps]
        T, room = len(xs), BUDGET // len(self._first) // len(schedule)
        columns = min(T, room // 4)
        self._units = max(1, min(UNITS, room // columns))
        shown = [int(t) for t in np.linspace(0, T - 1, columns).round()]
        super().__init__(
            steps=steps,
            schedule=schedule,
            labels=list(self._first),
            chance=chance,
            window=math.ceil(steps / POINTS),
            units=[model.H for model, _ in self._first.values()],
            shown=shown,
            length=T,
            marks=[
                [int(np.abs(np.array(shown) - t).argmin()), name]
                for t, name in marks
            ],
        )

    # --- training -----------------------------------------------------------

    def _begin(self) -> None:
        self._lanes = {
            label: Lane(model, params, self._seed)
            for label, (model, params) in self._first.items()
        }
        self._kept: list[dict[str, Any]] = []
        for lane in self._lanes.values():
            lane.start(self._draw, self._lr)
        self._look()
        self._publish()

    def _slice(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        try:
            while self._look():
                if time.monotonic() >= end:
                    return True
                label, lane = min(
                    self._racing().items(), key=lambda each: each[1].step
                )
                try:
                    going = lane.update()
                except Exception as error:
                    lane.restart(self._draw, self._lr)
                    error.add_note(f"({label})")
                    raise
                if not going:  # interrupted: what was learned stays
                    lane.restart(self._draw, self._lr)
                    return False
            return False
        finally:
            self._publish()

    def _racing(self) -> dict[str, Lane]:
        return {
            label: lane
            for label, lane in self._lanes.items()
            if lane.step < self.steps and not lane.done
        }

    def _look(self) -> bool:
        """Test and record what is due; say whether there is more to do.

        What an interrupt has kept from being looked at is due again.
        """
        for lane in self._lanes.values():
            tested = lane.accuracy[-1][0] if lane.accuracy else -1
            if lane.step in self._tests and tested < lane.step:
                xs, targets = self._test
                guesses = lane.read(xs)[1].argmax(axis=-1)
                share = float((guesses == np.asarray(targets)).mean())
                lane.done = self._stop is not None and share >= self._stop
                lane.accuracy.append((lane.step, share))
        racing = self._racing()
        step = self._at(racing)
        due = step in self.schedule or not racing
        if due and (not self._kept or self._kept[-1]["step"] < step):
            self._kept.append(self._record(step))
        return bool(racing)

    def _at(self, racing: Mapping[str, Lane]) -> int:
        """Return how far all are that still race, or the furthest was."""
        if racing:
            return min(lane.step for lane in racing.values())
        return max(lane.step for lane in self._lanes.values())

    def _record(self, step: int) -> dict[str, Any]:
        """Return the states on the first unseen sequence, of each model.

        A model that has not moved since the record before is left out.
        """
        xs, targets = self._test
        record: dict[str, Any] = {"step": step, "strips": {}}
        before = self._kept[-1]["step"] if self._kept else -1
        for label, lane in self._lanes.items():
            if lane.step > before:
                hs, ys = lane.read(xs[:, :1])
                right = readout.softmax(ys)[0, targets[0]]
                record["strips"][label] = {
                    **strip(hs[self.shown, 0, : self._units]),
                    "right": round(float(right), 3),
                }
        return record

    def _publish(self) -> None:
        """Let the page know."""
        self.set_trait("step", self._at(self._racing()))
        self.set_trait(
            "curves",
            {
                label: {
                    "accuracy": [
                        [step, round(share, 4)]
                        for step, share in lane.accuracy
                    ],
                    "loss": [
                        _short(part.mean()) for part in self._cut(lane.losses)
                    ],
                    # As the axis is logarithmic, so is the mean.
                    "norm": [
                        _short(np.exp(np.log(part).mean()))
                        for part in np.maximum(self._cut(lane.norms), LEAST)
                    ],
                    "done": lane.done or lane.step == self.steps,
                }
                for label, lane in self._lanes.items()
            },
        )
        if len(self.records) != len(self._kept) or len(self._kept) == 1:
            self.set_trait("records", list(self._kept))

    def _cut(self, values: list[float]) -> npt.NDArray[Any]:
        whole = len(values) // self.window * self.window
        return np.reshape(values[:whole], (-1, self.window))

    # --- what was seen ------------------------------------------------------

    @property
    def params(self) -> dict[str, Any]:
        """The networks as they stand."""
        return {label: lane.params for label, lane in self._lanes.items()}

    @property
    def accuracy(self) -> dict[str, list[tuple[int, float]]]:
        """Updates, and the accuracy on the test."""
        return {k: list(lane.accuracy) for k, lane in self._lanes.items()}

    @property
    def losses(self) -> dict[str, list[tuple[int, float]]]:
        """Updates, and the loss of the batch before each."""
        return {
            k: list(enumerate(lane.losses, 1))
            for k, lane in self._lanes.items()
        }

    @property
    def norms(self) -> dict[str, list[tuple[int, float]]]:
        """Updates, and the gradient norm of each before clipping."""
        return {
            k: list(enumerate(lane.norms, 1))
            for k, lane in self._lanes.items()
        }

    def draw(self, figure: Figure) -> None:
        """Draw the accuracy of each model."""
        ax: Any = figure.subplots()
        if self.chance is not None:
            ax.axhline(self.chance, color=plots.MUTED, lw=1)
        for k, (label, curves) in enumerate(self.curves.items()):
            name = label if label.isascii() else f"model {k + 1}"
            ax.plot(
                *np.transpose(curves["accuracy"]),
                color=(plots.PURPLE, plots.GREEN, plots.INK, plots.BLUE)[k],
                ls=("-", "--", ":", "-.")[k],
                label=name.replace("$", r"\$"),
            )
        ax.set(xlabel="updates", ylabel="accuracy", ylim=(0, 1.05))
        ax.set_xlim(0, self.steps)
        ax.legend()

    def summary(self) -> str:
        """Say how far each of them is."""
        said = ", ".join(
            f"{label} {lane.accuracy[-1][1]:.2f}"
            for label, lane in self._lanes.items()
        )
        return SUMMARY[language.get()].format(step=self.step, said=said)


def _short(x: Any) -> float:
    return float(f"{x:.3g}")


def _whole(name: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: expected {least} or more, got {value}")


def _number(name: str, value: Any, most: float) -> None:
    kind = isinstance(value, int | float | np.number)
    if isinstance(value, bool) or not kind:
        raise TypeError(f"{name}: expected a number, got {value!r}")
    if not 0 < value <= most or math.isinf(value):
        up = "" if math.isinf(most) else f" and up to {most}"
        raise ValueError(f"{name}: expected above 0{up}, got {value}")


def _pair(test: Any) -> tuple[Any, Any]:
    try:
        xs, targets = map(np.asarray, test)
    except (TypeError, ValueError):
        raise TypeError(
            f"test: expected (xs, targets), got {type(test).__name__}"
        ) from None
    if xs.ndim < 2:
        raise ValueError(
            f"test: expected xs (T, B, D) or tokens (T, B), got {xs.shape}"
        )
    return xs, targets


def _named(given: Any) -> dict[str, tuple[models.ManyToOne, Any]]:
    if not isinstance(given, Mapping):
        raise TypeError(f"models: expected a dict, got {type(given).__name__}")
    if not 1 <= len(given) <= MOST:
        raise ValueError(f"models: expected 1 to {MOST}, got {len(given)}")
    for label, pair in given.items():
        if not isinstance(label, str):
            raise TypeError(f"models: expected names, got {label!r}")
        if not 1 <= len(label.strip()) <= len(label) <= 16:
            raise ValueError(
                f"models: expected names of 1 to 16 signs, got {label!r}"
            )
        if (
            not isinstance(pair, tuple | list)
            or len(pair) != 2
            or not isinstance(pair[0], models.ManyToOne)
        ):
            raise TypeError(
                f"models[{label!r}]: expected (ManyToOne, params), "
                f"got {type(pair).__name__}"
            )
        checks.finite(f"models[{label!r}]", pair[1])
    return {label: (model, params) for label, (model, params) in given.items()}


def _found(
    xs: npt.NDArray[Any], symbols: Sequence[str]
) -> list[tuple[int, str]]:
    """Return where one of the symbols is read in (T, D) or tokens (T,)."""
    for name in symbols:
        if not isinstance(name, str):
            raise TypeError(f"symbols: expected strings, got {name!r}")
        if len(name) != 1 or not name.isprintable():
            raise ValueError(f"symbols: expected one sign, got {name!r}")
    tokens = xs if xs.ndim == 1 else xs.argmax(axis=1)
    if xs.ndim == 2:  # only a one-hot row is a symbol
        one_hot = (xs.max(axis=1) == 1) & (np.abs(xs).sum(axis=1) == 1)
        tokens = np.where(one_hot, tokens, len(symbols))
    return [(t, symbols[k]) for t, k in enumerate(tokens) if k < len(symbols)]
