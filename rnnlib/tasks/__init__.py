"""The data of the book: made by a rule, or shipped by a package."""

from rnnlib.tasks.patterns import (
    Digits,
    digits,
    flip,
    glyphs,
    random_patterns,
)
from rnnlib.tasks.signals import (
    REBER,
    Batch,
    adding,
    copying,
    echo,
    first_symbol,
    reber,
    reber_next,
    reber_string,
    shift,
    temporal_order,
    temporal_xor,
)
from rnnlib.tasks.vocabulary import Vocabulary, one_hot, vocabulary

__all__ = [
    "REBER",
    "Batch",
    "Digits",
    "Vocabulary",
    "adding",
    "copying",
    "digits",
    "echo",
    "first_symbol",
    "flip",
    "glyphs",
    "one_hot",
    "random_patterns",
    "reber",
    "reber_next",
    "reber_string",
    "shift",
    "temporal_order",
    "temporal_xor",
    "vocabulary",
]


def __getattr__(name: str) -> str:
    """Read the font only when somebody asks what is in it."""
    if name == "GLYPHS":
        from rnnlib.tasks import patterns

        return patterns.GLYPHS
    raise AttributeError(f"module 'rnnlib.tasks' has no attribute {name!r}")
