"""Trained weights as JSON that `recurrent.js` reads."""

import base64
from typing import Any

import numpy as np

from rnnlib import checks, decoding, readout, rnn, tree

NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")


def matrices(params: Any) -> dict[str, Any]:
    """Return the five matrices of a simple network with its readout.

    Raises
    ------
    TypeError
        If it is another network.
    ValueError
        If the shapes do not fit, or a number is not finite.
    """
    try:
        cell, read = params
        found = (*rnn.Params(*cell), *readout.Params(*read))
    except (TypeError, ValueError):
        raise TypeError(
            "params: expected (rnn.Params, readout.Params), "
            f"got {type(params).__name__}"
        ) from None
    checks.finite("params", params)
    named = {name: np.asarray(W) for name, W in zip(NAMES, found, strict=True)}
    D, H = named["W_xh"].shape
    V = len(named["b_y"])
    shapes = ((D, H), (H, H), (H,), (H, V), (V,))
    for (name, W), shape in zip(named.items(), shapes, strict=True):
        if W.shape != shape:
            raise ValueError(f"{name}: expected shape {shape}, got {W.shape}")
    return named


def params(named: dict[str, Any]) -> decoding.Params:
    """Return the five matrices as a model's parameters."""
    W_xh, W_hh, b_h, W_hy, b_y = (np.asarray(named[name]) for name in NAMES)
    return decoding.Params(
        rnn.Params(W_xh, W_hh, b_h), readout.Params(W_hy, b_y)
    )


def rounded(params_: Any, bits: int) -> Any:
    """Return the weights as `packed` keeps them, in the same NamedTuples."""

    def keep(W: Any) -> Any:
        unit = _unit(W, bits)
        return np.asarray(np.round(W / unit), float) * unit

    return tree.apply(keep, params_)


def packed(part: Any, bits: int) -> dict[str, Any]:
    """Return weights in base64, 8 or 16 bits each, and their unit.

    A NamedTuple or dict becomes an object with its names, an array a base64
    string with its shape.
    """
    if isinstance(part, np.ndarray):
        unit = _unit(part, bits)
        data = np.round(part / unit).astype(f"<i{bits // 8}").tobytes()
        text = base64.b64encode(data).decode()
        return {"shape": list(part.shape), "unit": unit, "data": text}
    named = part if isinstance(part, dict) else part._asdict()
    return {name: packed(each, bits) for name, each in named.items()}


def _unit(W: Any, bits: int) -> float:
    most: int = 2 ** (bits - 1) - 1
    return float(abs(W).max() or 1) / most
