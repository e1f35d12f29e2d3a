"""The Game of 24 as a task family."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.tasks.arithmetic import parse_equation, slip
from training.tasks.family import Family
from training.tasks.game24 import Game24Problem, held_out_problems, make_problem, moves
from training.tasks.game24_check import check
from training.tasks.game24_table import state_before
from training.tasks.game24_trace import confirm, mend, move_text, reference_trace, repair


def corrupt(
    rng: random.Random, problem: Game24Problem, lines: Sequence[str], index: int
) -> str | None:
    """A wrong version of the move in `lines[index]`: a slip in its result or in what is left."""
    line = lines[index]
    equation = parse_equation(line)
    state = state_before(problem, lines, index)
    if equation is None or state is None:
        return None
    move = (equation.a, equation.op, equation.b)
    known = moves(state).get(move)
    # A model may have put other spaces into its sum.
    if known is None or equation.text not in line:
        return None
    result, left = known
    wrong = slip(rng, result)
    rest = list(left)
    rest.remove(result)
    # Sometimes the sum is right but the numbers left on the table are not.
    written = result if rng.random() < 0.2 else wrong
    start = line[: line.index(equation.text)]
    return start + move_text(move, written, tuple(sorted([*rest, wrong])))


GAME24: Family[Game24Problem] = Family(
    name="game24",
    make_problem=make_problem,
    held_out_problems=held_out_problems,
    reference_trace=reference_trace,
    check=check,
    corrupt=corrupt,
    repair=repair,
    confirm=confirm,
    mend=mend,
    # The last step of a solution is its own proof.
    prove=lambda problem, found: None,
)
