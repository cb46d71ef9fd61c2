r"""Backpropagation through time, for every cell.

    state_t = step(x_t, state_{t-1})                      t = 1 .. T      [1]
    dstate_t = dh_t from the loss + what step t+1 sends back              [2]
    dparams = sum over t of what step t says                              [3]

A mask says which steps of which sequence count: where it is 0 the state is
handed on as it was, and so is the gradient:

    state_t = m_t step(x_t, state_{t-1}) + (1 - m_t) state_{t-1}          [4]

`rnnlib.scan` is the same two functions, fast. Book: chapter 4.
Sources: Werbos (1990), doi:10.1109/5.58337; truncated: Williams and Peng
(1990), doi:10.1162/neco.1990.2.4.490.
"""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rnnlib import checks, tree

Array = npt.NDArray[Any]


class Cell(Protocol):
    """What a cell module offers."""

    def start(self, params: Any, B: int, /) -> Any:
        """Return the state before the first step."""

    def step(self, params: Any, x: Array, state: Any, /) -> tuple[Any, Any]:
        """Return the next state and a cache."""

    def step_backward(
        self, params: Any, cache: Any, dstate: Any, /
    ) -> tuple[Any, Array, Any]:
        """Return dparams, dx and the gradient of the state before."""


class Tape(list[Any]):
    """The caches of all steps, first to last, and which of them counted."""

    mask: Array | None = None


def forward(
    cell: Cell,
    params: Any,
    xs: npt.ArrayLike,
    state: Any = None,
    mask: npt.ArrayLike | None = None,
) -> tuple[Array, Any, Tape]:
    """Run a cell along a batch of sequences.

    Parameters
    ----------
    cell : module
        `rnnlib.rnn`, `lstm`, `gru`, or any with the same names.
    params : Params of the cell
    xs : array_like of shape (T, B, D)
    state : State of the cell, optional
        Where to start, (B, H) each; zeros if not given.
    mask : array_like of shape (T, B), optional
        1 where a step counts, 0 where a shorter sequence is filled up.

    Returns
    -------
    hs : ndarray of shape (T, B, H)
    state : State
        The last one: the start for what follows.
    tape : list of Cache
        One for each step, for `backward`.

    Raises
    ------
    ValueError
        If a shape does not fit, T or B is 0, or a number is not finite.
    TypeError
        If xs are not real numbers.
    """
    xs, state, mask = checks.sequence(cell, params, xs, state, mask)
    hs, tape = [], Tape()
    tape.mask = mask
    for t, x in enumerate(xs):
        last = state
        state, cache = cell.step(params, x, last)  # [1]
        if mask is not None:
            m = mask[t, :, None]
            state = tree.apply(
                lambda s, s0, m=m: np.where(m, s, s0), state, last
            )
        hs.append(state.h)
        tape.append(cache)
    return np.stack(hs), state, tape


def backward(
    cell: Cell,
    params: Any,
    tape: list[Any],
    dhs: npt.ArrayLike,
    dstate: Any = None,
) -> tuple[Any, Array, Any]:
    """Play the tape backwards.

    Parameters
    ----------
    cell, params, tape
        As given to and returned by `forward`.
    dhs : array_like of shape (T, B, H)
        What the loss says about each h_t directly.
    dstate : State, optional
        What it says about the last state, beside dhs[-1].

    Returns
    -------
    dparams : Params
    dxs : ndarray of shape (T, B, D)
    dstate0 : State
        The gradient of the state at the start.

    Raises
    ------
    ValueError
        If dhs or dstate does not fit the tape.
    """
    dhs, dstate = checks.blame(cell, params, len(tape), tape[0].x, dhs, dstate)
    mask = getattr(tape, "mask", None)  # a plain list of caches will do
    dparams, dxs = tree.zeros(params), []
    for t in reversed(range(len(tape))):
        dstate = dstate._replace(h=dstate.h + dhs[t])  # [2]
        passed = None
        if mask is not None:
            m = mask[t, :, None]
            passed = tree.apply(lambda d, m=m: np.where(m, 0, d), dstate)
            dstate = tree.apply(lambda d, m=m: np.where(m, d, 0), dstate)
        dp, dx, dstate = cell.step_backward(params, tape[t], dstate)
        if passed is not None:
            dstate = tree.apply(np.add, dstate, passed)  # [4]
        dparams = tree.apply(np.add, dparams, dp)  # [3]
        dxs.append(dx)
    return dparams, np.stack(dxs[::-1]), dstate


def truncated(
    cell: Cell,
    params: Any,
    tape: list[Any],
    dhs: npt.ArrayLike,
    k1: int,
    k2: int,
) -> Any:
    """Return the gradient that reaches back only so far.

    Every k1 steps the losses of these steps are sent back through the last
    k2 steps and no further. The states are those of the tape: they flowed
    through uncut. k1 = k2 = T is `backward`.

    Parameters
    ----------
    cell, params, tape, dhs
        As for `backward`.
    k1, k2 : int
        1 <= k1 <= k2.

    Returns
    -------
    dparams : Params

    Raises
    ------
    ValueError
        If k1 and k2 are out of range or dhs does not fit the tape.
    """
    if not 1 <= k1 <= k2:
        raise ValueError(f"k1, k2: expected 1 <= k1 <= k2, got {k1}, {k2}")
    T, mask = len(tape), getattr(tape, "mask", None)
    dhs, _ = checks.blame(cell, params, T, tape[0].x, dhs, None)
    dparams = tree.zeros(params)
    for new in range(0, T, k1):
        end = min(new + k1, T)
        first = max(0, end - k2)
        window, part = dhs[first:end].copy(), Tape(tape[first:end])
        window[: new - first] = 0  # their losses have been sent before
        part.mask = None if mask is None else mask[first:end]
        dp, _, _ = backward(cell, params, part, window)
        dparams = tree.apply(np.add, dparams, dp)
    return dparams
