"""Exercises that check themselves: right, or what is off and a hint.

A chapter's module registers one function an exercise and keeps its words in
both languages; `check` catches whatever a learner's answer may do.
"""

import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from rnnlib import language

Words = dict[str, dict[str, str]]


class Verdict(NamedTuple):
    """What `check` found; a notebook shows the message."""

    right: bool
    message: str

    def __repr__(self) -> str:
        """Return the message alone, in lines that fit everywhere."""
        width = {"en": 76, "ko": 44}[language.get()]  # Hangul is wide
        return textwrap.fill(
            self.message,
            width,
            break_long_words=False,
            break_on_hyphens=False,
        )


class Hint(Exception):
    """Raised by an exercise's check: the answer is off, and this is how."""


GENERAL: Words = {
    "open": {
        "en": "Not answered yet. Replace the dots or None and run again.",
        "ko": "아직 답하지 않았다. 점 세 개나 None을 답으로 바꾸고 다시 "
        "실행한다.",
    },
    "right": {"en": "Right.", "ko": "맞았다."},
    "nothing": {
        "en": "Your function returned nothing (None). Does its last line "
        "begin with return?",
        "ko": "함수가 아무것도 돌려주지 않았다(None). 마지막 줄이 return으로 "
        "시작하는지 본다.",
    },
    "printed": {
        "en": "Your function prints and returns nothing (None). print only "
        "shows a value; return hands it over.",
        "ko": "함수가 화면에 찍기만 하고 아무것도 돌려주지 않았다(None). "
        "print는 보여 줄 뿐이고 값을 돌려주는 것은 return이다.",
    },
    "function": {
        "en": "Expected a function, got {got}. Give its name alone, without "
        "parentheses.",
        "ko": "함수가 와야 하는데 {got} 값이 왔다. 괄호 없이 함수 이름만 "
        "준다.",
    },
    "arguments": {
        "en": "The arguments of your function must be: {names}.",
        "ko": "함수의 인수는 다음과 같아야 한다: {names}.",
    },
    "number": {
        "en": "Expected a number, got {got}.",
        "ko": "숫자가 와야 하는데 {got} 값이 왔다.",
    },
    "single": {
        "en": "Expected one number, got numbers of shape {got}.",
        "ko": "숫자 하나가 와야 하는데 모양이 {got}인 수 배열이 왔다.",
    },
    "array": {
        "en": "Expected numbers of shape {want}, got {got}.",
        "ko": "모양이 {want}인 수 배열이 와야 하는데 {got} 값이 왔다.",
    },
    "scalar": {
        "en": "Expected numbers of shape {want}, got one number.",
        "ko": "모양이 {want}인 수 배열이 와야 하는데 숫자 하나가 왔다.",
    },
    "several": {
        "en": "Expected {n} arrays in this order: {names}. Got {got}.",
        "ko": "배열 {n}개가 {names} 차례로 와야 하는데 {got} 값이 왔다.",
    },
    "many": {
        "en": "Expected {n} arrays in this order: {names}. There are {got}.",
        "ko": "배열 {n}개가 {names} 차례로 와야 하는데 {got}개가 왔다.",
    },
    "part": {
        "en": "{name}: expected shape {want}, got {got}.",
        "ko": "{name}: 모양이 {want}이어야 하는데 {got} 값이 왔다.",
    },
    "text": {
        "en": "Expected numbers, got text. Leave out the quotation marks.",
        "ko": "숫자가 와야 하는데 문자열이 왔다. 따옴표를 없앤다.",
    },
    "complex": {
        "en": "The result is complex. A real one is asked for.",
        "ko": "결과가 복소수이다. 실수가 와야 한다.",
    },
    "finite": {
        "en": "The result holds NaN or infinity.",
        "ko": "결과에 NaN이나 무한대가 있다.",
    },
    "raised": {
        "en": "Your function stopped with {error}. It was called with {call}.",
        "ko": "함수가 {error} 오류로 멈췄다. 호출은 {call}이었다.",
    },
    "product": {
        "en": "A product @ in your function does not fit: {columns} columns "
        "on its left, {rows} rows on its right. It was called with {call}.",
        "ko": "함수 안의 곱 @이 맞지 않는다. 왼쪽은 열이 {columns}개, "
        "오른쪽은 행이 {rows}개이다. 호출은 {call}이었다.",
    },
    "endless": {
        "en": "Your function calls itself without end. It was called with "
        "{call}.",
        "ko": "함수가 자기 자신을 끝없이 부른다. 호출은 {call}이었다.",
    },
    "mutated": {
        "en": "The result may be right, but your function changed its "
        "argument {name}. Work on a copy.",
        "ko": "함수가 인수 {name} 자체를 바꾸었다. 사본을 만들어 계산한다.",
    },
    "outside": {
        "en": "Note that it reads {names} of the notebook, which is no "
        "argument.",
        "ko": "그리고 함수가 인수가 아니라 노트북에 있는 {names} 값을 읽는다.",
    },
    "unknown": {
        "en": "This is not what was asked for ({error}).",
        "ko": "요구한 것과 다른 종류의 답이다({error}).",
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
        name, said = str(hint.args[0]), dict(*hint.args[1:])
        message = say(words if name in words else GENERAL, name, **said)
        read = outside(answer) if name in ("off", "array", "raised") else []
        if read:  # the check has other data than the notebook
            message += " " + say(GENERAL, "outside", names=", ".join(read))
        return Verdict(False, message)
    except Exception as error:  # the answer is of a kind nobody thought of
        got = f"{type(error).__name__}: {error}"
        return Verdict(False, say(GENERAL, "unknown", error=got))
    done = say(words, "right") if "right" in words else ""
    return Verdict(True, f"{say(GENERAL, 'right')} {done}".strip())


from rnnlib.exercises import (  # noqa: E402, F401 (they register themselves)
    backprop,
    gated,
    hopfield,
    recurrent,
    variants,
)
from rnnlib.exercises.asked import outside  # noqa: E402
