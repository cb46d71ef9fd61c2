"""What fits through the context vector of an encoder-decoder."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, decoding, gru, language, plots, readout, rnn
from rnnlib.models import EncoderDecoder, FromSequence
from rnnlib.tasks.vocabulary import Vocabulary
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm, known

MOST = 24  # digits that are read
MORE = 3  # digits that may be written beyond those read
WIDEST = 64  # numbers of a context
LETTERS = 200  # that may be typed
CELLS: dict[type, Any] = {gru.Params: gru, rnn.Params: rnn}

SUMMARY = {
    "en": "The share of strings that encoder-decoders with a context of "
    "{sizes} numbers repeat without a mistake, by length. The one with "
    "{size} reads {read!r} and writes {written!r}.",
    "ko": "콘텍스트 벡터의 크기가 {sizes}인 인코더-디코더가 숫자열을 하나도 "
    "틀리지 않고 옮겨 쓴 비율을 길이마다 나타낸 그림. 크기가 {size}인 모델이 "
    "읽은 것은 {read!r}, 쓴 것은 {written!r}.",
}


class Bottleneck(Widget):
    """Type a longer and longer string; silence numbers of the context.

    Every network has learned to repeat a string of digits after reading all
    of it, and its decoder is given the context alone: the H numbers in which
    the encoder ends. What is typed and is no symbol of the vocabulary is
    left out. Sixteen bits a weight are kept.

    Parameters
    ----------
    models : mapping of int to FromSequence
        For each context size H, 1 to 64, the parameters of an
        `EncoderDecoder` whose cells are `gru` or `rnn`.
    vocabulary : Vocabulary
        Of single characters, for what is read and for what is written.
    accuracy : array_like of shape (len(models), len(lengths))
        The share of strings repeated without a mistake, 0 to 1, a row for
        each model in their order.
    lengths : sequence of int
        Of the strings tested: ascending, 1 to 24.
    text : str
        What stands in the field first.

    Attributes
    ----------
    size : int
        The context size that is shown.
    text : str
        What the reader typed.
    silenced : list of int
        The units of the context, from 0, that are set to 0.
    read : str
        What the encoder is given of the text, at most 24 digits.
    context : ndarray of shape (H,)
        What the decoder is given.
    written : str
        What the decoder says.

    Raises
    ------
    TypeError, ValueError
        If a network, the vocabulary or a figure does not fit the others.
    """

    stem = "bottleneck"
    _esm = esm(stem)
    _css = CSS

    models = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List(traitlets.Unicode()).tag(sync=True)
    sizes = traitlets.List(traitlets.Int()).tag(sync=True)
    lengths = traitlets.List(traitlets.Int()).tag(sync=True)
    accuracy = traitlets.List().tag(sync=True)  # a row for each size
    size = traitlets.Int().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    silenced = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        models: Mapping[int, Any],
        vocabulary: Vocabulary,
        accuracy: npt.ArrayLike,
        lengths: Sequence[int],
        text: str = "31415",
    ) -> None:
        _check_vocabulary(vocabulary)
        if not isinstance(models, Mapping):
            raise TypeError(
                "models: expected a mapping of sizes to parameters, "
                f"got {type(models).__name__}"
            )
        if not models:
            raise ValueError("models: expected at least one, got none")
        for H, params in models.items():
            _check_model(H, params, vocabulary.size)
        _check_lengths(lengths)
        shares = checks.numbers(
            "accuracy", accuracy, (len(models), len(lengths))
        )
        if not ((shares >= 0) & (shares <= 1)).all():
            raise ValueError(
                "accuracy: expected 0 to 1, "
                f"got {shares.min()} to {shares.max()}"
            )
        if not isinstance(text, str):
            raise TypeError(f"text: expected a str, got {type(text).__name__}")
        if len(text) > LETTERS:
            raise ValueError(
                f"text: expected at most {LETTERS} characters, got {len(text)}"
            )
        self._vocabulary = vocabulary
        self._networks = {
            int(H): weights.rounded(params, 16) for H, params in models.items()
        }
        rows = dict(zip(self._networks, shares.tolist(), strict=True))
        sizes = sorted(self._networks)
        super().__init__(
            models={
                str(int(H)): weights.packed(params, 16)
                for H, params in models.items()
            },
            symbols=list(vocabulary.symbols),
            sizes=sizes,
            lengths=[int(n) for n in lengths],
            accuracy=[[round(p, 4) for p in rows[H]] for H in sizes],
            size=sizes[len(sizes) // 2],
            text=text,
        )
        self.observe(self._hear_again, "size")

    @traitlets.validate("size")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> Any:
        return known(proposal, sorted(self._networks))

    def _hear_again(self, _: object) -> None:
        # The same place in another context is another number.
        self.silenced = []

    @property
    def params(self) -> Any:
        """The network that is shown: as the page computes with it."""
        return self._networks[self.size]

    @property
    def read(self) -> str:
        """What the encoder is given of the text."""
        known = set(self.symbols[3:])
        return "".join([c for c in self.text if c in known][:MOST])

    @property
    def context(self) -> npt.NDArray[Any]:
        """What the decoder is given, (H,)."""
        h = np.zeros(self.size)
        if self.read:
            tokens = np.array(self._vocabulary.encode(self.read))[:, None]
            h = self._model.start(self.params, tokens).h[0].copy()
        h[[k for k in self.silenced if 0 <= k < self.size]] = 0
        return h

    @property
    def written(self) -> str:
        """What the decoder says, without the end token."""
        if not self.read:
            return ""
        cell, decoder = self._model.cell, self.params.decoder
        state = cell.start(decoder.cell, 1)._replace(h=self.context[None])
        longest = len(self.read) + MORE
        (answer,) = decoding.decode(cell, decoder, state, longest, width=1)
        return "".join(self._vocabulary.decode(answer))

    @property
    def _model(self) -> EncoderDecoder:
        V = self._vocabulary.size
        cell = CELLS[type(self.params.encoder)]
        return EncoderDecoder(cell, V, self.size, V)

    def draw(self, figure: Figure) -> None:
        """Draw a line for each context size; the chosen one is thick."""
        ax: Any = figure.subplots()
        levels = np.linspace(0.8, 0.2, len(self.sizes))
        for H, shares, level in zip(
            self.sizes, self.accuracy, levels, strict=True
        ):
            chosen = H == self.size
            ax.plot(
                *(self.lengths, shares, "o-"),
                color=plots.BLUE if chosen else plots.MUTED,
                lw=2.4 if chosen else 1,
                ms=4 if chosen else 2,
            )
            # The name stands where the line falls below its own level.
            at = _crossing(self.lengths, shares, level)
            ax.annotate(
                *(f"$H = {H}$", at),
                xytext=(4, 2),
                textcoords="offset points",
                size=9,
            )
        n, chance = np.array(self.lengths), 1.0 / (len(self.symbols) - 3)
        ax.plot(n, chance**n, ":", color=plots.MUTED)
        ax.axvline(len(self.read), color=plots.ORANGE, lw=1, ls="--")
        ax.set(xlabel="length of the string", ylabel="share right")
        ax.set(ylim=(-0.04, 1.06))

    def summary(self) -> str:
        """Say which sizes are compared, and what one of them writes."""
        return SUMMARY[language.get()].format(
            sizes=", ".join(map(str, self.sizes)),
            size=self.size,
            read=self.read,
            written=self.written,
        )


def _crossing(
    xs: Sequence[int], ys: Sequence[float], level: float
) -> tuple[float, float]:
    """Return where a falling line passes a level, or else its end."""
    for k in range(1, len(xs)):
        a, b = ys[k - 1], ys[k]
        if a >= level > b:
            way = (a - level) / (a - b)
            return xs[k - 1] + way * (xs[k] - xs[k - 1]), level
    return xs[-1], ys[-1]


def _check_vocabulary(vocabulary: Any) -> None:
    if not isinstance(vocabulary, Vocabulary):
        raise TypeError(
            "vocabulary: expected tasks.Vocabulary, "
            f"got {type(vocabulary).__name__}"
        )
    signs = vocabulary.symbols[3:]
    if len(signs) < 2 or any(len(sign) != 1 for sign in signs):
        raise ValueError(
            "vocabulary: expected two or more single characters after the "
            f"three tokens, got {list(signs)}"
        )


def _check_lengths(lengths: Any) -> None:
    array = checks.numbers("lengths", lengths, ("n",))
    if array.dtype.kind not in "iu":
        raise TypeError(f"lengths: expected integers, got dtype {array.dtype}")
    if (
        len(array) < 2
        or not 1 <= array[0] <= array[-1] <= MOST
        or (np.diff(array) < 1).any()
    ):
        raise ValueError(
            f"lengths: expected two or more, ascending, 1 to {MOST}, "
            f"got {array.tolist()}"
        )


def _check_model(H: Any, params: Any, V: int) -> None:
    """Refuse a network of another size or kind."""
    if isinstance(H, bool) or not isinstance(H, int | np.integer):
        raise TypeError(f"models: expected sizes as integers, got {H!r}")
    if not 1 <= H <= WIDEST:
        raise ValueError(f"models: expected sizes 1 to {WIDEST}, got {H}")
    where = f"models[{H}]"
    if not isinstance(params, FromSequence) or not isinstance(
        params.decoder, decoding.Params
    ):
        raise TypeError(
            f"{where}: expected models.FromSequence of an EncoderDecoder, "
            f"got {type(params).__name__}"
        )
    cells, read = (params.encoder, params.decoder.cell), params.decoder.readout
    kind = type(cells[0])
    if kind not in CELLS or type(cells[1]) is not kind:
        got = ", ".join(f"{type(c).__module__}.Params" for c in cells)
        raise TypeError(
            f"{where}: expected rnn.Params or gru.Params twice, got {got}"
        )
    for name, cell in zip(("encoder", "decoder.cell"), cells, strict=True):
        checks.weights(CELLS[kind], cell)
        if (len(cell.W_xh), len(cell.W_hh)) != (V, H):
            raise ValueError(
                f"{where}.{name}: expected D = {V}, the size of the "
                f"vocabulary, and H = {H}, "
                f"got {len(cell.W_xh)} and {len(cell.W_hh)}"
            )
    if not isinstance(read, readout.Params):
        raise TypeError(
            f"{where}.decoder.readout: expected readout.Params, "
            f"got {type(read).__name__}"
        )
    shapes = np.shape(read.W_hy), np.shape(read.b_y)
    if shapes != ((H, V), (V,)):
        raise ValueError(
            f"{where}.decoder.readout: expected shapes ({H}, {V}) and "
            f"({V},), got {shapes[0]} and {shapes[1]}"
        )
    checks.finite(where, params)
