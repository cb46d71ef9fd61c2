r"""The Hopfield network: memories stored as valleys of an energy.

    h_i = sum_j w_ij s_j                      local field             [1]
    s_i <- sign(h_i), and s_i if h_i = 0      update                  [2]
    w_ij = (1/N) sum_mu xi_i xi_j, w_ii = 0   Hebb's rule             [3]
    E = -1/2 sum_ij w_ij s_i s_j              energy                  [4]
    m_mu = (1/N) sum_i xi_i s_i               overlap                 [5]
    a = softmax(beta X q)                     attention               [6]
    q <- a X                                  the modern update       [7]

Sizes: P patterns (the rows of X), N units; states and patterns are -1 or +1.
Book: chapter 1. Sources: Hopfield (1982), doi:10.1073/pnas.79.8.2554; for
[6] and [7] Ramsauer et al. (2020), arXiv:2008.02217.
"""

import math
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
BLOCK = 128  # units looked at together; any size from 64 to 256 is as fast


class Recall(NamedTuple):
    """What a network did with a cue."""

    state: Array  # (N,) where it ended, int8
    energies: Array  # at the start, then after each flip (sync: each step)
    flips: Array  # the units that flipped, in order
    converged: bool  # it ended in a fixed point


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
        Hebb's rule [3], or the projection on the span of the patterns
        (Personnaz, Guyon and Dreyfus 1985,
        doi:10.1051/jphyslet:01985004608035900), which keeps up to N
        linearly independent patterns however alike they are.

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
    if X.dtype != np.float32:
        X = X.astype(float)
    if rule == "hebb":
        W: Array = X.T @ X  # the same array twice: BLAS does half the work
        W /= N  # [3]
    elif rule == "pseudo-inverse":
        # Rows of Q span the patterns; repeated ones add nothing new.
        _, sizes, Q = np.linalg.svd(X, full_matrices=False)
        Q = Q[sizes > 1e-6 * sizes[0]]
        W = Q.T @ Q
    else:
        raise ValueError(
            f"rule: expected 'hebb' or 'pseudo-inverse', got {rule!r}"
        )
    np.fill_diagonal(W, 0)
    return W


def local_field(W: Array, s: npt.ArrayLike) -> Array:
    """Return what each unit hears from the others, h (N,). Equation [1]."""
    W, s = _network(W, s)
    return np.asarray(W @ s.astype(W.dtype))  # [1]


def energy(W: Array, s: npt.ArrayLike) -> float:
    """Return the energy of state s (N,) under weights W (N, N). [4]."""
    W, s = _network(W, s)
    s = s.astype(W.dtype)
    return float(-0.5 * s @ W @ s)  # [4]


def overlap(patterns: npt.ArrayLike, s: npt.ArrayLike) -> Array:
    """Return how much s (N,) resembles each pattern: m (P,) in [-1, 1]. [5].

    Raises
    ------
    ValueError
        If the shapes do not fit or anything is not -1 or +1.
    """
    X, s = _signs("patterns", patterns, 2), _signs("s", s, 1)
    if X.shape[1] != len(s):
        raise ValueError(f"s: expected length {X.shape[1]}, got {len(s)}")
    return np.asarray(X.astype(float) @ s.astype(float) / len(s))  # [5]


def recall(
    W: Array,
    s: npt.ArrayLike,
    rng: np.random.Generator,
    order: Literal["async", "sync"] = "async",
    max_sweeps: int = 100,
) -> Recall:
    """Let the network run from the cue s until nothing changes.

    One unit at a time ("async"): a sweep visits all units in a random order
    and ends the recall if none of them flipped. Each flip lowers the energy
    by 2 |h_i|, so that a fixed point is always reached. All units together
    ("sync"): the state may swap between two states for ever (Goles-Chacc,
    Fogelman-Soulie and Pellegrin 1985, doi:10.1016/0166-218X(85)90029-0).

    Parameters
    ----------
    W : ndarray of shape (N, N)
        Symmetric weights.
    s : array_like of shape (N,)
        The cue, -1 and +1. It is not changed.
    rng : numpy.random.Generator
        Draws the order of the visits.
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
        If rng is not a numpy.random.Generator.

    Notes
    -----
    A field that is zero up to round-off counts as zero, and a unit whose
    field is zero keeps its state.
    """
    W, s = _network(W, s)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng: expected a numpy.random.Generator, as made by "
            f"numpy.random.default_rng(0), got {type(rng).__name__}"
        )
    if order not in ("async", "sync"):
        raise ValueError(f"order: expected 'async' or 'sync', got {order!r}")
    if max_sweeps < 1:
        raise ValueError(f"max_sweeps: expected 1 or more, got {max_sweeps}")
    _symmetric(W)
    s = s.astype(W.dtype)  # a copy: the cue stays as it is
    h = W @ s  # [1]
    if not np.isfinite(h).all():  # a NaN anywhere in W shows in its row
        raise ValueError("W: expected finite numbers, got NaN or infinity")
    tie = 64 * np.finfo(W.dtype).eps * float(np.abs(h).max())
    run = _one_by_one if order == "async" else _together
    energies, flips, converged = run(W, s, h, tie, rng, max_sweeps)
    return Recall(
        s.astype(np.int8), np.array(energies), np.array(flips, int), converged
    )


def _one_by_one(
    W: Array,
    s: Array,
    h: Array,
    tie: float,
    rng: np.random.Generator,
    max_sweeps: int,
) -> tuple[list[float], list[int], bool]:
    """Visit unit after unit; s and h change in place.

    Most visits change nothing, so that a block of units is looked at with
    one comparison; only a flip costs more, and it corrects all fields at
    once: flipping s_i changes h by -2 s_i W[i].
    """
    E = float(-0.5 * s @ h)  # [4]
    energies, flips = [E], []
    for _ in range(max_sweeps):
        visits = rng.permutation(len(s))
        quiet = True
        at = 0
        while at < len(visits):
            block = visits[at : at + BLOCK]
            wants = h[block] * s[block] < -tie  # [2]
            first = int(wants.argmax())
            if not wants[first]:
                at += BLOCK
                continue
            i = int(block[first])
            E += 2 * float(s[i] * h[i]) - 2 * float(W[i, i])
            h -= (2 * s[i]) * W[i]
            s[i] = -s[i]  # [2]
            energies.append(E)
            flips.append(i)
            quiet = False
            at += first + 1
        if quiet:
            return energies, flips, True
    return energies, flips, False


def _together(
    W: Array,
    s: Array,
    h: Array,
    tie: float,
    rng: np.random.Generator,
    max_sweeps: int,
) -> tuple[list[float], list[int], bool]:
    """Update all units at once; s changes in place."""
    energies: list[float] = [float(-0.5 * s @ h)]
    flips: list[int] = []
    for _ in range(max_sweeps):
        wrong = np.flatnonzero(h * s < -tie)  # [2]
        if not len(wrong):
            return energies, flips, True
        s[wrong] = -s[wrong]
        h = W @ s  # [1]
        energies.append(float(-0.5 * s @ h))
        flips.extend(wrong.tolist())
    return energies, flips, not bool((h * s < -tie).any())


# --- the modern network ----------------------------------------------------


def attention(
    patterns: npt.ArrayLike, query: npt.ArrayLike, beta: float
) -> Array:
    """Return how much each pattern is attended to: (P,), summing to 1. [6].

    Parameters
    ----------
    patterns : array_like of shape (P, N)
        Real-valued patterns.
    query : array_like of shape (N,)
        The cue.
    beta : float
        Inverse temperature, 0 or more: 0 attends to all alike.

    Raises
    ------
    ValueError
        If the shapes do not fit or a number is not finite.
    """
    X, q = np.asarray(patterns, float), np.asarray(query, float)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"patterns: expected shape (P, N), got {X.shape}")
    if q.shape != X.shape[1:]:
        raise ValueError(f"query: expected shape {X.shape[1:]}, got {q.shape}")
    if not (np.isfinite(X).all() and np.isfinite(q).all()):
        raise ValueError("patterns and query: expected finite numbers")
    if not (math.isfinite(beta) and beta >= 0):
        raise ValueError(f"beta: expected 0 or more, got {beta}")
    scores = X @ q
    # The largest score is taken off first: exp cannot overflow.
    weights = np.exp(beta * (scores - scores.max()))  # [6]
    return np.asarray(weights / weights.sum())


def retrieve(
    patterns: npt.ArrayLike, query: npt.ArrayLike, beta: float
) -> Array:
    """Return the query after one modern update: (N,). Equation [7].

    Takes and raises what `attention` does.
    """
    weights = attention(patterns, query, beta)
    return np.asarray(weights @ np.asarray(patterns, float))  # [7]


# --- how much fits ---------------------------------------------------------


def bit_error(alpha: npt.ArrayLike) -> Any:
    """Return the part of wrong bits after one step: erfc(1/sqrt(2a))/2.

    The crosstalk of alpha = P/N random patterns is a normal number of
    variance alpha; a bit is wrong when it exceeds 1 (Hertz, Krogh and Palmer
    1991, section 2.2).

    Raises
    ------
    ValueError
        If a load is not a positive number.
    """
    a = np.asarray(alpha, float)
    if not (a > 0).all() or not np.isfinite(a).all():
        raise ValueError(f"alpha: expected positive loads P/N, got {alpha}")
    error = [0.5 * math.erfc(1 / math.sqrt(2 * x)) for x in a.ravel()]
    return error[0] if a.ndim == 0 else np.reshape(error, a.shape)


def mean_field_overlap(alpha: float) -> float:
    """Return the overlap at the end of recall in an endless network.

    With y = m / sqrt(2 alpha r) the equations of Amit, Gutfreund and
    Sompolinsky (1985, doi:10.1103/PhysRevLett.55.1530) at zero temperature
    are one: erf(y) = y (sqrt(2 alpha) + 2/sqrt(pi) exp(-y^2)), m = erf(y).

    Returns
    -------
    float
        The overlap m; 0.0 where only m = 0 solves the equation.

    Raises
    ------
    ValueError
        If alpha is not positive.
    """
    if not alpha > 0:
        raise ValueError(f"alpha: expected a positive load, got {alpha}")
    target = math.sqrt(2 * alpha)
    if target > _load_root(_Y_CRITICAL):
        return 0.0
    low, high = _Y_CRITICAL, _Y_CRITICAL + 1
    while _load_root(high) > target:
        high *= 2
    for _ in range(200):  # the larger root: the load falls with y here
        y = (low + high) / 2
        low, high = (y, high) if _load_root(y) > target else (low, y)
    return math.erf(low)


def critical_load() -> tuple[float, float]:
    """Return the load at which recall collapses, and the overlap there.

    About (0.1379, 0.967): the last load at which the mean-field equation has
    a solution (see `mean_field_overlap`).
    """
    return _load_root(_Y_CRITICAL) ** 2 / 2, math.erf(_Y_CRITICAL)


def exact_recall_limit(N: int, every: bool = True) -> float:
    """Return how many random patterns N units keep without a wrong bit.

    N / (4 ln N) if every pattern is to be kept, N / (2 ln N) if most are
    (McEliece et al. 1987, doi:10.1109/TIT.1987.1057328).

    Raises
    ------
    ValueError
        If N is less than 2.
    """
    if N < 2:
        raise ValueError(f"N: expected 2 or more units, got {N}")
    return N / ((4 if every else 2) * math.log(N))


def _load_root(y: float) -> float:
    """Return sqrt(2 alpha) at which y solves the mean-field equation."""
    return math.erf(y) / y - 2 / math.sqrt(math.pi) * math.exp(-y * y)


def _highest() -> float:
    """Return the y where the load is largest, by golden section."""
    low, high = 0.5, 4.0
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(100):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if _load_root(a) > _load_root(b) else (a, high)
    return (low + high) / 2


_Y_CRITICAL = _highest()


# --- what the functions above accept ---------------------------------------


def _signs(name: str, values: npt.ArrayLike, ndim: int) -> Array:
    array = np.asarray(values)
    shape = "(P, N)" if ndim == 2 else "(N,)"
    if array.ndim != ndim or array.size == 0:
        raise ValueError(
            f"{name}: expected a non-empty array of shape {shape}, "
            f"got shape {array.shape}"
        )
    if array.dtype.kind not in "iuf" or not (np.abs(array) == 1).all():
        found = np.unique(array)[:4].tolist()
        raise ValueError(
            f"{name}: expected values -1 and +1 only, got {found}"
        )
    return array


def _network(W: Array, s: npt.ArrayLike) -> tuple[Array, Array]:
    W = np.asarray(W)
    if W.ndim != 2 or W.shape[0] != W.shape[1] or W.size == 0:
        raise ValueError(f"W: expected a square matrix, got shape {W.shape}")
    if W.dtype.kind not in "iuf":
        raise ValueError(f"W: expected real numbers, got dtype {W.dtype}")
    if W.dtype.kind != "f":
        W = W.astype(float)
    s = _signs("s", s, 1)
    if len(s) != len(W):
        raise ValueError(f"s: expected length {len(W)}, got {len(s)}")
    return W, s


def _symmetric(W: Array) -> None:
    """Refuse lopsided weights; large matrices are compared in 16 rows."""
    rows = np.arange(len(W))
    if len(W) > 512:
        rows = np.linspace(0, len(W) - 1, 16).astype(int)
    if not np.allclose(W[rows], W[:, rows].T, equal_nan=True):
        raise ValueError("W: expected symmetric weights, w_ij = w_ji")
