"""One text, read from the left, from the right and from both sides."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, gru, language, models, plots, readout, rnn
from rnnlib.decoding import Params
from rnnlib.tasks.vocabulary import Vocabulary
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm, known

MOST = 40  # tokens that are read
LETTERS = 200  # of a preset
SURE = 0.695  # from 0.69 down, as shown, a reader is undecided
WAYS = ("ahead", "back", "both")
CELLS: dict[type, Any] = {gru.Params: gru, rnn.Params: rnn}
# What Python and JavaScript each call white space, together.
SPACE = re.compile("[\\s\x1c-\x1f\x85\ufeff]+")
MARKS = ".,!?;:\"'()\u2026\u201c\u201d\u2018\u2019"

SUMMARY = {
    "en": "The likeliest label of each of the {T} tokens in {text!r}, read "
    "from the left, from the right, and both ways.",
    "ko": "다음 글을 왼쪽부터, 오른쪽부터, 양쪽으로 읽을 때 토큰 {T}개에 "
    "저마다 가장 그럴듯한 꼬리표: {text!r}",
}


class Readers(NamedTuple):
    """Three networks for one task, and the words to show it with."""

    ahead: Params  # reads from the first token on
    back: Params  # the same, trained on reversed sequences
    both: models.BothWays
    vocabulary: Vocabulary
    labels: Sequence[str]  # of the classes; a first "·" has nothing to say
    texts: Sequence[str]  # examples
    by: str = "word"  # a token, or "character"


class TwoReaders(Widget):
    """Change a word; see which side of the text the label hangs on.

    A text is cut at white space into words, or into its characters, white
    space left out. A word that the vocabulary lacks is looked for again in
    lower case without the marks around it. Eight bits a weight are kept.

    Parameters
    ----------
    readers : mapping of str to Readers
        Names, and three trained networks each: their cells `rnn` or `gru`.

    Attributes
    ----------
    name : str
        Which readers are shown.
    text : str
        What the reader typed.
    at : int
        The framed token, from 0.
    tokens : list of str of length T
        What is read, at most 40.
    chances : dict of str to ndarray of shape (T, V)
        What "ahead", "back" and "both" say: a distribution for each token.
    decides : list of str of length T
        Where what decides each label stands: "left", "right", "either"
        (one side is enough, no matter which), "together" (both are needed),
        or "open" (both are not enough). Enough is a probability of 0.70.

    Raises
    ------
    TypeError, ValueError
        If a network, a label or a text does not fit the others.
    """

    stem = "two_readers"
    _esm = esm(stem)
    _css = CSS

    readers = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)

    def __init__(self, readers: Mapping[str, Readers]) -> None:
        if not isinstance(readers, Mapping):
            raise TypeError(
                "readers: expected a mapping of names to Readers, "
                f"got {type(readers).__name__}"
            )
        if not readers:
            raise ValueError("readers: expected at least one, got none")
        for name, each in readers.items():
            _check(name, each)
        self._readers = {
            name: each._replace(
                **{way: _rounded(getattr(each, way)) for way in WAYS}
            )
            for name, each in readers.items()
        }
        name, first = next(iter(readers.items()))
        if language.get() == "ko":  # the edition's own language first
            name = next((n for n in readers if "가" <= n[:1] <= "힣"), name)
            first = readers[name]
        super().__init__(
            readers={
                name: {
                    **{
                        way: weights.packed(getattr(each, way), 8)
                        for way in WAYS
                    },
                    "symbols": list(each.vocabulary.symbols),
                    "labels": list(each.labels),
                    "texts": list(each.texts),
                    "by": each.by,
                }
                for name, each in readers.items()
            },
            name=name,
            text=first.texts[0],
        )
        self.at = self._telling()

    @traitlets.validate("name")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> Any:
        return known(proposal, self._readers)

    @property
    def tokens(self) -> list[str]:
        """What is read of the text."""
        return cut(self.text, self._readers[self.name].by)

    @property
    def chances(self) -> dict[str, npt.NDArray[Any]]:
        """The label probabilities of the three readers, (T, V) each."""
        each = self._readers[self.name]
        plain = numbered(each.vocabulary, self.tokens)
        numbers = np.array(plain, int)[:, None]
        V = len(each.labels)
        if not len(numbers):
            return {way: np.zeros((0, V)) for way in WAYS}
        sizes = (each.vocabulary.size, len(each.ahead.cell.W_hh), V)
        ahead = models.ManyToMany(CELLS[type(each.ahead.cell)], *sizes)
        back = models.ManyToMany(CELLS[type(each.back.cell)], *sizes)
        both = models.Bidirectional(CELLS[type(each.both.ahead)], *sizes)
        ys = (
            ahead.forward(each.ahead, numbers),
            back.forward(each.back, numbers[::-1])[::-1],
            both.forward(each.both, numbers),
        )
        return {
            way: readout.softmax(y[:, 0])
            for way, y in zip(WAYS, ys, strict=True)
        }

    @property
    def decides(self) -> list[str]:
        """Where what decides each label stands."""
        rows = zip(*(self.chances[way] for way in WAYS), strict=True)
        return [_decides(*row) for row in rows]

    def _telling(self) -> int:
        """Return the first token that needs the right, or says something."""
        decides, both = self.decides, self.chances["both"].argmax(axis=-1)
        if "right" in decides:
            return decides.index("right")
        return int((both > 0).argmax()) if both.any() else 0

    def draw(self, figure: Figure) -> None:
        """Draw a row for each reader and a column for each token.

        In the picture's font: a token or label that is not English stands
        as its number.
        """
        each, tokens = self._readers[self.name], self.tokens
        figure.set_size_inches(max(4.2, 1.5 + 0.8 * len(tokens)), 2.2)
        ax: Any = figure.subplots()
        ax.set(xlim=(-0.5, max(len(tokens), 1) - 0.5), ylim=(2.5, -0.5))
        ax.set_yticks(range(3), ["from the left", "from the right", "both"])
        ax.set_xticks(
            range(len(tokens)),
            [_plain(s, f"$x_{{{t + 1}}}$") for t, s in enumerate(tokens)],
        )
        ax.tick_params(length=0)
        ax.grid(visible=False)
        for row, p in enumerate(self.chances.values()):
            for t, best in enumerate(p.argmax(axis=-1)):
                said = _plain(each.labels[best], f"label {best}")
                chance = f"{p[t, best]:.2f}{' ?' if p[t, best] < SURE else ''}"
                style = {"ha": "center", "va": "center", "color": plots.INK}
                ax.text(t, row, f"{said}\n{chance}", size=9, **style)

    def summary(self) -> str:
        """Say which text is read."""
        tokens, by = self.tokens, self._readers[self.name].by
        text = (" " if by == "word" else "").join(tokens)
        return SUMMARY[language.get()].format(T=len(tokens), text=text[:200])


def cut(text: str, by: str) -> list[str]:
    """Return the first words, or characters, of a text."""
    words = SPACE.split(unicodedata.normalize("NFC", text))
    parts = words if by == "word" else "".join(words)
    return [part for part in parts if part][:MOST]


def numbered(vocabulary: Vocabulary, tokens: Sequence[str]) -> list[int]:
    """Return the tokens' numbers; a capital or a full stop is no obstacle."""
    known = set(vocabulary.symbols)
    return vocabulary.encode(
        token if token in known else token.lower().strip(MARKS)
        for token in tokens
    )


def _decides(ahead: Any, back: Any, both: Any) -> str:
    best = both.argmax()
    if both[best] < SURE:
        return "open"
    left, right = (
        p.argmax() == best and p[best] >= SURE for p in (ahead, back)
    )
    if left:
        return "either" if right else "left"
    return "right" if right else "together"


def _plain(text: str, else_: str) -> str:
    fits = text.isascii() and text.isprintable() and not set(text) & set("$\\")
    return text[:12] if fits else "·" if text == "·" else else_


def _rounded(params: Any) -> Any:
    return weights.rounded(params, 8)


def _check(name: str, each: Any) -> None:
    """Refuse readers whose parts do not fit each other."""
    if not isinstance(each, Readers):
        raise TypeError(
            f"readers: expected Readers for {name!r}, "
            f"got {type(each).__name__}"
        )
    where = f"readers[{name!r}]"
    if not isinstance(each.vocabulary, Vocabulary):
        raise TypeError(
            f"{where}.vocabulary: expected tasks.Vocabulary, "
            f"got {type(each.vocabulary).__name__}"
        )
    checks.one_of(f"{where}.by", each.by, ("word", "character"))
    for field, fewest in (("labels", 2), ("texts", 1)):
        said = getattr(each, field)
        if isinstance(said, str) or not all(isinstance(s, str) for s in said):
            raise TypeError(f"{where}.{field}: expected strings, got {said!r}")
        if len(said) < fewest or len(set(said)) < len(said):
            raise ValueError(
                f"{where}.{field}: expected {fewest} or more, all different, "
                f"got {list(said)}"
            )
    for text in each.texts:
        T = len(cut(text, each.by))
        if not 1 <= T <= MOST or len(text) > LETTERS:
            raise ValueError(
                f"{where}.texts: expected 1 to {MOST} tokens in at most "
                f"{LETTERS} characters, got {T} in {len(text)}"
            )
    D, V = each.vocabulary.size, len(each.labels)
    for way in ("ahead", "back"):
        params = getattr(each, way)
        if not isinstance(params, Params):
            raise TypeError(
                f"{where}.{way}: expected decoding.Params, "
                f"got {type(params).__name__}"
            )
        _fit(f"{where}.{way}", (params.cell,), params.readout, D, V)
    if not isinstance(each.both, models.BothWays):
        raise TypeError(
            f"{where}.both: expected models.BothWays, "
            f"got {type(each.both).__name__}"
        )
    cells = (each.both.ahead, each.both.back)
    _fit(f"{where}.both", cells, each.both.readout, D, V)


def _fit(
    where: str, cells: tuple[Any, ...], read: Any, D: int, V: int
) -> None:
    """Refuse cells that do not read D symbols, or a readout of other sizes."""
    kinds = {type(cell) for cell in cells}
    if len(kinds) > 1 or not kinds <= CELLS.keys():
        got = ", ".join(f"{type(c).__module__}.Params" for c in cells)
        raise TypeError(
            f"{where}: expected rnn.Params or gru.Params"
            + (" twice" if len(cells) > 1 else "")
            + f", got {got}"
        )
    for cell in cells:
        checks.weights(CELLS[type(cell)], cell)
        if len(cell.W_xh) != D:
            raise ValueError(
                f"{where}: expected D = {D}, the size of the vocabulary, "
                f"got {len(cell.W_xh)}"
            )
        checks.finite(where, cell)
    H = sum(len(cell.W_hh) for cell in cells)
    W_hy, b_y = (np.asarray(part) for part in read)
    if W_hy.shape != (H, V) or b_y.shape != (V,):
        raise ValueError(
            f"{where}.readout: expected shapes ({H}, {V}) and ({V},) for "
            f"{V} labels, got {W_hy.shape} and {b_y.shape}"
        )
    checks.finite(where, read)
