"""Answers: finding them in a step, and telling whether two mean the same."""

import re
from typing import Final

from backend.reasoning.arithmetic import Expression, plain_signs, read_expression
from backend.reasoning.latex import boxed, plain_words

ANSWER: Final = "answer"
"""The thought action of the step that gives the answer."""

_MARK: Final = re.compile(r"^\s*(?:the\s+)?(?:final\s+)?answer\s*(?:is)?\s*[:=]?\s*", re.IGNORECASE)
_UNKNOWN: Final = re.compile(r"([A-Za-z])\s*=(?!=)\s*")
_DIGIT: Final = re.compile(r"[0-9]")
_FRACTION: Final = re.compile(r"-?\s*[0-9]+\s*/\s*[0-9]+")
_SIGN: Final = re.compile(r"\\(times|cdot|div)(?![A-Za-z])")
_LETTER: Final = re.compile(r"\(([a-z])\)")
_OPERATORS: Final = r"[-+*/^(<>=]"
# A lone letter beside an operator is an unknown; letters in words are not alone.
_UNKNOWNS: Final = (
    rf"(?<![A-Za-z])[A-Za-z]\s*{_OPERATORS}|{_OPERATORS}\s*[A-Za-z](?![A-Za-z])|\d[A-Za-z(]"
)
_LATEX: Final = r"[\\^_{}%√π∞≤≥±°]"
_NOTATION: Final = re.compile(rf"{_LATEX}|\d\s*[,;]|{_UNKNOWNS}")
_MATHEMATICS: Final = re.compile(rf"{_LATEX}|\d|{_UNKNOWNS}")


def extract_answer(text: str) -> str | None:
    """The answer in an answering step's text: what is in its last box, else all of it without its
    "Answer:"; None if nothing is left.
    """
    box = boxed(text)
    if box is not None:
        return box or None
    answer = _MARK.sub("", text, count=1).strip().rstrip(".").strip()
    return answer or None


def answer_key(answer: str | None) -> str | None:
    """What equal answers have in common, to count votes by; None for no answer. AnswerChecker.key
    knows more of them to be equal.

    Numbers are equal when their values are. A way to a value, such as one to make 24, is equal to
    every other that uses the same numbers, each as often, and comes to the same value: so
    `same_answer` grades them, and right answers would lose votes by being written in many ways.
    """
    if answer is None:
        return None
    found = _parse(answer)
    if found is None:
        return _plain(answer)
    _, expression = found
    if not _is_way(answer):
        return str(expression.value)
    return " ".join([f"{expression.value}:", *map(str, sorted(expression.numbers.elements()))])


def same_answer(answer: str | None, reference: str | None) -> bool | None:
    """Whether an answer is right as far as this can be told exactly and at once; None where the
    reference answer cannot say so.

    Compares as text, then as exact numbers ("x = 5" is 5, but not y = 5). Where the reference is an
    expression, such as "(13 - 7) * (8 - 4)" in the Game of 24, the answer must use the same
    numbers, each as often, and come to the same value. An answer with numbers can be no match for
    a reference in words only, and no mistake either: nobody can tell.
    """
    if reference is None or not reference.strip():
        return None
    if answer is None:
        return False
    if _plain(answer) == _plain(reference):
        return True
    found, wanted = _parse(answer), _parse(reference)
    if wanted is None:
        numeric = found is not None or (_DIGIT.search(answer) and not _DIGIT.search(reference))
        return None if numeric else False
    if found is None:
        return False
    (unknown, given), (wanted_unknown, target) = found, wanted
    if given.value != target.value or (unknown and wanted_unknown and unknown != wanted_unknown):
        return False
    return not _is_way(reference) or given.numbers == target.numbers


def is_readable(answer: str) -> bool:
    """Whether an answer is arithmetic as a whole, so that its value is known exactly."""
    return _parse(answer) is not None


def way_of(answer: str) -> Expression | None:
    """The arithmetic that an answer is, such as 8 * (4 - 1); None for a value and other text."""
    found = _parse(answer) if _is_way(answer) else None
    return None if found is None else found[1]


def is_open(answer: str, reference: str | None) -> bool:
    """Whether mathematics may know more of two answers than `same_answer` does: they are not the
    same text, not both numbers, and each looks like mathematics.
    """
    if reference is None or _plain(answer) == _plain(reference):
        return False
    # A way to a value is no other way to it, however it is written.
    if _is_way(reference) or not all(map(_MATHEMATICS.search, (answer, reference))):
        return False
    return _parse(answer) is None or _parse(reference) is None


def has_notation(answer: str) -> bool:
    """Whether the same answer may well be written in another way: LaTeX, algebra, lists."""
    worded = _parse(answer) is None and len(_plain(answer)) > 1
    return worded and _NOTATION.search(answer) is not None


def _plain(text: str) -> str:
    text = plain_words(text).replace("$", "").replace("\\", "")
    text = " ".join(text.split()).rstrip(".").casefold()
    # One of several choices, with or without its brackets.
    choice = _LETTER.fullmatch(text)
    return text if choice is None else choice[1]


def _is_way(text: str) -> bool:
    """Whether a text is the way to a value, such as 8 * (4 - 1), not a value, as x = 1/2 is."""
    found = _parse(text)
    if found is None:
        return False
    unknown, expression = found
    fraction = _FRACTION.fullmatch(plain_signs(text).strip())
    return expression.composite and not unknown and fraction is None


def _parse(text: str) -> tuple[str, Expression] | None:
    """The unknown that an answer is for ("" for none) and its value; None for other text."""
    plain = _SIGN.sub(lambda sign: "/" if sign[1] == "div" else "*", text)
    cleaned = plain_signs(plain).strip()
    named = _UNKNOWN.match(cleaned)
    expression = _read(cleaned if named is None else cleaned[named.end() :])
    if expression is None:
        return None
    return "" if named is None else named[1].casefold(), expression


def _read(text: str) -> Expression | None:
    """The expression that a text is, or that it says the value of: "3 * 8" in "3 * 8 = 24"."""
    way, equals, value = text.partition("=")
    expression = read_expression(way)
    if not equals or expression is None:
        return expression
    said = read_expression(value)
    return expression if said is not None and said.value == expression.value else None
