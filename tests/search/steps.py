"""Steps as tests write them, and telling a strategy about them."""

from typing import Any

from backend.search.strategy import Strategy
from backend.search.tree import SearchTree
from backend.search.work import Outcome, ProposedStep, Work


def step(text: str, score: float | None = None, action: str = "solve", **more: Any) -> ProposedStep:
    """A step of three tokens that a verifier scored."""
    return ProposedStep(action, text, 3, scores={"v": score}, **more)


def end(text: str, score: float | None = None, **more: Any) -> ProposedStep:
    """A step that answers."""
    return step(f"Answer: {text}", score, "answer", terminal=True, answer=text, **more)


def tell_steps(tree: SearchTree, strategy: Strategy, work: Work, *steps: ProposedStep) -> None:
    """Each of these is one proposed next step."""
    strategy.tell(tree, work, Outcome(tuple((one,) for one in steps)))
