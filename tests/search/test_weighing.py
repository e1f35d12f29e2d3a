"""What is said of a choice is what the search then does."""

import math
import re
from collections.abc import Iterator

import pytest

from backend.search import events as ev
from backend.search.node import Node
from backend.search.strategies.ab_mcts import Arm
from backend.search.strategies.consistency import DISCRIMINATE
from backend.search.strategies.registry import STRATEGIES, make_strategy
from backend.search.strategy import Strategy
from backend.search.tree import SearchTree
from backend.search.weighing import Candidate, Chooses, Shut, Weighing, weigh_at_choice
from tests.search.growing import grow_fully

CHOOSING = {
    "mcts", "compute_optimal", "rest_mcts", "ab_mcts", "rstar", "beam_search", "dvts", "lookahead",
    "stepwise_best_of_n",
}  # fmt: skip


def grown(name: str, **settings: object) -> tuple[Strategy, list[ev.Event]]:
    tree = SearchTree.plant("p", 5)
    events = tree.drain()[1]
    strategy = make_strategy(name, settings)
    return strategy, events + grow_fully(tree, strategy, 4, 4, nodes=120)


def choices(strategy: Chooses, events: list[ev.Event]) -> Iterator[tuple[Node, Weighing]]:
    """Every step that work went through, with its choice as it was just before that."""
    tree = SearchTree(5)
    for event in events:
        if isinstance(event, ev.Asked) and event.purpose != DISCRIMINATE:
            for node in tree.ancestors(event.node):
                if node.parent is not None:
                    weighing = strategy.weigh(tree, node)
                    assert weighing is not None
                    yield node, weighing
        tree.record(event)


def of(weighing: Weighing, node: Node) -> Candidate:
    return next(one for one in weighing.candidates if one.node == node.id)


def test_strategies_that_choose_say_so() -> None:
    assert {name for name in STRATEGIES if isinstance(make_strategy(name, {}), Chooses)} == CHOOSING


@pytest.mark.parametrize(
    ("name", "settings"),
    [("mcts", {"value_from": "verifier"}), ("mcts", {"selection": "uct"}), ("rest_mcts", {}),
     ("rstar", {})],
)  # fmt: skip
def test_the_child_with_the_largest_score_is_the_one_followed(
    name: str, settings: dict[str, object]
) -> None:
    strategy, events = grown(name, **settings)
    assert isinstance(strategy, Chooses)
    seen = 0
    for node, weighing in choices(strategy, events):
        if weighing.rule == "chance":
            assert of(weighing, node).open
            continue
        assert [one.node for one in weighing.candidates if one.chosen] == [node.id]
        for one in weighing.candidates:
            assert one.score == pytest.approx(worked_out(weighing, one))
        seen += 1
    assert seen > 5


def worked_out(weighing: Weighing, one: Candidate) -> float:
    """The formula, with the numbers in the place of their names."""
    known = {**weighing.shared, **one.terms}

    def number(name: re.Match[str]) -> str:
        return str(known[name[0]]) if name[0] in known else name[0]

    text = re.sub(r"[A-Za-z]+", number, weighing.formula).replace("·", "*").replace("√", "sqrt")
    return float(eval(text, {"sqrt": math.sqrt, "ln": math.log}))


@pytest.mark.parametrize("name", ["beam_search", "lookahead"])
def test_the_beams_of_a_level_are_the_best_by_rank(name: str) -> None:
    strategy, events = grown(name, width=2, children=3)
    assert isinstance(strategy, Chooses)
    tree = SearchTree.replay(events, 5)
    beams = {e.node for e in events if isinstance(e, ev.Asked) and not e.purpose} - {0}
    assert len(beams) > 3
    for node in tree.nodes[1:]:
        if (
            node.purpose
            or node.terminal
            or not any(tree.nodes[b].depth == node.depth for b in beams)
        ):
            continue
        weighing, _, made = weigh_at_choice(strategy, events, node.id, 5)
        assert weighing is not None
        assert made
        assert of(weighing, node).chosen == (node.id in beams)
        scores = [one.score or 0.0 for one in weighing.candidates]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("name", ["dvts", "stepwise_best_of_n"])
def test_the_best_of_each_sample_is_kept(name: str) -> None:
    strategy, events = grown(name)
    assert isinstance(strategy, Chooses)
    tree, deepest = SearchTree.replay(events, 5), strategy.settings.model_dump()["max_depth"]
    for node in tree.nodes[1:]:
        weighing = weigh_at_choice(strategy, events, node.id, 5)[0]
        assert weighing is not None
        if node.expansions:
            assert of(weighing, node).chosen
        elif not node.terminal:
            assert not of(weighing, node).chosen or node.depth >= deepest


def test_posteriors_are_those_that_are_drawn_from() -> None:
    strategy, events = grown("ab_mcts", generators=["a", "b"])
    assert isinstance(strategy, Chooses)
    for node, weighing in choices(strategy, events):
        assert of(weighing, node).open
        assert [one.name for one in weighing.candidates[:2]] == [
            "a new step by a",
            "a new step by b",
        ]
    # Three values of 0.5: μ is about 0.375, by a t-distribution with 4 degrees of freedom.
    terms = Arm(3, 1.5, 0.75).terms()
    assert terms == pytest.approx({"n": 3, "m": 0.375, "s": math.sqrt(0.2875 / 16), "ν": 4})


def test_a_step_that_was_not_gone_on_with_is_weighed_as_things_stand() -> None:
    strategy, events = grown("mcts", value_from="verifier")
    assert isinstance(strategy, Chooses)
    tree = SearchTree.replay(events, 5)
    left = next(node.id for node in tree.nodes if not (node.expansions or node.terminal))
    weighing, count, made = weigh_at_choice(strategy, events, left, 5)
    assert (count, made) == (len(events), False)
    assert weighing is not None
    parent = tree.nodes[left].parent
    assert parent is not None
    assert weighing.shared["N"] == tree.nodes[parent].visits


@pytest.mark.parametrize("name", ["mcts", "ab_mcts", "rstar", "beam_search", "dvts"])
def test_what_could_not_be_chosen_says_why(name: str) -> None:
    # A node that may be widened for long is not done within a small tree.
    strategy, events = grown(name, **({"max_tries": 4} if name == "ab_mcts" else {}))
    assert isinstance(strategy, Chooses)
    tree = SearchTree.replay(events, 5)
    found = set()
    for node in tree.nodes[1:]:
        weighing, count, _ = weigh_at_choice(strategy, events, node.id, 5)
        then = SearchTree.replay(events[:count], 5)
        for one in weighing.candidates if weighing else ():
            assert (one.shut is None) == one.open
            if one.shut is None or one.node is None:
                continue
            found.add(one.shut)
            step = then.nodes[one.node]
            assert (one.shut is Shut.PRUNED) == step.pruned
            assert one.shut is not Shut.ANSWER or step.terminal
            assert one.shut is not Shut.EXHAUSTED or step.exhausted
            assert one.shut is not Shut.VISITED or step.visits + step.virtual
    assert found or name in {"beam_search", "dvts"}, "there each can be chosen until it is pruned"
