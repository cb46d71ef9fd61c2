"""Gates on the reader's own text, and what an answer still feels of it."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from rnnlib import bptt, checks, gru, language, lstm, plots, readout, rnn
from rnnlib.decoding import Params
from rnnlib.tasks.vocabulary import Vocabulary, one_hot
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm, known

Array = npt.NDArray[Any]

MOST = 60  # symbols that are read
FEW = 4  # models
LARGEST = 24  # units
LEAST = 1e-12  # part of the largest gradient that a chart shows
CELLS: dict[type, Any] = {rnn.Params: rnn, lstm.Params: lstm, gru.Params: gru}
GATES = {rnn: "h", lstm: "ifogch", gru: "rznh"}
FIRST = {rnn: "h", lstm: "f", gru: "z"}  # what a picture shows
LOOKS: list[dict[str, Any]] = [
    {"color": plots.BLUE, "ls": "-"},
    {"color": plots.ORANGE, "ls": "--"},
    {"color": plots.GREEN, "ls": ":"},
    {"color": plots.PURPLE, "ls": "-."},
]

SUMMARY = {
    "en": "{name} reads {text!r}. At step {t} of {T} it holds {answer!r} for "
    "likeliest ({p:.2f}), and feels step {s} most.",
    "ko": "{name} 모델이 다음 글을 읽는다: {text!r}. {T}단계 중 {t}단계에서 "
    "가장 그럴듯하다고 보는 답은 {answer!r}({p:.2f})이고, 그 답은 {s}단계에 "
    "가장 민감하다.",
}
NOTHING = {
    "en": "{name} has no text to read.",
    "ko": "{name} 모델이 읽을 글이 없다.",
}


class GateFilm(Widget):
    """Type a text, watch the gates; see what the answer still feels of it.

    The answer at a step is the log probability of the likeliest label there;
    what it feels of an earlier symbol x_s is the norm of its gradient with
    respect to x_s (Madsen, 2019, doi:10.23915/distill.00016). Move along the
    steps, then switch between the models for the same text. Eight bits a
    weight are kept, and at most 60 symbols are read.

    Parameters
    ----------
    models : mapping of str to Params
        Names, and one to four trained `decoding.Params` of `rnn`, `lstm` or
        `gru`, of at most 24 units. All read the same symbols and answer with
        the same labels.
    vocabulary : tasks.Vocabulary
        Of single characters; Hangul letters, if there are any, as NFD has
        them.
    text : str
        What is read first.
    classes : sequence of str, or mapping of a language to one, optional
        Labels of the answer, for `ask="last"`; their numbers if not given.
    ask : {"last", "every"}
        A label for the whole text, or the next symbol at every step.

    Attributes
    ----------
    text, model, at : str, str, int
        What the reader typed, which model is shown, and at which step, from
        0; beyond the text it is the last.
    which, unit, sort : str, int, bool
        "gates" or "states" as maps, the framed unit, and whether units that
        keep most, by their mean f or z, come first.
    tokens : list of str of length T
        The symbols that are read.
    answer : ndarray of shape (V,)
        Probabilities at the step; of shape (0,) without a text.
    felt : ndarray of shape (at + 1,)
        The norm of the gradient for each symbol up to the step.
    gates : dict of str to ndarray of shape (T, H)
        "h" of a simple network; "i", "f", "o", "g", "c", "h"; "r", "z",
        "n", "h".

    Raises
    ------
    TypeError, ValueError
        If a model, the vocabulary or the labels do not fit each other.
    """

    stem = "gate_film"
    _esm = esm(stem)
    _css = CSS

    models = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List().tag(sync=True)
    apart = traitlets.Bool().tag(sync=True)  # Hangul letters, as NFD has them
    labels = traitlets.List().tag(sync=True)
    ask = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    at = traitlets.Int().tag(sync=True)
    which = traitlets.Enum(("gates", "states"), "gates").tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)
    sort = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, Params],
        vocabulary: Vocabulary,
        text: str,
        classes: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
        ask: str = "last",
    ) -> None:
        checks.one_of("ask", ask, ("last", "every"))
        _check_vocabulary(vocabulary)
        if not isinstance(models, Mapping):
            raise TypeError(
                "models: expected a mapping of names to decoding.Params, "
                f"got {type(models).__name__}"
            )
        if not 1 <= len(models) <= FEW:
            raise ValueError(f"models: expected 1 to {FEW}, got {len(models)}")
        if not isinstance(text, str):
            raise TypeError(
                f"text: expected a string, got {type(text).__name__}"
            )
        if not text:
            raise ValueError("text: expected a text that is not empty")
        V = vocabulary.size if ask == "every" else _answers(models)
        for name, params in models.items():
            _check_model(name, params, vocabulary.size, V)
        if ask == "every":
            if classes is not None:
                raise ValueError(
                    "classes: expected none with ask='every', where the "
                    f"symbols are the labels, got {classes!r}"
                )
            labels = list(vocabulary.symbols)
        else:
            labels = _labels(classes, V)
        self._params = {
            name: weights.rounded(params, 8) for name, params in models.items()
        }
        self._vocabulary = vocabulary
        apart = any("\u1100" <= s <= "\u11ff" for s in vocabulary.symbols)
        super().__init__(
            models={
                name: weights.packed(
                    Params(params.cell, readout.Params(*params.readout)), 8
                )
                for name, params in models.items()
            },
            symbols=list(vocabulary.symbols),
            apart=apart,
            labels=labels,
            ask=ask,
            text=text,
            model=next(iter(models)),
            at=len(cut(text, apart)) - 1,
        )

    @traitlets.validate("model")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> Any:
        return known(proposal, self._params)

    @traitlets.validate("at", "unit")  # type: ignore[untyped-decorator]
    def _counted(self, proposal: Any) -> int:
        if proposal["value"] < 0:
            raise traitlets.TraitError(
                f"{proposal['trait'].name}: expected 0 or more, "
                f"got {proposal['value']}"
            )
        return int(proposal["value"])

    @property
    def tokens(self) -> list[str]:
        """The symbols that are read."""
        return cut(self.text, self.apart)

    @property
    def answer(self) -> Array:
        """The probabilities at the step, (V,)."""
        hs, _ = self._run(self.model)
        if not len(hs):
            return np.zeros(0)
        read = self._params[self.model].readout
        return readout.softmax(readout.forward(read, hs[self._step, 0]))

    @property
    def felt(self) -> Array:
        """What the answer at the step feels of each symbol up to it."""
        return self._felt(self.model)

    @property
    def gates(self) -> dict[str, Array]:
        """The gates and states of the model that is shown, (T, H) each."""
        hs, tape = self._run(self.model)
        cell = self._params[self.model].cell
        H = len(cell.W_hh)
        return {
            letter: hs[:, 0]
            if letter == "h"
            else np.array([getattr(c, letter)[0] for c in tape]).reshape(-1, H)
            for letter in GATES[CELLS[type(cell)]]
        }

    @property
    def _step(self) -> int:
        return int(min(self.at, len(self.tokens) - 1))

    def _run(self, name: str) -> tuple[Array, Any]:
        """Return hs (T, 1, H) and the tape of a model on the text."""
        params = self._params[name].cell
        numbers = np.array(self._vocabulary.encode(self.tokens), int)
        if not len(numbers):
            return np.zeros((0, 1, len(params.W_hh))), []
        xs = one_hot(numbers, self._vocabulary.size)[:, None]
        hs, _, tape = bptt.forward(CELLS[type(params)], params, xs)
        return hs, tape

    def _felt(self, name: str) -> Array:
        hs, tape = self._run(name)
        if not len(hs):
            return np.zeros(0)
        cell, read = self._params[name]
        t = self._step
        hs, tape = hs[: t + 1], tape[: t + 1]
        ys = readout.forward(read, hs)
        p = readout.softmax(ys[-1, 0])
        dys = np.zeros_like(ys)
        dys[-1, 0] = -p
        dys[-1, 0, p.argmax()] += 1  # d log p_best / dy
        _, dhs = readout.backward(read, hs, dys)
        _, dxs, _ = bptt.backward(CELLS[type(cell)], cell, tape, dhs)
        return np.asarray(np.linalg.norm(dxs[:, 0], axis=-1))

    def draw(self, figure: Figure) -> None:
        """Draw one gate as a map, and what is felt by lag for every model."""
        axes: Any = figure.subplots(1, 2, width_ratios=[4, 3])
        film, chart = axes
        letter = FIRST[CELLS[type(self._params[self.model].cell)]]
        values = self.gates[letter].T
        if not values.size:
            values = np.zeros((len(values), 1))  # no text, an empty picture
        tones = LinearSegmentedColormap.from_list(
            "", [plots.ORANGE, "white", plots.BLUE]
        )
        film.imshow(
            *(values, tones),
            **{"vmin": -1, "vmax": 1, "aspect": "auto"},
            interpolation="nearest",
        )
        film.set(xlabel="step", ylabel=f"unit, ${letter}_t$")
        film.grid(visible=False)
        for name, look in zip(self._params, LOOKS, strict=False):
            felt = self._felt(name)[::-1]
            if len(felt) and felt.max() > 0:
                share = felt / felt.max()
                share[share < LEAST] = np.nan
                chart.semilogy(share, **look, label=self._plain(name))
        chart.set(xlabel="lag", ylabel="felt, part of the largest")
        if chart.lines:
            chart.legend(fontsize=8)

    def _plain(self, name: str) -> str:
        """Return a name that the picture's font has."""
        if name.isascii() and name.isprintable() and "$" not in name:
            return name[:16]
        kind = CELLS[type(self._params[name].cell)].__name__
        return str(kind.rpartition(".")[2].upper())

    def summary(self) -> str:
        """Say what is read, and what the answer feels most."""
        words, tokens = language.get(), self.tokens
        if not tokens:
            return NOTHING[words].format(name=self.model)
        answer = self.answer
        return SUMMARY[words].format(
            name=self.model,
            text=self.text[:MOST],
            t=self._step + 1,
            T=len(tokens),
            answer=self.labels[answer.argmax()],
            p=answer.max(),
            s=self.felt.argmax() + 1,
        )


def cut(text: str, apart: bool) -> list[str]:
    """Return the first symbols of a text."""
    return list(unicodedata.normalize("NFD" if apart else "NFC", text)[:MOST])


def _check_vocabulary(vocabulary: Any) -> None:
    if not isinstance(vocabulary, Vocabulary):
        raise TypeError(
            "vocabulary: expected tasks.Vocabulary, "
            f"got {type(vocabulary).__name__}"
        )
    long = [symbol for symbol in vocabulary.symbols[3:] if len(symbol) != 1]
    if long:
        raise ValueError(
            f"vocabulary: expected single characters, got {long[0]!r}"
        )


def _answers(models: Mapping[str, Any]) -> int:
    """Return V, as the first model has it."""
    name, first = next(iter(models.items()))
    if not isinstance(first, Params):
        raise TypeError(
            f"models[{name!r}]: expected decoding.Params, "
            f"got {type(first).__name__}"
        )
    return len(np.asarray(first.readout[1]))


def _check_model(name: Any, params: Any, D: int, V: int) -> None:
    """Refuse a model of other sizes, or one that is no model."""
    where = f"models[{name!r}]"
    if not isinstance(name, str) or not name:
        raise TypeError(f"models: expected names, got {name!r}")
    if not isinstance(params, Params):
        raise TypeError(
            f"{where}: expected decoding.Params, got {type(params).__name__}"
        )
    cell = CELLS.get(type(params.cell))
    if cell is None:
        kind = type(params.cell)
        raise TypeError(
            f"{where}: expected a cell rnn.Params, lstm.Params or gru.Params, "
            f"got {kind.__module__}.{kind.__qualname__}"
        )
    checks.weights(cell, params.cell)
    H = len(params.cell.W_hh)
    if H > LARGEST:
        raise ValueError(f"{where}: expected at most {LARGEST} units, got {H}")
    if len(params.cell.W_xh) != D:
        raise ValueError(
            f"{where}: expected D = {D}, the size of the vocabulary, "
            f"got {len(params.cell.W_xh)}"
        )
    W_hy, b_y = (np.asarray(part) for part in params.readout)
    if W_hy.shape != (H, V) or b_y.shape != (V,):
        raise ValueError(
            f"{where}.readout: expected shapes ({H}, {V}) and ({V},) for "
            f"{V} labels, got {W_hy.shape} and {b_y.shape}"
        )
    checks.finite(where, params)


def _labels(classes: Any, V: int) -> list[str]:
    """Return V labels in the language of the edition."""
    if classes is None:
        return [str(k) for k in range(V)]
    if isinstance(classes, Mapping):
        if not classes.keys() >= {"en", "ko"}:
            raise ValueError(
                "classes: expected labels for 'en' and 'ko', "
                f"got {list(classes)}"
            )
        for each in classes.values():
            _labels(each, V)
        return _labels(classes[language.get()], V)
    if isinstance(classes, str) or not isinstance(classes, Sequence):
        raise TypeError(
            "classes: expected a list of strings, or one for each language, "
            f"got {classes!r}"
        )
    labels = list(classes)
    if not all(isinstance(each, str) for each in labels):
        raise TypeError(f"classes: expected strings, got {labels}")
    if len(labels) != V or len(set(labels)) < V:
        raise ValueError(
            f"classes: expected {V} labels, all different, got {labels}"
        )
    return labels
