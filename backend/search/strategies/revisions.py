"""Chains that go on below their answers: what the strategies of self-correction share."""

from typing import ClassVar, Final

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Path
from backend.search.growth import add_chain, add_closed, back_up, give_answer, settle
from backend.search.node import Node
from backend.search.strategies.solutions import SOLUTION
from backend.search.strategies.steps import open_nodes
from backend.search.strategies.verdicts import finds_nothing_wrong
from backend.search.strategy import ValuedSettings
from backend.search.tree import SearchTree
from backend.search.work import Call, Outcome, Work, WorkKind

CHECK: Final = "check"
REVISION: Final = "revision"


class RevisionSettings(ValuedSettings):
    """Settings of strategies that revise their answers."""

    max_tokens: int = Field(
        384, ge=1, le=32768, title="Longest solution (tokens)",
        description="Of a first solution, and of each revision.",
    )  # fmt: skip
    max_check_tokens: int = Field(64, ge=1, le=4096, title="Longest check (tokens)")


class Revising:
    """A solution; a check of its answer; a revision, with all of that in its context; and so on.

    What is open in the tree is where a chain goes on: an answer is to be checked, a check to be
    followed by a revision. Where two chains are the same so far they share their nodes, and as many
    go on from there (`samples`).
    """

    needs_actions: ClassVar[tuple[str, ...]] = ("check", "correct")
    revise_with: ClassVar[tuple[str, ...] | None] = ("correct",)
    """The thought action that a revision begins with; None: the model's choice."""

    def __init__(self, settings: RevisionSettings, rounds: int, chains: int = 1) -> None:
        """`rounds`: the most revisions of each of the `chains`."""
        self.settings = settings
        self._rounds = rounds
        self._chains = chains

    # What a strategy may do otherwise.

    def take_answer(self, tree: SearchTree, answer: Node) -> None:
        """Decide on the run's answer: the last one is."""
        give_answer(tree, answer.id)

    def check(self, tree: SearchTree, answer: Node) -> None:
        """Have an answer checked: by the generator, when it is asked next."""
        set_open(tree, answer, True)

    def goes_on(self, check: Node) -> bool:
        """Whether a revision follows a check: unless it found nothing wrong."""
        return not finds_nothing_wrong(check.text)

    # What all do.

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """First solutions, and what comes next in the chains that are not in flight."""
        works: list[Work] = []
        while len(works) < capacity and (node := next(open_nodes(tree), None)) is not None:
            works.append(tree.ask(node.id, self._call(tree, node)))
            asked = tree.asks[node.id, works[-1].purpose]
            wanted = self._chains if node.id == tree.start else node.samples
            set_open(tree, node, asked < wanted)
        return works

    def _call(self, tree: SearchTree, node: Node) -> Call:
        settings = self.settings
        whole = (WorkKind.COMPLETE, 1, settings.temperature, settings.max_tokens)
        if node.id == tree.start:
            return Call(*whole, purpose=SOLUTION)
        if not node.terminal:
            return Call(*whole, purpose=REVISION, actions=self.revise_with)
        return Call(
            WorkKind.EXPAND, 1, settings.temperature, settings.max_check_tokens,
            purpose=CHECK, actions=("check",),
        )  # fmt: skip

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add a check, or a solution with its answer, and open the place where the chain goes on.

        A chain that was cut before its answer ends there.
        """
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        trunk = Path.to(tree, work.node)
        for chain in outcome.chains:
            if work.purpose == CHECK:
                for node_id in add_chain(tree, trunk, chain, self.settings.aggregate, CHECK):
                    check = tree.nodes[node_id]
                    set_open(tree, check, self.goes_on(check))
                continue
            ids = add_closed(tree, trunk, chain, self.settings.aggregate, work.purpose)
            if ids:
                self._take_end(tree, tree.nodes[ids[-1]])

    def _take_end(self, tree: SearchTree, end: Node) -> None:
        if end.purpose == SOLUTION:
            # What a revision is worth says nothing about the answer above it, nor about the
            # steps that led there: only first solutions are backed up.
            back_up(tree, end.id, end.estimate)
        if end.terminal:
            self.take_answer(tree, end)
            answers = sum(node.terminal for node in tree.ancestors(end.id))
            if answers <= self._rounds:
                self.check(tree, end)


def set_open(tree: SearchTree, node: Node, wanted: bool) -> None:
    """Let a chain go on at a node, or no longer."""
    if node.expandable != wanted:
        tree.record(ev.Reopened(node.id) if wanted else ev.Closed(node.id))
