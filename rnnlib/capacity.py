r"""How much a Hopfield network can hold: three answers.

    P(wrong bit) = 1/2 erfc(1 / sqrt(2 alpha))     after one step        [1]
    m = erf(y),  erf(y)/y - (2/sqrt(pi)) e^(-y^2) = sqrt(2 alpha)        [2]
    P = N / (4 ln N),  P = N / (2 ln N)            all, most exact       [3]

P random patterns in N units with Hebb's rule, load alpha = P/N; m is the
overlap at the end of recall. Book: chapter 1.

Sources: [1] Hertz, Krogh and Palmer (1991), Introduction to the Theory of
Neural Computation, chapter 2. [2] Amit, Gutfreund and Sompolinsky (1985),
doi:10.1103/PhysRevLett.55.1530. [3] McEliece et al. (1987),
doi:10.1109/TIT.1987.1057328.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib import checks


def bit_error(alpha: npt.ArrayLike) -> Any:
    """Return the share of wrong bits after one step. Equation [1].

    The crosstalk of alpha = P/N random patterns is a normal number of
    variance alpha, and a bit turns wrong where it is below -1. Takes a load
    or an array of loads, returns a float or an array of that shape.

    Raises
    ------
    ValueError
        If a load is negative or not a number.
    """
    a = np.asarray(alpha)
    if a.dtype.kind not in "iuf" or not (np.isfinite(a) & (a >= 0)).all():
        raise ValueError(f"alpha: expected loads P/N >= 0, got {alpha!r}")
    error = [
        math.erfc(1 / math.sqrt(2 * x)) / 2 if x else 0.0  # [1]
        for x in a.ravel().tolist()
    ]
    return np.reshape(error, a.shape) if a.ndim else error[0]


def mean_field_overlap(alpha: float) -> float:
    """Return the overlap m where recall ends in an endless network. [2].

    At zero temperature the theory says m = erf(y) with y = m / sqrt(2 alpha
    r), r = 1 / (1 - C)^2 and C = 2 y e^(-y^2) / (sqrt(pi) m); together they
    are [2]. Of its solutions the largest is meant: the one recall from a
    pattern ends in. Above the critical load there is none and m is 0.

    Raises
    ------
    ValueError
        If alpha is negative or not a number.
    """
    root = math.sqrt(2 * checks.not_negative("alpha", alpha))
    top = _top()
    if root > _root_of_load(top):
        return 0.0
    return math.erf(_fall(lambda y: _root_of_load(y) - root, top))


def critical_load() -> tuple[float, float]:
    """Return the load where recall breaks down, and the overlap there.

    About (0.138, 0.967): the last load at which [2] has a solution.
    """
    top = _top()
    return _root_of_load(top) ** 2 / 2, math.erf(top)


def exact_recall_limit(N: int, every: bool = True) -> float:
    """Return how many random patterns N units keep without a wrong bit. [3].

    With `every` pattern exact, or else only most of them.

    Raises
    ------
    ValueError
        If N is less than 2.
    """
    if checks.not_negative("N", N) < 2:
        raise ValueError(f"N: expected 2 or more units, got {N}")
    return N / ((4 if every else 2) * math.log(N))  # [3]


def _root_of_load(y: float) -> float:
    """Return the sqrt(2 alpha) that y belongs to; it rises, then falls."""
    slope = 2 / math.sqrt(math.pi) * math.exp(-y * y)
    return math.erf(y) / y - slope  # [2]


def _top() -> float:
    """Return the y of the largest load: there the derivative of [2] is 0."""
    slope = 2 / math.sqrt(math.pi)
    return _fall(
        lambda y: slope * math.exp(-y * y) * (y + 2 * y**3) - math.erf(y), 0.5
    )


def _fall(f: Callable[[float], float], low: float) -> float:
    """Return where f falls through 0 between low and 6, by bisection."""
    high = 6.0  # erf(6) is 1 to the last bit
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if f(middle) > 0 else (low, middle)
    return high
