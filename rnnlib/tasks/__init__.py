"""The data of the book: made by a rule, or shipped by a package."""

from rnnlib.tasks.corpora import (
    Split,
    articles,
    phrases,
    pronunciations,
    surnames,
    topics,
)
from rnnlib.tasks.hangul import (
    jamo,
    pronounce,
    random_syllables,
    spacing,
    syllables,
)
from rnnlib.tasks.patterns import (
    Digits,
    digits,
    flip,
    glyphs,
    random_patterns,
)
from rnnlib.tasks.senses import senses
from rnnlib.tasks.sentences import reviews
from rnnlib.tasks.signals import (
    REBER,
    Batch,
    adding,
    brackets,
    copying,
    echo,
    first_symbol,
    reber,
    reber_next,
    reber_string,
    shift,
    spotting,
    temporal_order,
    temporal_xor,
)
from rnnlib.tasks.spoken import (
    SpokenDigits,
    dates,
    number_words,
    spoken_digits,
    translations,
)
from rnnlib.tasks.vocabulary import Vocabulary, one_hot, vocabulary

__all__ = [
    "REBER",
    "Batch",
    "Digits",
    "Split",
    "SpokenDigits",
    "Vocabulary",
    "adding",
    "articles",
    "brackets",
    "copying",
    "dates",
    "digits",
    "echo",
    "first_symbol",
    "flip",
    "glyphs",
    "jamo",
    "number_words",
    "one_hot",
    "phrases",
    "pronounce",
    "pronunciations",
    "random_patterns",
    "random_syllables",
    "reber",
    "reber_next",
    "reber_string",
    "reviews",
    "senses",
    "shift",
    "spacing",
    "spoken_digits",
    "spotting",
    "surnames",
    "syllables",
    "temporal_order",
    "temporal_xor",
    "topics",
    "translations",
    "vocabulary",
]


def __getattr__(name: str) -> str:
    """Read the font only when somebody asks what is in it."""
    if name == "GLYPHS":
        from rnnlib.tasks import patterns

        return patterns.GLYPHS
    raise AttributeError(f"module 'rnnlib.tasks' has no attribute {name!r}")
