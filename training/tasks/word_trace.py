"""Reference traces for word problems: plans, steps, slips, checks, corrections and repairs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.tasks.arithmetic import Equation, apply, parse_equation
from training.tasks.core import (
    ANSWER,
    ANSWER_WRONG,
    CHECK,
    CORRECT,
    DECOMPOSE,
    RESTATE,
    SOLVE,
    Step,
    TraceStyle,
)
from training.tasks.word_check import WordChecker
from training.tasks.word_corrupt import wrong_equation
from training.tasks.word_types import Node, WordProblem

_MAX_MISTAKES = 2
_RESTATED = 0.5
# Words that open step sentences; anything else at the start is a name and stays capital.
OPENERS = frozenset({"The", "In", "After", "Now", "Half", "Each", "That", "Together", "With"})
OPENERS |= {
    "All",
    "They",
    "Then",
    "There",
    "One",
    "Both",
    "For",
    "This",
    "What",
    "Every",
    "On",
    "It",
}


def reference_trace(rng: random.Random, problem: WordProblem, style: TraceStyle) -> list[Step]:
    """A solved trace whose labels are known by construction (injected mistakes are bad)."""
    steps: list[Step] = []
    if rng.random() < _RESTATED:
        steps.append(Step(RESTATE, f"We want {problem.goal}."))
    if rng.random() < style.plan:
        steps.append(Step(DECOMPOSE, problem.plan))
    mistakes = 0
    for index, node in enumerate(problem.nodes):
        if mistakes < _MAX_MISTAKES and rng.random() < style.mistake * 0.6:
            mistakes += 1
            steps += _mistake(rng, problem, index)
            steps.append(_correction(node))
            continue
        steps.append(Step(SOLVE, node.say(node.equation)))
        if rng.random() < style.check:
            steps.append(Step(CHECK, f"{node.equation.text} holds."))
    steps.append(Step(ANSWER, f"Answer: {problem.answer}"))
    return steps


def repair(
    rng: random.Random, problem: WordProblem, lines: Sequence[str], wrong: str
) -> list[Step]:
    """What should follow a wrong line after good ones: check, correction, the rest, the answer.

    Where nothing true can be objected (a wrong goal or plan, no equation), the check is left out.
    """
    del rng  # There is one way to go on.
    checker = WordChecker(problem)
    for line in (*lines, wrong):
        checker.label(line)
    steps = _objection(checker, wrong)
    undone = checker.undone
    if undone:
        steps.append(_correction(undone[0]))
    steps += [Step(SOLVE, node.say(node.equation)) for node in undone[1:]]
    steps.append(Step(ANSWER, f"Answer: {problem.answer}"))
    return steps


def confirm(problem: WordProblem, lines: Sequence[str]) -> Step | None:
    """The check that finds the last of good lines right; None where it holds no equation."""
    del problem  # An equation is right or wrong by itself.
    equation = parse_equation(lines[-1])
    return Step(CHECK, f"{equation.text} holds.") if equation else None


def _objection(checker: WordChecker, wrong: str) -> list[Step]:
    """The check that says what is wrong with a line, if there is one."""
    equation = parse_equation(wrong)
    claims = [ANSWER_WRONG]
    if equation is not None:
        # The wrong line may itself be a check that calls a right step wrong.
        claims = [f"{equation.text} is wrong.", f"{equation.text} holds."]
    for claim in claims:
        step = Step(CHECK, claim, hopeful=checker.hopeful)
        if checker.label(step.line):
            return [step]
    return []


def _correction(node: Node) -> Step:
    return Step(CORRECT, f"Wait, {_after_comma(node.say(node.equation))}")


def _mistake(rng: random.Random, problem: WordProblem, index: int) -> list[Step]:
    node = problem.nodes[index]
    reached = [earlier.result for earlier in problem.nodes[:index]]
    wrong = wrong_equation(rng, problem, node.equation, reached)
    steps = [_bad(node.say(wrong))]
    later = problem.nodes[index + 1] if index + 1 < len(problem.nodes) else None
    # Sometimes the slip is used once more before it is noticed.
    if later is not None and later.a == node.result and rng.random() < 0.25:
        result = apply(wrong.result, later.op, later.b)
        if result is not None and result > 0:
            follow = Equation(wrong.result, later.op, later.b, result)
            steps.append(_bad(later.say(follow)))
    steps.append(Step(CHECK, f"{wrong.text} is wrong.", hopeful=False))
    return steps


def _bad(text: str) -> Step:
    return Step(SOLVE, text, correct=False, hopeful=False, trained=False)


def _after_comma(sentence: str) -> str:
    """Lower the first letter unless the sentence opens with a name."""
    first = sentence.split(maxsplit=1)[0]
    return sentence[0].lower() + sentence[1:] if first in OPENERS else sentence
