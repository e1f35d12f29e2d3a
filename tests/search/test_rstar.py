"""rStar: its actions and rewards, and the choice of an answer by mutual consistency."""

from typing import Any

import pytest

from backend.search import events as ev
from backend.search.strategies.consistency import CONSISTENCY, DISCRIMINATE, heads
from backend.search.strategies.registry import make_strategy
from backend.search.strategies.rstar import (
    FINISH,
    REANSWER,
    REPHRASE,
    SUBANSWER,
    SUBQUESTION,
    THOUGHT,
)
from backend.search.strategy import Strategy
from backend.search.tree import ROOT, SearchTree
from backend.search.work import Call, Outcome, ProposedStep, Work, WorkKind
from benchmarks.scripted import instant_outcome
from tests.search.growing import grow, grow_fully, muddled

AFTER = {
    "problem": {THOUGHT, FINISH, SUBQUESTION, REPHRASE},
    "restate": {THOUGHT, FINISH, SUBQUESTION},
    "decompose": {SUBANSWER, REANSWER},
    "answer to a sub-question": {THOUGHT, FINISH, SUBQUESTION},
    "solve": {THOUGHT, FINISH},
}


def kind_of(tree: SearchTree, node_id: int) -> str:
    node = tree.node(node_id)
    if node.parent is not None and tree.node(node.parent).action == "decompose":
        return "answer to a sub-question"
    return node.action


def grown(seed: int, **options: Any) -> SearchTree:
    tree = SearchTree.plant("p", seed)
    strategy = make_strategy("rstar", {"rollouts": 400, "max_candidates": 0, **options})
    grow_fully(tree, strategy, 3, 9, nodes=10**9)
    return tree


def test_every_action_follows_where_the_paper_lets_it_and_nowhere_else() -> None:
    tree = grown(1)
    seen: dict[str, set[str]] = {}
    for node_id, purpose in tree.asks:
        if tree.node(node_id).depth < 5:
            seen.setdefault(kind_of(tree, node_id), set()).add(purpose)
    assert seen == AFTER


def test_a_sub_question_is_answered_before_it_is_answered_again() -> None:
    tree = SearchTree.plant("p", 1)
    strategy = make_strategy("rstar", {"rollouts": 100, "max_candidates": 0})
    asked = []
    for event in grow_fully(tree, strategy, 2, 9, nodes=10**9):
        if isinstance(event, ev.Asked) and event.purpose in (SUBANSWER, REANSWER):
            asked.append((event.node, event.purpose))
    again = [node for node, purpose in asked if purpose == REANSWER]
    assert again
    for node in again:
        assert asked.index((node, SUBANSWER)) < asked.index((node, REANSWER))


def test_from_the_deepest_nodes_solutions_are_only_finished() -> None:
    tree = grown(2, max_depth=2)
    at_the_end = {p for node, p in tree.asks if tree.node(node).depth == 2}
    assert at_the_end == {FINISH}
    assert all(tree.node(node).depth <= 2 for node, _ in tree.asks)


def test_a_rollout_goes_on_until_it_has_an_end() -> None:
    strategy = make_strategy("rstar", {"rollouts": 3, "max_candidates": 0})
    tree = SearchTree.plant("p", 4)
    places = []
    while works := strategy.ask(tree, 1):
        places.append((works[0].node, works[0].purpose))
        strategy.tell(tree, works[0], instant_outcome(tree, works[0], 9))
    ends = [i for i, (_, purpose) in enumerate(places) if purpose == FINISH]
    assert len(ends) == 3
    start = 0
    for stop in ends:
        walk = [node for node, _ in places[start : stop + 1]]
        assert all(tree.node(b).parent == a for a, b in zip(walk, walk[1:], strict=False))
        start = stop + 1


def test_rollouts_are_counted_while_they_are_in_flight() -> None:
    for in_flight in (1, 7):
        tree = SearchTree.plant("p", 4)
        strategy = make_strategy("rstar", {"rollouts": 5, "max_candidates": 0})
        grow_fully(tree, strategy, in_flight, 6, nodes=10**9)
        assert tree.root.visits == len(tree.terminals) == 5


def finish(tree: SearchTree, strategy: Strategy, chain: list[ProposedStep]) -> int:
    """A rollout that ends in this way at once; the id of its end."""
    work = tree.ask(ROOT, Call(WorkKind.COMPLETE, 1, 0.8, 64, purpose=FINISH))
    strategy.tell(tree, work, Outcome((tuple(chain),)))
    return len(tree) - 1


def solution(name: str, answer: str, score: float = 0.5, steps: int = 4) -> list[ProposedStep]:
    chain = [
        ProposedStep("solve", f"{name}{i}", 1, scores={"v": score}) for i in range(steps)
    ]  # fmt: skip
    last = ProposedStep(
        "answer", answer, 1, scores={"v": score}, terminal=True, answer=answer, answer_key=answer
    )
    return [*chain, last]


def three_to_one(**options: Any) -> tuple[SearchTree, Strategy, list[int]]:
    """Three solutions for "7" and a fourth, valued most, for "3"; nothing else is to be done."""
    strategy = make_strategy("rstar", {"rollouts": 4, **options})
    tree = SearchTree.plant("p", 0)
    chains = [
        solution("a", "7"), solution("b", "7", 0.4), solution("c", "7", 0.3),
        solution("d", "3", 0.9),
    ]  # fmt: skip
    return tree, strategy, [finish(tree, strategy, chain) for chain in chains]


def test_the_reward_is_the_answers_share_of_the_votes_so_far() -> None:
    tree, _, ends = three_to_one()
    assert [tree.node(i).value for i in ends] == [1.0, 1.0, 1.0, 0.25]
    assert tree.answer_node == ends[0], "the majority's best path"


def check(tree: SearchTree, strategy: Strategy, again: dict[str, str]) -> list[Work]:
    """Do all checks: from the heads of a solution (by its letter) always comes this answer."""
    works: list[Work] = []
    while asked := strategy.ask(tree, 2):
        for work in asked:
            answer = again[tree.node(work.node).text[0]]
            chains = tuple(tuple(solution("x", answer)) for _ in range(work.n))
            strategy.tell(tree, work, Outcome(chains))
        works += asked
    return works


def test_heads_are_the_first_fifth_to_half_of_a_solution() -> None:
    tree, _, ends = three_to_one()
    first = tree.path(ends[0])
    assert heads(tree, tree.node(ends[0])) == {first[1]: 1, first[2]: 2, first[3]: 1}
    short = SearchTree.plant("p", 0)
    only = finish(short, make_strategy("rstar", {}), solution("a", "7", steps=0))
    assert heads(short, short.node(only)) == {ROOT: 4}


def test_an_answer_that_is_not_found_again_loses_to_one_that_is() -> None:
    tree, strategy, ends = three_to_one(completions=2)
    nodes = len(tree)
    works = check(tree, strategy, {"a": "5", "b": "5", "c": "7", "d": "3"})
    assert {(work.kind, work.n, work.temperature) for work in works} == {
        (WorkKind.COMPLETE, 2, 1.0)
    }
    assert len(works) == len({work.node for work in works}) == 4 * 3
    assert [tree.node(i).scores[CONSISTENCY] for i in ends] == [0.0, 0.0, 1.0, 1.0]
    # Of the survivors one in two says 3, and of those who said 3 all survived; 7: 1/2 + 1/3.
    assert tree.answer_node == ends[3]
    assert len(tree) == nodes, "checks leave scores only"
    assert [tree.node(i).estimate for i in ends] == [0.5, 0.4, 0.3, 0.9]


def test_a_majority_that_is_found_again_stays() -> None:
    tree, strategy, ends = three_to_one()
    check(tree, strategy, {"a": "7", "b": "7", "c": "7", "d": "3"})
    assert tree.answer_node == ends[0]


def test_without_survivors_the_majority_stays() -> None:
    tree, strategy, ends = three_to_one()
    check(tree, strategy, dict.fromkeys("abcd", "5"))
    assert tree.answer_node == ends[0]


def test_where_all_agree_nothing_is_checked() -> None:
    strategy = make_strategy("rstar", {"rollouts": 1})
    tree = SearchTree.plant("p", 0)
    finish(tree, strategy, solution("a", "7"))
    assert strategy.ask(tree, 4) == []


def test_checks_wait_for_the_last_rollout() -> None:
    tree, strategy, _ = three_to_one(rollouts=5)
    pending = strategy.ask(tree, 9)
    assert pending
    assert strategy.ask(tree, 9) == []
    assert all(work.purpose != DISCRIMINATE for work in pending)


@pytest.mark.parametrize("seed", range(6))
def test_a_whole_search_ends_with_every_candidate_checked(seed: int) -> None:
    tree = SearchTree.plant("p", seed)
    strategy = make_strategy("rstar", {"rollouts": 10, "max_candidates": 5})
    grow(tree, strategy, 4, muddled, nodes=10**9)
    checked = [i for i in tree.terminals if CONSISTENCY in tree.node(i).scores]
    assert len(checked) == (min(5, len(tree.terminals)) if len(tree.votes) > 1 else 0)
    assert tree.answer_node is not None
