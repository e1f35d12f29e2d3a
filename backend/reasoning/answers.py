"""Answers: finding them in a step, and telling whether two mean the same."""

import re
from typing import Final

from backend.reasoning.arithmetic import Expression, plain_signs, read_expression

ANSWER: Final = "answer"
"""The thought action of the step that gives the answer."""

_MARK: Final = re.compile(r"^\s*(?:the\s+)?(?:final\s+)?answer\s*(?:is)?\s*[:=]?\s*", re.IGNORECASE)
_UNKNOWN: Final = re.compile(r"([A-Za-z])\s*=(?!=)\s*")
_DIGIT: Final = re.compile(r"[0-9]")
_BOXED: Final = "\\boxed{"


def extract_answer(text: str) -> str | None:
    """The answer in an answering step's text; None if there is none.

    It is what the last \\boxed{} holds, else the text without its "Answer:".
    """
    framed = boxed(text)
    if framed is not None:
        return framed or None
    answer = _MARK.sub("", text, count=1).strip().rstrip(".").strip()
    return answer or None


def boxed(text: str) -> str | None:
    """What the last \\boxed{} of a text holds; None for none that is closed."""
    start = text.rfind(_BOXED)
    if start < 0:
        return None
    depth = 1
    for end in range(start + len(_BOXED), len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if not depth:
            return text[start + len(_BOXED) : end].strip()
    return None


def answer_key(answer: str | None) -> str | None:
    """What equal answers have in common, to count votes by; None for no answer.

    Numbers are equal when their values are; an expression, such as a way to make 24, only to the
    same expression.
    """
    if answer is None:
        return None
    found = _parse(answer)
    if found is None:
        return _plain(answer)
    _, expression = found
    return "".join(_plain(answer).split()) if expression.composite else str(expression.value)


def same_answer(answer: str | None, reference: str | None) -> bool | None:
    """Whether an answer is right; None where the reference answer cannot say so.

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
    # "x = 1/2" is a value; without an unknown, an expression is the way to it as well.
    return bool(wanted_unknown) or not target.composite or given.numbers == target.numbers


def _plain(text: str) -> str:
    return " ".join(text.replace("$", "").replace("\\", "").split()).rstrip(".").casefold()


def _parse(text: str) -> tuple[str, Expression] | None:
    """The unknown that an answer is for ("" for none) and its value; None for other text."""
    cleaned = plain_signs(text).strip()
    named = _UNKNOWN.match(cleaned)
    expression = read_expression(cleaned if named is None else cleaned[named.end() :])
    if expression is None:
        return None
    return "" if named is None else named[1].casefold(), expression
