"""A trained network's weights as JSON that `recurrent.js` reads."""

import base64
from typing import Any

import numpy as np

from rnnlib import checks, decoding, readout, rnn

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


def rounded(params_: Any) -> decoding.Params:
    """Return weights that eight bits hold: 255 values a matrix."""
    named = matrices(params_)
    return params(
        {
            name: np.round(W / _unit(W)).astype(float) * _unit(W)
            for name, W in named.items()
        }
    )


def packed(params_: Any, bits: int) -> dict[str, Any]:
    """Return the matrices in base64: float32, or int8 and a unit."""
    parts: dict[str, Any] = {}
    for name, W in matrices(params_).items():
        part: dict[str, Any] = {"shape": list(W.shape)}
        if bits == 8:
            part["unit"] = _unit(W)
            data = np.round(W / part["unit"]).astype("i1").tobytes()
        else:
            data = W.astype("<f4").tobytes()
        parts[name] = part | {"data": base64.b64encode(data).decode()}
    return parts


def _unit(W: Any) -> float:
    return float(abs(W).max() or 1) / 127
