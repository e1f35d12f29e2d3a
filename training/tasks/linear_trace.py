"""Reference traces for linear equations: plans, steps, mistakes, checks and corrections."""

from __future__ import annotations

import random
from collections.abc import Sequence

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
from training.tasks.linear import LinearProblem
from training.tasks.linear_check import Board
from training.tasks.linear_corrupt import wrong_result
from training.tasks.linear_moves import Move, apply_move, canonical_move, choose_move
from training.tasks.linear_proof import prove as equation_proof
from training.tasks.linear_terms import LinearEquation
from training.tasks.proofs import has_small_sums

_MAX_MISTAKES = 2
_MISTAKEN = 0.3


def reference_trace(rng: random.Random, problem: LinearProblem, style: TraceStyle) -> list[Step]:
    """A solved trace whose labels are known by construction (injected mistakes are bad)."""
    return _Writer(rng, problem, style, problem.equation).write()


def repair(
    rng: random.Random, problem: LinearProblem, lines: Sequence[str], wrong: str
) -> list[Step]:
    """What should follow a wrong line after good ones: the correction and the rest of the solution,
    and before it what there is to be said against the line.
    """
    board = Board(problem)
    for line in (*lines, wrong):
        board.label(line)
    writer = _Writer(rng, problem, TraceStyle(mistake=0.0), board.equation)
    return [*_objection(problem, board, wrong), *writer.finish(after_mistake=not board.hopeful)]


def confirm(problem: LinearProblem, lines: Sequence[str]) -> Step | None:
    """The proof of the x that good lines found; None where they have not found it yet."""
    board = Board(problem)
    for line in lines:
        board.label(line)
    return Step(CHECK, board.verdict) if board.verdict else None


def prove(problem: LinearProblem, found: int) -> str:
    """The check that puts a number in for x and says whether both sides are equal."""
    return equation_proof(problem.equation, found)


def mend(problem: LinearProblem, lines: Sequence[str], index: int) -> str | None:
    """What a wrong line should say: the due equation, or the plan or check of its place."""
    line = lines[index]
    tag, text = split_step(line)
    if tag == RESTATE:
        return f"{RESTATE} Solve {problem.equation.text} for x."
    if tag == DECOMPOSE:
        return f"{DECOMPOSE} {problem.plan}" if problem.plan else None
    board = Board(problem)
    for earlier in lines[:index]:
        board.label(earlier)
    if tag == CHECK:
        return f"{CHECK} {board.verdict}" if board.verdict else None
    due = board.due(tag, text)
    return f"{line.rpartition(': ')[0]}: {due.text}." if due else None


def _objection(problem: LinearProblem, board: Board, wrong: str) -> list[Step]:
    """What is to be said against a wrong line; true for the checker."""
    tag, _ = split_step(wrong)
    if board.hopeful and tag != CHECK:
        return []  # a bad plan or restatement spoils nothing: the solution simply goes on
    if not board.hopeful and board.found == problem.solution:
        return []  # the right number by a wrong step: its proof would hold
    claim = board.verdict or (ANSWER_WRONG if tag == ANSWER else None)
    return [Step(CHECK, claim, hopeful=board.hopeful)] if claim else []


class _Writer:
    """Builds one trace step by step; holds the equation and whether a plan binds the order."""

    def __init__(
        self,
        rng: random.Random,
        problem: LinearProblem,
        style: TraceStyle,
        equation: LinearEquation,
    ) -> None:
        self._rng = rng
        self._style = style
        self._problem = problem
        self._equation = equation
        self._planned = False
        self._mistakes = 0
        self._steps: list[Step] = []

    def write(self) -> list[Step]:
        if self._rng.random() < 0.85:
            self._steps.append(Step(RESTATE, f"Solve {self._equation.text} for x."))
        if self._problem.plan and self._rng.random() < self._style.plan:
            self._planned = True
            self._steps.append(Step(DECOMPOSE, self._problem.plan))
        return self.finish(after_mistake=False)

    def finish(self, after_mistake: bool) -> list[Step]:
        """Go on to the answer; after a mistake the first move is a correction."""
        move = self._next_move()
        while move is not None:
            after_mistake = self._maybe_mistake(move) or after_mistake
            self._advance(move, after_mistake)
            after_mistake = False
            move = self._next_move()
        # Where only the answer was wrong, x has been found long ago.
        if not after_mistake and self._rng.random() < self._style.proof:
            self._steps.append(Step(CHECK, prove(self._problem, self._problem.solution)))
        self._steps.append(Step(ANSWER, f"Answer: {self._problem.solution}"))
        return self._steps

    def _next_move(self) -> Move | None:
        if self._planned:
            return canonical_move(self._equation)
        return choose_move(self._rng, self._equation)

    def _advance(self, move: Move, after_mistake: bool) -> None:
        before, after = self._equation, apply_move(self._equation, move)
        text = f"{move.text}: {after.text}."
        if after_mistake:
            self._steps.append(Step(CORRECT, f"Wait, go back to {before.text}. {text}"))
        else:
            self._steps.append(Step(SOLVE, text))
        self._equation = after

    def _maybe_mistake(self, move: Move) -> bool:
        """Perhaps make a mistake and go on until it shows; true if a repair is due."""
        chance = self._style.mistake * _MISTAKEN
        if self._mistakes >= _MAX_MISTAKES or self._rng.random() >= chance:
            return False
        wrong = wrong_result(self._rng, self._equation, move, apply_move(self._equation, move))
        board = Board(self._problem)
        made = [] if wrong is None else [(move, wrong)]
        while made and (follow := canonical_move(made[-1][1])):
            made.append((follow, apply_move(made[-1][1], follow)))
        for line in [*self._steps, *(self._bad(*each) for each in made)]:
            board.label(line.line)
        shown = board.verdict if made and board.found != self._problem.solution else None
        if board.hopeful or shown is None or not has_small_sums(shown):
            return False
        self._mistakes += 1
        self._steps += [self._bad(*each) for each in made]
        self._steps.append(Step(CHECK, shown, hopeful=False))
        return True

    @staticmethod
    def _bad(move: Move, result: LinearEquation) -> Step:
        text = f"{move.text}: {result.text}."
        return Step(SOLVE, text, correct=False, hopeful=False, trained=False)
