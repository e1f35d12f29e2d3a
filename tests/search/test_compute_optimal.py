"""Compute-optimal scaling: what the probe decides, and that its solutions are used on."""

import pytest

from backend.search.strategies.registry import make_strategy
from backend.search.tree import ROOT, SearchTree
from backend.search.work import Outcome, ProposedStep, WorkKind


def probed(worth: float | None, **settings: object) -> tuple[SearchTree, list[tuple[str, int]]]:
    """The tree after a probe of two solutions worth this much, and what is asked next."""
    strategy = make_strategy("compute_optimal", {"probe": 2, **settings})
    tree = SearchTree.plant("p", 0)
    (probe,) = strategy.ask(tree, 8)
    assert (probe.kind, probe.n) == (WorkKind.COMPLETE, 2)
    assert strategy.ask(tree, 8) == [], "nothing is known yet"
    chains = tuple(
        (ProposedStep("solve", "begin", 1, scores={"v": worth}),
         ProposedStep("answer", text, 1, scores={"v": worth}, terminal=True, answer=text))
        for text in ("3", "4")
    )  # fmt: skip
    strategy.tell(tree, probe, Outcome(chains))
    return tree, [(str(work.kind), work.node) for work in strategy.ask(tree, 1)]


@pytest.mark.parametrize(
    ("worth", "plan"),
    [(0.9, "easy"), (0.5, "medium"), (0.1, "hard"), (None, "hard")],
)
def test_the_probe_chooses_the_plan(worth: float | None, plan: str) -> None:
    plans = {"easy": "mcts", "medium": "mcts", "hard": "mcts"}
    tree, asked = probed(worth, **{**plans, plan: "best_of_n"})
    assert asked == [("complete", ROOT)]
    assert tree.root.scores["solvable"] == worth
    assert tree.answer_node is not None


@pytest.mark.parametrize("plan", ["mcts", "beam_search"])
def test_a_tree_grows_from_the_problem(plan: str) -> None:
    _, asked = probed(0.5, medium=plan)
    assert asked == [("expand", ROOT)]


def test_the_probes_answers_are_revised() -> None:
    tree, asked = probed(0.5, medium="sequential_revision")
    assert asked == [("expand", 2)]
    assert tree.node(2).terminal


def test_a_probed_step_that_is_proposed_again_is_searched() -> None:
    strategy = make_strategy("compute_optimal", {"probe": 2, "medium": "beam_search"})
    tree = SearchTree.plant("p", 0)
    (probe,) = strategy.ask(tree, 8)
    begin = ProposedStep("solve", "begin", 1, scores={"v": 0.5})
    strategy.tell(tree, probe, Outcome(((begin,),)))
    (work,) = strategy.ask(tree, 8)
    strategy.tell(tree, work, Outcome(((begin,),)))
    assert [work.node for work in strategy.ask(tree, 8)] == [1]


def test_a_single_probe_is_the_likeliest_solution_and_the_first_rollout_of_a_tree() -> None:
    strategy = make_strategy("compute_optimal", {"medium": "mcts"})
    tree = SearchTree.plant("p", 0)
    (probe,) = strategy.ask(tree, 8)
    assert (probe.n, probe.temperature, probe.max_tokens) == (1, 0.0, 160)
    cut_off = ProposedStep("solve", "begin", 160, scores={"v": 0.5})
    strategy.tell(tree, probe, Outcome(((cut_off,),)))
    (rollout,) = strategy.ask(tree, 1)
    assert (rollout.kind, rollout.node) == (WorkKind.COMPLETE, 1), "there is hope: it goes on"
