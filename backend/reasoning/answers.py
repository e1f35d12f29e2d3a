"""Answers: finding them in a step, and telling whether two mean the same.

Model text is never evaluated: arithmetic is read by a small whitelist over the syntax tree.
"""

import ast
import operator
import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Final

ANSWER: Final = "answer"
"""The thought action of the step that gives the answer."""

_MARK: Final = re.compile(r"^\s*(?:the\s+)?(?:final\s+)?answer\s*(?:is)?\s*[:=]?\s*", re.IGNORECASE)
_UNKNOWN: Final = re.compile(r"([A-Za-z])\s*=(?!=)\s*")
_DIGIT: Final = re.compile(r"[0-9]")
_LONGEST: Final = 200
_OPERATORS: Final[dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def extract_answer(text: str) -> str | None:
    """The answer in an answering step's text, without its "Answer:"; None if nothing is left."""
    answer = _MARK.sub("", text, count=1).strip().rstrip(".").strip()
    return answer or None


def answer_key(answer: str | None) -> str | None:
    """What equal answers have in common, to count votes by; None for no answer.

    Numbers are equal when their values are; an expression, such as a way to make 24, only to the
    same expression.
    """
    if answer is None:
        return None
    found = _parse(answer)
    if found is None or found.composite:
        return "".join(_plain(answer).split()) if found else _plain(answer)
    return str(found.value)


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
    if found is None or found.value != wanted.value:
        return False
    if found.unknown and wanted.unknown and found.unknown != wanted.unknown:
        return False
    # "x = 1/2" is a value; without an unknown, an expression is the way to it as well.
    return bool(wanted.unknown) or not wanted.composite or found.numbers == wanted.numbers


def _plain(text: str) -> str:
    return " ".join(text.replace("$", "").replace("\\", "").split()).rstrip(".").casefold()


class _Expression:
    """The exact value of an arithmetic expression, the numbers in it, and the unknown it is for."""

    def __init__(self, tree: ast.expr, unknown: str) -> None:
        self.unknown = unknown
        self.numbers: Counter[Fraction] = Counter()
        self.composite = False
        self.value = self._value(tree)

    def _value(self, node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                exact = Fraction(str(number))
                self.numbers[exact] += 1
                return exact
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                self.composite = True
                return _OPERATORS[type(op)](self._value(left), self._value(right))
        raise ValueError("not an arithmetic expression")


def _parse(text: str) -> _Expression | None:
    """The expression, None where the text is anything else (a word, a call, far too long)."""
    cleaned = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).replace("$", "").replace("×", "*").strip()
    cleaned = cleaned.replace("÷", "/").replace("−", "-")
    named = _UNKNOWN.match(cleaned)
    unknown = ""
    if named is not None:
        unknown, cleaned = named[1].casefold(), cleaned[named.end() :]
    if not cleaned or len(cleaned) > _LONGEST:
        return None
    try:
        return _Expression(ast.parse(cleaned, mode="eval").body, unknown)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError):
        return None
