"""rStar: MCTS over five human-like actions, and the choice of an answer by mutual consistency."""

from collections.abc import Sequence
from typing import ClassVar, Final

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Path
from backend.search.growth import add_closed, back_up, consider_answer, settle
from backend.search.node import Node
from backend.search.seeds import derive_seed
from backend.search.selection import Selection, Uct, select
from backend.search.strategies.consistency import (
    DISCRIMINATE,
    ask_checks,
    candidates,
    take_check,
)
from backend.search.strategies.descent import grow_steps
from backend.search.strategy import JudgedSettings, StrategySettings
from backend.search.tree import SearchTree
from backend.search.votes import Choice
from backend.search.weighing import Candidate, Weighing, goes_through, weigh_children
from backend.search.work import Call, Outcome, Work, WorkKind

THOUGHT = "thought"  # A1: one step
FINISH = "finish"  # A2: all remaining steps
SUBQUESTION = "subquestion"  # A3: the next sub-question …
SUBANSWER = "subanswer"  # … and its answer
REANSWER = "reanswer"  # A4: another answer to the sub-question
REPHRASE = "rephrase"  # A5: the question in other words

_BEGINS_WITH: Final = {
    THOUGHT: "solve",
    SUBQUESTION: "decompose",
    SUBANSWER: "solve",
    REANSWER: "solve",
    REPHRASE: "restate",
}
"""The thought action that each of rStar's actions stands for."""
_CHANCE: Final = (
    "While there is something that no rollout has been through, one of it is taken at random; "
    "after that, UCT decides."
)


class RStarSettings(JudgedSettings):
    """Settings of rStar; the defaults are those of the authors' code."""

    rollouts: int = Field(
        16, ge=1, le=4096, title="Rollouts",
        description="How many solutions are sought before they are checked.",
    )  # fmt: skip
    thoughts: int = Field(
        3, ge=1, le=32, title="Thoughts (A1)", description="How many next steps are proposed."
    )
    subquestions: int = Field(
        3, ge=1, le=32, title="Sub-questions (A3)", description="How many are proposed."
    )
    exploration: float = Field(
        2.0, ge=0, le=100, title="Exploration",
        description="How strongly rarely visited steps are preferred.",
    )  # fmt: skip
    max_depth: int = Field(
        5, ge=1, le=256, title="Deepest branch",
        description="In steps below the problem. From there, a solution can only be finished.",
    )  # fmt: skip
    max_candidates: int = Field(
        8, ge=0, le=256, title="Solutions checked",
        description="How many are checked by mutual consistency; 0: the majority wins.",
    )  # fmt: skip
    completions: int = Field(
        1, ge=1, le=64, title="Completions per check",
        description="How often the model finishes a solution whose tail is hidden.",
    )  # fmt: skip
    check_temperature: float = Field(1.0, ge=0, le=2, title="Temperature of the checks")
    max_step_tokens: int = Field(96, ge=1, le=4096, title="Longest step (tokens)")
    max_tokens: int = Field(384, ge=1, le=32768, title="Longest solution (tokens)")
    choose: Choice = Field(
        Choice.MAJORITY, title="Choice of the answer",
        description="Before the check: the answer of most paths, of the path valued most, or of "
        "the paths whose values sum to most.",
    )  # fmt: skip


class RStar:
    """Rollouts choose at random what no rollout has been through yet, and by UCT where all has.

    The authors generate all actions of every node on the way and follow one of them at random.
    Here only the one that is followed is asked for, which makes the same choices for a fraction
    of the tokens. A rollout's reward is its answer's share of all votes so far; no verifier and
    no reference answer has a say in the search.
    """

    name: ClassVar[str] = "rstar"
    title: ClassVar[str] = "rStar"
    summary: ClassVar[str] = (
        "Mixes five ways to go on (a step, a sub-question, another answer to it, other words, a "
        "whole ending), and trusts the solutions that the model finds again with their tail hidden."
    )
    source: ClassVar[str] = "Qi et al. 2024 (Mutual Reasoning Makes Smaller LLMs Stronger)"
    needs_actions: ClassVar[tuple[str, ...]] = tuple(dict.fromkeys(_BEGINS_WITH.values()))
    settings_type: ClassVar[type[StrategySettings]] = RStarSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, RStarSettings)
        self.settings = settings
        samples = {THOUGHT: settings.thoughts, SUBQUESTION: settings.subquestions}
        self._calls = {
            purpose: Call(
                WorkKind.EXPAND, n := samples.get(purpose, 1), settings.temperature,
                settings.max_step_tokens, purpose=purpose, actions=(action,) * n,
            )
            for purpose, action in _BEGINS_WITH.items()
        }  # fmt: skip
        self._calls[FINISH] = Call(
            WorkKind.COMPLETE, 1, settings.temperature, settings.max_tokens, purpose=FINISH
        )
        self._check = Call(
            WorkKind.COMPLETE, settings.completions, settings.check_temperature,
            settings.max_tokens, purpose=DISCRIMINATE,
        )  # fmt: skip

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """The next pieces of rollouts; once these are all in, the checks."""
        works: list[Work] = []
        start = tree.nodes[tree.start]
        while len(works) < capacity and tree.root.available and start.available:
            if not self._wants_more(tree):
                break
            works.append(self._ask_next(tree))
        if any(work.purpose != DISCRIMINATE for work in tree.pending.values()):
            return works
        ends = candidates(tree, self.settings.max_candidates)
        return ask_checks(tree, ends, self._check, capacity)

    def _wants_more(self, tree: SearchTree) -> bool:
        """Every end of a rollout is one visit of the start."""
        coming = sum(work.purpose == FINISH for work in tree.pending.values())
        return tree.nodes[tree.start].visits + coming < self.settings.rollouts

    def _ask_next(self, tree: SearchTree) -> Work:
        node = tree.nodes[tree.start]
        while True:
            choice: Node | str | None
            if options := self._unexplored(tree, node):
                # Random, but the same again for the same tree.
                choice = options[derive_seed(tree.seed, node.id, tree.next_work) % len(options)]
            else:
                choice = select(tree.nodes, node, Uct(node, self.settings.exploration))
            if isinstance(choice, str):
                return self._ask(tree, node, choice)
            assert choice is not None, "an available node has something to explore below it"
            node = choice

    def decides(self, tree: SearchTree, event: ev.Event, node: Node) -> bool:
        """Work that goes out at the node or below it was led there, unless it is a check."""
        if isinstance(event, ev.Asked) and event.purpose == DISCRIMINATE:
            return False
        return goes_through(tree, event, node)

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """By chance among what no rollout has been through, the children by UCT once all has."""
        assert node.parent is not None
        parent = tree.nodes[node.parent]
        options = self._unexplored(tree, parent)
        if not options:
            formula = Uct(parent, self.settings.exploration)
            return weigh_children(tree, parent, formula, Selection.UCT)
        candidates = [
            Candidate(None, {}, name=f"try {option}")
            if isinstance(option, str)
            else Candidate(option.id, {})
            for option in options
        ]
        left = [
            Candidate(i, {}, open=False) for i in parent.children if tree.nodes[i] not in options
        ]
        return Weighing("chance", _CHANCE, candidates + left)

    def _ask(self, tree: SearchTree, node: Node, purpose: str) -> Work:
        work = tree.ask(node.id, self._calls[purpose])
        left = bool(self._untried(tree, node))
        if node.expandable != left:
            tree.record(ev.Reopened(node.id) if left else ev.Closed(node.id))
        return work

    def _unexplored(self, tree: SearchTree, node: Node) -> Sequence[Node | str]:
        """Children that no rollout has been through, and actions that were not tried.

        A rollout goes on where it is: into a child that it has grown below, else into a new one.
        """
        children = [tree.nodes[child] for child in node.children]
        new = [child for child in children if child.available and not child.visits + child.virtual]
        begun = [child for child in new if child.expansions]
        if begun:
            return begun[:1]
        if new and not node.visits:
            return new
        return [*new, *self._untried(tree, node)]

    def _untried(self, tree: SearchTree, node: Node) -> list[str]:
        """The actions that may still be tried at a node."""
        if node.depth >= self.settings.max_depth:
            allowed: tuple[str, ...] = (FINISH,)
        else:
            allowed = _allowed(tree, node)
        return [action for action in allowed if (node.id, action) not in tree.asks]

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add steps; or the end of a rollout, with its reward; or judge by what a check found."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        settings = self.settings
        if work.purpose == DISCRIMINATE:
            take_check(tree, candidates(tree, settings.max_candidates), work, outcome)
        elif work.purpose == FINISH:
            trunk = Path.to(tree, work.node)
            for chain in outcome.chains:
                for end in add_closed(tree, trunk, chain, settings.aggregate, FINISH)[-1:]:
                    self._reward(tree, tree.nodes[end])
        else:
            # A node at the greatest depth stays open: a solution can be finished from there.
            how = settings.aggregate, settings.max_depth + 1, settings.choose
            for node in grow_steps(tree, work, outcome.chains, *how):
                if node.terminal:
                    self._reward(tree, node)

    def _reward(self, tree: SearchTree, end: Node) -> None:
        """Back up the share of the votes that the answer has among all ends so far."""
        vote = tree.votes.of(end)
        ends = tree.nodes[tree.start].visits + 1
        back_up(tree, end.id, vote.count / ends if vote is not None else 0.0)
        if vote is not None:
            consider_answer(tree, end.id, self.settings.choose)


def _allowed(tree: SearchTree, node: Node) -> tuple[str, ...]:
    """The actions that may follow a node's (section 3.2; a sub-question and its answer are two
    nodes here, so that another answer stands beside the first).
    """
    if node.parent is None or node.id == tree.start:
        return THOUGHT, FINISH, SUBQUESTION, REPHRASE
    if node.action == "decompose":
        answered = (node.id, SUBANSWER) in tree.asks
        return (REANSWER,) if answered else (SUBANSWER,)
    if node.action == "restate" or tree.nodes[node.parent].action == "decompose":
        return THOUGHT, FINISH, SUBQUESTION
    return THOUGHT, FINISH
