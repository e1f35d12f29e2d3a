"""How proposals become nodes and answers: the part of `tell` that strategies share."""

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.node import Node
from backend.search.strategy import JudgedSettings
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from backend.search.work import Outcome, ProposedStep, Work


def settle(tree: SearchTree, work: Work, outcome: Outcome) -> None:
    """Take the work out of flight and count what it cost."""
    used = outcome.usage
    tree.record(
        ev.Told(
            work.id,
            work.node,
            outcome.failure,
            used.generated_tokens,
            used.prompt_tokens,
            used.calls,
        )
    )


def add_chain(
    tree: SearchTree, trunk: Path, chain: tuple[ProposedStep, ...], how: Aggregate,
    purpose: str = "",
) -> list[int]:  # fmt: skip
    """Grow a chain of steps at the end of a path, merging what is there already; their ids."""
    path = trunk
    added: list[int] = []
    for step in chain:
        if added:
            path = path.then(tree.nodes[added[-1]])
        corrects = path.ids[step.corrects] if step.corrects is not None else None
        value = path.estimate(step, corrects, how)
        node_id = tree.add(path.ids[-1], step, estimate=value, corrects=corrects, purpose=purpose)
        added.append(node_id)
        if tree.nodes[node_id].terminal:
            break
    return added


def add_closed(
    tree: SearchTree, trunk: Path, chain: tuple[ProposedStep, ...], how: Aggregate,
    purpose: str = "",
) -> list[int]:  # fmt: skip
    """Grow a chain whose new steps are not searched any further; the ids of its steps."""
    before = len(tree)
    ids = add_chain(tree, trunk, chain, how, purpose)
    for node_id in ids:
        if node_id >= before and tree.nodes[node_id].expandable:
            tree.record(ev.Closed(node_id))
    return ids


def add_solution(
    tree: SearchTree, trunk: Path, chain: tuple[ProposedStep, ...], settings: JudgedSettings,
    purpose: str = "",
) -> int | None:  # fmt: skip
    """Grow a whole solution, which is not searched any further; the id of its end.

    Its value is backed up from there, and its answer considered.
    """
    ids = add_closed(tree, trunk, chain, settings.aggregate, purpose)
    if not ids:
        return None
    take_end(tree, tree.nodes[ids[-1]], settings)
    return ids[-1]


def take_end(tree: SearchTree, end: Node, settings: JudgedSettings) -> None:
    """Back up a node's own value and, if it is one, consider its answer."""
    back_up(tree, end.id, end.estimate)
    if end.terminal:
        consider_answer(tree, end.id, settings.choose)


def back_up(tree: SearchTree, node_id: int, value: float | None) -> None:
    """Average a value into the node and its ancestors; an unknown one is not backed up."""
    if value is not None:
        tree.record(ev.BackedUp(node_id, value))


def consider_answer(tree: SearchTree, node_id: int, choice: Choice = Choice.MAX) -> None:
    """Make a terminal node's answer the run's if more speaks for it than for the present one."""
    vote = tree.votes.of(tree.nodes[node_id])
    if vote is None:
        return
    present = None
    if tree.answer_node is not None:
        present = tree.votes.of(tree.nodes[tree.answer_node])
    if present in (None, vote) or vote.support(choice) > present.support(choice):
        give_answer(tree, vote.best)


def choose_answer(tree: SearchTree, choice: Choice = Choice.MAX) -> None:
    """Look for the answer among all that were found again, after a person changed what they are
    worth. The present one stays where it is level with another.
    """
    winner = tree.votes.winner(choice)
    if winner is None:
        give_answer(tree, None)
        return
    present = None
    if tree.answer_node is not None:
        present = tree.votes.of(tree.nodes[tree.answer_node])
    if present is not None and present.support(choice) == winner.support(choice):
        winner = present
    give_answer(tree, winner.best)


def answer_value(tree: SearchTree) -> float | None:
    """What the verifiers, or a person, make of the solution that gives the run's answer."""
    return None if tree.answer_node is None else tree.worth(tree.nodes[tree.answer_node])


def give_answer(tree: SearchTree, node_id: int | None) -> None:
    """Make a terminal node's answer the run's, or leave the run without one."""
    if node_id != tree.answer_node:
        tree.record(ev.Answered(node_id, None if node_id is None else tree.nodes[node_id].answer))


def best_leaf(tree: SearchTree) -> int:
    """Where the run's best path ends: the answer, else the most visited way down."""
    if tree.answer_node is not None:
        return tree.answer_node
    node = tree.root
    while node.children:
        alive = [tree.nodes[i] for i in node.children if not tree.nodes[i].pruned]
        if not alive:
            break
        node = max(alive, key=lambda n: (n.visits, n.value or 0.0, -n.id))
    return node.id
