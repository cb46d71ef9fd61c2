"""What the functions at the edge accept, and what they say if they do not."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib import tree

Array = npt.NDArray[Any]
GATES = {"rnnlib.rnn": 1, "rnnlib.lstm": 4, "rnnlib.gru": 3}  # blocks of H


def numbers(
    name: str, values: npt.ArrayLike, shape: tuple[int | str, ...]
) -> Array:
    """Return values as an array of that shape, finite and not empty.

    A letter in the shape stands for any size of 1 or more.

    Raises
    ------
    TypeError
        If they are not real numbers.
    ValueError
        If the shape differs, a size is 0, or a number is not finite.
    """
    array = plain(name, values)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name}: expected real numbers, got dtype {array.dtype}"
        )
    fits = array.ndim == len(shape) and all(
        size == want if isinstance(want, int) else size > 0
        for size, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        text = ", ".join(map(str, shape)) + "," * (len(shape) == 1)
        raise ValueError(
            f"{name}: expected shape ({text}), got {array.shape}"
            + (": it is empty" if array.size == 0 else "")
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or Inf")
    return array


def plain(name: str, values: npt.ArrayLike) -> Array:
    """Return values as an array, and name them where their rows differ."""
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name}: expected one array, got {type(values).__name__} "
            "with parts of different shapes"
        ) from None


def sequence(
    cell: Any,
    params: Any,
    xs: npt.ArrayLike,
    state: Any,
    mask: npt.ArrayLike | None,
) -> tuple[Array, Any, Array | None]:
    """Return xs (T, B, D), the state to start from and the mask (T, B)."""
    weights(cell, params)
    D, dtype = len(params.W_xh), params.W_hh.dtype
    array = numbers("xs", xs, ("T", "B", D)).astype(dtype, copy=False)
    T, B, _ = array.shape
    zeros = cell.start(params, B)
    if state is None:
        state = zeros
    else:
        state = fitting("state", state, zeros)
    if mask is None:
        return array, state, None
    steps = numbers("mask", mask, (T, B))
    if not ((steps == 0) | (steps == 1)).all():
        raise ValueError("mask: expected 0 and 1 only")
    return array, state, steps.astype(bool)


def known(cell: Any) -> None:
    """Refuse what is no cell: its name, or its parameters."""
    if not hasattr(cell, "step"):
        got = repr(cell) if isinstance(cell, str) else type(cell).__qualname__
        raise TypeError(
            f"cell: expected a module such as rnnlib.lstm, got {got}"
        )


def weights(cell: Any, params: Any) -> None:
    """Refuse another cell's parameters, and shapes that do not fit."""
    known(cell)
    own = getattr(cell, "Params", type(params))
    if not isinstance(params, own):
        raise TypeError(
            f"params: expected {own.__module__}.{own.__qualname__}, "
            f"got {type(params).__module__}.{type(params).__qualname__}"
        )
    if own.__module__ not in GATES:
        return
    k = GATES[own.__module__]
    D, H = len(params.W_xh), len(params.W_hh)
    for name, array in params._asdict().items():
        rows = {"W_xh": (D,), "W_hh": (H,)}.get(name, ())
        if array.shape != (*rows, k * H):
            want = ", ".join(map(str, (*rows, k * H))) + "," * (not rows)
            raise ValueError(
                f"params.{name}: expected shape ({want}) for H = {H}, "
                f"got {array.shape}"
            )


def blame(
    cell: Any, params: Any, T: int, x: Array, dhs: npt.ArrayLike, dstate: Any
) -> tuple[Array, Any]:
    """Return dhs (T, B, H) and the gradient of the last state."""
    H, B = len(params.W_hh), len(x)
    dtype = params.W_hh.dtype
    array = numbers("dhs", dhs, (T, B, H)).astype(dtype, copy=False)
    zeros = cell.start(params, B)
    return array, zeros if dstate is None else fitting("dstate", dstate, zeros)


def fitting(name: str, state: Any, like: Any) -> Any:
    """Return the state in the type, shapes and dtype of another."""
    fields = like._fields
    try:
        parts = tuple(state)
    except TypeError:
        parts = ()
    if isinstance(state, np.ndarray) or len(parts) != len(fields):
        raise ValueError(
            f"{name}: expected State({', '.join(fields)}), "
            f"got {type(state).__name__}"
        )
    return type(like)(
        *(
            numbers(f"{name}.{field}", part, want.shape).astype(
                want.dtype, copy=False
            )
            for field, part, want in zip(fields, parts, like, strict=True)
        )
    )


def one_of(name: str, value: Any, allowed: tuple[Any, ...]) -> None:
    """Refuse what is not in the list."""
    if value not in allowed:
        raise ValueError(f"{name}: expected one of {allowed}, got {value!r}")


def finite(name: str, values: Any) -> None:
    """Refuse a tree that holds NaN or infinity, and name the array."""
    for key, array in tree.named_leaves(values, name):
        if not np.isfinite(array).all():
            raise ValueError(f"{key}: expected finite numbers")


def not_negative(name: str, value: float) -> float:
    """Return a finite number of 0 or more."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: expected a number, got {value!r}") from None
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{name}: expected 0 or more, got {value}")
    return number
