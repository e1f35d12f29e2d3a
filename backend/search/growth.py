"""How proposals become nodes and answers: the part of `tell` that strategies share."""

from backend.search import events as ev
from backend.search.aggregate import Aggregate, Path
from backend.search.tree import SearchTree
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
    tree: SearchTree, trunk: Path, chain: tuple[ProposedStep, ...], how: Aggregate
) -> list[int]:
    """Grow a chain of steps at the end of a path, merging what is there already; their ids."""
    path = trunk
    added: list[int] = []
    for step in chain:
        if added:
            path = path.then(tree.nodes[added[-1]])
        corrects = path.ids[step.corrects] if step.corrects is not None else None
        value = path.estimate(step, corrects, how)
        added.append(tree.add(path.ids[-1], step, estimate=value, corrects=corrects))
        if tree.nodes[added[-1]].terminal:
            break
    return added


def back_up(tree: SearchTree, node_id: int, value: float | None) -> None:
    """Average a value into the node and its ancestors; an unknown one is not backed up."""
    if value is not None:
        tree.record(ev.BackedUp(node_id, value))


def consider_answer(tree: SearchTree, node_id: int) -> None:
    """Make a terminal node the run's answer if its path is valued above the present one."""
    if tree.answer_node is not None and _worth(tree, node_id) <= _worth(tree, tree.answer_node):
        return
    if tree.answer_node != node_id and tree.node(node_id).answer is not None:
        tree.record(ev.Answered(node_id, tree.node(node_id).answer))


def choose_answer(tree: SearchTree) -> None:
    """Look for the answer among all terminal nodes again, after one was pruned or restored."""
    alive = [i for i in tree.terminals if not any(n.pruned for n in tree.ancestors(i))]
    answers = [i for i in alive if tree.node(i).answer is not None]
    best = max(answers, key=lambda i: (_worth(tree, i), -i), default=None)
    if best != tree.answer_node:
        tree.record(ev.Answered(best, None if best is None else tree.node(best).answer))


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


def _worth(tree: SearchTree, node_id: int) -> float:
    value = tree.node(node_id).estimate
    # An answer that nobody scored is still an answer, but loses to any that was scored.
    return -1.0 if value is None else value
