r"""The Hopfield network: memories kept as valleys of an energy.

    h_i = sum_j w_ij s_j                           local field           [1]
    s_i <- sign(h_i); s_i stays where h_i = 0      update                [2]
    w_ij = (1/N) sum_mu xi_i xi_j,  w_ii = 0       Hebb's rule           [3]
    W = X^T (X X^T)^-1 X,  then w_ii = 0           pseudo-inverse rule   [4]
    E = -1/2 sum_ij s_i w_ij s_j                   energy                [5]
    E' - E = 2 s_i h_i - 2 w_ii                    when s_i flips        [6]
    m_mu = (1/N) sum_i xi_i s_i                    overlap               [7]
    a = softmax(beta q X^T)                        attention             [8]
    q <- a X                                       modern update         [9]

Sizes: P patterns (the rows xi of X), N units, load alpha = P/N. Patterns and
states are -1 or +1. How much it can hold is `rnnlib.capacity`.
Book: chapter 1.

Sources: [1]-[3], [5], [6] Hopfield (1982), doi:10.1073/pnas.79.8.2554. [4]
Personnaz, Guyon and Dreyfus (1985), doi:10.1051/jphyslet:01985004608035900.
[7] Hertz, Krogh and Palmer (1991), Introduction to the Theory of Neural
Computation, chapter 2. [8], [9] Ramsauer et al. (2020), arXiv:2008.02217.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from rnnlib import checks
from rnnlib.capacity import bit_error as bit_error
from rnnlib.capacity import critical_load as critical_load
from rnnlib.capacity import exact_recall_limit as exact_recall_limit
from rnnlib.capacity import mean_field_overlap as mean_field_overlap

Array = npt.NDArray[Any]
BLOCK = 128  # units looked at together; 64 to 256 are equally fast


class Recall(NamedTuple):
    """What a network made of a cue."""

    state: Array  # (N,) where it ended, in the dtype of the cue
    energies: Array  # at the start, then after each flip (sync: each step)
    flips: Array  # the units that flipped, in order
    converged: bool  # no unit wants to flip any more


def store(
    patterns: npt.ArrayLike,
    rule: Literal["hebb", "pseudo-inverse"] = "hebb",
) -> Array:
    """Write all patterns into one weight matrix, in one shot.

    Parameters
    ----------
    patterns : array_like of shape (P, N)
        Memories of -1 and +1.
    rule : {"hebb", "pseudo-inverse"}
        Hebb's rule [3], or the projection onto the span of the patterns [4],
        which keeps any linearly independent patterns, however alike.

    Returns
    -------
    ndarray of shape (N, N)
        Symmetric weights with a zero diagonal; float32 for float32
        patterns, else float64.

    Raises
    ------
    ValueError
        If the patterns are not (P, N) of -1 and +1, or the rule is unknown.
    """
    X = _signs("patterns", patterns, 2)
    P, N = X.shape
    dtype = _float(X)
    if rule == "hebb":
        # Sums of P signs are whole numbers, which float32 holds exactly (to
        # 16 million) at half the cost; and of a product of an array with
        # itself BLAS computes one half.
        X = X.astype(np.float32, copy=False)
        W: Array = np.divide(X.T @ X, N, dtype=dtype)  # [3]
    elif rule == "pseudo-inverse":
        X = X.astype(float)
        sizes, U = np.linalg.eigh(X @ X.T)
        kept = sizes > max(P, N) * np.finfo(float).eps * sizes[-1]
        # Orthonormal rows with the span of X; what repeats adds no row.
        Q = (U[:, kept] / np.sqrt(sizes[kept])).T @ X
        W = Q.T @ Q  # [4]
        W[np.abs(W) < 1e-13] = 0  # round-off is not a weight
        W = W.astype(dtype, copy=False)
    else:
        raise ValueError(
            f"rule: expected 'hebb' or 'pseudo-inverse', got {rule!r}"
        )
    np.fill_diagonal(W, 0)
    return W


def local_field(W: npt.ArrayLike, s: npt.ArrayLike) -> Array:
    """Return what each unit hears from the others: h (N,). Equation [1].

    Takes W (N, N) and s (N,) of -1 and +1.

    Raises
    ------
    ValueError
        If W is not square and finite, or s is not -1 and +1 of length N.
    """
    return _field(*_network(W, s))


def energy(W: npt.ArrayLike, s: npt.ArrayLike) -> float:
    """Return the height of state s (N,) in the landscape of W. Equation [5].

    Takes and raises what `local_field` does.
    """
    W, s = _network(W, s)
    return _energy(s, _field(W, s))


def overlap(patterns: npt.ArrayLike, s: npt.ArrayLike) -> Array:
    """Return how much s (N,) resembles each pattern: m (P,). Equation [7].

    1 is the pattern itself, -1 its negative, 0 a state with half its bits.

    Raises
    ------
    ValueError
        If the lengths differ or anything is not -1 or +1.
    """
    X, s = _signs("patterns", patterns, 2), _signs("s", s, 1)
    _length("s", s, X.shape[1])
    X = X.astype(_float(X), copy=False)
    return np.asarray(X @ s.astype(X.dtype) / X.dtype.type(len(s)))  # [7]


def recall(
    W: npt.ArrayLike,
    s: npt.ArrayLike,
    rng: np.random.Generator,
    order: Literal["async", "sync"] = "async",
    max_sweeps: int = 100,
) -> Recall:
    """Let the network run from the cue s until nothing changes.

    One unit at a time ("async"): a sweep visits all units in a random order,
    and a sweep without a flip ends the recall. With no negative w_ii every
    flip lowers the energy [6], so that a fixed point is always reached. All
    units together ("sync"): the state may also swap for ever between two
    states; the recall stops when it comes back to where it was.

    Parameters
    ----------
    W : array_like of shape (N, N)
        Symmetric weights. Symmetry is checked on every row up to N = 512 and
        on 16 rows beyond. float32 is computed in float32, else float64.
    s : array_like of shape (N,)
        The cue, -1 and +1. It is not changed.
    rng : numpy.random.Generator
        Draws the order of the visits, one permutation for each sweep.
    order : {"async", "sync"}
        Which units are updated together.
    max_sweeps : int
        Give up after so many sweeps (sync: steps).

    Returns
    -------
    Recall
        State, energies, flips, and whether a fixed point was reached.

    Raises
    ------
    ValueError
        If W is not square, symmetric and finite, s is not -1 and +1 of
        length N, or order or max_sweeps is out of range.
    TypeError
        If rng is not a numpy.random.Generator or max_sweeps not an integer.

    Notes
    -----
    A field that is zero up to round-off counts as zero: the unit stays.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng: expected a numpy.random.Generator, as made by "
            f"numpy.random.default_rng(0), got {type(rng).__name__}"
        )
    if order not in ("async", "sync"):
        raise ValueError(f"order: expected 'async' or 'sync', got {order!r}")
    try:
        sweeps = operator.index(max_sweeps)
    except TypeError:
        raise TypeError(
            f"max_sweeps: expected an integer, got {max_sweeps!r}"
        ) from None
    if sweeps < 1:
        raise ValueError(f"max_sweeps: expected 1 or more, got {sweeps}")
    W, state = _network(W, s)  # state is a copy: the cue stays as it is
    h = _field(W, state)
    scale = max(_symmetric(W), float(np.abs(h).max()))
    tie = 64 * float(np.finfo(W.dtype).eps) * scale
    if order == "async":
        visits = (rng.permutation(len(state)) for _ in range(sweeps))
        energies, flips, h = _one_by_one(W, state, h, tie, visits)
    else:
        energies, flips, h = _together(W, state, h, tie, sweeps)
    converged = not (h * state < -tie).any()
    kind = np.result_type(np.asarray(s), np.int8)  # can hold -1
    return Recall(
        state.astype(kind), np.array(energies), np.array(flips, int), converged
    )


Run = tuple[list[float], list[int], Array]  # energies, flips, last field


def _one_by_one(
    W: Array, s: Array, h: Array, tie: float, sweeps: Iterator[Array]
) -> Run:
    """Visit unit after unit; s changes in place.

    Most visits change nothing, so one comparison serves a block of units.
    Only a flip costs more: it changes all fields by -2 s_i W[i]. The fields
    are kept halved, which leaves one addition of the row as it stands.
    """
    E = _energy(s, h)
    energies, flips, half, limit = [E], list[int](), h / 2, -tie / 2
    for visits in sweeps:
        before, at = len(flips), 0
        signs = s.take(visits)  # nobody is visited twice in a sweep
        while at < len(visits):
            block = slice(at, at + BLOCK)
            wants = half.take(visits[block]) * signs[block] < limit  # [2]
            first = int(wants.argmax())
            if not wants[first]:
                at += BLOCK
                continue
            at += first
            i, up = int(visits[at]), signs[at] > 0
            row = W[i]
            E -= 4 * abs(half.item(i)) + 2 * row.item(i)  # [6] s_i h_i < 0
            if up:
                half -= row
            else:
                half += row
            s[i] = -signs[at]
            energies.append(E)
            flips.append(i)
            at += 1
        if len(flips) == before:
            break
    return energies, flips, 2 * half


def _together(W: Array, s: Array, h: Array, tie: float, sweeps: int) -> Run:
    """Update all units at once; s changes in place."""
    energies, flips, last = [_energy(s, h)], list[int](), list[int]()
    for _ in range(sweeps):
        wrong = np.flatnonzero(h * s < -tie).tolist()  # [2]
        if not wrong:
            break
        s[wrong] = -s[wrong]
        h = W @ s  # [1]
        energies.append(_energy(s, h))
        flips += wrong
        if wrong == last:  # flipped and flipped back: a two-cycle
            break
        last = wrong
    return energies, flips, h


# --- the modern network ----------------------------------------------------


def attention(
    patterns: npt.ArrayLike, query: npt.ArrayLike, beta: float
) -> Array:
    """Return how much each pattern is attended to: a (P,). Equation [8].

    The weights add up to 1. Patterns (P, N) and query (N,) may be any real
    numbers; beta >= 0 is the inverse temperature, and 0 attends to all alike.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a number is not finite or too large to
        multiply, or beta is negative.
    """
    X, q = _array("patterns", patterns, 2), _array("query", query, 1)
    _length("query", q, X.shape[1])
    for name, values in (("patterns", X), ("query", q)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name}: expected finite numbers")
    beta = checks.not_negative("beta", beta)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        scores = X.astype(float) @ q.astype(float)
        scores -= scores.max()  # so that exp cannot overflow
        if not np.isfinite(scores).all():
            raise ValueError("patterns, query: their products overflow")
        weights = np.exp(beta * scores)  # [8]
        return np.asarray(weights / weights.sum(), dtype=_float(X))


def retrieve(
    patterns: npt.ArrayLike, query: npt.ArrayLike, beta: float
) -> Array:
    """Return the query after one modern update: (N,). Equation [9].

    Takes and raises what `attention` does.
    """
    return np.asarray(
        attention(patterns, query, beta) @ np.asarray(patterns)  # [9]
    )


# --- what the functions above accept ---------------------------------------


def _array(name: str, values: npt.ArrayLike, ndim: int) -> Array:
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name}: expected an array; {error}") from None
    if array.ndim != ndim or array.size == 0:
        shape = "(N,)" if ndim == 1 else "(N, N)" if name == "W" else "(P, N)"
        raise ValueError(
            f"{name}: expected a non-empty array of shape {shape}, "
            f"got shape {array.shape}"
        )
    if array.dtype.kind not in "iuf":
        raise ValueError(
            f"{name}: expected real numbers, got dtype {array.dtype}"
        )
    return array


def _signs(name: str, values: npt.ArrayLike, ndim: int) -> Array:
    array = _array(name, values, ndim)
    if not (np.abs(array) == 1).all():
        found = array[np.abs(array) != 1][0]
        raise ValueError(
            f"{name}: expected values -1 and +1 only, got {found}"
        )
    return array


def _network(W: npt.ArrayLike, s: npt.ArrayLike) -> tuple[Array, Array]:
    """Return W and a copy of s, both float32 or both float64."""
    W = _array("W", W, 2)
    if W.shape[0] != W.shape[1]:
        raise ValueError(f"W: expected a square matrix, got shape {W.shape}")
    s = _signs("s", s, 1)
    _length("s", s, len(W))
    W = W.astype(_float(W), copy=False)
    return W, s.astype(W.dtype)


def _field(W: Array, s: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        h = W @ s  # [1]
    if not np.isfinite(h).all():  # a NaN anywhere in W shows in its row
        raise ValueError("W: expected finite weights, got NaN or infinity")
    return np.asarray(h)


def _energy(s: Array, h: Array) -> float:
    return -0.5 * float(s.astype(float) @ h.astype(float))  # [5]


def _symmetric(W: Array) -> float:
    """Refuse lopsided weights; return the largest weight looked at."""
    rows: Any = slice(None)
    if len(W) > 512:  # four runs of four: neighbours are read together
        runs = np.linspace(0, len(W) - 4, 4).astype(int)
        rows = (runs[:, None] + np.arange(4)).ravel()
    sample = W[rows]
    scale = max(float(sample.max()), -float(sample.min()))
    apart = float(np.abs(sample - W[:, rows].T).max())
    if apart > math.sqrt(np.finfo(W.dtype).eps) * scale:
        raise ValueError("W: expected symmetric weights, w_ij = w_ji")
    return scale


def _length(name: str, values: Array, N: int) -> None:
    if len(values) != N:
        raise ValueError(f"{name}: expected length {N}, got {len(values)}")


def _float(array: Array) -> np.dtype[Any]:
    """Return float32 for float32, float64 for everything else."""
    return np.dtype(np.float32 if array.dtype == np.float32 else np.float64)
