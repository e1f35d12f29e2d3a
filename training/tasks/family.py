"""What a family of problems offers to the training: problems, traces, labels, mistakes, repairs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from training.tasks.core import Step, TraceStyle, Verdict


class Problem(Protocol):
    """What every family's problem has: how it is asked and which family it belongs to."""

    @property
    def prompt(self) -> str:
        """The problem as a person would put it."""
        ...

    @property
    def family(self) -> str:
        """Name of its family."""
        ...


P = TypeVar("P", bound=Problem)


@dataclass(frozen=True)
class Family(Generic[P]):
    """A kind of problem: where problems come from, how they are solved and judged.

    `make_problem(rng)`: a fresh training problem. `held_out_problems(count, seed)`: problems never
    trained on. `reference_trace(rng, problem, style)`: a solved trace with known labels.
    `check(problem, lines)`: exact labels of a trace, whole or still growing. `corrupt(rng, problem,
    lines, index)`: a believable wrong version of the correct line `index` (a solve or correct
    step), or None. `repair(rng, problem, lines, wrong)`: what should follow when `wrong` has been
    written after the good `lines`: the check that says so, the correction, and the rest of the
    solution up to its answer. `confirm(problem, lines)`: the check that finds the last of good
    lines right, or None where there is nothing to check. `mend(problem, lines, index)`: what the
    wrong line `index` should say, or None where nobody knows; where more is wrong with it than can
    be mended by one line, what it says may be wrong still.
    `prove(problem, found)`: the check that puts a number found into the problem and says whether it
    holds (see `proofs`), or None where the problem cannot be turned round like that.
    `begins_again`: after a check that finds the answer wrong `repair` solves it once more from the
    start, and `wrong` may be that check; elsewhere it goes on from the mistake.
    """

    name: str
    make_problem: Callable[[random.Random], P]
    held_out_problems: Callable[[int, int], list[P]]
    reference_trace: Callable[[random.Random, P, TraceStyle], list[Step]]
    check: Callable[[P, Sequence[str]], Verdict]
    corrupt: Callable[[random.Random, P, Sequence[str], int], str | None]
    repair: Callable[[random.Random, P, Sequence[str], str], list[Step]]
    confirm: Callable[[P, Sequence[str]], Step | None]
    mend: Callable[[P, Sequence[str], int], str | None]
    prove: Callable[[P, int], str | None]
    begins_again: bool = False
