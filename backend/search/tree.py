"""The tree: all that is known about a run, changed by events only."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from backend.search import events as ev
from backend.search.errors import BrokenLog, UnknownNode
from backend.search.node import GIVEN, NO_CHILDREN, Node
from backend.search.pins import Pins
from backend.search.seeds import derive_seed
from backend.search.votes import Ballot
from backend.search.work import Call, ProposedStep, Work, WorkKind, WorkUsage

ROOT: Final = 0
# Above this many children a dictionary finds duplicates faster than a walk does.
_WIDE: Final = 24


class SearchTree:
    """Nodes, work in flight and what the run has cost so far.

    `record` is the only way to change it: it applies an event and keeps it for `drain`. The same
    events in the same order give an equal tree (`replay`), so a run can be stopped anywhere and
    go on from its log.

    `start`: the node that strategies start from and search below: the problem, or the last of the
    steps that were given with it, which have the first ids.
    """

    __slots__ = ("_dispatch", "_pins", "_pruned", "_told_at", "_touched", "_undrained",
                 "_wide_index", "answer_node", "asks", "came", "memo", "next_work", "nodes",
                 "pending", "reason", "requests", "seed", "seq", "start", "status", "terminals",
                 "usage", "votes")  # fmt: skip

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.nodes: list[Node] = []
        self.pending: dict[int, Work] = {}
        self.terminals: list[int] = []
        self.asks: dict[tuple[int, str], int] = {}
        """How often work went out at a node, by its purpose and by its model, where it has one."""
        # What people asked for at nodes, and the nodes that came of it, by request id.
        self.requests: dict[str, tuple[ev.Requested, list[int]]] = {}
        self.memo: dict[str, Any] = {}
        """What strategies worked out from the tree, by their names, so as not to do it again. It is
        no part of the tree: a replay starts without, and must come to the same.
        """
        self.came: list[int] = []  # of the work told last, or the last request
        self.answer_node: int | None = None
        self.status, self.usage, self.votes = "queued", WorkUsage(), Ballot()
        self.reason: str | None = None
        self.start, self.next_work, self.seq = ROOT, 0, 0
        self._undrained: list[ev.Event] = []
        self._told_at: int | None = None
        self._touched: set[int] = set()
        self._pins = Pins(self.nodes)
        self._pruned: set[int] = set()
        self._wide_index: dict[int, dict[tuple[str, str], int]] = {}
        self._dispatch: dict[type[ev.Event], Callable[[Any], None]] = {
            ev.NodeAdded: self._on_node_added,
            ev.Merged: self._on_merged,
            ev.Asked: self._on_asked,
            ev.Told: self._on_told,
            ev.BackedUp: self._on_backed_up,
            ev.Reopened: self._on_reopened,
            ev.Closed: self._on_closed,
            ev.Scored: self._on_scored,
            ev.Labelled: self._on_labelled,
            ev.Pruned: self._on_pruned,
            ev.Flagged: self._on_flagged,
            ev.Requested: self._on_requested,
            ev.Answered: self._on_answered,
            **dict.fromkeys((ev.Graded, ev.Summarized), lambda _: None),  # for people only
            ev.StatusChanged: self._on_status,
        }

    @classmethod
    def plant(cls, problem: str, seed: int = 0) -> "SearchTree":
        """A new tree that holds the problem as its root."""
        tree = cls(seed)
        root = ev.NodeAdded(
            ROOT, None, "problem", problem, 0, None, None, {}, None, "", None, False, None, None,
            "person",
        )  # fmt: skip
        tree.record(root)
        return tree

    @classmethod
    def replay(cls, events: Iterable[ev.Event], seed: int = 0) -> "SearchTree":
        """The tree that these events made. BrokenLog where they do not follow on."""
        tree = cls(seed)
        for event in events:
            tree.record(event)
        tree.drain()
        return tree

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def root(self) -> Node:
        """The problem's node."""
        return self.nodes[ROOT]

    def node(self, node_id: int) -> Node:
        """The node. UnknownNode if the tree has none with this id."""
        if not 0 <= node_id < len(self.nodes):
            raise UnknownNode(f"the tree has no node {node_id}: it has {len(self.nodes)}, from 0")
        return self.nodes[node_id]

    def path(self, node_id: int) -> list[int]:
        """Ids from the root to the node, both included."""
        path = []
        step: int | None = node_id
        while step is not None:
            path.append(step)
            step = self.nodes[step].parent
        path.reverse()
        return path

    def ancestors(self, node_id: int) -> Iterator[Node]:
        """The node and then its parents, up to the root."""
        step: int | None = node_id
        while step is not None:
            node = self.nodes[step]
            yield node
            step = node.parent

    def builds_on_bad(self, node: Node) -> bool:
        """Whether a step that it builds on is labelled bad and was not corrected since. A label
        of its own outweighs that.
        """
        return self._pins.refute(node)

    def worth(self, node: Node) -> float | None:
        """Its value as an answer: as the verifiers or a person see it, 0 if it builds on bad."""
        return 0.0 if self.builds_on_bad(node) else node.estimate

    # ------------------------------------------------------------------ recording

    def record(self, event: ev.Event) -> None:
        """Apply one event and keep it until the next `drain`."""
        self._dispatch[type(event)](event)
        self.seq += 1
        self._undrained.append(event)

    def drain(self) -> tuple[int, list[ev.Event], set[int]]:
        """(seq of the first, events since the last drain, ids of the nodes they changed)."""
        drained, touched = self._undrained, self._touched
        first = self.seq - len(drained) + 1
        self._undrained, self._touched = [], set()
        return first, drained, touched

    # ------------------------------------------------------------------ what strategies do

    def ask(self, node_id: int, call: Call) -> Work:
        """Record that work goes out at a node, with a seed that depends on the run's seed, the
        node and how often it was asked there, and on nothing else.
        """
        seed = derive_seed(self.seed, node_id, self.nodes[node_id].expansions)
        self.record(
            ev.Asked(
                self.next_work,
                str(call.kind),
                node_id,
                call.n,
                seed,
                call.temperature,
                call.max_tokens,
                call.by_action,
                call.purpose,
                call.actions,
                call.model,
            )
        )
        return self.pending[self.next_work - 1]

    def add(self, parent_id: int, step: ProposedStep, *, estimate: float | None,
            corrects: int | None, origin: str = "model", purpose: str = "") -> int:  # fmt: skip
        """Record a step below a parent, and return its node id.

        A step with the action and text of an existing child is merged into it: the child's
        `samples` grow, and the larger prior of the two stays.
        """
        twin = self.find_child(parent_id, step.action, step.text)
        if twin is not None:
            priors = [p for p in (self.nodes[twin].prior, step.prior) if p is not None]
            self.record(ev.Merged(twin, max(priors, default=None), step.tokens, purpose))
            return twin
        node_id = len(self.nodes)
        self.record(ev.NodeAdded(
            node_id, parent_id, step.action, step.text, step.tokens, step.mean_logprob, step.prior,
            step.scores, estimate, step.model, step.temperature, step.terminal, step.answer,
            corrects, origin, step.answer_key, step.reward, purpose, step.patterns,
        ))  # fmt: skip
        return node_id

    def find_child(self, parent_id: int, action: str, text: str) -> int | None:
        """The child of a node with this action and text, if there is one."""
        children = self.nodes[parent_id].children
        if len(children) > _WIDE:
            index = self._wide_index.get(parent_id)
            if index is None:
                index = {(self.nodes[c].action, self.nodes[c].text): c for c in children}
                self._wide_index[parent_id] = index
            return index.get((action, text))
        for child_id in children:
            child = self.nodes[child_id]
            if child.text == text and child.action == action:
                return child_id
        return None

    def label(self, node_id: int, rating: int | None, author: str = "") -> None:
        """Record a person's judgement of a step, which pins its value."""
        value, visits = self._pins.outlook(self.node(node_id), rating)
        self.record(ev.Labelled(node_id, rating, author, value, visits))

    # ------------------------------------------------------------------ events

    def _on_node_added(self, event: ev.NodeAdded) -> None:
        if event.node != len(self.nodes):
            raise BrokenLog(f"node {event.node} was added where {len(self.nodes)} is next")
        node = Node(event)
        node.source = self._told_at
        self.nodes.append(node)
        self.came.append(node.id)
        self._touched.add(node.id)
        if event.terminal:
            self.terminals.append(node.id)
        if event.parent is None:
            return
        if event.purpose == GIVEN:
            self.start = node.id
        parent = self.node(event.parent)
        node.depth = parent.depth + 1
        if parent.children is NO_CHILDREN:
            parent.children = [node.id]
        else:
            parent.children.append(node.id)
        if event.parent in self._wide_index:
            self._wide_index[event.parent][event.action, event.text] = node.id
        if node.available:
            self._propagate(node, 1)
        if node.terminal:
            self._vote(node)

    def _on_merged(self, event: ev.Merged) -> None:
        node = self.node(event.node)
        node.samples += 1
        self.came.append(node.id)
        node.prior = event.prior
        if not event.purpose:
            node.purpose = ""  # it is an ordinary step now, whatever it was first made for
        if node.terminal:
            self._vote(node)
        self._touched.add(node.id)

    def _on_asked(self, event: ev.Asked) -> None:
        number, kind, node_id = event.work, WorkKind(event.kind_of_work), event.node
        if number != self.next_work:
            raise BrokenLog(f"work {number} was asked where {self.next_work} is next")
        # A log that was stored gives a list.
        forced = None if event.actions is None else tuple(event.actions)
        self.pending[number] = Work(
            number, kind, node_id, event.n, event.seed, event.temperature, event.max_tokens,
            event.by_action, event.purpose, forced, event.model,
        )  # fmt: skip
        self.next_work += 1
        for key in filter(None, (event.purpose, event.model)):
            self.asks[node_id, key] = self.asks.get((node_id, key), 0) + 1
        node = self.node(node_id)
        node.expansions += 1
        self._add_virtual(node_id, 1)
        if kind is WorkKind.EXPAND:
            self._set_expandable(node, False)

    def _on_told(self, event: ev.Told) -> None:
        if self.pending.pop(event.work, None) is None:
            raise BrokenLog(f"work {event.work} was told but is not in flight")
        self._add_virtual(event.node, -1)
        self._told_at, self.came = event.node, []
        self.usage = self.usage.plus(event.generated_tokens, event.prompt_tokens, event.calls)

    def _add_virtual(self, start: int, change: int) -> None:
        nodes = self.nodes
        node_id: int | None = start
        while node_id is not None:
            node = nodes[node_id]
            node.virtual += change
            node_id = node.parent

    def _on_backed_up(self, event: ev.BackedUp) -> None:
        nodes, value, touched, pruned = self.nodes, event.value, self._touched, self._pruned
        square = value * value
        node_id: int | None = event.node
        while node_id is not None:
            node = nodes[node_id]
            node.visits += 1
            if node.label is not None:
                value = self._pins.through(node, value, square)
                square = value * value
            node.value_sum += value
            node.square_sum += square
            touched.add(node_id)
            if pruned and node.pruned:
                return
            node_id = node.parent

    def _on_reopened(self, event: ev.Reopened) -> None:
        self._set_expandable(self.node(event.node), True)

    def _on_closed(self, event: ev.Closed) -> None:
        self._set_expandable(self.node(event.node), False)

    def _on_scored(self, event: ev.Scored) -> None:
        node = self.node(event.node)
        # A new dictionary: the event that added the node has the old one, and stays as it was.
        node.scores = {**node.scores, event.verifier: event.score}
        before = node.estimate
        self._pins.estimate(node, event.estimate)
        if node.terminal and node.estimate != before:
            self._recount()
        self._touched.add(node.id)

    def _on_labelled(self, event: ev.Labelled) -> None:
        node = self.node(event.node)
        before = node.label
        self._touched.update(self._pins.label(node, event.rating))
        if node.terminal or -1 in (before, event.rating):
            self._recount()

    def _on_pruned(self, event: ev.Pruned) -> None:
        node = self.node(event.node)
        if node.pruned == event.pruned:
            return
        was = node.available
        self._withdraw(node) if event.pruned else self._give_back(node)
        if node.available != was:
            self._propagate(node, 1 if node.available else -1)
        self._recount()

    def _withdraw(self, node: Node) -> None:
        """Take a subtree out: what was backed up through it counts above it no longer."""
        above = (-node.visits, -node.value_sum, -node.square_sum)
        self._touched.update(self._pins.pass_on(node, *above))
        node.pruned = True
        self._pruned.add(node.id)

    def _give_back(self, node: Node) -> None:
        node.pruned = False
        self._pruned.remove(node.id)
        above = (node.visits, node.value_sum, node.square_sum)
        self._touched.update(self._pins.pass_on(node, *above))

    def _on_flagged(self, event: ev.Flagged) -> None:
        self.node(event.node).flagged = event.flagged
        self._touched.add(event.node)

    def _recount(self) -> None:
        self.votes.clear()
        for node_id in self.terminals:
            node = self.nodes[node_id]
            self._vote(node, node.samples)

    def _vote(self, end: Node, times: int = 1) -> None:
        """Count the vote of a path that ends here; that of a pruned one does not count."""
        if self._pruned and any(step.pruned for step in self.ancestors(end.id)):
            return
        self.votes.add(end, self.worth(end), times)

    def _on_requested(self, event: ev.Requested) -> None:
        self._told_at, self.came = event.node, []
        self.requests[event.request] = event, self.came
        self.usage = self.usage.plus(event.generated_tokens, event.prompt_tokens, event.calls)

    def _on_answered(self, event: ev.Answered) -> None:
        self.answer_node = event.node

    def _on_status(self, event: ev.StatusChanged) -> None:
        self.status, self.reason = event

    # ------------------------------------------------------------------ availability

    def _set_expandable(self, node: Node, expandable: bool) -> None:
        was = node.available
        node.expandable = expandable
        if node.available != was:
            self._propagate(node, 1 if node.available else -1)

    def _propagate(self, node: Node, change: int) -> None:
        """Tell the ancestors that a child became available (1) or no longer is (-1)."""
        while node.parent is not None:
            parent = self.nodes[node.parent]
            was = parent.available
            parent.open_children += change
            if parent.available == was:
                return
            node = parent
