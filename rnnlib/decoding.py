"""Writing one token after another: what is read, and what is said.

At each step a decoder reads the answer before: the right one (teacher
forcing) or its own (free running), by a ratio that may fall while it learns
(scheduled sampling). At the end it says the likeliest token each time
(greedy), or looks for the likeliest whole answer (beam search). Token 0
starts, 1 ends. Book: chapter 3.

Sources: Williams and Zipser (1989), doi:10.1162/neco.1989.1.2.270;
schedules Bengio et al. (2015), arXiv:1506.03099; beam search Sutskever,
Vinyals and Le (2014), arXiv:1409.3215.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import checks, readout, scan, tree
from rnnlib.tasks.vocabulary import one_hot

Array = npt.NDArray[Any]


class Params(NamedTuple):
    """A cell and its readout."""

    cell: Any
    readout: readout.Params


def linear(first: float, last: float, steps: int) -> Callable[[int], float]:
    """Return a schedule of teacher forcing that falls along a line."""
    if steps < 1:
        raise ValueError(f"steps: expected 1 or more, got {steps}")
    return lambda step: first + (last - first) * min(step / steps, 1.0)


def inverse_sigmoid(k: float) -> Callable[[int], float]:
    """Return Bengio's schedule k / (k + e^(step / k)), k >= 1."""
    if k < 1:
        raise ValueError(f"k: expected 1 or more, got {k}")
    return lambda step: 1 / (1 + math.exp(min(step / k, 500)) / k)


def forward(
    cell: Any, params: Params, state: Any, given: npt.ArrayLike
) -> Array:
    """Return logits (U, B, V) of a decoder that is told given (U, B)."""
    x = one_hot(before(given, state), len(params.readout.b_y), state.h.dtype)
    hs, _ = scan.run(cell, params.cell, x, state)
    return readout.forward(params.readout, hs)


def before(given: npt.ArrayLike, state: Any) -> Array:
    """Return what is read at each step: the start, then the one before."""
    tokens = checks.numbers("targets", given, ("U", len(state.h)))
    start = np.zeros_like(tokens[:1])
    return np.concatenate([start, tokens[:-1]])


def loss_and_grads(
    cell: Any,
    params: Params,
    state: Any,
    targets: npt.ArrayLike,
    mask: npt.ArrayLike | None,
    forcing: float,
    rng: np.random.Generator | None,
) -> tuple[float, Params, Any]:
    """Return loss, gradient of the decoder, and that of its first state."""
    V = len(params.readout.b_y)
    wanted, given = np.asarray(targets), before(targets, state)
    if not 0 <= forcing <= 1:
        raise ValueError(f"forcing: expected 0 to 1, got {forcing}")
    if forcing < 1:
        if rng is None:
            raise ValueError("rng: expected a Generator, for forcing below 1")
        # What the network says decides what it reads, but no gradient goes
        # through a choice: find the inputs first, then run as if given.
        keep, walk = rng.random(given.shape) < forcing, state
        for t in range(len(given) - 1):
            x = one_hot(given[t], V, state.h.dtype)
            walk, _ = cell.step(params.cell, x, walk)
            said = readout.forward(params.readout, walk.h).argmax(axis=-1)
            given[t + 1] = np.where(keep[t + 1], given[t + 1], said)
    x = one_hot(given, V, state.h.dtype)
    hs, _, tape = scan.forward(cell, params.cell, x, state)
    ys = readout.forward(params.readout, hs)
    loss, dys = readout.cross_entropy(ys, wanted, mask)
    dread, dhs = readout.backward(params.readout, hs, dys)
    dcell, _, dstate = scan.backward(
        cell, params.cell, tape, dhs, inputs=False
    )
    return loss, Params(dcell, dread), dstate


def decode(
    cell: Any, params: Params, state: Any, longest: int, width: int
) -> list[list[int]]:
    """Return the tokens of each answer, without the end token."""
    for name, size in (("longest", longest), ("width", width)):
        if size < 1:
            raise ValueError(f"{name}: expected 1 or more, got {size}")
    if width == 1:
        return _greedy(cell, params, state, longest)
    B = len(state.h)
    return [
        _beam(
            cell,
            params,
            tree.apply(lambda s, b=b: s[b : b + 1], state),
            longest,
            width,
        )
        for b in range(B)
    ]


def _greedy(
    cell: Any, params: Params, state: Any, longest: int
) -> list[list[int]]:
    """Say the likeliest token at each step."""
    V, said = len(params.readout.b_y), np.zeros((1, len(state.h)), int)
    for _ in range(longest):
        x = one_hot(said[-1], V, state.h.dtype)
        state, _ = cell.step(params.cell, x, state)
        best = readout.forward(params.readout, state.h).argmax(axis=-1)
        said = np.vstack([said, best])
        if (said == 1).any(axis=0).all():
            break
    return up_to_end(said[1:])


def up_to_end(said: Array) -> list[list[int]]:
    """Return the tokens (U, B) of each answer before its end token."""
    answers = said.T.tolist()
    return [a[: a.index(1)] if 1 in a else a for a in answers]


def _beam(
    cell: Any, params: Params, state: Any, longest: int, width: int
) -> list[int]:
    """Keep the likeliest few beginnings; return the best ending.

    The score is the log-probability of a whole answer, so that of two the
    shorter is not better for being short alone.
    """
    V = len(params.readout.b_y)
    texts, scores = [[0]], np.zeros(1)
    done: list[tuple[float, list[int]]] = []
    for _ in range(longest):
        x = one_hot([text[-1] for text in texts], V, state.h.dtype)
        state, _ = cell.step(params.cell, x, state)
        p = readout.softmax(readout.forward(params.readout, state.h))
        with np.errstate(divide="ignore"):
            total = scores[:, None] + np.log(p)
        best = np.argsort(-total, axis=None, kind="stable")[:width]
        rows, tokens = np.unravel_index(best, total.shape)
        grown = [
            [*texts[r], int(k)] for r, k in zip(rows, tokens, strict=True)
        ]
        values = total[rows, tokens]
        for text, value in zip(grown, values, strict=True):
            if text[-1] == 1:
                done.append((float(value), text[1:-1]))
        going = [k for k, text in enumerate(grown) if text[-1] != 1]
        texts, scores = [grown[k] for k in going], values[going]
        if not going:
            break
        chosen = rows[going]
        state = tree.apply(lambda s, at=chosen: s[at], state)
        if done and max(done)[0] >= scores.max():
            break  # a score only falls
    done += [
        (float(score), text[1:])
        for text, score in zip(texts, scores, strict=True)
    ]
    return max(done)[1]
