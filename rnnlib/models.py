r"""One cell, five shapes: which x_t are fed, and which y_t are asked for.

    ManyToOne       x_1 .. x_T            ->  y_T
    ManyToMany      x_1 .. x_T            ->  y_1 .. y_T, each when x_t is read
    OneToMany       one vector z          ->  y_1 .. y_U
    Bidirectional   x_1 .. x_T            ->  y_1 .. y_T, when all is read
    EncoderDecoder  x_1 .. x_T            ->  y_1 .. y_U, when all is read

A model is its sizes; ``init(rng)`` makes its parameters, and every method
takes them. Inputs are numbers (T, B, D), or tokens, ints (T, B), which stand
for one-hot rows. A mask (T, B) says which steps count. Logits are (B, V) or
(T, B, V), targets ints of their shape without V.

A decoder reads, at each step, the answer before: the right one (teacher
forcing) or its own (free running); see `rnnlib.decoding`. Book: chapter 3.
Sources: Schuster and Paliwal (1997), doi:10.1109/78.650093; Sutskever,
Vinyals and Le (2014), arXiv:1409.3215.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import checks, decoding, initial, readout, scan, tree
from rnnlib.decoding import Params
from rnnlib.tasks.vocabulary import one_hot

Array = npt.NDArray[Any]
Arrays = npt.ArrayLike


def inputs(xs: Arrays, D: int, like: Any) -> Array:
    """Return numbers as they are, and tokens as one-hot rows."""
    if hasattr(like, "W_xh"):
        raise TypeError(
            "params: expected those of the whole model, as its init makes "
            f"them, got {type(like).__module__}.{type(like).__qualname__}"
        )
    array = checks.plain("xs", xs)
    if array.dtype.kind in "iu" and array.ndim == 2:
        return one_hot(array, D, next(tree.leaves(like)).dtype)
    return checks.numbers("xs", array, ("T", "B", D))


def _cell(
    cell: Any, rng: np.random.Generator, D: int, H: int, more: Any
) -> Any:
    checks.known(cell)
    return cell.init(rng, D, H, **more)


def _init(
    cell: Any, rng: np.random.Generator, D: int, H: int, V: int, more: Any
) -> Params:
    return Params(_cell(cell, rng, D, H, more), readout.init(rng, H, V))


class ManyToOne(NamedTuple):
    """Read everything, then answer once."""

    cell: Any
    D: int
    H: int
    V: int

    def init(self, rng: np.random.Generator, **cell_options: Any) -> Params:
        """Return first parameters; options go to the cell's `init`."""
        return _init(self.cell, rng, *self[1:], cell_options)

    def forward(
        self, params: Params, xs: Arrays, mask: Arrays | None = None
    ) -> Array:
        """Return logits (B, V)."""
        x = inputs(xs, self.D, params)
        _, state = scan.run(self.cell, params.cell, x, None, mask)
        return readout.forward(params.readout, state.h)

    def predict(
        self, params: Params, xs: Arrays, mask: Arrays | None = None
    ) -> Array:
        """Return the likeliest class of each sequence: (B,)."""
        return np.asarray(self.forward(params, xs, mask).argmax(axis=-1))

    def loss_and_grads(
        self,
        params: Params,
        xs: Arrays,
        targets: Arrays,
        mask: Arrays | None = None,
    ) -> tuple[float, Params]:
        """Return the cross-entropy of targets (B,) and its gradient."""
        x = inputs(xs, self.D, params)
        hs, state, tape = scan.forward(self.cell, params.cell, x, None, mask)
        ys = readout.forward(params.readout, state.h)
        loss, dys = readout.cross_entropy(ys, targets)
        dread, dh = readout.backward(params.readout, state.h, dys)
        dstate = tree.zeros(state)._replace(h=dh)
        dcell, _, _ = scan.backward(
            self.cell,
            *(params.cell, tape, np.zeros_like(hs), dstate),
            inputs=False,
        )
        return loss, Params(dcell, dread)


class ManyToMany(NamedTuple):
    """Answer at every step, from what has been read so far."""

    cell: Any
    D: int
    H: int
    V: int

    def init(self, rng: np.random.Generator, **cell_options: Any) -> Params:
        """Return first parameters; options go to the cell's `init`."""
        return _init(self.cell, rng, *self[1:], cell_options)

    def forward(
        self, params: Params, xs: Arrays, mask: Arrays | None = None
    ) -> Array:
        """Return logits (T, B, V)."""
        x = inputs(xs, self.D, params)
        hs, _ = scan.run(self.cell, params.cell, x, None, mask)
        return readout.forward(params.readout, hs)

    def predict(
        self, params: Params, xs: Arrays, mask: Arrays | None = None
    ) -> Array:
        """Return the likeliest class of each step: (T, B)."""
        return np.asarray(self.forward(params, xs, mask).argmax(axis=-1))

    def loss_and_grads(
        self,
        params: Params,
        xs: Arrays,
        targets: Arrays,
        mask: Arrays | None = None,
    ) -> tuple[float, Params]:
        """Return the loss of the steps that count, and its gradient.

        Targets are classes, ints (T, B), or numbers (T, B, V), for which
        the loss is the mean squared error.
        """
        loss, grads, _ = self.stateful(params, xs, targets, None, mask)
        return loss, grads

    def stateful(
        self,
        params: Params,
        xs: Arrays,
        targets: Arrays,
        state: Any,
        mask: Arrays | None = None,
    ) -> tuple[float, Params, Any]:
        """Return loss, gradient and last state, starting from a state.

        Fed with one window of a long text after the other, this is truncated
        backpropagation: the state goes on, the gradient does not.
        """
        x = inputs(xs, self.D, params)
        hs, state, tape = scan.forward(self.cell, params.cell, x, state, None)
        ys = readout.forward(params.readout, hs)
        score = readout.cross_entropy
        if np.asarray(targets).ndim == 3:
            score = readout.mean_squared_error
        loss, dys = score(ys, targets, mask)
        dread, dhs = readout.backward(params.readout, hs, dys)
        dcell, _, _ = scan.backward(
            self.cell, params.cell, tape, dhs, inputs=False
        )
        return loss, Params(dcell, dread), state

    def generate(
        self,
        params: Params,
        prompt: Arrays,
        n: int,
        rng: np.random.Generator,
        temperature: float = 1.0,
    ) -> list[int]:
        """Go on after a prompt of tokens, feeding back what was drawn.

        Returns n tokens. D and V are the vocabulary; the prompt may not be
        empty.
        """
        initial.check(rng, n=n)
        tokens = np.asarray(prompt)[:, None]
        _, state = scan.run(
            self.cell, params.cell, inputs(tokens, self.D, params)
        )
        drawn: list[int] = []
        while True:
            ys = readout.forward(params.readout, state.h)
            drawn.append(int(readout.sample(rng, ys, temperature)[0]))
            if len(drawn) == n:
                return drawn
            x = one_hot(drawn[-1:], self.D, ys.dtype)
            state, _ = self.cell.step(params.cell, x, state)


class BothWays(NamedTuple):
    """Two cells, one for each direction, and the readout of both."""

    ahead: Any
    back: Any
    readout: readout.Params  # W_hy (2H, V)


class Bidirectional(NamedTuple):
    """Answer at every step, from the left and from the right."""

    cell: Any
    D: int
    H: int
    V: int

    def init(self, rng: np.random.Generator, **cell_options: Any) -> BothWays:
        """Return first parameters; options go to the cell's `init`."""
        return BothWays(
            _cell(self.cell, rng, self.D, self.H, cell_options),
            _cell(self.cell, rng, self.D, self.H, cell_options),
            readout.init(rng, 2 * self.H, self.V),
        )

    def forward(
        self, params: BothWays, xs: Arrays, mask: Arrays | None = None
    ) -> Array:
        """Return logits (T, B, V)."""
        ys, _ = self._run(params, xs, mask)
        return ys

    def predict(
        self, params: BothWays, xs: Arrays, mask: Arrays | None = None
    ) -> Array:
        """Return the likeliest class of each step: (T, B)."""
        return np.asarray(self.forward(params, xs, mask).argmax(axis=-1))

    def loss_and_grads(
        self,
        params: BothWays,
        xs: Arrays,
        targets: Arrays,
        mask: Arrays | None = None,
    ) -> tuple[float, BothWays]:
        """Return the cross-entropy of targets (T, B) and its gradient."""
        ys, (hs, tape, back_tape) = self._run(params, xs, mask)
        loss, dys = readout.cross_entropy(ys, targets, mask)
        dread, dhs = readout.backward(params.readout, hs, dys)
        ahead, back = np.split(dhs, 2, axis=-1)
        dahead, _, _ = scan.backward(
            self.cell, params.ahead, tape, ahead, inputs=False
        )
        dback, _, _ = scan.backward(
            self.cell, params.back, back_tape, back[::-1], inputs=False
        )
        return loss, BothWays(dahead, dback, dread)

    def _run(
        self, params: BothWays, xs: Arrays, mask: Arrays | None
    ) -> tuple[Array, Any]:
        x = inputs(xs, self.D, params)
        # Read from the right, the filling comes first; a masked step leaves
        # the state as it is, so that it still starts from zeros.
        flipped = None if mask is None else np.asarray(mask)[::-1]
        hs, _, tape = scan.forward(self.cell, params.ahead, x, None, mask)
        back, _, back_tape = scan.forward(
            self.cell, params.back, x[::-1], None, flipped
        )
        hs = np.concatenate([hs, back[::-1]], axis=-1)
        return readout.forward(params.readout, hs), (hs, tape, back_tape)


# --- decoders --------------------------------------------------------------


class FromVector(NamedTuple):
    """A first state made of a vector, and a decoder."""

    first: readout.Params  # z (B, D) -> h_0 (B, H), before its tanh
    decoder: Params


class FromSequence(NamedTuple):
    """An encoder's cell and a decoder."""

    encoder: Any
    decoder: Params


class OneToMany(NamedTuple):
    """Speak about one vector. Token 0 starts, 1 ends."""

    cell: Any
    D: int  # of the vector
    H: int
    V: int  # of the answers, start and end included

    def init(
        self, rng: np.random.Generator, **cell_options: Any
    ) -> FromVector:
        """Return first parameters; options go to the cell's `init`."""
        return FromVector(
            readout.init(rng, self.D, self.H),
            _init(self.cell, rng, self.V, self.H, self.V, cell_options),
        )

    def forward(self, params: FromVector, z: Arrays, given: Arrays) -> Array:
        """Return logits (U, B, V), each after the tokens given before it.

        given (U, B) are the answers to be forced; the last is not read.
        """
        state = self.start(params, z)
        return decoding.forward(self.cell, params.decoder, state, given)

    def start(self, params: FromVector, z: Arrays) -> Any:
        """Return the decoder's first state for z (B, D)."""
        array = checks.numbers("z", z, ("B", self.D))
        state = self.cell.start(params.decoder.cell, len(array))
        h = np.tanh(readout.forward(params.first, array))
        return state._replace(h=h.astype(state.h.dtype, copy=False))

    def loss_and_grads(
        self,
        params: FromVector,
        z: Arrays,
        targets: Arrays,
        mask: Arrays | None = None,
        forcing: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> tuple[float, FromVector]:
        """Return the cross-entropy of targets (U, B) and its gradient.

        With probability `forcing` a step reads the right token before it,
        else its own; below 1 this needs an rng.
        """
        state = self.start(params, z)
        loss, dread, dstate = decoding.loss_and_grads(
            self.cell, params.decoder, state, targets, mask, forcing, rng
        )
        dfirst, _ = readout.backward(
            params.first, np.asarray(z), dstate.h * (1 - state.h**2)
        )
        return loss, FromVector(dfirst, dread)

    def predict(
        self, params: FromVector, z: Arrays, longest: int, width: int = 1
    ) -> list[list[int]]:
        """Return an answer for each row of z: greedy, or by beam search."""
        state = self.start(params, z)
        return decoding.decode(
            self.cell, params.decoder, state, longest, width
        )


class EncoderDecoder(NamedTuple):
    """Read everything into one state, then speak. 0 starts, 1 ends."""

    cell: Any
    D: int
    H: int
    V: int

    def init(
        self, rng: np.random.Generator, **cell_options: Any
    ) -> FromSequence:
        """Return first parameters; options go to the cell's `init`."""
        return FromSequence(
            _cell(self.cell, rng, self.D, self.H, cell_options),
            _init(self.cell, rng, self.V, self.H, self.V, cell_options),
        )

    def forward(
        self,
        params: FromSequence,
        xs: Arrays,
        given: Arrays,
        mask: Arrays | None = None,
    ) -> Array:
        """Return logits (U, B, V), each after the tokens given before it.

        given (U, B) are the answers to be forced; the last is not read.
        """
        state = self.start(params, xs, mask)
        return decoding.forward(self.cell, params.decoder, state, given)

    def start(
        self, params: FromSequence, xs: Arrays, mask: Arrays | None = None
    ) -> Any:
        """Return the context: the state in which the encoder ends."""
        x = inputs(xs, self.D, params)
        return scan.run(self.cell, params.encoder, x, None, mask)[1]

    def loss_and_grads(
        self,
        params: FromSequence,
        xs: Arrays,
        targets: Arrays,
        xs_mask: Arrays | None = None,
        mask: Arrays | None = None,
        forcing: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> tuple[float, FromSequence]:
        """Return the cross-entropy of targets (U, B) and its gradient.

        With probability `forcing` a step reads the right token before it,
        else its own; below 1 this needs an rng.
        """
        x = inputs(xs, self.D, params)
        hs, state, tape = scan.forward(
            self.cell, params.encoder, x, None, xs_mask
        )
        loss, dread, dstate = decoding.loss_and_grads(
            self.cell, params.decoder, state, targets, mask, forcing, rng
        )
        dencoder, _, _ = scan.backward(
            self.cell,
            *(params.encoder, tape, np.zeros_like(hs), dstate),
            inputs=False,
        )
        return loss, FromSequence(dencoder, dread)

    def predict(
        self,
        params: FromSequence,
        xs: Arrays,
        longest: int,
        mask: Arrays | None = None,
        width: int = 1,
    ) -> list[list[int]]:
        """Return an answer for each sequence: greedy, or by beam search."""
        state = self.start(params, xs, mask)
        return decoding.decode(
            self.cell, params.decoder, state, longest, width
        )
