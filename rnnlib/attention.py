r"""An encoder-decoder that looks back at every state of its encoder.

    a_ut = softmax over t of (s_u . h_t)     how much step u looks at t    [1]
    hbar_u = sum_t a_ut h_t                  what it sees                  [2]
    y_u = [s_u  hbar_u] W_hy + b_y           the readout of both           [3]

h_t are the states of the encoder, s_u those of the decoder. [1] and [2] are
`hopfield.retrieve` with the patterns h_t, the query s_u and beta = 1.
Sizes: T steps read, U steps written, B sequences, H units, V symbols.
Book: chapters 3 and 5.
Sources: Bahdanau, Cho and Bengio (2015), arXiv:1409.0473; the product as
score, and the readout of both, Luong, Pham and Manning (2015),
doi:10.18653/v1/D15-1166.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import decoding, models, readout, scan
from rnnlib.tasks.vocabulary import one_hot

Array = npt.NDArray[Any]


def look(
    ss: Array, hs: Array, mask: npt.ArrayLike | None = None
) -> tuple[Array, Array]:
    """Look from ss (U, B, H) at hs (T, B, H).

    Returns the means hbar (U, B, H) and the weights a (U, T, B).

    With a mask (T, B), steps where it is 0 are not looked at.
    """
    scores = np.einsum("ubh,tbh->utb", ss, hs, optimize=True)
    if mask is not None:
        scores = np.where(np.asarray(mask, bool), scores, -np.inf)
    a = np.moveaxis(readout.softmax(np.moveaxis(scores, 1, -1)), -1, 1)  # [1]
    return np.einsum("utb,tbh->ubh", a, hs, optimize=True), a  # [2]


def look_backward(
    ss: Array, hs: Array, a: Array, dhbar: Array
) -> tuple[Array, Array]:
    """Undo look: dL/dhbar (U, B, H) -> dL/dss (U, B, H), dL/dhs (T, B, H)."""
    da = np.einsum("ubh,tbh->utb", dhbar, hs, optimize=True)  # [2]
    dhs = np.einsum("utb,ubh->tbh", a, dhbar, optimize=True)  # [2]
    dscores = a * (da - (a * da).sum(axis=1, keepdims=True))  # [1]
    dss = np.einsum("utb,tbh->ubh", dscores, hs, optimize=True)  # [1]
    return dss, dhs + np.einsum("utb,ubh->tbh", dscores, ss, optimize=True)


class Attentive(NamedTuple):
    """Read everything, then speak, and look back. 0 starts, 1 ends."""

    cell: Any
    D: int
    H: int
    V: int

    def init(
        self, rng: np.random.Generator, **cell_options: Any
    ) -> models.FromSequence:
        """Return first parameters; options go to the cell's `init`."""
        return models.FromSequence(
            self.cell.init(rng, self.D, self.H, **cell_options),
            decoding.Params(
                self.cell.init(rng, self.V, self.H, **cell_options),
                readout.init(rng, 2 * self.H, self.V),
            ),
        )

    def forward(
        self,
        params: models.FromSequence,
        xs: npt.ArrayLike,
        given: npt.ArrayLike,
        mask: npt.ArrayLike | None = None,
    ) -> tuple[Array, Array]:
        """Return logits (U, B, V) and weights (U, T, B), told what is given.

        xs are tokens (T, B) or numbers (T, B, D), given (U, B) the answers
        to be forced, of which the last is not read.
        """
        ys, (_, _, _, _, _, a) = self._run(params, xs, given, mask)
        return ys, a

    def loss_and_grads(
        self,
        params: models.FromSequence,
        xs: npt.ArrayLike,
        targets: npt.ArrayLike,
        xs_mask: npt.ArrayLike | None = None,
        mask: npt.ArrayLike | None = None,
    ) -> tuple[float, models.FromSequence]:
        """Return the cross-entropy of targets (U, B) and its gradient."""
        ys, run = self._run(params, xs, targets, xs_mask)
        hs, tape, ss, decoder_tape, seen, a = run
        loss, dys = readout.cross_entropy(ys, targets, mask)
        dread, dseen = readout.backward(params.decoder.readout, seen, dys)
        dss, dhbar = np.split(dseen, 2, axis=-1)  # [3]
        more, dhs = look_backward(ss, hs, a, dhbar)
        dcell, _, dstate = scan.backward(
            *(self.cell, params.decoder.cell, decoder_tape, dss + more),
            inputs=False,
        )
        dencoder, _, _ = scan.backward(
            self.cell, params.encoder, tape, dhs, dstate, inputs=False
        )
        grads = decoding.Params(dcell, dread)
        return loss, models.FromSequence(dencoder, grads)

    def predict(
        self,
        params: models.FromSequence,
        xs: npt.ArrayLike,
        longest: int,
        mask: npt.ArrayLike | None = None,
    ) -> list[list[int]]:
        """Return the greedy answer to each sequence, without its end."""
        if longest < 1:
            raise ValueError(f"longest: expected 1 or more, got {longest}")
        x = models.inputs(xs, self.D, params)
        hs, state, _ = scan.forward(self.cell, params.encoder, x, None, mask)
        said = np.zeros((1, hs.shape[1]), int)
        for _ in range(longest):
            word = one_hot(said[-1], self.V, hs.dtype)
            state, _ = self.cell.step(params.decoder.cell, word, state)
            hbar, _ = look(state.h[None], hs, mask)
            seen = np.concatenate([state.h, hbar[0]], axis=-1)
            ys = readout.forward(params.decoder.readout, seen)
            said = np.vstack([said, ys.argmax(axis=-1)])
        return decoding.up_to_end(said[1:])

    def _run(
        self,
        params: models.FromSequence,
        xs: npt.ArrayLike,
        given: npt.ArrayLike,
        mask: npt.ArrayLike | None,
    ) -> tuple[Array, tuple[Any, ...]]:
        x = models.inputs(xs, self.D, params)
        hs, state, tape = scan.forward(
            self.cell, params.encoder, x, None, mask
        )
        before = decoding.before(given, state)
        words = one_hot(before, self.V, hs.dtype)
        ss, _, decoder_tape = scan.forward(
            self.cell, params.decoder.cell, words, state
        )
        hbar, a = look(ss, hs, mask)
        seen = np.concatenate([ss, hbar], axis=-1)  # [3]
        ys = readout.forward(params.decoder.readout, seen)
        return ys, (hs, tape, ss, decoder_tape, seen, a)
