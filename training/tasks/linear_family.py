"""Linear equations in x as a task family."""

from __future__ import annotations

from training.tasks.family import Family
from training.tasks.linear import LinearProblem, held_out_problems, make_problem
from training.tasks.linear_check import check
from training.tasks.linear_corrupt import corrupt
from training.tasks.linear_trace import confirm, mend, prove, reference_trace, repair

LINEAR: Family[LinearProblem] = Family(
    name="linear",
    make_problem=make_problem,
    held_out_problems=held_out_problems,
    reference_trace=reference_trace,
    check=check,
    corrupt=corrupt,
    repair=repair,
    confirm=confirm,
    mend=mend,
    prove=prove,
)
