"""One thing done to every array of a parameter set.

Parameters, gradients and states are NamedTuples of arrays, or tuples, lists
and dicts of these. A tree is any of them.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def apply(f: Callable[..., Any], tree: Any, *more: Any) -> Any:
    """Return the tree with every array replaced by f(array, ...).

    Trees beside the first have its structure; f takes one array of each.
    """
    if isinstance(tree, dict):
        return {k: apply(f, tree[k], *(m[k] for m in more)) for k in tree}
    if isinstance(tree, tuple | list):
        parts = [apply(f, *them) for them in zip(tree, *more, strict=True)]
        named = hasattr(tree, "_fields")
        return type(tree)(*parts) if named else type(tree)(parts)
    return f(tree, *more)


def leaves(tree: Any) -> Iterator[Array]:
    """Yield every array of the tree, in order."""
    for _, array in named_leaves(tree):
        yield array


def named_leaves(tree: Any, name: str = "") -> Iterator[tuple[str, Array]]:
    """Yield every array with its name, such as ``cell.W_xh``."""
    if isinstance(tree, dict):
        parts = list(tree.items())
    elif hasattr(tree, "_fields"):
        parts = list(zip(tree._fields, tree, strict=True))
    elif isinstance(tree, tuple | list):
        parts = list(enumerate(tree))
    else:
        yield name, tree
        return
    for key, part in parts:
        yield from named_leaves(part, f"{name}.{key}" if name else str(key))


def zeros(tree: Any) -> Any:
    """Return a tree of zeros with the same shapes and dtypes."""
    return apply(np.zeros_like, tree)


def cast(tree: Any, dtype: npt.DTypeLike) -> Any:
    """Return the tree in another precision, such as ``np.float32``."""
    return apply(lambda array: np.asarray(array, dtype=dtype), tree)


def count(tree: Any) -> int:
    """Return how many numbers the tree holds."""
    return sum(np.size(array) for array in leaves(tree))
