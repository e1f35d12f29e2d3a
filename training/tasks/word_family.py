"""Word problems as a task family."""

from __future__ import annotations

from training.tasks.family import Family
from training.tasks.word import held_out_problems, make_problem
from training.tasks.word_check import check
from training.tasks.word_corrupt import corrupt
from training.tasks.word_trace import confirm, mend, reference_trace, repair
from training.tasks.word_types import WordProblem

WORD: Family[WordProblem] = Family(
    name="word",
    make_problem=make_problem,
    held_out_problems=held_out_problems,
    reference_trace=reference_trace,
    check=check,
    corrupt=corrupt,
    repair=repair,
    confirm=confirm,
    mend=mend,
    prove=WordProblem.prove,
    begins_again=True,
)
