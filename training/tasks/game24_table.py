"""The numbers on the table in a Game of 24, each with the expression that made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from training.tasks.arithmetic import Equation, parse_equation, parse_numbers
from training.tasks.core import CORRECT, SOLVE, split_step
from training.tasks.game24 import Game24Problem, Move, State, moves

_BACK = re.compile(r"go back to ([0-9, and]+):")


@dataclass(frozen=True, slots=True)
class Part:
    """A number on the table and the expression that made it."""

    value: int
    text: str
    composite: bool = False

    @property
    def operand(self) -> str:
        """The expression as it stands inside a larger one."""
        return f"({self.text})" if self.composite else self.text


@dataclass(frozen=True, slots=True)
class Table:
    """What lies on the table; moves make a new table."""

    parts: tuple[Part, ...]

    @classmethod
    def start(cls, problem: Game24Problem) -> Table:
        """The table before the first move."""
        return cls(tuple(Part(value, str(value)) for value in problem.numbers))

    @property
    def state(self) -> State:
        """The numbers, sorted."""
        return tuple(sorted(part.value for part in self.parts))

    def after(self, move: Move) -> Table:
        """The table after a legal move of its state."""
        rest = list(self.parts)
        used = []
        for value in (move[0], move[2]):
            index = next(i for i, part in enumerate(rest) if part.value == value)
            used.append(rest.pop(index))
        result, _ = moves(self.state)[move]
        text = f"{used[0].operand} {move[1]} {used[1].operand}"
        return Table((*rest, Part(result, text, composite=True)))


def replay(problem: Game24Problem, lines: Sequence[str]) -> Table:
    """The table after correct lines (an illegal move is passed over)."""
    table = Table.start(problem)
    seen = {table.state: table}
    for line in lines:
        tag, text = split_step(line)
        if tag not in (SOLVE, CORRECT):
            continue
        back = _BACK.search(text)
        if back:
            table = seen.get(parse_numbers(back[1]) or (), table)
            text = text[back.end() :]
        equation = parse_equation(text)
        if equation is None:
            continue
        move = move_of(table.state, equation)
        if move is not None and moves(table.state)[move][0] == equation.result:
            table = table.after(move)
            seen[table.state] = table
    return table


def move_of(state: State, equation: Equation) -> Move | None:
    """The move of a state that an equation makes, in either order of a sum or product; None for
    one that is not legal there. Its result may be wrong.
    """
    a, op, b = equation.a, equation.op, equation.b
    orders = ((a, op, b), (b, op, a)) if op in "+*" else ((a, op, b),)
    return next((move for move in orders if move in moves(state)), None)


def state_before(problem: Game24Problem, lines: Sequence[str], index: int) -> State | None:
    """The numbers that `lines[index]` works on; None where it cannot be read."""
    back = _BACK.search(lines[index])
    if back:
        return parse_numbers(back[1])
    return replay(problem, lines[:index]).state
