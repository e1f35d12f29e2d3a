"""The strategies: golden trees, stopping, choosing, settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.search.aggregate import Aggregate, aggregate, standing_path
from backend.search.errors import InvalidSettings, UnknownStrategy
from backend.search.events import Pruned, encode
from backend.search.growth import best_leaf, choose_answer
from backend.search.stopping import reason_to_stop
from backend.search.strategies.registry import STRATEGIES, make_strategy
from backend.search.tree import ROOT, SearchTree
from backend.search.votes import Choice
from backend.search.work import Outcome, ProposedStep, WorkUsage
from benchmarks.scripted import instant_outcome
from tests.search.growing import check_invariants, grow_fully

# MCTS without rollouts and first looks: every call proposes next steps, all at once.
STEPS = {"value_from": "verifier", "coverage": 1}
GOLDEN = Path(__file__).parent.parent / "assets" / "golden_trees"
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "mcts_puct": (
        "mcts",
        {**STEPS, "children": 3, "max_expansions": 2, "patience": 0},
    ),
    "mcts_uct": (
        "mcts",
        {
            **STEPS,
            "children": 3,
            "selection": "uct",
            "exploration": 1.0,
            "patience": 0,
        },
    ),
    "mcts_product": (
        "mcts",
        {**STEPS, "children": 2, "aggregate": "product", "max_depth": 3},
    ),
    "mcts_rollouts": ("mcts", {"children": 3, "value_from": "both"}),
    "mcts_classic": ("mcts", {"selection": "uct", "value_from": "rollout"}),
    "mcts_drafts": (
        "mcts",
        {**STEPS, "children": 2, "drafts": 3, "spread": 0.2, "noise": 0.25},
    ),
    "rest_mcts": ("rest_mcts", {}),
    "ab_mcts": ("ab_mcts", {}),
    "rstar": ("rstar", {"rollouts": 9, "max_depth": 3}),
    "beam_search": ("beam_search", {"width": 2, "children": 3}),
    "compute_optimal": ("compute_optimal", {"probe": 3}),
    "compute_optimal_revisions": (
        "compute_optimal",
        {"probe": 2, "medium": "sequential_revision"},
    ),
    "dvts": ("dvts", {"trees": 3, "children": 2}),
    "lookahead": ("lookahead", {"width": 2, "children": 2, "steps": 2}),
    "stepwise_best_of_n": ("stepwise_best_of_n", {"n": 3}),
    "best_of_n": ("best_of_n", {"n": 9, "per_call": 4}),
    "best_of_n_weighted": ("best_of_n", {"n": 9, "choose": "weighted"}),
    "self_consistency": ("self_consistency", {"n": 9, "per_call": 5}),
    "chain_of_thought": ("chain_of_thought", {}),
    "monte_carlo_labels": ("monte_carlo_labels", {"solutions": 3, "rollouts": 2}),
    "omega_prm": ("omega_prm", {"rollouts": 4, "searches": 2}),
    "sequential_revision": ("sequential_revision", {"revisions": 2, "chains": 2}),
    "self_refine": ("self_refine", {"rounds": 2}),
    "check_as_context": ("check_as_context", {"checker": "generator", "rounds": 2}),
    "check_by_verifier": ("check_as_context", {"rounds": 2, "reasons": True}),
    "score": ("score", {}),
}


@pytest.mark.parametrize("case", CASES)
def test_golden_tree(case: str, request: pytest.FixtureRequest) -> None:
    """The whole event log of a small search. To renew: delete the file and run the test."""
    name, settings = CASES[case]
    tree = SearchTree.plant("golden", seed=24)
    events = grow_fully(tree, make_strategy(name, settings), 2, 4, nodes=40)
    found = [[kind, *fields.values()] for kind, fields in map(encode, events)]
    found = json.loads(json.dumps(found))
    path = GOLDEN / f"{case}.json"
    if not path.exists():
        path.write_text("[\n" + ",\n".join(json.dumps(row) for row in found) + "\n]\n")
    assert found == json.loads(path.read_text())


def test_best_of_n_asks_for_exactly_n() -> None:
    strategy = make_strategy("best_of_n", {"n": 10, "per_call": 4})
    tree = SearchTree.plant("p", 1)
    asked = strategy.ask(tree, 100)
    assert [work.n for work in asked] == [4, 4, 2]
    assert len({work.seed for work in asked}) == 3
    assert strategy.ask(tree, 100) == []


def test_best_of_n_keeps_the_best_path_and_counts_every_solution() -> None:
    strategy = make_strategy("best_of_n", {"n": 40, "per_call": 3})
    tree = SearchTree.plant("p", 5)
    grow_fully(tree, strategy, 4, 1, nodes=10**9)
    assert tree.root.visits == 40
    best = max(tree.terminals, key=lambda i: tree.node(i).estimate or 0.0)
    assert tree.answer_node == best == best_leaf(tree)


def test_beam_search_keeps_the_best_of_each_level() -> None:
    strategy = make_strategy("beam_search", {"width": 3, "children": 2})
    tree = SearchTree.plant("p", 5)
    (first,) = strategy.ask(tree, 8)
    assert first.n == 6
    strategy.tell(tree, first, instant_outcome(tree, first, 4))
    ranked = sorted(tree.nodes[1:], key=lambda node: node.estimate or 0.0, reverse=True)
    works = strategy.ask(tree, 8)
    assert {work.node for work in works} == {node.id for node in ranked[:3]}
    for work in works[:2]:
        strategy.tell(tree, work, instant_outcome(tree, work, 4))
        assert strategy.ask(tree, 8) == [], "the level is not complete"
    strategy.tell(tree, works[2], instant_outcome(tree, works[2], 4))
    assert len(strategy.ask(tree, 2)) == 2
    assert len(strategy.ask(tree, 2)) == 1


def test_beam_search_ends_with_the_best_answer() -> None:
    strategy = make_strategy("beam_search", {"width": 3, "children": 2})
    tree = SearchTree.plant("p", 5)
    grow_fully(tree, strategy, 2, 4, nodes=10**9)
    assert not tree.root.available
    assert [node.expansions for node in tree.nodes].count(1) == 1 + 3 * 3
    best = max(tree.terminals, key=lambda i: tree.node(i).estimate or 0.0)
    assert tree.answer_node == best
    check_invariants(tree)


def test_beam_search_does_without_a_verifier() -> None:
    strategy = make_strategy("beam_search", {"width": 1, "children": 2, "max_depth": 1})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 1)
    steps = [
        ProposedStep("answer", f"Answer: {i}", 1, terminal=True, answer=str(i)) for i in (3, 4)
    ]
    strategy.tell(tree, work, Outcome(tuple((step,) for step in steps)))
    assert strategy.ask(tree, 1) == []
    assert tree.answer_node == 1


def test_mcts_ends_when_everything_is_searched() -> None:
    strategy = make_strategy("mcts", {**STEPS, "children": 2, "max_expansions": 1})
    tree = SearchTree.plant("p", 3)
    grow_fully(tree, strategy, 4, 3, nodes=10**9)
    assert tree.root.exhausted
    assert len(tree.terminals) == 2**3
    check_invariants(tree)


def test_mcts_tries_again_when_a_node_brought_nothing() -> None:
    strategy = make_strategy("mcts", {**STEPS, "children": 2, "max_expansions": 3})
    tree = SearchTree.plant("p", 3)
    seeds = []
    while works := strategy.ask(tree, 4):
        assert len(works) == 1
        seeds.append(works[0].seed)
        strategy.tell(tree, works[0], Outcome(usage=WorkUsage(calls=1), failure="too long"))
    assert len(set(seeds)) == 3
    assert tree.root.exhausted
    assert tree.usage.calls == 3


def test_parallel_asks_spread_over_the_tree() -> None:
    strategy = make_strategy("mcts", {**STEPS, "children": 4, "patience": 0})
    tree = SearchTree.plant("p", 3)
    (first,) = strategy.ask(tree, 8)
    strategy.tell(tree, first, instant_outcome(tree, first, 8))
    works = strategy.ask(tree, 8)
    assert len(works) == 4
    assert len({work.node for work in works}) == 4


def test_a_young_tree_is_searched_one_by_one() -> None:
    strategy = make_strategy("mcts", {**STEPS, "children": 4, "patience": 10})
    tree = SearchTree.plant("p", 3)
    most = []
    while len(tree) < 400:
        strategy.ask(tree, 8 - len(tree.pending))
        most.append((tree.next_work - len(tree.pending), len(tree.pending)))
        work = next(iter(tree.pending.values()))
        strategy.tell(tree, work, instant_outcome(tree, work, 9))
    assert all(under_way <= 2 ** (told // 10) for told, under_way in most)
    assert {under_way for _, under_way in most} == {1, 2, 4, 8}


def test_the_unvisited_child_with_the_better_estimate_comes_first() -> None:
    strategy = make_strategy("mcts", STEPS)
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 1)
    steps = [ProposedStep("solve", t, 1, prior=0.5, scores={"v": s}) for t, s in
             (("low", 0.1), ("high", 0.9))]  # fmt: skip
    strategy.tell(tree, work, Outcome(tuple((step,) for step in steps)))
    (next_work,) = strategy.ask(tree, 1)
    assert tree.node(next_work.node).text == "high"


def test_a_pruned_answer_gives_way_to_the_next_best() -> None:
    strategy = make_strategy("best_of_n", {"choose": "max", "n": 12})
    tree = SearchTree.plant("p", 5)
    grow_fully(tree, strategy, 4, 1, nodes=10**9)
    first = tree.answer_node
    assert first is not None
    tree.record(Pruned(first, True))
    choose_answer(tree)
    ranked = sorted(tree.terminals, key=lambda i: tree.node(i).estimate or 0.0)
    assert tree.answer_node == ranked[-2]


def test_not_scored_is_not_zero() -> None:
    strategy = make_strategy("mcts", STEPS)
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 1)
    unscored = ProposedStep("solve", "a", 1, scores={"prm": None})
    strategy.tell(tree, work, Outcome(((unscored,),)))
    node = tree.node(1)
    assert (node.estimate, node.value, node.visits, tree.root.visits) == (None, None, 0, 0)


@pytest.mark.parametrize(
    ("how", "value"), [("min", 0.2), ("product", 0.5 * 0.2 * 0.8), ("last", 0.8), ("mean", 0.5)]
)
def test_aggregates(how: str, value: float) -> None:
    assert aggregate([0.5, 0.2, 0.8], Aggregate(how)) == pytest.approx(value)
    assert aggregate([], Aggregate(how)) is None


@pytest.mark.parametrize(
    "strategy",
    [name for name, kind in STRATEGIES.items() if "aggregate" in kind.settings_type.model_fields],
)
def test_a_value_model_can_value_paths(strategy: str) -> None:
    made = make_strategy(strategy, {"aggregate": "value"})
    tree = SearchTree.plant("p", 0)
    work = made.ask(tree, 1)[0]
    judged = ProposedStep("solve", "a", 1, scores={"prm": 0.9}, value=0.25)
    unjudged = ProposedStep("solve", "b", 1, scores={"prm": 0.6})
    made.tell(tree, work, Outcome(((judged,), (unjudged,))))
    assert [tree.node(i).estimate for i in (1, 2)] == [0.25, 0.6], "else the lowest score"


def test_a_correction_takes_the_place_of_what_it_revises() -> None:
    strategy = make_strategy("best_of_n", {"n": 1})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 1)
    chain = (
        ProposedStep("solve", "good", 1, scores={"v": 0.9}),
        ProposedStep("solve", "slip", 1, scores={"v": 0.1}),
        ProposedStep("check", "that is wrong", 1, scores={"v": 0.95}),
        ProposedStep("correct", "mended", 1, scores={"v": 0.8}, corrects=2),
        ProposedStep("answer", "Answer: 3", 1, scores={"v": 0.7}, terminal=True, answer="3"),
    )
    strategy.tell(tree, work, Outcome((chain,)))
    assert tree.node(4).corrects == 2
    assert standing_path(tree, 5) == [1, 4, 5]
    assert tree.node(5).estimate == pytest.approx(0.7)
    assert tree.node(3).estimate == pytest.approx(0.1)


def test_a_step_that_nobody_scored_is_worth_what_stands_before_it() -> None:
    strategy = make_strategy("best_of_n", {"n": 1})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 1)
    end = ProposedStep("answer", "5", 1, scores={"v": None}, terminal=True, answer="5")
    strategy.tell(tree, work, Outcome(((ProposedStep("solve", "a", 1, scores={"v": 0.4}), end),)))
    assert tree.node(2).estimate == 0.4


def test_solutions_of_one_call_do_not_see_each_others_steps() -> None:
    strategy = make_strategy("best_of_n", {"n": 2, "per_call": 2})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 1)
    start = ProposedStep("solve", "start", 1, scores={"v": 0.9})
    slip = ProposedStep("solve", "slip", 1, scores={"v": 0.1})
    mended = ProposedStep("correct", "mended", 1, scores={"v": 0.8}, corrects=1)
    other = ProposedStep("solve", "other", 1, scores={"v": 0.95})
    strategy.tell(tree, work, Outcome(((start, slip, mended), (start, slip, other))))
    assert tree.node(3).estimate == pytest.approx(0.8), "start and slip fell"
    assert tree.node(4).estimate == pytest.approx(0.1), "they stand beside the correction"
    assert (standing_path(tree, 3), standing_path(tree, 4)) == ([3], [1, 2, 4])


def answered(tree: SearchTree, choose: str, answers: list[tuple[str, float]]) -> str | None:
    """The run's answer after one-step solutions with these answers and values."""
    strategy = make_strategy("best_of_n", {"choose": choose})
    for work in strategy.ask(tree, 1):
        chains = tuple(
            (ProposedStep("answer", f"{i}", 1, scores={"v": value}, terminal=True, answer=answer,
                          answer_key=answer.strip()),)
            for i, (answer, value) in enumerate(answers)
        )  # fmt: skip
        strategy.tell(tree, work, Outcome(chains))
    return None if tree.answer_node is None else tree.node(tree.answer_node).answer


@pytest.mark.parametrize(
    ("choose", "answer"), [("max", "7"), ("majority", " 3"), ("weighted", "5")]
)
def test_the_rules_of_choice(choose: str, answer: str) -> None:
    answers = [("3", 0.1), ("7", 0.9), (" 3", 0.2), ("5", 0.6), ("5", 0.7), ("3", 0.1)]
    tree = SearchTree.plant("p", 0)
    assert answered(tree, choose, answers) == answer
    winner = tree.votes.winner(Choice(choose))
    assert winner is not None
    assert winner.best == tree.answer_node


def test_a_pruned_path_has_no_vote() -> None:
    tree = SearchTree.plant("p", 0)
    assert answered(tree, "majority", [("3", 0.1), ("7", 0.9), ("3", 0.2)]) == "3"
    for node in (1, 3):
        tree.record(Pruned(node, True))
    choose_answer(tree, Choice.MAJORITY)
    assert tree.answer_node == 2
    tree.record(Pruned(3, False))
    assert tree.votes.agreed == 1


def test_a_search_may_stop_early() -> None:
    tree = SearchTree.plant("p", 0)
    answered(tree, "max", [("3", 0.1), ("7", 0.9), ("3", 0.2)])
    never = make_strategy("best_of_n", {}).settings
    assert reason_to_stop(tree, never) is None
    agreed = make_strategy("best_of_n", {"stop_at_agreement": 2}).settings
    assert reason_to_stop(tree, agreed) == "2 solutions agree on an answer"
    more = make_strategy("best_of_n", {"stop_at_agreement": 3, "stop_at_value": 0.95}).settings
    assert reason_to_stop(tree, more) is None
    valued = make_strategy("best_of_n", {"stop_at_value": 0.85}).settings
    assert reason_to_stop(tree, valued) == "an answer is valued above 0.85"


def test_former_names_of_strategies_are_understood() -> None:
    assert make_strategy("beam", {}).name == "beam_search"


def test_unknown_strategies_and_settings_are_named() -> None:
    with pytest.raises(UnknownStrategy, match="choose mcts"):
        make_strategy("magic", {})
    with pytest.raises(InvalidSettings, match="children"):
        make_strategy("mcts", {**STEPS, "children": 0})
    with pytest.raises(InvalidSettings, match="depht"):
        make_strategy("mcts", {**STEPS, "depht": 3})


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_says_what_it_is(name: str) -> None:
    kind = STRATEGIES[name]
    assert kind.name == name
    assert all((kind.title, kind.summary, kind.source))
    schema = kind.settings_type.model_json_schema()
    assert all("default" in field for field in schema["properties"].values())


def test_the_root_is_never_a_best_answer_without_one() -> None:
    assert best_leaf(SearchTree.plant("p")) == ROOT
