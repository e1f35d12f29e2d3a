"""Arithmetic in model text, read exactly and never evaluated: a whitelist over the syntax tree."""

import ast
import operator
import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Final

_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SIGNS: Final = str.maketrans({"$": None, "×": "*", "÷": "/", "−": "-"})
_LONGEST: Final = 200
_OPERATORS: Final[dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Expression:
    """The exact value of an arithmetic expression, the numbers in it, and whether it is more than
    one number. ValueError for anything else, ZeroDivisionError where it has no value.
    """

    def __init__(self, tree: ast.expr) -> None:
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


def plain_signs(text: str) -> str:
    """The text with + - * / for other such signs, without currency and thousands' commas."""
    return _THOUSANDS.sub("", text).translate(_SIGNS)


def read_expression(text: str) -> Expression | None:
    """The expression that a text in plain signs is; None where it is anything else (a word, a
    call, a division by zero, far too long).
    """
    text = text.strip()
    # To Python 1011_2 is 10112.
    if not text or len(text) > _LONGEST or "_" in text:
        return None
    try:
        return Expression(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError):
        return None
