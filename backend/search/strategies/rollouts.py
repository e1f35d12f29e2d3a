"""Rollouts from a state and the Monte-Carlo label that comes of them, for strategies that collect
data: the share of whole solutions from here that end right.
"""

from dataclasses import replace
from typing import Final

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.growth import add_chain, choose_answer, settle
from backend.search.node import Node
from backend.search.strategies.solutions import SOLUTION
from backend.search.strategy import DataSettings
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from backend.search.work import Call, Outcome, ProposedStep, Work, WorkKind

ROLLOUT: Final = "rollout"
MONTE_CARLO: Final = "monte_carlo"
"""The name of the soft label: the share of rollouts that end right."""
MONTE_CARLO_HARD: Final = "monte_carlo_hard"
"""The name of the hard label: 1 if any rollout ends right, else 0."""


def ask_rollouts(tree: SearchTree, node: Node, n: int, settings: DataSettings) -> Work:
    """Send out `n` rollouts from a state, which is done with then. The first solutions are the
    rollouts of the problem.
    """
    purpose = SOLUTION if node.id == tree.start else ROLLOUT
    call = Call(
        WorkKind.COMPLETE, n, settings.temperature, settings.max_tokens, purpose=purpose
    )  # fmt: skip
    work = tree.ask(node.id, call)
    close(tree, node)
    return work


def take_rollouts(tree: SearchTree, work: Work, outcome: Outcome) -> list[Node]:
    """Add the rollouts and label the state that they start from; the nodes that are new.

    The run's answer is what the first solutions agree on: rollouts only measure.
    """
    settle(tree, work, outcome)
    before = len(tree)
    trunk = Path.to(tree, work.node)
    for chain in outcome.chains:
        # Values are P(ends right) in all of the tree: the value model's until rollouts measure it.
        add_chain(tree, trunk, _labelled(chain), Aggregate.VALUE, work.purpose)
    soft = share_right(outcome)
    node = tree.nodes[work.node]
    hard = None if soft is None else float(soft > 0)
    tree.record(ev.Scored(node.id, MONTE_CARLO, soft, node.estimate if soft is None else soft))
    tree.record(ev.Scored(node.id, MONTE_CARLO_HARD, hard, node.estimate))
    if work.purpose == SOLUTION:
        choose_answer(tree, Choice.MAJORITY)
    return tree.nodes[before:]


def share_right(outcome: Outcome) -> float | None:
    """MC(s): of the rollouts that can be judged, the share that ends right; one without an answer
    does not. None if none can be judged.
    """
    ends = [chain[-1] for chain in outcome.chains if chain]
    rewards = [end.reward if end.terminal else 0.0 for end in ends]
    known = [reward for reward in rewards if reward is not None]
    return sum(known) / len(known) if known else None


def close(tree: SearchTree, node: Node) -> None:
    """Take a node out of the search."""
    if node.expandable:
        tree.record(ev.Closed(node.id))


def _labelled(chain: tuple[ProposedStep, ...]) -> tuple[ProposedStep, ...]:
    """With the label of its last step, if that is an answer: it needs no rollouts to be known."""
    if not chain or chain[-1].reward is None:
        return chain
    reward = chain[-1].reward
    labels = {MONTE_CARLO: reward, MONTE_CARLO_HARD: reward}
    end = replace(chain[-1], value=reward, scores={**chain[-1].scores, **labels})
    return (*chain[:-1], end)
