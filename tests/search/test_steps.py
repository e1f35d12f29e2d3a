"""Strategies that go step by step: whose value decides, and what is kept."""

from backend.search.node import Node
from backend.search.strategies.registry import make_strategy
from backend.search.tree import SearchTree
from backend.search.work import Outcome, ProposedStep
from tests.search.growing import grow_fully


def steps(*scores: float, name: str = "s") -> Outcome:
    """Steps with these scores, each a chain of its own."""
    found = (ProposedStep("solve", f"{name} {s}", 1, scores={"v": s}) for s in scores)
    return Outcome(tuple((step,) for step in found))


def grown(name: str, settings: dict[str, object]) -> SearchTree:
    tree = SearchTree.plant("p", 5)
    grow_fully(tree, make_strategy(name, settings), 3, 4, nodes=10**9)
    return tree


def expanded(tree: SearchTree) -> list[Node]:
    return [node for node in tree.nodes[1:] if node.expansions]


def test_dvts_follows_the_best_step_of_every_subtree() -> None:
    tree = grown("dvts", {"trees": 3, "children": 2})
    assert tree.root.expansions == 3
    assert len(expanded(tree)) == 3 * 3, "one path per subtree, to the step before the answer"
    for node in expanded(tree):
        if node.parent:
            twins = tree.nodes[node.parent].children
            assert node.id == max(twins, key=lambda i: tree.nodes[i].estimate or 0.0)


def test_dvts_keeps_a_weak_subtree() -> None:
    strategy = make_strategy("dvts", {"trees": 2, "children": 2})
    tree = SearchTree.plant("p", 0)
    first, second = strategy.ask(tree, 4)
    strategy.tell(tree, first, steps(0.9, 0.8))
    strategy.tell(tree, second, steps(0.1, 0.2))
    assert [tree.node(w.node).estimate for w in strategy.ask(tree, 4)] == [0.9, 0.2]


def test_a_subtree_that_samples_anothers_best_step_takes_its_next_best() -> None:
    strategy = make_strategy("dvts", {"trees": 2, "children": 2})
    tree = SearchTree.plant("p", 0)
    first, second = strategy.ask(tree, 4)
    strategy.tell(tree, first, steps(0.9, 0.8))
    strategy.tell(tree, second, steps(0.9, 0.3))
    assert [tree.node(w.node).estimate for w in strategy.ask(tree, 4)] == [0.9, 0.3]


def test_stepwise_best_of_n_goes_one_way() -> None:
    tree = grown("stepwise_best_of_n", {"n": 5})
    path = [tree.root, *expanded(tree)]
    assert [node.depth for node in path] == [0, 1, 2, 3]
    for parent, child in zip(path, path[1:], strict=False):
        assert child.id == max(parent.children, key=lambda i: tree.nodes[i].estimate or 0.0)
    assert tree.answer_node in path[-1].children


def test_lookahead_values_a_candidate_by_where_it_leads() -> None:
    strategy = make_strategy("lookahead", {"width": 1, "children": 2, "steps": 2})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 8)
    strategy.tell(tree, work, steps(0.9, 0.4))
    assert tree.root.visits == 0, "nothing has its value yet"
    ends = {1: (0.8, 0.2), 2: (0.6, 0.7)}
    looks = strategy.ask(tree, 8)
    assert [(w.node, w.n, w.temperature) for w in looks] == [(1, 1, 0.0), (2, 1, 0.0)]
    assert strategy.ask(tree, 8) == []
    for look in looks:
        strategy.tell(tree, look, steps(ends[look.node][0]))
    for look in strategy.ask(tree, 8):
        strategy.tell(tree, look, steps(0.2 if look.node == 3 else 0.4))
    assert [tree.node(i).value for i in (1, 2)] == [0.2, 0.4], "the lowest step on the way"
    assert [w.node for w in strategy.ask(tree, 8)] == [2]


def test_a_step_that_was_looked_at_becomes_a_candidate_when_it_is_proposed() -> None:
    strategy = make_strategy("lookahead", {"width": 1, "children": 2, "steps": 1})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 8)
    strategy.tell(tree, work, steps(0.5))
    (look,) = strategy.ask(tree, 8)
    strategy.tell(tree, look, steps(0.6, name="ahead"))
    assert not tree.node(2).expandable
    (work,) = strategy.ask(tree, 8)
    strategy.tell(tree, work, steps(0.6, 0.1, name="ahead"))
    assert tree.node(2).expandable
    assert tree.node(2).purpose == ""


def test_lookahead_ends_where_the_model_has_nothing_to_say() -> None:
    strategy = make_strategy("lookahead", {"width": 2, "children": 1})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 8)
    strategy.tell(tree, work, steps(0.5))
    (look,) = strategy.ask(tree, 8)
    strategy.tell(tree, look, Outcome(failure="too long"))
    assert [w.purpose for w in strategy.ask(tree, 8)] == [""], "its own value has to do"
    assert tree.node(1).value == 0.5


def test_lookahead_finds_the_best_answer() -> None:
    tree = grown("lookahead", {"width": 2, "children": 2, "steps": 2})
    values = [tree.node(i).estimate or 0.0 for i in tree.terminals]
    assert tree.answer_node is not None
    assert tree.node(tree.answer_node).estimate == max(values)
