"""Safe arithmetic on model text: equations, expressions and believable slips, without eval."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from fractions import Fraction

_NUMBER = r"(?<![0-9])([0-9]{1,9})(?![0-9])"
_EQUATION = re.compile(rf"{_NUMBER} ([-+*/]) {_NUMBER}( / 100)? = {_NUMBER}")
_TOKEN = re.compile(r"\s*([0-9]{1,9}(?![0-9])|[-+*/()])")
_MAX_LENGTH = 200
_MAX_DEPTH = 40
_NEAR_SLIPS = (1, -1, 2, -2, 10, -10, 9, -9, 5, -5)


class ExpressionError(ValueError):
    """The text is not a well-formed arithmetic expression, or it divides by zero."""


def apply(a: int, op: str, b: int) -> int | None:
    """Result of one operation on whole numbers, or None where it is not a whole number.

    `%` means "b percent of a" and is written `a * b / 100` in a trace.
    """
    if op == "/":
        return a // b if b and a % b == 0 else None
    if op == "%":
        return a * b // 100 if a * b % 100 == 0 else None
    return {"+": a + b, "-": a - b, "*": a * b}.get(op)


@dataclass(frozen=True, slots=True)
class Equation:
    """A claim `a op b = result` as it stands in a step, right or wrong."""

    a: int
    op: str
    b: int
    result: int

    @property
    def left(self) -> str:
        """The side before the equals sign."""
        return f"{self.a} * {self.b} / 100" if self.op == "%" else f"{self.a} {self.op} {self.b}"

    @property
    def text(self) -> str:
        """The equation as written in a step."""
        return f"{self.left} = {self.result}"

    @property
    def holds(self) -> bool:
        """Whether the claim is true."""
        return apply(self.a, self.op, self.b) == self.result

    @property
    def operation(self) -> tuple[int, str, int]:
        """The left side with the operands of + and * in a fixed order, for comparing."""
        return operation(self.a, self.op, self.b)


def operation(a: int, op: str, b: int) -> tuple[int, str, int]:
    """Canonical form of a left side: 3 + 4 and 4 + 3 are the same operation."""
    return (min(a, b), op, max(a, b)) if op in "+*" else (a, op, b)


def parse_equation(text: str) -> Equation | None:
    """First equation in a text, or None."""
    found = _EQUATION.search(text)
    if found is None:
        return None
    op = found[2]
    if found[4]:
        if op != "*":
            return None
        op = "%"
    return Equation(int(found[1]), op, int(found[3]), int(found[5]))


def with_right_result(line: str) -> str | None:
    """A line whose sum is wrong, with the right result; None where no sum is wrong or solvable."""
    written = parse_equation(line)
    right = apply(written.a, written.op, written.b) if written else None
    if written is None or right is None or right < 0 or written.holds:
        return None
    return line.replace(written.text, Equation(written.a, written.op, written.b, right).text, 1)


def slip(rng: random.Random, value: int) -> int:
    """A wrong but believable value near the right one (never negative, never equal)."""
    for _ in range(20):
        near = rng.random() < 0.8
        change = rng.choice(_NEAR_SLIPS) if near else rng.randint(-20, 20)
        if change and value + change >= 0:
            return value + change
    return value + 1


def join_numbers(numbers: tuple[int, ...] | list[int]) -> str:
    """Write numbers as a list in English: `4, 7 and 13`."""
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def parse_numbers(text: str) -> tuple[int, ...] | None:
    """Read a list written by `join_numbers`, sorted; None where it is anything else."""
    parts = re.split(r", | and ", text.strip())
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts):
        return None
    return tuple(sorted(int(part) for part in parts))


def evaluate(expression: str) -> Fraction:
    """Exact value of an expression over whole numbers, + - * / and parentheses.

    Raises ExpressionError for anything else, for a division by zero, and for text that is
    longer or more deeply nested than any sensible answer.
    """
    if len(expression) > _MAX_LENGTH:
        raise ExpressionError("expression is too long")
    parser = _Parser(_tokens(expression))
    value = parser.sum(0)
    if parser.peek():
        raise ExpressionError(f"unexpected {parser.peek()!r}")
    return value


def numbers_in(expression: str) -> tuple[int, ...]:
    """Sorted whole numbers an expression uses. Raises ExpressionError on foreign characters."""
    return tuple(sorted(int(token) for token in _tokens(expression) if token.isdigit()))


def _tokens(expression: str) -> list[str]:
    tokens = []
    text = expression.strip()
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ExpressionError(f"cannot read {text[position : position + 10]!r}")
        tokens.append(found[1])
        position = found.end()
    return tokens


class _Parser:
    """Recursive descent over tokens; the depth limit keeps hostile input off the stack."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        token = self.peek()
        self._next += 1
        return token

    def sum(self, depth: int) -> Fraction:
        value = self._product(depth)
        while self.peek() in ("+", "-"):
            sign = 1 if self._take() == "+" else -1
            value += sign * self._product(depth)
        return value

    def _product(self, depth: int) -> Fraction:
        value = self._atom(depth)
        while self.peek() in ("*", "/"):
            if self._take() == "*":
                value *= self._atom(depth)
                continue
            divisor = self._atom(depth)
            if divisor == 0:
                raise ExpressionError("division by zero")
            value /= divisor
        return value

    def _atom(self, depth: int) -> Fraction:
        token = self._take()
        if token.isdigit():
            return Fraction(int(token))
        if token != "(" or depth >= _MAX_DEPTH:
            raise ExpressionError(f"unexpected {token!r}" if token else "expression ends early")
        value = self.sum(depth + 1)
        if self._take() != ")":
            raise ExpressionError("missing closing parenthesis")
        return value
