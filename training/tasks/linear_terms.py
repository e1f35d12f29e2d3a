"""Linear equations in x as data: terms, sides, how they are spelled and how they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_TOKEN = re.compile(r"\s*([0-9]{1,9}(?![0-9])|[-+*()x])")
_MAX_LENGTH = 200
_MAX_DEPTH = 20


class LinearError(ValueError):
    """The text is not a linear expression in x with whole numbers."""


class Linear(NamedTuple):
    """The value `x` times x plus `number`."""

    x: int
    number: int

    def times(self, factor: int) -> Linear:
        """This value multiplied by a number."""
        return Linear(self.x * factor, self.number * factor)

    def plus(self, other: Linear) -> Linear:
        """The sum of two values."""
        return Linear(self.x + other.x, self.number + other.number)


ONE = Linear(0, 1)
X = Linear(1, 0)


class Term(NamedTuple):
    """`factor` times `of`: a number (of ONE), a multiple of x (of X), or else a bracket."""

    factor: int
    of: Linear

    @property
    def bracket(self) -> bool:
        """Whether this term is a bracket that can be expanded."""
        return self.of not in (ONE, X)

    @property
    def value(self) -> Linear:
        """The term multiplied out."""
        return self.of.times(self.factor)


Side = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an equation is written: the signs between factors, and the space around + - and =."""

    before_x: str = ""
    before_bracket: str = ""
    gap: str = " "


CANONICAL = Spelling()


def side_of(value: Linear) -> Side:
    """The collected side with this value: x first, zero terms dropped."""
    terms = (Term(value.x, X), Term(value.number, ONE))
    return tuple(term for term in terms if term.factor)


def side_value(side: Side) -> Linear:
    """The value of a side, multiplied out and collected."""
    total = Linear(0, 0)
    for term in side:
        total = total.plus(term.value)
    return total


def side_text(side: Side, spelling: Spelling = CANONICAL) -> str:
    """A side as written; an empty one is `0`."""
    text = ""
    for term in side:
        sign = "-" if term.factor < 0 else "+"
        if text:
            text += f"{spelling.gap}{sign}{spelling.gap}"
        elif sign == "-":
            text = "-"
        text += _term_text(term, spelling)
    return text or "0"


def _term_text(term: Term, spelling: Spelling) -> str:
    """A term without its sign."""
    size = abs(term.factor)
    if term.of == ONE:
        return str(size)
    if term.of == X:
        return "x" if size == 1 else f"{size}{spelling.before_x}x"
    inner = f"({side_text(side_of(term.of), spelling)})"
    return inner if size == 1 else f"{size}{spelling.before_bracket}{inner}"


@dataclass(frozen=True, slots=True)
class LinearEquation:
    """Two sides that are said to be equal."""

    left: Side
    right: Side

    @classmethod
    def of_values(cls, left: Linear, right: Linear) -> LinearEquation:
        """The collected equation of two values."""
        return cls(side_of(left), side_of(right))

    @property
    def text(self) -> str:
        """The one spelling that steps use."""
        return self.spelled(CANONICAL)

    @property
    def values(self) -> tuple[Linear, Linear]:
        """Both sides multiplied out and collected."""
        return side_value(self.left), side_value(self.right)

    @property
    def bracketed(self) -> bool:
        """Whether a bracket is left."""
        return any(term.bracket for term in (*self.left, *self.right))

    @property
    def collected(self) -> bool:
        """Whether each side has at most one x term and one number, and no bracket."""
        kinds = [[term.of for term in side] for side in (self.left, self.right)]
        return not self.bracketed and all(len(set(side)) == len(side) for side in kinds)

    @property
    def solution(self) -> int | None:
        """The whole number that x must be; None where there is none or more than one."""
        left, right = self.values
        factor, number = left.x - right.x, right.number - left.number
        return number // factor if factor and number % factor == 0 else None

    @property
    def solved(self) -> bool:
        """Whether x stands alone on one side and a number on the other."""
        left, right = self.values
        alone = (left == X and right.x == 0) or (right == X and left.x == 0)
        return alone and self.collected

    def spelled(self, spelling: Spelling) -> str:
        """The equation in some spelling."""
        left, right = side_text(self.left, spelling), side_text(self.right, spelling)
        return f"{left}{spelling.gap}={spelling.gap}{right}"


def parse_linear(text: str) -> LinearEquation | None:
    """Read an equation in any spelling; None for everything else."""
    sides = text.split("=")
    if len(sides) != 2:
        return None
    try:
        return LinearEquation(_parse_side(sides[0]), _parse_side(sides[1]))
    except LinearError:
        # Whatever the parser refuses is no linear equation; the refusal is the answer.
        return None


def _parse_side(text: str) -> Side:
    if len(text) > _MAX_LENGTH:
        raise LinearError("side is too long")
    parser = _Parser(_tokens(text.strip()))
    side = parser.side(0)
    if parser.peek():
        raise LinearError(f"unexpected {parser.peek()!r}")
    return side


def _tokens(text: str) -> list[str]:
    tokens = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise LinearError(f"cannot read {text[position : position + 10]!r}")
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

    def side(self, depth: int) -> Side:
        sign = self._sign() if self.peek() == "-" else 1
        terms = [self._term(sign, depth)]
        while self.peek() in ("+", "-"):
            sign = self._sign()
            terms.append(self._term(sign, depth))
        return tuple(term for term in terms if term.factor)

    def _sign(self) -> int:
        return -1 if self._take() == "-" else 1

    def _term(self, sign: int, depth: int) -> Term:
        term = self._multiply(Term(sign, ONE), self._atom(depth))
        # A number may stand directly before x or a bracket; two numbers in a row mean nothing.
        while self.peek() in ("*", "x", "("):
            if self.peek() == "*":
                self._take()
            term = self._multiply(term, self._atom(depth))
        return term

    @staticmethod
    def _multiply(term: Term, atom: Linear) -> Term:
        if atom.x == 0:
            return Term(term.factor * atom.number, term.of)
        if term.of != ONE:
            raise LinearError("a product of two x is not linear")
        # Only a sum needs its bracket: 3(x) is 3x.
        return Term(term.factor, atom) if atom.number else Term(term.factor * atom.x, X)

    def _atom(self, depth: int) -> Linear:
        token = self._take()
        if token.isdigit():
            return Linear(0, int(token))
        if token == "x":
            return X
        if token != "(" or depth >= _MAX_DEPTH:
            raise LinearError(f"unexpected {token!r}" if token else "side ends early")
        inner = side_value(self.side(depth + 1))
        if self._take() != ")":
            raise LinearError("missing closing parenthesis")
        return inner
