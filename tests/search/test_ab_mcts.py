"""AB-MCTS-A: Thompson sampling, going wider or deeper, parallel asks, the limits."""

from math import sqrt
from random import Random
from statistics import fmean

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.search.events import BackedUp
from backend.search.steering import prune
from backend.search.strategies.ab_mcts import AbMcts, AbMctsSettings, Arm, draw_mean, posterior
from backend.search.strategies.registry import make_strategy
from backend.search.tree import ROOT, SearchTree
from backend.search.votes import Choice
from backend.search.weighing import Terms
from tests.search.growing import grow_fully
from tests.search.steps import step, tell_steps


def test_an_arm_draws_from_the_posterior_of_its_values() -> None:
    values = [0.7, 0.8, 0.9] * 40
    arm = Arm(len(values), sum(values), sum(value**2 for value in values))
    rng = Random(3)
    drawn = [arm.draw(rng) for _ in range(4000)]
    # m_n = (κ·0 + Σx) / (κ + n); the variance of the drawn means is τ_n²/κ_n · ν_n / (ν_n - 2).
    assert fmean(drawn) == pytest.approx(sum(values) / 121, abs=0.002)
    scatter = sum((value - 0.8) ** 2 for value in values)
    tau_square = (0.1 + scatter + 120 * 0.8**2 / 121) / 121
    spread = fmean((value - fmean(drawn)) ** 2 for value in drawn)
    assert spread == pytest.approx(tau_square / 121 * 121 / 119, rel=0.1)


def test_an_arm_without_values_draws_around_0_and_far() -> None:
    rng = Random(3)
    drawn = sorted(Arm().draw(rng) for _ in range(2001))
    assert drawn[1000] == pytest.approx(0.0, abs=0.03)
    assert drawn[1500] == pytest.approx(0.1**0.5, abs=0.05), "quartile of a scaled Cauchy"


@given(
    st.lists(st.floats(0, 1), max_size=12), st.floats(0.01, 0.99), st.floats(0.01, 0.99)
)  # fmt: skip
def test_a_draw_is_a_step_of_students_t_from_the_posterior(
    values: list[float], u: float, v: float
) -> None:
    count, total, squares = len(values), sum(values), sum(value**2 for value in values)
    mean, spread, degrees = posterior(count, total, squares)
    w = (2 * u - 1) ** 2 + (2 * v - 1) ** 2
    assume(0 < w <= 1)
    by_student = (2 * u - 1) * sqrt(degrees * (w ** (-2 / degrees) - 1) / w)
    drawn = draw_mean(iter((u, v)).__next__, count, total, squares)
    assert drawn == pytest.approx(mean + spread * by_student, abs=1e-9, rel=1e-9)


def ways(first: float, below: float, tries: int = 200) -> float:
    """How often the search goes deeper where both first steps were worth `first`, and what came
    below them `below`.
    """
    deeper = 0
    for seed in range(tries):
        strategy = make_strategy("ab_mcts", {})
        tree = SearchTree.plant("p", seed)
        works = strategy.ask(tree, 2)
        for work, text in zip(works, "ab", strict=True):
            tell_steps(tree, strategy, work, step(text, first))
        for parent in (1, 2):
            for text in "cdef":
                child = tree.add(parent, step(text, below), estimate=below, corrects=None)
                tree.record(BackedUp(child, below))
        (work,) = strategy.ask(tree, 1)
        deeper += work.node != ROOT
    return deeper / tries


def test_the_search_goes_deeper_where_that_has_brought_more() -> None:
    assert ways(first=0.3, below=0.9) > 0.85
    assert ways(first=0.9, below=0.1) < 0.35


def asks_below_the_best(seed: int) -> int:
    """How many of 16 asks in a row go through the one of six first steps that is much the best."""
    strategy = make_strategy("ab_mcts", {})
    tree = SearchTree.plant("p", seed)
    for i, work in enumerate(strategy.ask(tree, 6)):
        tell_steps(tree, strategy, work, step(str(i), 0.3 if i else 0.9))
    for text in "abcd":
        child = tree.add(1, step(text, 0.9), estimate=0.9, corrects=None)
        tree.record(BackedUp(child, 0.9))
    works = strategy.ask(tree, 16)
    assert len({work.seed for work in works}) == 16
    return sum(1 in tree.path(work.node) for work in works)


def test_work_in_flight_spreads_parallel_asks() -> None:
    assert 4 < fmean(asks_below_the_best(seed) for seed in range(40)) < 9, "11.7 if none counted"


def test_what_is_pruned_says_nothing_about_a_new_step() -> None:
    strategy = AbMcts(AbMctsSettings(max_depth=1))
    tree = SearchTree.plant("p", 1)
    for text, score in ("a", 0.9), ("bad", 0.1), ("c", 0.8):
        (work,) = strategy.ask(tree, 1)
        tell_steps(tree, strategy, work, step(text, score))
    bad = tree.find_child(ROOT, "solve", "bad")
    assert bad is not None

    def new_step() -> Terms:
        weighing = strategy.weigh(tree, tree.nodes[bad])
        assert weighing is not None
        return weighing.candidates[0].terms

    before = new_step()
    prune(tree, bad, True, Choice.MAX)
    assert new_step() == Arm(2, 0.9 + 0.8, 0.9**2 + 0.8**2).terms()
    prune(tree, bad, False, Choice.MAX)
    assert new_step() == before


def test_a_node_that_repeats_itself_is_wide_enough() -> None:
    strategy = make_strategy("ab_mcts", {"max_repeats": 2, "max_depth": 1})
    tree = SearchTree.plant("p", 1)
    asked = 0
    while works := strategy.ask(tree, 1):
        asked += 1
        tell_steps(tree, strategy, works[0], step("the same", 0.9))
    assert (asked, len(tree)) == (3, 2)


def test_no_node_gets_wider_than_allowed() -> None:
    strategy = make_strategy("ab_mcts", {"max_tries": 3, "max_depth": 3})
    tree = SearchTree.plant("p", 1)
    grow_fully(tree, strategy, 5, 9, nodes=10**9)
    assert [len(node.children) for node in tree.nodes if node.depth < 3] == [3] * (1 + 3 + 9)


def test_of_a_pool_the_model_whose_steps_are_worth_more_writes_more() -> None:
    asked = {"good": 0, "bad": 0}
    for seed in range(20):
        strategy = make_strategy("ab_mcts", {"generators": ["good", "bad"], "max_depth": 1})
        tree = SearchTree.plant("p", seed)
        for _ in range(24):
            (work,) = strategy.ask(tree, 1)
            asked[work.model] += 1
            value = 0.9 if work.model == "good" else 0.2
            tell_steps(tree, strategy, work, step(str(work.id), value, model=work.model))
    assert asked["good"] > 2 * asked["bad"] > 20, "and the other gets its chances"
