"""Proofs of linear equations: x is put into both sides, which are worked out step by step."""

from __future__ import annotations

from training.tasks.linear_terms import ONE, LinearEquation, Side, Term
from training.tasks.proofs import proof


def prove(equation: LinearEquation, x: int) -> str:
    """The check that puts x into both sides and says whether they are equal."""
    left, right = worked_out(equation.left, x), worked_out(equation.right, x)
    worked = f"{' = '.join(left)} and {' = '.join(right)}"
    return proof(f"x = {x}", worked, int(left[-1]), int(right[-1]))


def worked_out(side: Side, x: int) -> list[str]:
    """A side with x put in: its products, their values, and the sums two by two to one number.

    The brackets' sums are not written: they are of two small numbers that stand side by side.
    """
    values = [_inner(term, x) * term.factor for term in side] or [0]
    forms = [_joined([_product(term, x) for term in side] or ["0"])]
    while True:
        form = _joined([str(value) for value in values])
        if form != forms[-1]:
            forms.append(form)
        if len(values) == 1:
            return forms
        values[:2] = [values[0] + values[1]]


def _product(term: Term, x: int) -> str:
    """A term with x put in; what stands for itself is written as its value."""
    inner = _inner(term, x)
    if term.of == ONE or abs(term.factor) == 1:
        return str(term.factor * inner)
    return f"{term.factor} * {inner}"


def _inner(term: Term, x: int) -> int:
    """What a term multiplies, with x put in."""
    return term.of.x * x + term.of.number


def _joined(parts: list[str]) -> str:
    """Parts added up, as written: a minus sign in front becomes a difference."""
    text = parts[0]
    for part in parts[1:]:
        text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text
