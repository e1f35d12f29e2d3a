"""MCTS: rollouts, drafts, the pool of temperatures, noise at the root."""

import math

import pytest

from backend.search.strategies.registry import make_strategy
from backend.search.tree import ROOT, SearchTree
from backend.search.work import Outcome, WorkKind
from benchmarks.scripted import instant_outcome
from tests.search.steps import end, step, tell_steps

# Without rollouts and first looks: every call proposes next steps, all at once.
STEPS = {"value_from": "verifier", "coverage": 1}


def test_a_new_leaf_gets_a_rollout_and_a_visited_one_is_expanded() -> None:
    strategy = make_strategy("mcts", {"value_from": "rollout", "coverage": 1})
    tree = SearchTree.plant("p", 0)
    (rollout,) = strategy.ask(tree, 1)
    assert (rollout.kind, rollout.node, rollout.purpose) == (WorkKind.COMPLETE, ROOT, "rollout")
    strategy.tell(tree, rollout, Outcome(((step("a", 0.8), end("3", 0.6)),)))
    assert [tree.node(i).value for i in (ROOT, 1, 2)] == [0.6, 0.6, 0.6]
    assert tree.answer_node == 2
    assert not tree.node(1).available
    (expansion,) = strategy.ask(tree, 1)
    assert (expansion.kind, expansion.node, expansion.purpose) == (WorkKind.EXPAND, ROOT, "")
    tell_steps(tree, strategy, expansion, step("a", 0.8), step("b", 0.1))
    assert tree.root.visits == 1, "the verifier's estimates are not backed up"
    assert tree.node(1).available
    assert tree.node(1).purpose == "", "an ordinary step now"
    (next_one,) = strategy.ask(tree, 1)
    assert (next_one.node, next_one.kind) == (1, WorkKind.EXPAND), "visited by the rollout"


def test_the_verifier_and_rollouts_may_both_have_a_say() -> None:
    strategy = make_strategy("mcts", {"value_from": "both", "coverage": 1})
    tree = SearchTree.plant("p", 0)
    (rollout,) = strategy.ask(tree, 1)
    strategy.tell(tree, rollout, Outcome(((end("3", 0.6),),)))
    (expansion,) = strategy.ask(tree, 1)
    tell_steps(tree, strategy, expansion, step("a", 0.2), step("b", 0.4))
    assert (tree.root.visits, tree.root.value_sum) == (2, pytest.approx(1.0))


@pytest.mark.parametrize(
    ("known", "kind"),
    [(0.6, WorkKind.COMPLETE), (0.4, WorkKind.EXPAND), (None, WorkKind.COMPLETE)],
)
def test_rollouts_begin_where_the_verifier_is_hopeful(known: float | None, kind: WorkKind) -> None:
    strategy = make_strategy("mcts", {"rollout_above": 0.5, "max_expansions": 1, "coverage": 1})
    tree = SearchTree.plant("p", 0)
    (rollout,) = strategy.ask(tree, 1)
    assert rollout.kind is WorkKind.COMPLETE, "of the problem nothing is known"
    strategy.tell(tree, rollout, Outcome(((end("3", 0.6),),)))
    (expansion,) = strategy.ask(tree, 1)
    tell_steps(tree, strategy, expansion, step("a", known))
    (next_one,) = strategy.ask(tree, 1)
    assert (next_one.node, next_one.kind) == (2, kind)


def test_values_from_rollouts_alone_need_one_at_every_step() -> None:
    strategy = make_strategy("mcts", {"value_from": "rollout", "rollout_above": 0.5, "coverage": 1})
    tree = SearchTree.plant("p", 0)
    (rollout,) = strategy.ask(tree, 1)
    strategy.tell(tree, rollout, Outcome(((end("3", 0.6),),)))
    (expansion,) = strategy.ask(tree, 1)
    tell_steps(tree, strategy, expansion, step("a", 0.1))
    (next_one,) = strategy.ask(tree, 1)
    assert (next_one.node, next_one.kind) == (2, WorkKind.COMPLETE)


def test_rollouts_are_the_likeliest_solution() -> None:
    strategy = make_strategy(
        "mcts", {"rollout_temperature": 0.0, "temperature": 0.7, "spread": 0.2}
    )
    (rollout,) = strategy.ask(SearchTree.plant("p", 0), 1)
    assert (rollout.kind, rollout.temperature) == (WorkKind.COMPLETE, 0.0)


def test_a_rollout_that_was_cut_off_goes_on_at_once_while_there_is_hope() -> None:
    strategy = make_strategy("mcts", {"give_up_below": 0.1, "patience": 0})
    tree = SearchTree.plant("p", 0)
    (rollout,) = strategy.ask(tree, 1)
    strategy.tell(tree, rollout, Outcome(((step("a", 0.7), step("b", 0.2)),)))
    assert [node.visits for node in tree.nodes] == [1, 1, 1], "its value is backed up"
    going_on, other = strategy.ask(tree, 2)
    assert (going_on.node, going_on.kind) == (2, WorkKind.COMPLETE)
    assert (other.node, other.kind) == (ROOT, WorkKind.EXPAND), "it goes on once"


def test_a_rollout_that_was_given_up_ends_in_a_leaf_like_any_other() -> None:
    strategy = make_strategy("mcts", {"coverage": 1, "max_expansions": 1, "exploration": 0})
    tree = SearchTree.plant("p", 0)
    (rollout,) = strategy.ask(tree, 1)
    strategy.tell(tree, rollout, Outcome(((step("a", 0.7), step("b", 0.05)),)))
    (expansion,) = strategy.ask(tree, 1)
    assert expansion.node == ROOT
    tell_steps(tree, strategy, expansion, step("c", 0.0))
    (next_one,) = strategy.ask(tree, 1)
    assert (next_one.node, next_one.kind) == (2, WorkKind.EXPAND)


def test_a_search_that_has_no_answer_by_now_samples_whole_solutions() -> None:
    strategy = make_strategy("mcts", {"temperature": 0.7, "coverage": 1})
    tree = SearchTree.plant("p", 0)
    for number in range(24):
        (work,) = strategy.ask(tree, 1)
        assert number == 0 or work.kind is WorkKind.EXPAND, "the verifier has no hope"
        tell_steps(tree, strategy, work, step(f"a{number}", 0.0), step(f"b{number}", 0.0))
    (work,) = strategy.ask(tree, 1)
    assert (work.kind, work.temperature, work.max_tokens) == (WorkKind.COMPLETE, 0.7, 384)
    strategy.tell(tree, work, Outcome(((end("3", 0.0),),)))
    (work,) = strategy.ask(tree, 1)
    assert work.kind is WorkKind.EXPAND, "there is an answer now"


@pytest.mark.parametrize(("share", "asked"), [(0.9, (1, 1)), (0.5, (0, 3))])
def test_beside_a_step_that_is_nearly_certain_no_others_are_sampled(
    share: float, asked: tuple[int, int]
) -> None:
    strategy = make_strategy("mcts", {"value_from": "verifier", "coverage": 0.8, "children": 4})
    tree = SearchTree.plant("p", 0)
    (look,) = strategy.ask(tree, 1)
    assert look.n == 1
    tell_steps(tree, strategy, look, step("a", 0.7, mean_logprob=math.log(share) / 3))
    (next_one,) = strategy.ask(tree, 1)
    assert (next_one.node, next_one.n) == asked


@pytest.mark.parametrize(
    ("share", "order"),
    [(0.5, [ROOT, 1, ROOT, ROOT]), (0.9, [ROOT, 1, 1, 1, ROOT, ROOT])],
    ids=["the less known first", "the deepest first where all is known"],
)
def test_what_is_known_well_is_tried_again_last(share: float, order: list[int]) -> None:
    strategy = make_strategy("mcts", {**STEPS, "coverage": 0.8, "max_expansions": 3, "children": 1})
    tree = SearchTree.plant("p", 0)
    asked = []
    while works := strategy.ask(tree, 1):
        asked.append(works[0].node)
        if works[0].node == ROOT:
            outcome = step("a", 0.7, mean_logprob=math.log(share) / 3)
        else:
            outcome = end("3", 0.6, mean_logprob=math.log(0.9) / 3)
        tell_steps(tree, strategy, works[0], outcome)
    assert asked == order


def test_a_rollout_that_brings_nothing_is_not_asked_for_again() -> None:
    strategy = make_strategy("mcts", {"value_from": "rollout", "max_expansions": 1})
    tree = SearchTree.plant("p", 0)
    kinds = []
    while works := strategy.ask(tree, 1):
        kinds.append(works[0].kind)
        strategy.tell(tree, works[0], Outcome(failure="too long"))
    assert kinds == [WorkKind.COMPLETE, WorkKind.EXPAND]


def test_the_best_drafts_of_each_thought_action_become_steps() -> None:
    strategy = make_strategy("mcts", {**STEPS, "children": 2, "drafts": 3})
    tree = SearchTree.plant("p", 0)
    (work,) = strategy.ask(tree, 1)
    assert work.n == 6
    tell_steps(
        tree, strategy, work,
        step("a", 0.2, prior=0.4), step("b", 0.9, prior=0.2), step("a", 0.2, prior=0.4),
        step("c", None, prior=0.2), step("x", 0.1, "check", prior=0.1),
        step("y", 0.3, "check", prior=0.1),
    )  # fmt: skip
    kept = [(node.action, node.text, node.prior) for node in tree.nodes[1:]]
    expected = [("solve", "b", 0.8 / 3), ("solve", "a", 0.8 / 3 * 2), ("check", "y", 0.2)]
    assert kept == [(action, text, pytest.approx(p)) for action, text, p in expected]


def test_successive_calls_go_through_the_pool_of_temperatures() -> None:
    strategy = make_strategy("mcts", {**STEPS, "temperature": 0.2, "spread": 0.5, "patience": 0})
    tree = SearchTree.plant("p", 0)
    (first,) = strategy.ask(tree, 1)
    strategy.tell(tree, first, instant_outcome(tree, first, 8))
    works = [first, *strategy.ask(tree, 4)]
    assert [work.temperature for work in works] == pytest.approx([0.0, 0.2, 0.7, 0.0, 0.2])


def priors(noise: float, seed: int = 5) -> list[float]:
    strategy = make_strategy("mcts", {**STEPS, "noise": noise, "max_expansions": 1})
    tree = SearchTree.plant("p", seed)
    (work,) = strategy.ask(tree, 1)
    tell_steps(tree, strategy, work, *(step(text, 0.5, prior=p) for text, p in
                                       (("a", 0.7), ("b", 0.2), ("c", 0.1))))  # fmt: skip
    return [node.prior or 0.0 for node in tree.nodes[1:]]


def test_noise_mixes_into_the_priors_of_the_first_steps() -> None:
    assert priors(0.0) == [0.7, 0.2, 0.1]
    noisy = priors(0.25)
    assert noisy == priors(0.25), "deterministic"
    assert noisy != priors(0.25, seed=6)
    assert sum(noisy) == pytest.approx(1.0)
    assert all(new >= 0.75 * old for new, old in zip(noisy, (0.7, 0.2, 0.1), strict=True))
    assert priors(1.0) != pytest.approx(noisy)


def test_noise_stays_at_the_problem() -> None:
    strategy = make_strategy("mcts", {**STEPS, "noise": 0.5})
    tree = SearchTree.plant("p", 5)
    for _ in range(2):
        (work,) = strategy.ask(tree, 1)
        tell_steps(tree, strategy, work, step("a", 0.5, prior=0.4), step("b", 0.4, prior=0.6))
    assert [node.prior for node in tree.nodes[3:]] == [0.4, 0.6]
