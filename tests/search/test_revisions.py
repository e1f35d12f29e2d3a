"""Self-correction: chains that go on below their answers, who checks them, when they end."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.search.aggregate import standing_path
from backend.search.events import Event
from backend.search.strategies.registry import make_strategy
from backend.search.strategies.verdicts import finds_nothing_wrong
from backend.search.strategy import Strategy
from backend.search.tree import SearchTree
from backend.search.work import Outcome, ProposedStep, WorkUsage
from benchmarks.scripted import instant_outcome
from tests.search.growing import assert_equal_trees, check_invariants, grow_fully

Chain = tuple[ProposedStep, ...]
CHAINS = {
    "self_refine": {},
    "score": {},
    "check_as_context": {"stop_when_right": False},
}
WRONG, HOLDS = "The answer is wrong.", "The answer holds."


def step(action: str, text: str, score: float | None, corrects: int | None = None) -> ProposedStep:
    return ProposedStep(action, text, 1, scores={"prm": score}, corrects=corrects)


def answer(text: str, score: float | None, corrects: int | None = None) -> ProposedStep:
    return ProposedStep("answer", f"Answer: {text}", 1, scores={"prm": score}, terminal=True,
                        answer=text, corrects=corrects)  # fmt: skip


def check(text: str) -> Chain:
    return (step("check", text, 0.9),)


def tell_all(tree: SearchTree, strategy: Strategy, replies: Iterable[Chain]) -> None:
    """Answer one piece of work after the other; fails if more or less is asked than is answered."""
    for chain in replies:
        (work,) = strategy.ask(tree, 1)
        strategy.tell(tree, work, Outcome((chain,) if chain else ()))
    assert strategy.ask(tree, 1) == [], "nothing is left to ask"


def texts(tree: SearchTree) -> list[str]:
    return [node.text for node in tree.nodes[1:]]


def run_answer(tree: SearchTree) -> str | None:
    return None if tree.answer_node is None else tree.node(tree.answer_node).answer


FIRST = (step("solve", "one", 0.9), step("solve", "two", 0.2), answer("7", 0.3))
SECOND = (step("correct", "Wait, two", 0.8, corrects=2), answer("8", 0.7))


def test_the_second_answer_takes_the_place_of_the_first() -> None:
    tree = SearchTree.plant("p")
    tell_all(tree, make_strategy("score", {}), [FIRST, check(WRONG), SECOND])
    assert [node.parent for node in tree.nodes] == [None, 0, 1, 2, 3, 4, 5]
    assert tree.node(5).corrects == 2
    assert standing_path(tree, 6) == [1, 5, 6]
    assert tree.node(6).value == pytest.approx(0.7)
    assert tree.node(3).value == pytest.approx(0.2)
    assert (tree.root.visits, tree.root.value) == (1, pytest.approx(0.2))


def test_two_turns_are_two_turns_and_the_second_counts() -> None:
    tree = SearchTree.plant("p")
    worse = (step("correct", "Wait, one", 0.1, corrects=1), answer("9", 0.1))
    tell_all(tree, make_strategy("score", {}), [FIRST, check(WRONG), worse])
    assert (run_answer(tree), tree.terminals) == ("9", [3, 6])


def test_a_first_answer_that_the_review_confirms_stands() -> None:
    tree = SearchTree.plant("p")
    tell_all(tree, make_strategy("score", {}), [FIRST, check(HOLDS)])
    assert (run_answer(tree), texts(tree)[-1]) == ("7", HOLDS)


def test_self_refine_goes_on_until_it_finds_nothing_wrong() -> None:
    tree = SearchTree.plant("p")
    strategy = make_strategy("self_refine", {"rounds": 9})
    again = (step("correct", "Wait, one", 0.1, corrects=1), answer("9", 0.1))
    tell_all(tree, strategy, [FIRST, check(WRONG), SECOND, check(WRONG), again, check(HOLDS)])
    assert run_answer(tree) == "9"
    assert [tree.node(i).answer for i in tree.terminals] == ["7", "8", "9"]


def test_self_refine_ends_after_its_rounds() -> None:
    tree = SearchTree.plant("p")
    tell_all(tree, make_strategy("self_refine", {"rounds": 1}), [FIRST, check(WRONG), SECOND])
    assert run_answer(tree) == "8"


@pytest.mark.parametrize(
    ("name", "options"),
    [("self_refine", {}), ("score", {}), ("sequential_revision", {"chains": 1})],
)
def test_checks_and_corrections_are_asked_for_by_name(name: str, options: dict[str, int]) -> None:
    tree = SearchTree.plant("p")
    strategy = make_strategy(name, options)
    forced = []
    for chain in (FIRST, check(WRONG), SECOND):
        (work,) = strategy.ask(tree, 1)
        forced.append(work.actions)
        strategy.tell(tree, work, Outcome((chain,)))
    assert forced == [None, ("check",), ("correct",)]


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_that_comes_to_no_answer_ends(name: str) -> None:
    tree = SearchTree.plant("p")
    tell_all(tree, make_strategy(name, {}), [FIRST[:2]])
    assert run_answer(tree) is None
    tree = SearchTree.plant("p")
    checked = [] if name == "check_as_context" else [check(WRONG)]
    tell_all(tree, make_strategy(name, {}), [FIRST, *checked, SECOND[:1]])
    assert run_answer(tree) == "7"


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_ends_where_the_model_cannot_go_on(name: str) -> None:
    tree = SearchTree.plant("p")
    tell_all(tree, make_strategy(name, {}), [FIRST, ()])
    assert run_answer(tree) == "7"


# ------------------------------------------------------------------ the verifier as the checker


def by_verifier(replies: list[Chain], **options: object) -> SearchTree:
    tree = SearchTree.plant("p")
    tell_all(tree, make_strategy("check_as_context", options), replies)
    check_invariants(tree, revises=True)
    return tree


def test_the_verifiers_verdict_is_put_into_words() -> None:
    tree = by_verifier([FIRST, SECOND])
    checks = [node for node in tree.nodes if node.action == "check"]
    assert [(node.parent, node.text, node.model) for node in checks] == [
        (3, WRONG, "prm"),
        (6, HOLDS, "prm"),
    ]
    assert run_answer(tree) == "8"


def test_the_verifier_is_as_strict_as_it_is_told_to_be() -> None:
    assert texts(by_verifier([FIRST], wrong_below=0.1))[-1] == HOLDS
    strict = by_verifier([FIRST, SECOND, SECOND], wrong_below=0.75, rounds=2)
    assert [text for text in texts(strict) if text == WRONG] == [WRONG] * 2


def test_the_verifier_names_the_first_wrong_step_that_stands() -> None:
    doubted = (*FIRST[:2], step("check", "Two is wrong.", 0.1), answer("7", 0.3))
    worse = (
        step("correct", "Wait, three.", 0.9, corrects=2),
        step("solve", "Four.", 0.4),
        step("solve", "Five.", 0.1),
        answer("8", 0.4),
    )
    tree = by_verifier([doubted, worse, SECOND], reasons=True, rounds=2)
    assert texts(tree)[4] == "two is wrong. The answer is wrong."
    assert texts(tree)[9] == "Four is wrong. The answer is wrong."


def test_only_the_answer_itself_may_be_wrong() -> None:
    good = (step("solve", "one", 0.9), answer("7", 0.3))
    assert texts(by_verifier([good, SECOND], reasons=True))[2] == WRONG


def test_where_no_verifier_scored_there_is_no_verdict() -> None:
    unscored = (step("solve", "one", None), answer("7", None))
    assert texts(by_verifier([unscored])) == ["one", "Answer: 7"]


@pytest.mark.parametrize("checker", ["generator", "verifier"])
def test_it_may_answer_again_in_any_case(checker: str) -> None:
    fine = (answer("7", 0.9),)
    again = (answer("7", 0.9, corrects=1),)
    checked = [check(HOLDS)] if checker == "generator" else []
    tree = SearchTree.plant("p")
    options = {"checker": checker, "rounds": 2, "stop_when_right": False}
    strategy = make_strategy("check_as_context", options)
    tell_all(tree, strategy, [fine, *checked, again, *checked, again])
    assert len(tree.terminals) == 3
    assert standing_path(tree, tree.terminals[-1]) == tree.terminals[-1:]


# ------------------------------------------------------------------ several chains


def test_every_chain_is_revised_whatever_the_checks_say() -> None:
    tree = SearchTree.plant("p")
    strategy = make_strategy("sequential_revision", {"chains": 3, "revisions": 2})
    works = strategy.ask(tree, 9)
    assert [work.node for work in works] == [0, 0, 0]
    while works:
        for work in works:
            chain = check(HOLDS) if work.purpose == "check" else None
            outcome = Outcome((chain,)) if chain else instant_outcome(tree, work, 3)
            strategy.tell(tree, work, outcome)
        works = strategy.ask(tree, 9)
    assert len(tree.terminals) == 3 * (1 + 2)
    best = max(tree.terminals, key=lambda i: tree.node(i).estimate or 0.0)
    assert tree.answer_node == best


def test_chains_that_begin_alike_go_on_side_by_side() -> None:
    tree = SearchTree.plant("p")
    strategy = make_strategy("sequential_revision", {"chains": 2, "revisions": 1})
    for work in strategy.ask(tree, 2):
        strategy.tell(tree, work, Outcome((FIRST,)))
    works = strategy.ask(tree, 9)
    assert [(work.node, work.purpose) for work in works] == [(3, "check")] * 2
    for work in works:
        strategy.tell(tree, work, Outcome((check(WRONG),)))
    works = strategy.ask(tree, 9)
    assert [(work.node, work.purpose) for work in works] == [(4, "revision")] * 2
    assert len({work.seed for work in works}) == 2


@pytest.mark.parametrize(("choose", "chosen"), [("max", "8"), ("majority", "7")])
def test_the_choice_is_among_all_answers(choose: str, chosen: str) -> None:
    tree = SearchTree.plant("p")
    options = {"chains": 1, "revisions": 2, "choose": choose}
    last = (step("correct", "Wait, two", 0.1, corrects=2), answer("7", 0.2))
    strategy = make_strategy("sequential_revision", options)
    tell_all(tree, strategy, [FIRST, check(WRONG), SECOND, check(HOLDS), last])
    assert run_answer(tree) == chosen


# ------------------------------------------------------------------ all of them

ANY = st.sampled_from(
    [
        ("sequential_revision", {"chains": 3, "revisions": 2}),
        ("self_refine", {"rounds": 3}),
        ("check_as_context", {"rounds": 3, "reasons": True}),
        ("check_as_context", {"rounds": 3, "checker": "generator", "aggregate": "last"}),
        ("score", {}),
    ]
)


@settings(max_examples=60, deadline=None)
@given(kind=ANY, seed=st.integers(0, 2**32), depth=st.integers(1, 4),
       in_flight=st.integers(1, 9), order=st.randoms(use_true_random=False))  # fmt: skip
def test_any_revising_keeps_the_invariants(
    kind: tuple[str, dict[str, object]], seed: int, depth: int, in_flight: int, order: object
) -> None:
    tree = SearchTree.plant("p", seed)
    events = grow_fully(tree, make_strategy(*kind), in_flight, depth, nodes=10**6, rng=order)
    check_invariants(tree, revises=True)
    assert not tree.root.available
    assert all(node.virtual == 0 for node in tree.nodes)
    assert_equal_trees(SearchTree.replay(events, seed), tree)


@settings(max_examples=30, deadline=None)
@given(kind=ANY, seed=st.integers(0, 2**32), in_flight=st.integers(1, 4))
def test_a_run_that_is_resumed_all_the_time_grows_the_same_tree(
    kind: tuple[str, dict[str, object]], seed: int, in_flight: int
) -> None:
    whole = SearchTree.plant("p", seed)
    grow_fully(whole, make_strategy(*kind), in_flight, 3, nodes=10**6)
    tree = SearchTree.plant("p", seed)
    log: list[Event] = []
    while True:
        make_strategy(*kind).ask(tree, in_flight - len(tree.pending))
        if not tree.pending:
            break
        work = next(iter(tree.pending.values()))
        make_strategy(*kind).tell(tree, work, instant_outcome(tree, work, 3))
        log += tree.drain()[1]
        tree = SearchTree.replay(log, seed)
    assert_equal_trees(tree, whole)


def test_failed_work_ends_its_chain_only() -> None:
    tree = SearchTree.plant("p", 3)
    strategy = make_strategy("sequential_revision", {"chains": 2, "revisions": 1})
    lost, kept = strategy.ask(tree, 2)
    strategy.tell(tree, lost, Outcome(usage=WorkUsage(calls=1), failure="too long"))
    strategy.tell(tree, kept, Outcome((FIRST,)))
    tell_all(tree, strategy, [check(WRONG), SECOND])
    assert len(tree.terminals) == 2


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        (HOLDS, True),
        (WRONG, False),
        ("7 * 3 = 21 holds.", True),
        ("3 and 8 cannot make 24.", False),
        ("3 and 8 can make 24.", True),
        ("Everything is correct: there are no errors.", True),
        ("The answer is incorrect.", False),
        ("That is not right.", False),
        ("There is a mistake in the second step.", False),
        ("Let us see.", False),
    ],
)
def test_what_a_check_says(text: str, fine: bool) -> None:
    assert finds_nothing_wrong(text) is fine
