r"""The two functions of `rnnlib.bptt`, as whole-sequence kernels.

Same equations, same results to rounding, several times faster; `train` and
`models` run on these. A cell of the reader's own, for which there is no
kernel, goes through `bptt`. OpenBLAS is fastest here with one thread:
set OPENBLAS_NUM_THREADS=1 before numpy is imported.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib import bptt, checks, kernels
from rnnlib.kernels.shared import Array, Kept


class Tape:
    """What a run leaves: the names of the cell's Cache, as (T, B, H)."""

    def __init__(
        self, xs: Array, hs: Array, kept: Kept, frozen: Array | None
    ) -> None:
        self.xs, self.hs, self.kept, self.frozen = xs, hs, kept, frozen

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.xs)

    def __getattr__(self, name: str) -> Array:
        """Return one quantity of every step, such as ``tape.f``."""
        if name.startswith("__"):  # asked for by copy and pickle
            raise AttributeError(name)
        T, named = len(self.xs), {"x": self.xs}
        named |= {"h_prev": self.hs[:-1], "h": self.hs[1:]}
        if len(self.kept) == 2:
            gates = self.kept[0]
            named |= {key: gates[:T, k] for k, key in enumerate("ifog")}
            named |= {"c_prev": gates[:T, 4], "c": gates[1:, 4]}
        elif self.kept:
            names = ("r", "z", "v_n", "n")
            named |= {key: self.kept[0][:, k] for k, key in enumerate(names)}
        if name not in named:
            raise AttributeError(
                f"tape has no {name!r}; it has {', '.join(named)}"
            )
        return named[name]


def forward(
    cell: Any,
    params: Any,
    xs: npt.ArrayLike,
    state: Any = None,
    mask: npt.ArrayLike | None = None,
) -> tuple[Array, Any, Any]:
    """Run a cell along a batch of sequences, as `bptt.forward` does.

    Returns hs (T, B, H), the last state and a tape of whole arrays:
    ``tape.f[t]`` is ``caches[t].f``. Takes and raises the same.
    """
    kernel = kernels.of(cell)
    if kernel is None:
        return bptt.forward(cell, params, xs, state, mask)
    xs, state, mask = checks.sequence(cell, params, xs, state, mask)
    frozen = None if mask is None else ~mask[:, :, None]
    hs, state, kept = kernel.forward(params, xs, state, frozen, True)
    # A copy: what the reader does to it must not change the tape.
    return hs[1:].copy(), state, Tape(xs, hs, kept, frozen)


def run(
    cell: Any,
    params: Any,
    xs: npt.ArrayLike,
    state: Any = None,
    mask: npt.ArrayLike | None = None,
) -> tuple[Array, Any]:
    """Return hs (T, B, H) and the last state, and keep nothing else."""
    kernel = kernels.of(cell)
    if kernel is None:
        hs, state, _ = bptt.forward(cell, params, xs, state, mask)
        return hs, state
    xs, state, mask = checks.sequence(cell, params, xs, state, mask)
    frozen = None if mask is None else ~mask[:, :, None]
    hs, state, _ = kernel.forward(params, xs, state, frozen, False)
    return hs[1:], state


def backward(
    cell: Any,
    params: Any,
    tape: Any,
    dhs: npt.ArrayLike,
    dstate: Any = None,
    inputs: bool = True,
) -> tuple[Any, Any, Any]:
    """Play the tape backwards, as `bptt.backward` does.

    Takes dhs (T, B, H) and returns dparams, dxs (T, B, D) and dstate0; the
    tape is left as it was. Without `inputs` dxs is None, which saves its
    product where nobody asks for it.
    """
    kernel = kernels.of(cell)
    if kernel is None:
        return bptt.backward(cell, params, tape, dhs, dstate)
    x = tape.xs[0]
    dhs, dstate = checks.blame(cell, params, len(tape), x, dhs, dstate)
    with np.errstate(under="ignore"):
        dparams, dxs, dstate0 = kernel.backward(
            *(params, tape.xs, tape.hs, tape.kept, tape.frozen),
            *(dhs, dstate, inputs),
        )
    return dparams, dxs, dstate0
