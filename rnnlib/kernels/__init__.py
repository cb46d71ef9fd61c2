r"""Whole sequences in few numpy calls: the loops behind `rnnlib.scan`.

The equations, and their numbers, are those of `rnn`, `lstm` and `gru`, and
tests hold the two equal. What differs is the order of the work:

- x_t W_xh + b needs no state: products of many steps at once, ahead.
- dW_xh, dW_hh, db and dx need no order: large products, afterwards.
- In the loop the gates of a step lie one after another, (gates, B, H), so
  that one contiguous call serves several; one `matmul` with the stack of
  their weights fills them all. Nothing large is allocated.
- sigmoid(a) = 1/2 + 1/2 tanh(a/2): one tanh serves gates and candidate. The
  inner 1/2 is in the weights.
- Backwards, all factors of dh and dc are worked out for a block of steps,
  small enough for the cache; in the loop they are multiplied in place.

A forward function takes xs (T, B, D), the first state, `frozen` (None, or
(T, B, 1), True where a step does not count) and `keep`. It returns hs
(T+1, B, H), h_0 first, the last state, and the arrays for the way back, of
use with `keep` only. A backward function takes these, dhs and the gradient
of the last state.
"""

from typing import Any

# Under other names: in this package gru, lstm and rnn are the kernels.
from rnnlib import gru as gru_cell
from rnnlib import lstm as lstm_cell
from rnnlib import rnn as rnn_cell
from rnnlib.kernels import gru, lstm, rnn

KERNELS: dict[Any, Any] = {rnn_cell: rnn, lstm_cell: lstm, gru_cell: gru}


def of(cell: Any) -> Any:
    """Return the kernel of this very cell, or None."""
    return next((KERNELS[own] for own in KERNELS if own is cell), None)
