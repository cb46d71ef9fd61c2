"""A decoder that writes, and who hands it each token to read."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.figure import Figure

from rnnlib import checks, gru, language, models, plots, readout, rnn, tree
from rnnlib.decoding import Params
from rnnlib.tasks.spoken import number_words
from rnnlib.tasks.vocabulary import Vocabulary, one_hot
from rnnlib.widgets import weights
from rnnlib.widgets.base import CSS, Widget, esm, known

MOST = 60  # characters of an input
LONGEST = 12  # tokens of an answer, its end included
TEACHER, OWN = "teacher", "own"
LANES = (TEACHER, OWN)

SUMMARY = {
    "en": "A decoder answers {text!r}: reading the teacher's tokens it gets "
    "{teacher} of {U} right, reading its own {own} of {U}.",
    "ko": "디코더가 다음 입력에 답한다. 교사가 주는 토큰을 읽으면 {U}개 "
    "가운데 {teacher}개, 스스로 쓴 토큰을 읽으면 {own}개를 맞힌다: {text!r}",
}


class Lane(NamedTuple):
    """One answer, token by token."""

    fed: list[str]  # what is read at each step
    written: list[str]  # the likeliest token after it
    right: int  # written as the teacher has it
    loss: float  # mean of -log p(right token) over the steps that have one
    chances: npt.NDArray[Any]  # (U, V)


class TeachersHand(Widget):
    """Choose at each step what the decoder reads; slip a wrong token in.

    The newest network is kept with 16 bits a weight, the older ones with
    eight; Python computes with the same rounded weights as the page. Texts
    are put together as NFC has them and taken character by character.

    Parameters
    ----------
    model : EncoderDecoder
        Its cell `rnn` or `gru`.
    snapshots : mapping of int to FromSequence
        One to three moments of its training: after how many updates, and
        the parameters. The last is shown first.
    source, target : Vocabulary
        Of the inputs and of the answers, one character a token.
    pairs : sequence of (str, str)
        Inputs to begin with, and their right answers. If all are numbers as
        `tasks.number_words` says them, the page answers for any number.

    Attributes
    ----------
    text : str
        The input, as the reader typed it: its first 60 characters count.
    truth : str
        The right answer, that the teacher knows: the first 11.
    update : int
        Which snapshot is shown.
    switches : list of "teacher", "own" or int
        What each of the 12 steps reads: the right token before it, the
        decoder's own, or this one. The first reads the start in any case.
    shown : int
        How many steps are written; 12 is all.
    at : int
        The step that is looked at, from 1.
    fed, written : list of str
        What is read and written at each step that is shown, up to the one
        after which the end would be read.
    lanes : dict of str to Lane
        The same input with the hand left alone after the last wrong token
        ("own"), and led from there on ("teacher"); without a wrong token
        from the start: free running, and teacher forcing.

    Raises
    ------
    TypeError, ValueError
        If a network, a vocabulary or a pair does not fit the others.
    """

    stem = "teachers_hand"
    _esm = esm(stem)
    _css = CSS

    snapshots = traitlets.List().tag(sync=True)
    source = traitlets.List(traitlets.Unicode()).tag(sync=True)
    target = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pairs = traitlets.List().tag(sync=True)
    spoken = traitlets.List(traitlets.Unicode()).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    truth = traitlets.Unicode().tag(sync=True)
    update = traitlets.Int().tag(sync=True)
    switches = traitlets.List().tag(sync=True)
    shown = traitlets.Int(LONGEST, min=0, max=LONGEST).tag(sync=True)
    at = traitlets.Int(3, min=1, max=LONGEST).tag(sync=True)

    def __init__(
        self,
        model: models.EncoderDecoder,
        snapshots: Mapping[int, models.FromSequence],
        source: Vocabulary,
        target: Vocabulary,
        pairs: Sequence[tuple[str, str]],
    ) -> None:
        _check(model, snapshots, source, target)
        _check_pairs(pairs)
        newest = max(snapshots)
        bits = {each: 16 if each == newest else 8 for each in snapshots}
        self._model, self._vocabularies = model, (source, target)
        # In float64, whatever they were trained in: as the page computes.
        self._params = {
            each: weights.rounded(params, bits[each])
            for each, params in sorted(snapshots.items())
        }
        text, truth = pairs[0]
        super().__init__(
            snapshots=[
                {
                    "update": each,
                    "weights": weights.packed(snapshots[each], bits[each]),
                }
                for each in self._params
            ],
            source=list(source.symbols),
            target=list(target.symbols),
            pairs=[list(pair) for pair in pairs],
            spoken=_spoken(pairs),
            text=text,
            truth=truth,
            update=newest,
            switches=[TEACHER] * LONGEST,
        )

    @traitlets.validate("update")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> Any:
        return known(proposal, self._params)

    @traitlets.validate("switches")  # type: ignore[untyped-decorator]
    def _sources(self, proposal: Any) -> list[str | int]:
        given, V = proposal["value"], len(self._vocabularies[1].symbols)
        if len(given) != LONGEST or not all(
            each in LANES
            if isinstance(each, str)
            else type(each) is int and 0 <= each < V
            for each in given
        ):
            raise traitlets.TraitError(
                f"switches: expected {LONGEST} of 'teacher', 'own' or a "
                f"token from 0 to {V - 1}, got {given}"
            )
        return list(given)

    @property
    def params(self) -> models.FromSequence:
        """The network that is shown: as the page computes with it."""
        return self._params[self.update]  # type: ignore[no-any-return]

    @property
    def fed(self) -> list[str]:
        """What is read at each step that is shown."""
        return self._write(self.switches).fed[: self.shown]

    @property
    def written(self) -> list[str]:
        """The likeliest token at each step that is shown."""
        return self._write(self.switches).written[: self.shown]

    @property
    def lanes(self) -> dict[str, Lane]:
        """Led, and left alone, from the last wrong token on."""
        reached = len(self._write(self.switches).fed)
        wrong = [
            u
            for u, switch in enumerate(self.switches[:reached])
            if u and switch not in LANES
        ]
        kept = self.switches[: wrong[-1] + 1] if wrong else []
        return {
            name: self._write([*kept, *[name] * (LONGEST - len(kept))])
            for name in LANES
        }

    def _write(self, switches: Sequence[str | int]) -> Lane:
        """Write until the end would be read."""
        cell, (source, target) = self._model.cell, self._vocabularies
        xs = np.array(source.encode(_composed(self.text)[:MOST]), int)
        truth = target.encode(_composed(self.truth)[: LONGEST - 1], end=True)
        encoder, decoder = self.params
        if len(xs):
            state = self._model.start(self.params, xs[:, None])
        else:
            state = cell.start(encoder, 1)  # nothing read
        fed, said, rows = [target.start], list[int](), []
        for u in range(LONGEST):
            x = one_hot(fed[-1:], target.size)
            state, _ = cell.step(decoder.cell, x, state)
            p = readout.softmax(readout.forward(decoder.readout, state.h))[0]
            rows.append(p)
            said.append(int(p.argmax()))
            if u + 1 == LONGEST:
                break
            switch = switches[u + 1]
            if isinstance(switch, int):
                following = switch
            elif switch == OWN:
                following = said[u]
            else:  # a teacher who has no more to say ends
                following = truth[u] if u < len(truth) else target.end
            if following == target.end:
                break
            fed.append(following)
        chances = np.array(rows)
        n = min(len(said), len(truth))
        p = chances[np.arange(n), truth[:n]]
        return Lane(
            [target.symbols[k] for k in fed],
            [target.symbols[k] for k in said],
            sum(a == b for a, b in zip(said, truth, strict=False)),
            float(-np.log(np.maximum(p, 1e-300)).mean()),
            chances,
        )

    def draw(self, figure: Figure) -> None:
        """Draw the probability of the right token at each step, led or not.

        A step that is not written has none.
        """
        ax: Any = figure.subplots()
        truth = self._vocabularies[1].encode(
            _composed(self.truth)[: LONGEST - 1], end=True
        )
        U = np.arange(1, len(truth) + 1)
        names = ("teacher forcing", "free running")
        for side, colour, name, lane in zip(
            (-0.2, 0.2),
            (plots.GREEN, plots.BLUE),
            names,
            self.lanes.values(),
            strict=True,
        ):
            n = min(len(lane.written), len(truth))
            p = np.zeros(len(truth))
            p[:n] = lane.chances[np.arange(n), truth[:n]]
            ax.bar(U + side, p, 0.36, color=colour, label=name)
        ax.set(ylim=(0, 1.02), xlabel="step $u$", xticks=U)
        ax.set(ylabel="$p$(right token)")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)

    def summary(self) -> str:
        """Say how much is right with the teacher's hand, and without."""
        right = {name: lane.right for name, lane in self.lanes.items()}
        U = len(_composed(self.truth)[: LONGEST - 1]) + 1
        text = _composed(self.text)[:MOST]
        return SUMMARY[language.get()].format(text=text, U=U, **right)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _spoken(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return the two languages if every pair is a number said in both."""
    for pair in (("en", "ko"), ("ko", "en")):
        said = [
            {number_words(n, each): n for n in range(10000)} for each in pair
        ]
        if all(
            text in said[0] and said[0][text] == said[1].get(truth)
            for text, truth in pairs
        ):
            return list(pair)
    return []


def _check(model: Any, snapshots: Any, source: Any, target: Any) -> None:
    """Refuse networks and vocabularies that do not fit the model."""
    if not isinstance(model, models.EncoderDecoder):
        raise TypeError(
            "model: expected models.EncoderDecoder, "
            f"got {type(model).__name__}"
        )
    if model.cell not in (rnn, gru):
        name = getattr(model.cell, "__name__", repr(model.cell))
        raise ValueError(
            f"model: expected a cell rnnlib.rnn or rnnlib.gru, got {name}"
        )
    for name, given, size in (
        ("source", source, model.D),
        ("target", target, model.V),
    ):
        if not isinstance(given, Vocabulary):
            raise TypeError(
                f"{name}: expected tasks.Vocabulary, "
                f"got {type(given).__name__}"
            )
        if given.size != size or size < 5:
            raise ValueError(
                f"{name}: expected the model's {size} symbols, two or more "
                f"beside start, end and unknown, got {given.size}"
            )
    if not isinstance(snapshots, Mapping):
        raise TypeError(
            "snapshots: expected a mapping of updates to parameters, "
            f"got {type(snapshots).__name__}"
        )
    if not 1 <= len(snapshots) <= 3:
        raise ValueError(f"snapshots: expected 1 to 3, got {len(snapshots)}")
    like = model.init(np.random.default_rng(0))
    shapes = [(name, np.shape(W)) for name, W in tree.named_leaves(like)]
    for update, params in snapshots.items():
        if type(update) is not int or update < 0:
            raise ValueError(
                f"snapshots: expected updates of 0 or more, got {update!r}"
            )
        where = f"snapshots[{update}]"
        if not (
            isinstance(params, models.FromSequence)
            and isinstance(params.decoder, Params)
            and isinstance(params.encoder, model.cell.Params)
            and isinstance(params.decoder.cell, model.cell.Params)
        ):
            raise TypeError(
                f"{where}: expected FromSequence with {model.cell.__name__} "
                f"in both places, got {type(params).__name__}"
            )
        for (name, want), W in zip(shapes, tree.leaves(params), strict=True):
            if np.shape(W) != want:
                raise ValueError(
                    f"{where}.{name}: expected shape {want}, got {np.shape(W)}"
                )
        checks.finite(where, params)


def _check_pairs(pairs: Any) -> None:
    """Refuse what is not a list of an input and its answer each."""
    if not isinstance(pairs, tuple | list) or not all(
        isinstance(pair, tuple | list)
        and len(pair) == 2
        and all(isinstance(part, str) for part in pair)
        for pair in pairs
    ):
        raise TypeError(f"pairs: expected pairs of two texts, got {pairs!r}")
    if not pairs:
        raise ValueError("pairs: expected at least one, got none")
    for text, truth in pairs:
        if not (
            len(_composed(text)) <= MOST and len(_composed(truth)) < LONGEST
        ):
            raise ValueError(
                f"pairs: expected inputs of at most {MOST} characters and "
                f"answers of at most {LONGEST - 1}, got {(text, truth)!r}"
            )
