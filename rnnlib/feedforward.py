r"""A network without memory: what the recurrent ones are compared with.

    a = x W_1 + b_1,  h = tanh(a)                                         [1]
    y = h W_hy + b_y                                                      [2]

Given the last n inputs side by side (`windows`) it is a window network;
given a whole sequence (`Whole`), one that shares no weight between places.
Book: chapters 2 and 3.
Source: Bengio, Ducharme, Vincent and Jauvin (2003), JMLR 3, 1137-1155.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import checks, initial, readout

Array = npt.NDArray[Any]


class Params(NamedTuple):
    """What the network learns; a gradient is a Params too."""

    W_1: Array  # (D, H)
    b_1: Array  # (H,)
    readout: readout.Params


class Feedforward(NamedTuple):
    """One hidden layer; inputs (..., D), logits (..., V)."""

    D: int
    H: int
    V: int

    def init(self, rng: np.random.Generator) -> Params:
        """Return first weights, uniform within 1/sqrt(D) and 1/sqrt(H)."""
        initial.check(rng, D=self.D, H=self.H, V=self.V)
        bound = 1 / math.sqrt(self.D)
        W_1 = rng.uniform(-bound, bound, size=(self.D, self.H))
        return Params(W_1, np.zeros(self.H), readout.init(rng, self.H, self.V))

    def forward(self, params: Params, xs: npt.ArrayLike) -> Array:
        """Return logits (..., V)."""
        return readout.forward(params.readout, self._hidden(params, xs))

    def predict(self, params: Params, xs: npt.ArrayLike) -> Array:
        """Return the likeliest class of each input: (...)."""
        return np.asarray(self.forward(params, xs).argmax(axis=-1))

    def loss_and_grads(
        self,
        params: Params,
        xs: npt.ArrayLike,
        targets: npt.ArrayLike,
        mask: npt.ArrayLike | None = None,
    ) -> tuple[float, Params]:
        """Return the cross-entropy of targets (...) and its gradient."""
        ys = self.forward(params, xs)
        loss, dys = readout.cross_entropy(ys, targets, mask)
        return loss, self.backward(params, xs, dys)

    def backward(
        self, params: Params, xs: npt.ArrayLike, dys: Array
    ) -> Params:
        """Undo forward: dL/dy (..., V) -> dparams."""
        h = self._hidden(params, xs)
        dread, dh = readout.backward(params.readout, h, dys)  # [2]
        da = (dh * (1 - h**2)).reshape(-1, self.H)  # [1]
        x = np.asarray(xs).reshape(-1, self.D)
        return Params(x.T @ da, da.sum(axis=0), dread)

    def _hidden(self, params: Params, xs: npt.ArrayLike) -> Array:
        array = np.asarray(xs)
        if array.shape[-1:] != (self.D,):
            raise ValueError(
                f"xs: expected (..., {self.D}), got shape {array.shape}"
            )
        return np.asarray(np.tanh(array @ params.W_1 + params.b_1))  # [1]


class Whole(NamedTuple):
    """Take T inputs at once, give T answers; nothing is shared.

    xs (T, B, D), logits (T, B, V): as `models.ManyToMany`, but each place
    has weights of its own, and T is fixed.
    """

    T: int
    D: int
    H: int
    V: int

    @property
    def network(self) -> Feedforward:
        """The network that sees one row for a sequence."""
        return Feedforward(self.T * self.D, self.H, self.T * self.V)

    def init(self, rng: np.random.Generator) -> Params:
        """Return first weights."""
        return self.network.init(rng)

    def forward(self, params: Params, xs: npt.ArrayLike) -> Array:
        """Return logits (T, B, V)."""
        ys = self.network.forward(params, self._rows(xs))
        return ys.reshape(-1, self.T, self.V).swapaxes(0, 1)

    def predict(self, params: Params, xs: npt.ArrayLike) -> Array:
        """Return the likeliest class of each step: (T, B)."""
        return np.asarray(self.forward(params, xs).argmax(axis=-1))

    def loss_and_grads(
        self, params: Params, xs: npt.ArrayLike, targets: npt.ArrayLike
    ) -> tuple[float, Params]:
        """Return the cross-entropy of targets (T, B) and its gradient."""
        ys = self.forward(params, xs)
        loss, dys = readout.cross_entropy(ys, targets)
        dys = dys.swapaxes(0, 1).reshape(ys.shape[1], -1)
        return loss, self.network.backward(params, self._rows(xs), dys)

    def _rows(self, xs: npt.ArrayLike) -> Array:
        array = checks.numbers("xs", xs, (self.T, "B", self.D))
        return np.asarray(array.swapaxes(0, 1).reshape(array.shape[1], -1))


def windows(xs: npt.ArrayLike, n: int) -> Array:
    """Return the last n inputs at each step, side by side: (T, B, n*D).

    The newest comes last; before the beginning there are zeros.

    Raises
    ------
    ValueError
        If xs is not (T, B, D) or n is below 1.
    """
    array = checks.numbers("xs", xs, ("T", "B", "D"))
    if n < 1:
        raise ValueError(f"n: expected 1 or more, got {n}")
    T = len(array)
    before = np.zeros((n - 1, *array.shape[1:]), array.dtype)
    padded = np.concatenate([before, array])
    return np.concatenate([padded[k : k + T] for k in range(n)], axis=-1)
