"""Reference traces for word problems: plans, steps, slips, checks, corrections and repairs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.tasks.arithmetic import Equation, apply, parse_equation, with_right_result
from training.tasks.claims import claim
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
    split_step,
)
from training.tasks.proofs import has_small_sums, proved_number
from training.tasks.word_check import WordChecker
from training.tasks.word_corrupt import wrong_equation
from training.tasks.word_types import LARGEST_VALUE, Node, WordProblem

_MAX_MISTAKES = 2
_RESTATED = 0.5
# To plan a story is to solve it unseen: of a long one a model of this size can only guess it.
_PLANNED = 0.6
_LONGEST_PLAN = 4
# A mistake that nobody sees until the end of the story is put to the test.
_CARRIED = 0.5
_PROVED = 0.8
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
    "Before",
    "Without",
    "At",
    "So",
    "A",
    "Two",
    "Those",
    "Earlier",
    "Really",
}


def reference_trace(rng: random.Random, problem: WordProblem, style: TraceStyle) -> list[Step]:
    """A solved trace whose labels are known by construction (injected mistakes are bad)."""
    steps: list[Step] = []
    if rng.random() < _RESTATED:
        steps.append(_goal(problem))
    planned = len(problem.nodes) <= _LONGEST_PLAN
    if planned and rng.random() < style.plan * _PLANNED:
        steps.append(Step(DECOMPOSE, problem.plan))
    mistakes = 0
    for index, node in enumerate(problem.nodes):
        if mistakes < _MAX_MISTAKES and rng.random() < style.mistake * 0.6:
            mistakes += 1
            proving = style.proof > 0 and rng.random() < _CARRIED
            carried = _carried_mistake(rng, problem, index) if proving else []
            steps += _again(problem, carried, index) if carried else _mistake(rng, problem, index)
            continue
        steps.append(Step(SOLVE, node.say(node.equation)))
        if rng.random() < style.check:
            steps.append(Step(CHECK, claim(node.equation)))
    proved = problem.prove(problem.answer)
    if proved and rng.random() < style.proof:
        steps.append(Step(CHECK, proved))
    steps.append(Step(ANSWER, f"Answer: {problem.answer}"))
    return steps


def repair(
    rng: random.Random, problem: WordProblem, lines: Sequence[str], wrong: str
) -> list[Step]:
    """What should follow a wrong line after good ones: check, correction, the rest, mostly a proof
    where there is one, the answer.

    Where nothing true can be objected (a wrong goal or plan, no equation), the check is left out.
    """
    checker = WordChecker(problem)
    for line in (*lines, wrong):
        checker.label(line)
    steps = _objection(problem, checker, wrong)
    undone = checker.undone
    if undone:
        steps.append(_correction(undone[0]))
    steps += [Step(SOLVE, node.say(node.equation)) for node in undone[1:]]
    if rng.random() < _PROVED:
        steps += _proved(problem, checker, steps)
    steps.append(Step(ANSWER, f"Answer: {problem.answer}"))
    return steps


def _proved(problem: WordProblem, checker: WordChecker, steps: Sequence[Step]) -> list[Step]:
    """The proof of the answer that may follow the steps; nothing where none may, or one has."""
    text = problem.prove(problem.answer)
    if text is None or any(step.text == text for step in steps):
        return []
    for step in steps:
        checker.label(step.line)
    proved = Step(CHECK, text, hopeful=checker.hopeful)
    # Where the last number written is another one, there is nothing to put in.
    return [proved] if checker.label(proved.line) else []


def confirm(problem: WordProblem, lines: Sequence[str]) -> Step | None:
    """The check that finds the last of good lines right; None where it holds no equation."""
    del problem  # An equation is right or wrong by itself.
    equation = parse_equation(lines[-1])
    return Step(CHECK, claim(equation)) if equation else None


def mend(problem: WordProblem, lines: Sequence[str], index: int) -> str | None:
    """What a wrong line should say: the right result, goal, plan or check of its step."""
    line = lines[index]
    tag, _ = split_step(line)
    if tag == RESTATE:
        return _goal(problem).line
    if tag == DECOMPOSE:
        return f"{DECOMPOSE} {problem.plan}"
    checker = WordChecker(problem)
    for earlier in lines[:index]:
        checker.label(earlier)
    if tag != CHECK:
        return _due(checker, line) or with_right_result(line)
    number = proved_number(split_step(line)[1])
    if number is not None:
        proved = problem.prove(number) if checker.has_found(number) else None
        return f"{CHECK} {proved}" if proved else None
    equation = checker.checked(line)
    return f"{CHECK} {claim(equation, checker.needs(equation))}" if equation else None


def _due(checker: WordChecker, line: str) -> str | None:
    """The step still to be done that a line has the words of, or the sum; None if none is."""
    written = parse_equation(line)
    if written is None:
        return None
    correcting = line.startswith(CORRECT)
    for node in checker.undone:
        step = _correction(node) if correcting else Step(SOLVE, node.say(node.equation))
        same_words = step.line.replace(node.equation.text, written.text, 1) == line
        if same_words or node.equation == written:
            return step.line
    return None


def _goal(problem: WordProblem) -> Step:
    return Step(RESTATE, f"We want {problem.goal}.")


def _objection(problem: WordProblem, checker: WordChecker, wrong: str) -> list[Step]:
    """The check that says what is wrong with a line, if there is one."""
    tag, said = split_step(wrong)
    number = proved_number(said) if tag == CHECK else None
    if number is not None:
        proved = problem.prove(number) if checker.has_found(number) else None
        return [Step(CHECK, proved, hopeful=checker.hopeful)] if proved else []
    equation = parse_equation(wrong)
    # The wrong line may itself be a check that calls a right step wrong.
    equation = equation or checker.checked(wrong)
    text = claim(equation, checker.needs(equation)) if equation else ANSWER_WRONG
    step = Step(CHECK, text, hopeful=checker.hopeful)
    return [step] if checker.label(step.line) else []


def _correction(node: Node) -> Step:
    return Step(CORRECT, f"Wait, {_after_comma(node.say(node.equation))}")


def _mistake(rng: random.Random, problem: WordProblem, index: int) -> list[Step]:
    """A wrong step, the check that finds it at once, and its correction."""
    node = problem.nodes[index]
    wrong = _wrong_version(rng, problem, index)
    steps = [_bad(node.say(wrong))]
    later = problem.nodes[index + 1] if index + 1 < len(problem.nodes) else None
    # Sometimes the slip is used once more before it is noticed.
    if later is not None and later.a == node.result and rng.random() < 0.25:
        result = apply(wrong.result, later.op, later.b)
        follow = Equation(wrong.result, later.op, later.b, result or 0)
        if follow.result > 0 and follow.left != wrong.left:
            steps.append(_bad(later.say(follow)))
    steps.append(Step(CHECK, claim(wrong, needed=not wrong.holds), hopeful=False))
    return [*steps, _correction(node)]


def _carried_mistake(rng: random.Random, problem: WordProblem, index: int) -> list[Step]:
    """A wrong step, those after it done on its result, and the proof that finds it out.

    Nothing where the steps or the proof come to something that is no positive whole number.
    """
    later = {each for node in problem.nodes[index + 1 :] for each in (node.a, node.b)}
    if problem.nodes[index].result in later.intersection(problem.given):
        return []  # which of two equal numbers is used later cannot be told
    wrong = _wrong_version(rng, problem, index)
    steps = [_bad(problem.nodes[index].say(wrong))]
    instead = {problem.nodes[index].result: wrong.result}
    last = wrong.result
    for node in problem.nodes[index + 1 :]:
        a, b = instead.get(node.a, node.a), instead.get(node.b, node.b)
        result = apply(a, node.op, b)
        if result is None or not 0 < result <= LARGEST_VALUE:
            return []
        instead[node.result] = last = result
        steps.append(_bad(node.say(Equation(a, node.op, b, result))))
    proved = problem.prove(last)
    if last == problem.answer or proved is None or not has_small_sums(proved):
        return []
    return [*steps, Step(CHECK, proved, hopeful=False)]


def _wrong_version(rng: random.Random, problem: WordProblem, index: int) -> Equation:
    reached = [earlier.result for earlier in problem.nodes[:index]]
    return wrong_equation(rng, problem, problem.nodes[index].equation, reached)


def _again(problem: WordProblem, carried: list[Step], index: int) -> list[Step]:
    """A mistake that a proof found out, and the steps up to it done once more, from the first.

    A proof tells that something is wrong, not where: of what the models find wrong in this way
    they mend twice as much if they begin again.
    """
    first, *rest = problem.nodes[: index + 1]
    more = [Step(SOLVE, node.say(node.equation)) for node in rest]
    return [*carried, _correction(first), *more]


def _bad(text: str) -> Step:
    return Step(SOLVE, text, correct=False, hopeful=False, trained=False)


def _after_comma(sentence: str) -> str:
    """Lower the first letter unless the sentence opens with a name."""
    first = sentence.split(maxsplit=1)[0]
    return sentence[0].lower() + sentence[1:] if first in OPENERS else sentence
