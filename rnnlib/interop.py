"""Weights to PyTorch and back, and to a file and back.

PyTorch writes column vectors and stacks the gates in rows, i, f, g, o for
the LSTM and r, z, n for the GRU; weight_ih_l0 is our W_xh transposed, with
the gates in its order. It has two biases where one would do: their sum is
b_h. Names and layout: PyTorch's documentation of RNN, LSTM and GRU.
Book: chapter 5.
"""

import importlib
import json
import os
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnlib import checks, gru, lstm, rnn

Array = npt.NDArray[Any]

# For each gate of PyTorch, in its order, where it lies in ours.
ORDER = {rnn: [0], lstm: [0, 1, 3, 2], gru: [0, 1, 2]}


def to_torch(cell: Any, params: Any) -> dict[str, Array]:
    """Return the weights under PyTorch's names, in its layout.

    ``torch.nn.LSTM(D, H).load_state_dict({k: torch.tensor(v) ...})`` takes
    them. weight_ih_l0 is (gates*H, D), weight_hh_l0 (gates*H, H), the
    biases are (gates*H,).

    Raises
    ------
    ValueError
        If the cell is not rnn, lstm or gru, or the params are not its.
    """
    order = _order(cell)
    if not isinstance(params, cell.Params):
        raise ValueError(
            f"params: expected {cell.__name__}.Params, "
            f"got {type(params).__module__}.{type(params).__name__}"
        )
    W_xh, W_hh, b, *b_hh = (_reorder(W, order) for W in params)
    return {
        "weight_ih_l0": np.ascontiguousarray(W_xh.T),
        "weight_hh_l0": np.ascontiguousarray(W_hh.T),
        "bias_ih_l0": b,
        "bias_hh_l0": b_hh[0] if b_hh else np.zeros_like(b),
    }


def from_torch(cell: Any, state_dict: Any) -> Any:
    """Return the cell's Params from PyTorch's names and layout.

    Parameters
    ----------
    cell : module
        rnn, lstm or gru.
    state_dict : mapping
        Of one layer and one direction: ``torch.nn.GRU(D, H).state_dict()``,
        or the same as arrays.

    Raises
    ------
    ValueError
        If a weight is missing, has a wrong shape or is not finite.
    """
    order = np.argsort(_order(cell)).tolist()
    names = [f"{w}_{k}_l0" for w in ("weight", "bias") for k in ("ih", "hh")]
    extra = sorted(set(state_dict) - set(names))
    missing = [name for name in names if name not in state_dict]
    if missing or extra:
        raise ValueError(
            f"state_dict: expected {', '.join(names)} of one layer; "
            f"missing {missing}, not known {extra}"
        )
    W_ih, W_hh, b_ih, b_hh = (_array(state_dict[name]) for name in names)
    H, gates = W_hh.shape[-1], len(order)
    shapes = ((gates * H, "D"), (gates * H, H), (gates * H,), (gates * H,))
    for name, W, shape in zip(
        names, (W_ih, W_hh, b_ih, b_hh), shapes, strict=True
    ):
        checks.numbers(name, W, shape)
    W_xh, W_hh = _reorder(W_ih.T, order), _reorder(W_hh.T, order)
    b_ih, b_hh = _reorder(b_ih, order), _reorder(b_hh, order)
    if cell is gru:
        return gru.Params(W_xh, W_hh, b_ih, b_hh)
    return cell.Params(W_xh, W_hh, b_ih + b_hh)


def save(path: str | os.PathLike[str], params: Any) -> None:
    """Write parameters to a .npz file, to be read by `load`.

    Takes any Params of rnnlib, or tuples, lists and dicts of them.

    Raises
    ------
    TypeError
        If there is something else in it.
    """
    arrays: dict[str, Array] = {}
    shape = _describe(params, arrays)
    arrays["structure"] = np.array(json.dumps(shape))
    with open(path, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def load(path: str | os.PathLike[str]) -> Any:
    """Read what `save` wrote. Nothing in the file is executed.

    Raises
    ------
    ValueError
        If the file was not written by `save`.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        return _build(json.loads(str(arrays["structure"])), arrays)
    except (KeyError, TypeError, ValueError, EOFError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(
            f"{path}: expected a file written by interop.save ({error})"
        ) from None


def _describe(part: Any, arrays: dict[str, Array]) -> Any:
    """Return the structure as JSON, and collect the arrays."""
    if isinstance(part, dict):
        items = [_describe(v, arrays) for v in part.values()]
        return {"dict": list(part), "parts": items}
    if isinstance(part, tuple | list):
        kind = type(part)
        name = f"{kind.__module__}:{kind.__qualname__}"
        if kind in (tuple, list):
            name = kind.__name__
        elif not kind.__module__.startswith("rnnlib."):
            raise TypeError(f"params: expected Params of rnnlib, got {name}")
        return {"type": name, "parts": [_describe(p, arrays) for p in part]}
    array = np.asarray(part)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"params: expected numbers, got {type(part).__name__}")
    key = f"array{len(arrays)}"
    arrays[key] = array
    return key


def _build(shape: Any, arrays: dict[str, Array]) -> Any:
    if isinstance(shape, str):
        return arrays[shape]
    parts = [_build(part, arrays) for part in shape["parts"]]
    if "dict" in shape:
        return dict(zip(shape["dict"], parts, strict=True))
    if shape["type"] in ("tuple", "list"):
        return parts if shape["type"] == "list" else tuple(parts)
    module, _, name = shape["type"].partition(":")
    kind = None
    if module.startswith("rnnlib."):
        kind = getattr(importlib.import_module(module), name, None)
    if not (isinstance(kind, type) and hasattr(kind, "_fields")):
        raise ValueError(f"unknown type {shape['type']}")
    return kind(*parts)


def _order(cell: Any) -> list[int]:
    for known, order in ORDER.items():
        if cell is known:
            return order
    raise ValueError(f"cell: expected rnn, lstm or gru, got {cell!r}")


def _reorder(W: Array, order: list[int]) -> Array:
    """Return W (..., gates*H) with its gates in another order."""
    parts = W.reshape(*W.shape[:-1], len(order), -1)
    return np.array(parts[..., order, :].reshape(W.shape))


def _array(value: Any) -> Array:
    """Return a tensor of PyTorch, or anything like an array, as array."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return np.asarray(value)
