"""What steps gained or lost by their labels: advantages, critical steps, pairs."""

from backend.search import events as ev
from backend.search.advantages import StepPair, advantages, critical_steps, step_pairs
from backend.search.strategies.rollouts import MONTE_CARLO
from backend.search.tree import ROOT, SearchTree
from backend.search.work import ProposedStep


def end(answer: str, reward: float) -> ProposedStep:
    return ProposedStep("answer", answer, 1, terminal=True, answer=answer, reward=reward)


def labelled_tree() -> SearchTree:
    """p → a (0.5) → b (0.75) → "7" right; a → c (0.25) → d (0.25) → "8" wrong."""
    tree = SearchTree.plant("p")
    ids = {"p": ROOT}
    for parent, text, label, reward in (
        ("p", "a", 0.5, None), ("a", "b", 0.75, None), ("a", "c", 0.25, None),
        ("c", "d", 0.25, None), ("b", "7", 1.0, 1.0), ("d", "8", 0.0, 0.0),
    ):  # fmt: skip
        ends = {"terminal": True, "answer": text} if reward is not None else {}
        scores: dict[str, float | None] = {MONTE_CARLO: label}
        step = ProposedStep("solve", text, 1, scores=scores, reward=reward, **ends)  # type: ignore[arg-type]
        ids[text] = tree.add(ids[parent], step, estimate=label, corrects=None)
    tree.record(ev.Scored(ROOT, MONTE_CARLO, 0.5, 0.5))
    return tree


def test_the_advantage_of_a_step_is_what_it_changed() -> None:
    tree = labelled_tree()
    gained = {tree.nodes[step].text: value for step, value in advantages(tree).items()}
    assert gained == {"a": 0, "b": 0.25, "c": -0.25, "d": 0, "7": 0.25, "8": -0.25}
    assert critical_steps({1: 0.5, 2: -0.5, 3: 0.49, 4: 0.0}) == [1, 2]
    tree.record(ev.Scored(1, MONTE_CARLO, None, None))
    assert 1 not in advantages(tree)
    assert 2 not in advantages(tree), "not known without a label before it"


def test_the_first_worst_step_stands_beside_a_better_one() -> None:
    tree = labelled_tree()
    assert step_pairs(tree) == [StepPair(prefix=1, better=2, worse=3)]
    tree.add(3, end("9", 0), estimate=None, corrects=None)
    assert len(step_pairs(tree)) == 1, "chains that share a mistake give one pair"


def test_a_step_without_a_label_is_as_good_as_the_answers_below_it() -> None:
    tree = labelled_tree()
    tree.record(ev.Scored(2, MONTE_CARLO, 0.3, None))
    other = tree.add(1, ProposedStep("solve", "e", 1), estimate=None, corrects=None)
    assert step_pairs(tree)[0].better == 2
    tree.add(other, end("7", 1), estimate=None, corrects=None)
    assert step_pairs(tree)[0].better == other


def test_without_anything_better_there_is_no_pair() -> None:
    tree = labelled_tree()
    tree.record(ev.Scored(2, MONTE_CARLO, 0.25, None))
    assert step_pairs(tree) == []
    assert step_pairs(SearchTree.plant("p")) == []
