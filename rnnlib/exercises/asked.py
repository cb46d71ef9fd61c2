"""What the checks ask of an answer, and how they name a mistake."""

import copy
import dis
import inspect
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib.exercises import Hint

Array = npt.NDArray[Any]
Slips = dict[str, list[Any]]  # a hint's name: what the mistake comes to


def close(a: Any, b: Any) -> bool:
    """Return whether two arrays are the same, in single precision too."""
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, atol=1e-6))


def real(answer: Any) -> Array | None:
    """Return finite real numbers, None for what is of another kind."""
    if answer is None or answer is ...:
        raise Hint("open")
    try:
        values = np.asarray(answer)
        if values.dtype == object:  # fractions; or a list with open places
            if any(part is None or part is ... for part in values.flat):
                raise Hint("open")
            values = values.astype(float)
    except (TypeError, ValueError):
        return None
    if values.dtype.kind in "US":
        raise Hint("text")
    if values.dtype.kind not in "biufc":
        return None
    if not np.isfinite(values).all():
        raise Hint("finite")
    if np.iscomplexobj(values) and values.imag.any():
        raise Hint("complex")
    return np.asarray(values.real, float)


def number(answer: Any) -> float:
    """Return the answer as a number, or raise a Hint."""
    values = real(answer)
    if values is None:
        raise Hint("number", {"got": type(answer).__name__})
    if values.size != 1:
        raise Hint("single", {"got": values.shape})
    return float(values.item())


def array(answer: Any, shape: tuple[int, ...]) -> Array:
    """Return the answer as finite numbers of a shape, or raise a Hint."""
    values = real(answer)
    if values is None:
        raise Hint("array", {"want": shape, "got": type(answer).__name__})
    if values.shape == () != shape:
        raise Hint("scalar", {"want": shape})
    if values.shape != shape:
        raise Hint("array", {"want": shape, "got": values.shape})
    return values


def parts(answer: Any, **shapes: tuple[int, ...]) -> list[Array]:
    """Return the arrays of a tuple or a list, or raise a Hint."""
    names = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    said = {"n": len(shapes), "names": names, "got": type(answer).__name__}
    if not isinstance(answer, tuple | list):
        raise Hint("several", said)
    if len(answer) != len(shapes):
        raise Hint("many", said | {"got": len(answer)})
    found = []
    for (name, shape), part in zip(shapes.items(), answer, strict=True):
        values = real(part)
        got = type(part).__name__ if values is None else values.shape
        if values is None or got != shape:
            raise Hint("part", {"name": name, "want": shape, "got": got})
        found.append(values)
    return found


def right(answer: Any, want: Array, slips: Slips, said: Any = None) -> bool:
    """Return whether the answer is as wanted.

    A mistake that is known, and a wrong shape, raise their Hint.
    """
    values = real(answer)
    if values is not None:
        if close(values, want):
            return True
        explain(values, slips, said)
    array(answer, want.shape)
    return False


def first_off(answer: Any, want: Array) -> dict[str, Any]:
    """Return where the first wrong number stands, and what it should be."""
    got = array(answer, want.shape)
    at = tuple(np.argwhere(~np.isclose(got, want, atol=1e-6))[0].tolist())
    where = ", ".join(map(str, at))
    return {"at": where, "want": want[at], "got": got[at]}


def explain(got: Any, slips: Slips, said: Any = None) -> None:
    """Raise the Hint of the mistake that gives this answer.

    Where two different mistakes give it, nobody knows which it was, and
    neither is named.
    """
    found = {
        name
        for name, values in slips.items()
        if any(close(got, value) for value in values)
    }
    if len(found) == 1:
        raise Hint(found.pop(), said or {})


def call(answer: Any, **arguments: Any) -> Any:
    """Call the learner's function on copies; its failures become Hints.

    A function that does nothing yet is an open exercise, and one that
    changes an array it was given is told so.
    """
    if not callable(answer):
        raise Hint("function", {"got": type(answer).__name__})
    shown = ", ".join(_show(*item) for item in arguments.items())
    given = copy.deepcopy(arguments)
    if not _takes(answer, len(given)):
        raise Hint("arguments", {"names": ", ".join(given)})
    try:
        with np.errstate(all="ignore"):
            result = answer(*given.values())
    except RecursionError:
        raise Hint("endless", {"call": shown}) from None
    except (Exception, SystemExit) as error:
        sizes = re.search(r"matmul.*size (\d+) is .* from (\d+)", str(error))
        if sizes:
            said = {"rows": sizes[1], "columns": sizes[2], "call": shown}
            raise Hint("product", said) from None
        text = f"{type(error).__name__}: {error}".rstrip(": ")
        raise Hint("raised", {"error": text, "call": shown}) from None
    if result is None or result is ...:
        raise Hint(_unfinished(answer))
    for name, value in arguments.items():
        if not _same(value, given[name]):
            raise Hint("mutated", {"name": name})
    return result


def _takes(answer: Any, n: int) -> bool:
    """Return whether a function takes n arguments, as far as it says."""
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # some built-in functions do not say
        return True
    try:
        signature.bind(*range(n))
    except TypeError:
        return False
    return True


def _show(name: str, value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{name} {value.shape}"
    plain = isinstance(value, int | float)
    return f"{name} = {value:g}" if plain else name


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(_same, a, b))
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else True


def _unfinished(answer: Any) -> str:
    """Return the name of the hint for a function that returns nothing."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return "nothing"
    if "print" in code.co_names:
        return "printed"
    works = ("BINARY", "CALL", "COMPARE", "FOR", "STORE_SUBSCR", "UNARY")
    did = any(i.opname.startswith(works) for i in dis.get_instructions(code))
    return "nothing" if did else "open"


def outside(answer: Any) -> list[str]:
    """Return the data a function reads that are not its arguments."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return []
    read = {
        i.argval
        for i in dis.get_instructions(code)
        if i.opname == "LOAD_GLOBAL"
    }
    data = (np.ndarray, float, int, list, tuple)
    return sorted(
        name for name in read if isinstance(answer.__globals__.get(name), data)
    )
