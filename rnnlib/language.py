"""The language in which widgets and exercises speak."""

_LANGUAGES = ("en", "ko")
_current = "en"


def get() -> str:
    """Return the language in use: "en" or "ko"."""
    return _current


def set(code: str) -> None:
    """Choose the language of what is shown from now on.

    Raises
    ------
    ValueError
        If there is no edition in that language.
    """
    global _current
    if code not in _LANGUAGES:
        raise ValueError(f"code: expected one of {_LANGUAGES}, got {code!r}")
    _current = code
