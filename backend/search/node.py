"""One node of a search tree: a step, what is known about it, and how the search stands there."""

from typing import Final

from backend.search.events import NodeAdded

# Shared by all leaves: an own empty list would cost every node 56 bytes.
NO_CHILDREN: Final[list[int]] = []

GIVEN: Final = "given"
"""The purpose of the steps that a search begins with (`SearchTree.start`)."""


class Node:
    """A step and its statistics.

    `estimate`: value before any backup, from the verifiers. `value_sum` / `visits`: backed-up
    values; `square_sum`: the sum of their squares. `virtual`: pieces of work in flight at or below
    the node. `expandable`: a strategy may ask here now. `open_children`: children that are
    available. `flagged`: a person wants it looked at again. `samples`: how often the step was
    proposed. `corrects`: id of the node that this one revises. `purpose`: what the work that
    brought it was for. `source`: the node where that was asked for. `reward` and `patterns`: see
    ProposedStep.
    """

    __slots__ = ("action", "answer", "answer_key", "children", "corrects", "depth", "estimate",
                 "expandable", "expansions", "flagged", "id", "label", "mean_logprob",
                 "model", "open_children", "origin", "parent", "patterns", "prior", "pruned",
                 "purpose", "reward", "samples", "scores", "source", "square_sum", "temperature",
                 "terminal", "text", "tokens", "value_sum", "virtual", "visits")  # fmt: skip

    def __init__(self, added: NodeAdded) -> None:
        (self.id, self.parent, self.action, self.text, self.tokens, self.mean_logprob, self.prior,
         self.scores, self.estimate, self.model, self.temperature, self.terminal, self.answer,
         self.corrects, self.origin, self.answer_key, self.reward,
         self.purpose, self.patterns) = added  # fmt: skip
        self.children: list[int] = NO_CHILDREN
        self.depth = 0
        self.expandable = not added.terminal
        self.expansions = 0
        self.flagged = False
        self.label: int | None = None
        self.open_children = 0
        self.pruned = False
        self.samples = 1
        self.source: int | None = None
        self.square_sum = 0.0
        self.value_sum = 0.0
        self.virtual = 0
        self.visits = 0

    @property
    def value(self) -> float | None:
        """Mean of the values backed up through the node; before the first, its estimate."""
        return self.value_sum / self.visits if self.visits else self.estimate

    @property
    def available(self) -> bool:
        """Whether selection may go here: something at or below it can be expanded now."""
        return not self.pruned and (self.expandable or self.open_children > 0)

    @property
    def exhausted(self) -> bool:
        """Whether nothing at or below the node can be expanded now or is in flight."""
        return not self.available and self.virtual == 0
