"""Whole solutions side by side: what chain of thought, self-consistency and best-of-N share."""

from backend.search.aggregate import Path
from backend.search.growth import add_solution, settle
from backend.search.strategy import JudgedSettings
from backend.search.tree import SearchTree
from backend.search.work import Call, Outcome, Work, WorkKind

SOLUTION = "solution"


def ask_solutions(
    tree: SearchTree, settings: JudgedSettings, capacity: int, *, n: int, per_call: int,
    max_tokens: int,
) -> list[Work]:  # fmt: skip
    """The next groups of solutions, until `n` are asked for.

    Groups are cut the same way every time, so how many were asked says how many solutions.
    """
    works: list[Work] = []
    while len(works) < capacity:
        asked = tree.asks.get((tree.start, SOLUTION), 0) * per_call
        if asked >= n:
            break
        size = min(per_call, n - asked)
        call = Call(
            WorkKind.COMPLETE, size, settings.temperature, max_tokens, purpose=SOLUTION
        )  # fmt: skip
        works.append(tree.ask(tree.start, call))
    return works


def take_solutions(
    tree: SearchTree, settings: JudgedSettings, work: Work, outcome: Outcome
) -> None:
    """Add each solution as a path below the asked node, and consider its answer."""
    if work.id not in tree.pending:
        return
    settle(tree, work, outcome)
    trunk = Path.to(tree, work.node)
    for chain in outcome.chains:
        add_solution(tree, trunk, chain, settings)
