"""Exercises that check themselves: right, or what is off and a hint.

A chapter's module registers one function an exercise and keeps its words in
both languages; `check` catches whatever a learner's answer may do.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from rnnlib import language

Words = dict[str, dict[str, str]]


class Verdict(NamedTuple):
    """What `check` found; a notebook shows the message."""

    right: bool
    message: str

    def __repr__(self) -> str:
        """Return the message alone."""
        return self.message


class Hint(Exception):
    """Raised by an exercise's check: the answer is off, and this is how."""


GENERAL: Words = {
    "open": {
        "en": "Not answered yet. Replace the dots or None and run again.",
        "ko": "아직 답하지 않았다. 점 세 개나 None을 답으로 바꾸고 다시 "
        "실행한다.",
    },
    "right": {"en": "Right.", "ko": "맞았다."},
    "function": {
        "en": "Expected a function, got {got}.",
        "ko": "함수가 와야 하는데 {got} 값이 왔다.",
    },
    "number": {
        "en": "Expected a number, got {got}.",
        "ko": "숫자가 와야 하는데 {got} 값이 왔다.",
    },
    "array": {
        "en": "Expected numbers of shape {want}, got {got}.",
        "ko": "모양이 {want}인 수 배열이 와야 하는데 {got} 값이 왔다.",
    },
    "finite": {
        "en": "The result holds NaN or infinity.",
        "ko": "결과에 NaN이나 무한대가 있다.",
    },
    "raised": {
        "en": "Your function stopped with {error}. It was called with {call}.",
        "ko": "함수가 {error} 오류로 멈췄다. 호출은 {call}이었다.",
    },
    "mutated": {
        "en": "The result may be right, but your function changed its "
        "argument {name}. Work on a copy.",
        "ko": "함수가 인수 {name} 자체를 바꾸었다. 사본을 만들어 계산한다.",
    },
}

Check = Callable[[Any], None]
_checks: dict[str, tuple[Check, Words]] = {}


def exercise(key: str, words: Words) -> Callable[[Check], Check]:
    """Register a check: it returns for a right answer, else raises Hint.

    The argument of a Hint is a key of `words`.
    """

    def register(check: Check) -> Check:
        _checks[key] = (check, words)
        return check

    return register


def say(words: Words, name: str, /, **values: Any) -> str:
    """Return one of the words in the present language."""
    return words[name][language.get()].format(**values)


def check(key: str, answer: Any) -> Verdict:
    """Say whether the answer to an exercise is right, or give a hint.

    Parameters
    ----------
    key : str
        The exercise: ``"1.2"`` is the second of chapter 1.
    answer : object
        What the exercise asks for: a number, an array, or a function.

    Returns
    -------
    Verdict
        Whether it is right, and a sentence. A wrong answer never raises.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    if key not in _checks:
        raise ValueError(
            f"key: expected one of {', '.join(sorted(_checks))}, got {key!r}"
        )
    test, words = _checks[key]
    if answer is None or answer is ...:
        return Verdict(False, say(GENERAL, "open"))
    try:
        test(answer)
    except Hint as hint:
        name = str(hint.args[0])
        table = words if name in words else GENERAL
        return Verdict(False, say(table, name, **_values(hint)))
    except Exception as error:  # the answer is of a kind nobody thought of
        got = f"{type(error).__name__}: {error}"
        return Verdict(False, say(GENERAL, "raised", error=got, call=key))
    done = say(words, "right") if "right" in words else ""
    return Verdict(True, f"{say(GENERAL, 'right')} {done}".strip())


def _values(hint: Hint) -> dict[str, Any]:
    return hint.args[1] if len(hint.args) > 1 else {}


from rnnlib.exercises import (  # noqa: E402, F401 (they register themselves)
    backprop,
    gated,
    hopfield,
    recurrent,
    variants,
)
