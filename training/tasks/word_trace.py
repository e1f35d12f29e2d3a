"""Reference traces for word problems: plans, steps, slips, checks and corrections."""

from __future__ import annotations

import random

from training.tasks.arithmetic import Equation, apply, operation, slip
from training.tasks.core import (
    ANSWER,
    CHECK,
    CORRECT,
    DECOMPOSE,
    RESTATE,
    SOLVE,
    Step,
    TraceStyle,
)
from training.tasks.word_types import LARGEST_VALUE, WordProblem

_MAX_MISTAKES = 2
_OPENERS = ("The", "In", "After", "Now", "Half", "Each", "That", "Together", "With", "Then", "All")
_OPENERS_ANY = (*_OPENERS, "They")


def reference_trace(rng: random.Random, problem: WordProblem, style: TraceStyle) -> list[Step]:
    """A solved trace whose labels are known by construction (injected mistakes are bad)."""
    steps: list[Step] = []
    if rng.random() < 0.5:
        steps.append(Step(RESTATE, f"We want {problem.goal}."))
    if rng.random() < style.plan:
        steps.append(Step(DECOMPOSE, problem.plan))
    mistakes = 0
    for index, node in enumerate(problem.nodes):
        if mistakes < _MAX_MISTAKES and rng.random() < style.mistake * 0.6:
            mistakes += 1
            steps += _mistake(rng, problem, index)
            repaired = _after_comma(node.say(node.equation))
            steps.append(Step(CORRECT, f"Wait, {repaired}"))
            continue
        steps.append(Step(SOLVE, node.say(node.equation)))
        if rng.random() < style.check:
            steps.append(Step(CHECK, f"{node.equation.text} holds."))
    steps.append(Step(ANSWER, f"Answer: {problem.answer}"))
    return steps


def wrong_equation(rng: random.Random, problem: WordProblem, index: int) -> Equation:
    """A bad version of a step: a slip in the result, or a true equation nobody asked for."""
    node = problem.nodes[index]
    if rng.random() < 0.35:
        for _ in range(30):
            other = _other_equation(rng, problem, index)
            if other is not None:
                return other
    return Equation(node.a, node.op, node.b, slip(rng, node.result))


def _mistake(rng: random.Random, problem: WordProblem, index: int) -> list[Step]:
    node = problem.nodes[index]
    wrong = wrong_equation(rng, problem, index)
    steps = [Step(SOLVE, node.say(wrong), good=False, trained=False)]
    later = problem.nodes[index + 1] if index + 1 < len(problem.nodes) else None
    # Sometimes the slip is used once more before it is noticed.
    if later is not None and later.a == node.result and rng.random() < 0.25:
        result = apply(wrong.result, later.op, later.b)
        if result is not None and result > 0:
            follow = Equation(wrong.result, later.op, later.b, result)
            steps.append(Step(SOLVE, later.say(follow), good=False, trained=False))
    steps.append(Step(CHECK, f"{wrong.text} is wrong."))
    return steps


def _other_equation(rng: random.Random, problem: WordProblem, index: int) -> Equation | None:
    node = problem.nodes[index]
    pool = [*problem.given, *(earlier.result for earlier in problem.nodes[:index])]
    a, op, b = node.a, rng.choice("+-*/"), node.b
    if rng.random() < 0.5:
        a, b = (a, rng.choice(pool)) if rng.random() < 0.5 else (rng.choice(pool), b)
    if node.op == "%" and op == "*":
        return None
    result = apply(a, op, b)
    if result is None or not 0 < result <= LARGEST_VALUE:
        return None
    wanted = {operation(each.a, each.op, each.b) for each in problem.nodes}
    return None if operation(a, op, b) in wanted else Equation(a, op, b, result)


def _after_comma(sentence: str) -> str:
    """Lower the first letter unless the sentence opens with a name."""
    first = sentence.split(maxsplit=1)[0]
    return sentence[0].lower() + sentence[1:] if first in _OPENERS_ANY else sentence
