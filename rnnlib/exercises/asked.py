"""What the checks ask of an answer before they look at its value."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib.exercises import Hint

Array = npt.NDArray[Any]


def number(answer: Any) -> float:
    """Return the answer as a number, or raise a Hint."""
    try:
        value = float(answer)
    except (TypeError, ValueError):
        raise Hint("number", {"got": type(answer).__name__}) from None
    if not np.isfinite(value):
        raise Hint("finite")
    return value


def array(answer: Any, shape: tuple[int, ...]) -> Array:
    """Return the answer as finite numbers of a shape, or raise a Hint."""
    try:
        values = np.asarray(answer, float)
    except (TypeError, ValueError):
        got = type(answer).__name__
        raise Hint("array", {"want": shape, "got": got}) from None
    if values.shape != shape:
        raise Hint("array", {"want": shape, "got": values.shape})
    if not np.isfinite(values).all():
        raise Hint("finite")
    return values


def call(answer: Any, **arguments: Any) -> Any:
    """Call the learner's function; its failures become Hints.

    A function that still returns nothing is an open exercise, and one that
    changes an array it was given is told so.
    """
    if not callable(answer):
        raise Hint("function", {"got": type(answer).__name__})
    before = {
        name: value.copy()
        for name, value in arguments.items()
        if isinstance(value, np.ndarray)
    }
    shown = ", ".join(
        f"{name} {value.shape}"
        if name in before
        else name
        if callable(value) or isinstance(value, tuple | list)
        else f"{name} = {value}"
        for name, value in arguments.items()
    )
    try:
        with np.errstate(all="ignore"):
            result = answer(*arguments.values())
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise Hint("raised", {"error": text, "call": shown}) from None
    if result is None:
        raise Hint("open")
    for name, value in before.items():
        if not np.array_equal(value, arguments[name]):
            raise Hint("mutated", {"name": name})
    return result
