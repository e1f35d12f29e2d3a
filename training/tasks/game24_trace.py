"""Reference traces for the Game of 24: plans, moves, dead ends, checks and corrections."""

from __future__ import annotations

import random
from dataclasses import dataclass

from training.tasks.arithmetic import join_numbers, slip
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
from training.tasks.game24 import Game24Problem, Move, State, final_moves, moves, reachable

_MAX_MISTAKES = 2


def move_text(move: Move, result: int, left: State) -> str:
    """A move as a step writes it: `7 * 4 = 28, leaving 8, 13 and 28.`"""
    return f"{move[0]} {move[1]} {move[2]} = {result}, leaving {join_numbers(left)}."


def reference_trace(rng: random.Random, problem: Game24Problem, style: TraceStyle) -> list[Step]:
    """A solved trace whose labels are known by construction (injected mistakes are bad)."""
    return _Writer(rng, problem, style).write()


@dataclass(frozen=True, slots=True)
class _Part:
    """A number on the table and the expression that made it."""

    value: int
    text: str
    composite: bool = False

    def operand(self) -> str:
        return f"({self.text})" if self.composite else self.text


class _Writer:
    """Builds one trace step by step; holds the table, the plan and any pending correction."""

    def __init__(self, rng: random.Random, problem: Game24Problem, style: TraceStyle) -> None:
        self._rng = rng
        self._style = style
        self._numbers = problem.numbers
        self._state: State = problem.numbers
        self._parts = [_Part(value, str(value)) for value in problem.numbers]
        self._plan: Move | None = None
        self._mistakes = 0
        self._steps: list[Step] = []

    def write(self) -> list[Step]:
        if self._rng.random() < 0.85:
            text = f"The numbers are {join_numbers(self._numbers)} and the goal is 24."
            self._steps.append(Step(RESTATE, text))
        if self._rng.random() < self._style.plan:
            self._plan = a, op, b = self._rng.choice(sorted(final_moves(self._state)))
            self._steps.append(Step(DECOMPOSE, f"Aim for {a} {op} {b} = 24."))
        while len(self._state) > 1:
            mistaken = self._maybe_mistake()
            self._advance(mistaken)
        self._steps.append(Step(ANSWER, f"Answer: {self._parts[0].text}"))
        return self._steps

    def _maybe_mistake(self) -> bool:
        """Perhaps write a wrong move and the check that finds it; true if a repair is due."""
        chance = self._style.mistake * (0.6 if len(self._state) > 2 else 0.3)
        if self._mistakes >= _MAX_MISTAKES or self._rng.random() >= chance:
            return False
        self._mistakes += 1
        dead = [item for item in moves(self._state).items() if not reachable(item[1][1])]
        if len(self._state) > 2 and dead and self._rng.random() < 0.7:
            self._dead_end(dead)
        else:
            self._wrong_sum()
        return True

    def _dead_end(self, dead: list[tuple[Move, tuple[int, State]]]) -> None:
        move, (result, left) = self._rng.choice(dead)
        self._bad(move_text(move, result, left))
        if len(left) > 2 and self._rng.random() < 0.5:
            move, (result, left) = self._rng.choice(list(moves(left).items()))
            self._bad(move_text(move, result, left))
        self._steps.append(Step(CHECK, f"{join_numbers(left)} cannot make 24."))

    def _wrong_sum(self) -> None:
        move, (result, left) = self._rng.choice(self._good_moves())
        wrong = slip(self._rng, result)
        rest = list(left)
        rest.remove(result)
        self._bad(move_text(move, wrong, tuple(sorted([*rest, wrong]))))
        claim = f"{move[0]} {move[1]} {move[2]} = {wrong} is wrong."
        self._steps.append(Step(CHECK, claim))

    def _bad(self, text: str) -> None:
        self._steps.append(Step(SOLVE, text, good=False, trained=False))

    def _good_moves(self) -> list[tuple[Move, tuple[int, State]]]:
        return [item for item in moves(self._state).items() if reachable(item[1][1])]

    def _planned_moves(self) -> list[tuple[Move, tuple[int, State]]]:
        good = self._good_moves()
        plan = self._plan
        if plan is None:
            return good
        if len(self._state) == 2:
            return [item for item in good if item[0] == plan] or good
        return [item for item in good if plan in final_moves(item[1][1])] or good

    def _advance(self, after_mistake: bool) -> None:
        options = self._planned_moves()
        # Small intermediate numbers are what a person would try first.
        weights = [3 if result <= 30 else 1 for _, (result, _) in options]
        move, (result, left) = self._rng.choices(options, weights)[0]
        text = move_text(move, result, left)
        if after_mistake:
            back = join_numbers(self._state)
            self._steps.append(Step(CORRECT, f"Wait, go back to {back}: {text}"))
        else:
            self._steps.append(Step(SOLVE, text))
        self._combine(move, result)
        self._state = left
        if 1 < len(left) < 4 and self._rng.random() < self._style.check:
            self._steps.append(Step(CHECK, f"{join_numbers(left)} can make 24."))

    def _combine(self, move: Move, result: int) -> None:
        first = self._pop(move[0])
        second = self._pop(move[2])
        text = f"{first.operand()} {move[1]} {second.operand()}"
        self._parts.append(_Part(result, text, composite=True))

    def _pop(self, value: int) -> _Part:
        index = next(i for i, part in enumerate(self._parts) if part.value == value)
        return self._parts.pop(index)
