"""Equations in running text: what a step claims about numbers, and whether it holds.

A claim is judged only where the text around it leaves no doubt about what is meant. An equation
with an unknown ("2x + 3 = 11") is a statement about x, and cannot be judged alone.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from backend.reasoning.arithmetic import Expression, plain_signs, read_expression

_EQUALS: Final = re.compile(r"(?<![<>!=:≤≥])=(?![=>])")
_ARITHMETIC: Final = "0123456789.,()+-*/ \t\n"
_PAUSE: Final = re.compile(r"[.,](?!\d)|(?<!\d),|\n")
_DECIMAL: Final = re.compile(r"\(?-?\d*(?:\.(\d+))?(/100\))?")

_NUMBER: Final = r"(?<![\d.])(\d++(?:\.\d++)?)"
# Other ways to write the same arithmetic. Each is replaced in turn.
_SPELLINGS: Final = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))"),
        (r"\\text\s*\{([^{}]*)\}", r" \1 "),
        (r"\\times|\\cdot|[·⋅∙]", "*"),
        (r"\\div", "/"),
        (r"\\left|\\right|\\[()\[\],;! ]", " "),
        (r"(?<![\d)])\*\*|\*\*(?![\d(])", " "),
        (r"(?<=[\d)])\s*[xX]\s*(?=\d)", " * "),
        (rf"{_NUMBER}\s*(?:%|\bpercent\b)\s*of\s+(?=[\d(])", r"(\1/100) * "),
        (rf"{_NUMBER}\s*(?:%|\bpercent\b)", r"(\1/100)"),
    )
)
# After these a number is not where the left side begins, or the equation is no claim.
_NOT_BEFORE: Final = re.compile(
    r"\b(?:[a-z]|of|half|twice|double|triple|thrice|times|plus|minus|over|by|per|squared|cubed|root"
    r"|sqrt|log|ln|exp|sin|cos|tan|abs|min|max|gcd|lcm|mod|modulo|sum|product|difference|quotient"
    r"|less|more|than|not|if|suppose|assume|whether|step|case|part|line|equation|example|problem"
    r"|question)\Z",
    re.IGNORECASE,
)
# With these the number before is not all of the right side, or not meant exactly.
_NOT_AFTER: Final = re.compile(
    r"\.\.|…|\s*(?:[\^_|\[{\\√²³⁴°/*]|[b-hj-z]\b|(?:hundred|thousand|million|billion|dozen|remainder"
    r"|rem|mod|and\s+(?:a\s+)?(?:half|third|quarter|\d+/\d+))\b|\(?(?:rounded|approx|about|mod)"
    r"|[^.,;:(!?]*[-+*/]\s*[\d(]|[^.;!]*\?)",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"[^.,;:!?]*?\b(?:(?:is|are)\s+(?:wrong|incorrect|false|untrue|not\s+(?:right|correct|true))"
    r"|(?:does\s+not|doesn't|do\s+not|don't)\s+hold)\b",
    re.IGNORECASE,
)


class _Side(NamedTuple):
    text: str
    expression: Expression


def equations_hold(text: str) -> bool | None:
    """Whether every equation of a text holds exactly; None where there is none to be judged.

    "7 * 3 = 23 is wrong" holds, since the equation does not. A decimal that was rounded rightly
    ("10 / 3 = 3.33") is neither exact nor a mistake, and not judged.
    """
    verdicts = [verdict for verdict in _verdicts(text) if verdict is not None]
    return all(verdicts) if verdicts else None


def _verdicts(text: str) -> Iterator[bool | None]:
    text = plain_signs(text)
    for spelling, plain in _SPELLINGS:
        text = spelling.sub(plain, text)
    for before, after in pairwise(_EQUALS.split(text)):
        left, right = _left_side(before), _right_side(after)
        if left is None or right is None:
            yield None
        else:
            denied = _DENIED.match(after) is not None
            holds = _equal(left, right)
            yield None if holds is None else holds != denied


def _equal(left: _Side, right: _Side) -> bool | None:
    one, other = left.expression, right.expression
    if one.value == other.value:
        return True
    # Two bare numbers are a list, a ratio or a label more often than a claim.
    if not (one.composite or other.composite):
        return None
    gap = abs(one.value - other.value)
    return None if gap <= max(_rounding(left.text), _rounding(right.text)) else False


def _rounding(text: str) -> Fraction:
    """How far a decimal that stands alone can be from what it was rounded from; else 0."""
    decimal = _DECIMAL.fullmatch(text)
    if decimal is None or not any(decimal.groups()):
        return Fraction(0)
    places = len(decimal[1] or "") + (2 if decimal[2] else 0)
    return Fraction(1, 2 * 10**places)


def _left_side(text: str) -> _Side | None:
    """The expression that a text ends with, if it stands alone there."""
    run = text[len(text.rstrip(_ARITHMETIC)) :]
    run = run[max((pause.end() for pause in _PAUSE.finditer(run)), default=0) :]
    run = run[len(run) - _balanced(run[::-1], ")", "(") :]
    side = _side(run)
    if side is None or side.text.startswith("- "):  # the dash of a list
        return None
    before = text[: len(text) - len(run)]
    apart = run[0].isspace()
    if not before or before[-1] in "([{\"'" or (before[-1] in ".,:;!?" and apart):
        return side
    if not (apart and before[-1].isalpha() and side.expression.composite):
        return None
    return None if side.text[0] == "-" or _NOT_BEFORE.search(before) else side


def _right_side(text: str) -> _Side | None:
    """The expression that a text begins with, if it stands alone there."""
    run = text[: len(text) - len(text.lstrip(_ARITHMETIC))]
    pause = _PAUSE.search(run)
    run = run if pause is None else run[: pause.start()]
    run = run[: _balanced(run, "(", ")")]
    after = text[len(run) :]
    if after[:1].isalpha() and not run[-1:].isspace():
        return None
    return None if _NOT_AFTER.match(after) else _side(run)


def _side(run: str) -> _Side | None:
    expression = read_expression(run)
    return None if expression is None else _Side(run.strip(), expression)


def _balanced(run: str, opening: str, closing: str) -> int:
    """How much of a text, from its start, has no bracket without its partner."""
    unclosed: list[int] = []
    for i, char in enumerate(run):
        if char == opening:
            unclosed.append(i)
        elif char == closing:
            if not unclosed:
                return i
            unclosed.pop()
    return unclosed[0] if unclosed else len(run)
