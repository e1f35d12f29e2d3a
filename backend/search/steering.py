"""What a person does to a tree, whatever its strategy is and whether or not it is searching.

Strategies have no code for any of this: they find a tree with other values, fewer or more open
nodes, and go on from there.
"""

from collections.abc import Sequence
from typing import Final

from backend.search import events as ev
from backend.search.aggregate import Path
from backend.search.growth import add_chain, back_up, choose_answer, consider_answer
from backend.search.seeds import derive_seed
from backend.search.strategy import JudgedSettings, StrategySettings
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from backend.search.work import ProposedStep, Work, WorkKind

_NOT_IN_THE_LOG: Final = -1
_USUAL: Final = JudgedSettings()
_USUAL_TOKENS: Final = 256


def judge(tree: SearchTree, node_id: int, rating: int | None, author: str, choice: Choice) -> None:
    """Label a step, and choose the run's answer again."""
    tree.label(node_id, rating, author)
    choose_answer(tree, choice)


def prune(tree: SearchTree, node_id: int, pruned: bool, choice: Choice) -> None:
    """Take a subtree out of the search, or back in, and choose the run's answer again."""
    if tree.nodes[node_id].pruned != pruned:
        tree.record(ev.Pruned(node_id, pruned))
        choose_answer(tree, choice)


def proposals(
    tree: SearchTree, node_id: int, n: int, settings: StrategySettings, request: int
) -> Work:
    """The work of proposing `n` more at a node: steps, or whole solutions where the strategy
    samples such. `request`: a number of its own for every request, for different samples.
    """
    step_tokens: int | None = getattr(settings, "max_step_tokens", None)
    tokens: int = getattr(settings, "max_tokens", _USUAL_TOKENS)
    return Work(
        id=_NOT_IN_THE_LOG,
        kind=WorkKind.COMPLETE if step_tokens is None else WorkKind.EXPAND,
        node=node_id,
        n=n,
        seed=derive_seed(tree.seed, node_id, request),
        # At temperature 0 all n would be the same.
        temperature=_judged(settings).temperature or _USUAL.temperature,
        max_tokens=tokens if step_tokens is None else step_tokens,
        by_action=getattr(settings, "by_action", False),
    )


def take_in(
    tree: SearchTree, node_id: int, chains: Sequence[tuple[ProposedStep, ...]],
    settings: StrategySettings, origin: str = "model",
) -> tuple[int, ...]:  # fmt: skip
    """Add what a person wrote or asked for at a node; the ids, of steps that were there too.

    New ends are backed up as any expansion is: each answer's value, and the best open step's from
    the node itself (docs/decisions/0003). They stay open for the strategy to go on from.
    """
    judged = _judged(settings)
    before = len(tree)
    trunk = Path.to(tree, node_id)
    added = [add_chain(tree, trunk, chain, judged.aggregate, origin=origin) for chain in chains]
    ends = [tree.nodes[end] for end in dict.fromkeys(ids[-1] for ids in added if ids)]
    fresh = [end for end in ends if end.id >= before]
    values = [end.estimate for end in fresh if not end.terminal and end.estimate is not None]
    back_up(tree, node_id, max(values, default=None))
    for end in ends:
        if end.terminal:
            if end in fresh:
                back_up(tree, end.id, end.estimate)
            consider_answer(tree, end.id, judged.choose)
    return tuple(dict.fromkeys(i for ids in added for i in ids))


def _judged(settings: StrategySettings) -> JudgedSettings:
    return settings if isinstance(settings, JudgedSettings) else _USUAL
