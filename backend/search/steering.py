"""What a person does to a tree, whatever its strategy is and whether or not it is searching.

Strategies have no code for any of this: they find a tree with other values, fewer or more open
nodes, and go on from there.
"""

from collections.abc import Sequence
from typing import Final

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.growth import add_chain, back_up, choose_answer, consider_answer
from backend.search.node import GIVEN, Node
from backend.search.seeds import derive_seed
from backend.search.strategy import JudgedSettings, StrategySettings, ValuedSettings
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from backend.search.work import ProposedStep, Work, WorkKind

_NOT_IN_THE_LOG: Final = -1
_USUAL_TEMPERATURE: Final = 0.8
_USUAL_TOKENS: Final = 384


def judge(
    tree: SearchTree, node_id: int, rating: int | None, author: str, choice: Choice | None
) -> None:
    """Label a step, and choose the run's answer again by the strategy's rule; None: it has one of
    its own.
    """
    tree.label(node_id, rating, author)
    _choose_again(tree, choice)


def prune(tree: SearchTree, node_id: int, pruned: bool, choice: Choice | None) -> None:
    """Take a subtree out of the search, or back in, and choose the run's answer again."""
    if tree.nodes[node_id].pruned != pruned:
        tree.record(ev.Pruned(node_id, pruned))
        _choose_again(tree, choice)


def flag(tree: SearchTree, node_id: int, flagged: bool) -> None:
    """Mark a step as one to look at again, or take the mark away. No search changes by it."""
    if tree.nodes[node_id].flagged != flagged:
        tree.record(ev.Flagged(node_id, flagged))


def _choose_again(tree: SearchTree, choice: Choice | None) -> None:
    """By a rule of the strategy's own an answer was chosen for good, unless it is pruned now."""
    answer = tree.answer_node
    if choice is not None:
        choose_answer(tree, choice)
    elif answer is None or any(step.pruned for step in tree.ancestors(answer)):
        choose_answer(tree)


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
        temperature=getattr(settings, "temperature", 0.0) or _USUAL_TEMPERATURE,
        max_tokens=tokens if step_tokens is None else step_tokens,
        by_action=getattr(settings, "by_action", False),
    )


def take_in(
    tree: SearchTree, node_id: int, chains: Sequence[tuple[ProposedStep, ...]],
    settings: StrategySettings,
) -> tuple[int, ...]:  # fmt: skip
    """Add what a person asked for at a node; the ids, of steps that were there too.

    Each chain's end is backed up if it is new, and open for the strategy to go on from, also where
    it was closed before anybody looked further.
    """
    trunk, how = Path.to(tree, node_id), _path_value(settings)
    found: list[int] = []
    for chain in chains:
        before = len(tree)
        ids = add_chain(tree, trunk, chain, how)
        found += ids
        if ids:
            _take_end(tree, tree.nodes[ids[-1]], ids[-1] >= before, settings)
    return tuple(dict.fromkeys(found))


def write(
    tree: SearchTree, node_id: int, step: ProposedStep, settings: StrategySettings,
    edited: int | None = None,
) -> int:  # fmt: skip
    """Add what a person wrote at a node, as `take_in` does; its id. `edited`: the step below the
    same node that it says better, which it then corrects unless it revises one on its own path.
    """
    trunk = Path.to(tree, node_id)
    corrects = edited if step.corrects is None else trunk.ids[step.corrects]
    value = trunk.estimate(step, corrects, _path_value(settings))
    before = len(tree)
    own = tree.add(node_id, step, estimate=value, corrects=corrects, origin="person")
    _take_end(tree, tree.nodes[own], own >= before, settings)
    return own


def give(
    tree: SearchTree, chain: Sequence[ProposedStep], origins: Sequence[str],
    settings: StrategySettings,
) -> tuple[int, ...]:  # fmt: skip
    """Begin a new tree with steps that are given with the problem: the search starts at the last.
    Returns the ids of their nodes.

    Nothing is backed up: what they are worth is their estimate, until something below them is.
    """
    path = Path.to(tree, tree.start)
    for step, origin in zip(chain, origins, strict=True):
        before = path.ids[-1]
        corrects = None if step.corrects is None else path.ids[step.corrects]
        value = path.estimate(step, corrects, _path_value(settings))
        node = tree.add(
            before, step, estimate=value, corrects=corrects, origin=origin, purpose=GIVEN
        )
        tree.record(ev.Closed(before))
        path = path.then(tree.nodes[node])
    return tuple(path.ids[1:])


def _path_value(settings: StrategySettings) -> Aggregate:
    # Strategies without step values collect data: their values are P(ends right).
    return settings.aggregate if isinstance(settings, ValuedSettings) else Aggregate.VALUE


def _take_end(tree: SearchTree, end: Node, new: bool, settings: StrategySettings) -> None:
    if new:
        back_up(tree, end.id, end.estimate)
    if not end.terminal:
        if not (end.expandable or end.expansions):
            tree.record(ev.Reopened(end.id))
    elif isinstance(settings, JudgedSettings):
        consider_answer(tree, end.id, settings.choose)
