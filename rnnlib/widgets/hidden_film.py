"""A trained character model on the reader's own text."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import language, plots, rnn, scan
from rnnlib.tasks.vocabulary import one_hot
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm, known
from rnnlib.widgets.training import Training

EPOCHS = 5  # networks that a page carries
MOST = 200  # characters

SUMMARY = {
    "en": "The {H} hidden units of a character model while it reads {text!r}.",
    "ko": "글자 모델이 다음 글을 읽는 동안 은닉 유닛 {H}개의 값: {text!r}",
}


class HiddenFilm(Widget):
    """Type a text and watch every unit; sort the units by what they follow.

    The newest network is carried in sixteen bits; of the older ones a
    page keeps eight bits a weight.

    Parameters
    ----------
    trainings : mapping of str to Training
        Names, and panels with a trained simple network each. With a kernel
        the film follows a training while it runs.
    texts : mapping of str to str
        For each name the first text.

    Attributes
    ----------
    text : str
        What the reader typed.
    params : tuple
        The network that is shown.
    states : ndarray of shape (T, H)
        Its hidden states on the text.

    Raises
    ------
    ValueError
        If names differ, or a text is too long.
    """

    stem = "hidden_film"
    _esm = esm(stem)
    _css = CSS

    models = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    epoch = traitlets.Int(-1).tag(sync=True)  # -1: the newest
    text = traitlets.Unicode().tag(sync=True)
    at = traitlets.Int(12).tag(sync=True)  # the framed character

    def __init__(
        self, trainings: Mapping[str, Training], texts: Mapping[str, str]
    ) -> None:
        if not trainings or trainings.keys() != texts.keys():
            raise ValueError(
                f"texts: expected one for each of {list(trainings)}, "
                f"got {list(texts)}"
            )
        for name, text in texts.items():
            if not 0 < len(text) <= MOST:
                raise ValueError(
                    f"texts: expected 1 to {MOST} characters for {name!r}, "
                    f"got {len(text)}"
                )
        self._trainings, self._texts = dict(trainings), dict(texts)
        names = list(trainings)
        # The edition's own language first.
        name = names[-1] if language.get() == "ko" else names[0]
        super().__init__(
            name=name,
            text=texts[name],
            models={each: self._packed(each) for each in names},
        )
        for each, training in trainings.items():
            training.observe(
                lambda _, each=each: self._follow(each), "records"
            )

    @traitlets.validate("name")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> Any:
        return known(proposal, self._trainings)

    def _packed(self, name: str) -> dict[str, Any]:
        training = self._trainings[name]
        symbols = training.vocabulary.symbols
        chosen = self._chosen(name)
        return {
            "symbols": list(symbols),
            # Hangul letters by themselves, as NFD has them.
            "apart": any("\u1100" <= s <= "\u11ff" for s in symbols),
            "text": self._texts[name],
            "epochs": [
                {
                    "step": snapshot.step,
                    "weights": weights.packed(
                        weights.matrices(snapshot.params),
                        16 if snapshot is chosen[-1] else 8,
                    ),
                }
                for snapshot in chosen
            ],
        }

    def _chosen(self, name: str) -> list[Any]:
        history = self._trainings[name].history
        last = len(history) - 1
        at = {round(last * k / (EPOCHS - 1)) for k in range(EPOCHS)}
        return [history[k] for k in sorted(at)]

    def _follow(self, name: str) -> None:
        self.models = {**self.models, name: self._packed(name)}

    @property
    def params(self) -> Any:
        """The network that is shown: as the page computes with it."""
        chosen = self._chosen(self.name)
        newest = self.epoch < 0 or self.epoch >= len(chosen) - 1
        snapshot = chosen[-1 if newest else self.epoch]
        return weights.rounded(snapshot.params, 16 if newest else 8)

    @property
    def states(self) -> npt.NDArray[Any]:
        """The hidden states on the text, (T, H)."""
        vocabulary = self._trainings[self.name].vocabulary
        text = self.text
        if self.models[self.name]["apart"]:
            text = unicodedata.normalize("NFD", text)
        text = text[: 3 * MOST]  # where the page stops too
        if not text:
            return np.zeros((0, len(self.params.cell.b_h)))
        x = one_hot(np.array(vocabulary.encode(text), int), vocabulary.size)
        hs, _ = scan.run(rnn, self.params.cell, x[:, None])
        return np.asarray(hs[:, 0])

    def draw(self, figure: Figure) -> None:
        """Draw the states as a picture."""
        ax: Any = figure.subplots()
        states = self.states.T
        if not states.size:
            states = np.zeros((len(states), 1))  # no text, an empty picture
        ax.imshow(states, cmap="PuOr_r", vmin=-1, vmax=1, aspect="auto")
        ax.set(xlabel="character", ylabel="hidden unit")
        ax.grid(visible=False)
        ax.title.set_color(plots.INK)

    def summary(self) -> str:
        """Say what is read by how many units."""
        H = len(self.params.cell.b_h)
        return SUMMARY[language.get()].format(H=H, text=self.text)
