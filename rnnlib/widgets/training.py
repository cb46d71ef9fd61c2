"""A network of characters that learns while you watch."""

import time
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rnnlib import language, plots, readout, scan, train
from rnnlib.models import ManyToMany
from rnnlib.tasks.vocabulary import Vocabulary
from rnnlib.widgets.base import CSS, esm
from rnnlib.widgets.panel import Panel, strip

RECORDS = 16  # positions of the page's slider
POINTS = 150  # of the loss curve
UNITS = 24  # in the film
SAMPLE = 140  # characters

SUMMARY = {
    "en": "The training of a character model: {step} of {steps} updates, "
    "{bits:.2f} bits a character.",
    "ko": "글자 모델의 학습. 갱신 {steps}번 가운데 {step}번, 글자당 "
    "{bits:.2f}비트.",
}


class Snapshot(NamedTuple):
    """The network after so many updates."""

    step: int
    params: Any


class Training(Panel):
    """Train a character model with buttons for start, pause and again.

    With a kernel the buttons train here and now; `finish` trains what is
    left and waits for it, so that the cells below find a trained network.
    A page of the book shows the recording of that training.

    Parameters
    ----------
    model : ManyToMany
        D and V are the size of the vocabulary.
    params : tuple of (cell params, readout.Params)
        Where training starts.
    draw : callable
        ``draw(rng) -> (xs, targets)``, one batch of tokens, each (T, B).
    vocabulary : Vocabulary
        What the tokens stand for.
    probe : str
        The text whose hidden states are shown; its first sign begins the
        samples.
    held_out : tuple of (xs, targets), optional
        A batch that is never trained on; its loss is recorded too.
    steps : int
        Updates in all.
    lr : float
        Learning rate of Adam; gradients are clipped to norm 1.
    seed : int
        Of the batches and the samples.

    Attributes
    ----------
    params : tuple
        The network as it stands.
    history : list of Snapshot
        The network at each record, the first untrained.
    losses : list of (int, float)
        Updates, and the mean loss since the point before, in bits.

    Raises
    ------
    ValueError
        If model and vocabulary differ in size, or the probe is too short.
    """

    stem = "training"
    _esm = esm(stem)
    _css = CSS

    losses = traitlets.List().tag(sync=True)
    probe = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chance = traitlets.Float().tag(sync=True)

    def __init__(
        self,
        model: ManyToMany,
        params: Any,
        draw: Callable[[np.random.Generator], tuple[Any, Any]],
        vocabulary: Vocabulary,
        *,
        probe: str,
        held_out: tuple[Any, Any] | None = None,
        steps: int = 2000,
        lr: float = 3e-3,
        seed: int = 0,
    ) -> None:
        V = vocabulary.size
        if not model.D == model.V == V:
            raise ValueError(
                f"model: expected D = V = {V}, the vocabulary's size, "
                f"got {model.D} and {model.V}"
            )
        if not 2 <= len(probe) <= 60:
            raise ValueError(
                f"probe: expected 2 to 60 characters, got {len(probe)}"
            )
        if steps < RECORDS:
            raise ValueError(f"steps: expected {RECORDS} or more, got {steps}")
        self.model, self.vocabulary = model, vocabulary
        self._first, self._draw, self._held_out = params, draw, held_out
        self._lr, self._seed = lr, seed
        # More often at first, when more changes.
        way = (np.arange(RECORDS) / (RECORDS - 1)) ** 2
        super().__init__(
            steps=steps,
            schedule=[round(steps * part) for part in way],
            probe=list(probe),
            chance=float(np.log2(V)),
        )

    # --- training -----------------------------------------------------------

    def _begin(self) -> None:
        self._rng = np.random.default_rng(self._seed)
        self.params: Any = self._first
        self._records = self._run()
        self.history: list[Snapshot] = []
        self._since: list[float] = []
        self.set_trait("step", 0)
        self.set_trait("losses", [])
        self.set_trait("records", [self._record(0)])

    def _run(self) -> Iterator[train.Record]:
        """Train from where the network stands; Adam's memory starts anew."""

        def batches() -> Iterator[Any]:
            while True:
                yield self._draw(self._rng)

        return train.run(
            self.model.loss_and_grads,
            *(self.params, batches()),
            lr=self._lr,
            max_norm=1,
            progress=False,
        )

    def _restart(self) -> None:
        self._records = self._run()  # a generator that raised is spent

    def _slice(self, seconds: float) -> bool:
        end, step, points, new = time.monotonic() + seconds, self.step, [], []
        every = max(1, self.steps // POINTS)
        try:
            while step < self.steps and time.monotonic() < end:
                record = next(self._records, None)
                if record is None:  # interrupted: what was learned stays
                    self._records = self._run()
                    return False
                step, self.params = step + 1, record.params
                self._since.append(record.loss)
                if step % every == 0:
                    points.append([step, _bits(np.mean(self._since))])
                    self._since = []
                if step in self.schedule:
                    new.append(self._record(step))
        finally:
            self.set_trait("step", step)
            if points:
                self.set_trait("losses", self.losses + points)
            if new:
                self.set_trait("records", self.records + new)
        return bool(step < self.steps)

    # --- what is shown ------------------------------------------------------

    def _record(self, step: int) -> dict[str, Any]:
        self.history = [*self.history, Snapshot(step, self.params)]
        numbers = np.array(self.vocabulary.encode(self.probe))
        x = np.eye(self.model.D)[numbers][:, None]
        hs, _ = scan.run(self.model.cell, self.params.cell, x)
        record = {
            "step": step,
            **strip(hs[:, 0, :UNITS]),
            "sample": self.write(seed=self._seed),
        }
        if self._held_out is not None:
            xs, targets = self._held_out
            ys = self.model.forward(self.params, xs)
            loss, _ = readout.cross_entropy(ys, targets)
            record["held_out"] = _bits(loss)
        return record

    def write(
        self, n: int = SAMPLE, temperature: float = 0.7, seed: int = 0
    ) -> str:
        """Let the network write n characters after the probe's first."""
        rng = np.random.default_rng(seed)
        prompt = self.vocabulary.encode(self.probe[:1])
        drawn = self.model.generate(
            self.params, prompt, n, rng, temperature=temperature
        )
        signs = [self.vocabulary.symbols[k] for k in [*prompt, *drawn]]
        return unicodedata.normalize("NFC", "".join(signs))

    def draw(self, figure: Figure) -> None:
        """Draw the loss curve."""
        ax: Any = figure.subplots()
        ax.axhline(self.chance, color=plots.MUTED, lw=1)
        if self.losses:
            ax.plot(*np.transpose(self.losses))
        ax.set(xlabel="updates", ylabel="bits per character", ylim=(0, None))

    def summary(self) -> str:
        """Say how far training is."""
        bits = self.losses[-1][1] if self.losses else self.chance
        return SUMMARY[language.get()].format(
            step=self.step, steps=self.steps, bits=bits
        )


def _bits(nats: Any) -> float:
    return round(float(nats) / float(np.log(2)), 4)
