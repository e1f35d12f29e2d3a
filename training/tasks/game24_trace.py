"""Reference traces for the Game of 24: plans, moves, dead ends, checks and corrections."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from training.tasks.arithmetic import (
    Equation,
    join_numbers,
    parse_equation,
    slip,
)
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
)
from training.tasks.game24 import Game24Problem, Move, State, final_moves, moves, reachable
from training.tasks.game24_table import Table, move_of, replay, state_before

_MAX_MISTAKES = 2
_VERDICTS = (" can make 24.", " cannot make 24.")
_LEAVING = re.compile(r"leaving ([0-9, and]+)\.$")


def move_text(move: Move, result: int, left: State) -> str:
    """A move as a step writes it: `7 * 4 = 28, leaving 8, 13 and 28.`"""
    return f"{move[0]} {move[1]} {move[2]} = {result}, leaving {join_numbers(left)}."


def reference_trace(rng: random.Random, problem: Game24Problem, style: TraceStyle) -> list[Step]:
    """A solved trace whose labels are known by construction (injected mistakes are bad)."""
    return _Writer(rng, problem, style).write()


def repair(
    rng: random.Random, problem: Game24Problem, lines: Sequence[str], wrong: str
) -> list[Step]:
    """The check of a wrong line after good ones, the correction and the rest of the solution."""
    table = replay(problem, lines)
    steps = [Step(CHECK, _objection(table, wrong), hopeful=False)]
    writer = _Writer(rng, problem, TraceStyle(mistake=0.0), table)
    return steps + writer.finish(after_mistake=True)


def confirm(problem: Game24Problem, lines: Sequence[str]) -> Step | None:
    """The check that finds the last of good lines right; None where the game is over."""
    state = replay(problem, lines).state
    return Step(CHECK, f"{join_numbers(state)} can make 24.") if len(state) > 1 else None


def mend(problem: Game24Problem, lines: Sequence[str], index: int) -> str | None:
    """What a wrong move or a wrong word on what can make 24 should say; None for other lines."""
    line = lines[index]
    can, cannot = _VERDICTS
    if line.endswith(_VERDICTS):
        return line.replace(cannot, can) if line.endswith(cannot) else line.replace(can, cannot)
    equation, state = parse_equation(line), state_before(problem, lines, index)
    if equation is None or state is None or equation.text not in line:
        return None
    move = move_of(state, equation)
    if move is None:
        return None
    return line[: line.index(equation.text)] + move_text(move, *moves(state)[move])


def _objection(table: Table, wrong: str) -> str:
    """What is to be said against a wrong line; true for the checker."""
    equation = parse_equation(wrong)
    left = _LEAVING.search(wrong)
    if wrong.startswith(ANSWER) or equation is None or left is None:
        return ANSWER_WRONG
    if not equation.holds:
        return claim(equation)
    return f"{left[1]} cannot make 24."


class _Writer:
    """Builds one trace step by step; holds the table, the plan and any pending correction."""

    def __init__(
        self,
        rng: random.Random,
        problem: Game24Problem,
        style: TraceStyle,
        table: Table | None = None,
    ) -> None:
        self._rng = rng
        self._style = style
        self._table = table or Table.start(problem)
        self._plan: Move | None = None
        self._mistakes = 0
        self._steps: list[Step] = []

    @property
    def _state(self) -> State:
        return self._table.state

    def write(self) -> list[Step]:
        if self._rng.random() < 0.85:
            text = f"The numbers are {join_numbers(self._state)} and the goal is 24."
            self._steps.append(Step(RESTATE, text))
        if self._rng.random() < self._style.plan:
            self._plan = a, op, b = self._rng.choice(sorted(final_moves(self._state)))
            self._steps.append(Step(DECOMPOSE, f"Aim for {a} {op} {b} = 24."))
        return self.finish(after_mistake=False)

    def finish(self, after_mistake: bool) -> list[Step]:
        """Play on to the answer; after a mistake the first move is a correction."""
        while len(self._state) > 1:
            after_mistake = self._maybe_mistake() or after_mistake
            self._advance(after_mistake)
            after_mistake = False
        self._steps.append(Step(ANSWER, f"Answer: {self._table.parts[0].text}"))
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
        self._bad(move_text(move, result, left), correct=True)
        if len(left) > 2 and self._rng.random() < 0.5:
            move, (result, left) = self._rng.choice(list(moves(left).items()))
            self._bad(move_text(move, result, left), correct=True)
        self._steps.append(Step(CHECK, f"{join_numbers(left)} cannot make 24.", hopeful=False))

    def _wrong_sum(self) -> None:
        move, (result, left) = self._rng.choice(self._good_moves())
        wrong = slip(self._rng, result)
        rest = list(left)
        rest.remove(result)
        self._bad(move_text(move, wrong, tuple(sorted([*rest, wrong]))), correct=False)
        self._steps.append(Step(CHECK, claim(Equation(*move, wrong)), hopeful=False))

    def _bad(self, text: str, correct: bool) -> None:
        self._steps.append(Step(SOLVE, text, correct=correct, hopeful=False, trained=False))

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
        self._table = self._table.after(move)
        if 1 < len(left) < 4 and self._rng.random() < self._style.check:
            self._steps.append(Step(CHECK, f"{join_numbers(left)} can make 24."))
