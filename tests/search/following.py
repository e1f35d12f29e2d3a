"""One who follows a run's log and knows no more than docs/api.md says of its events."""

from backend.search import events as ev


class Follower:
    """Visits, value sums and values of the nodes, by the events alone."""

    def __init__(self) -> None:
        self.visits: list[int] = []
        self.sums: list[float] = []
        self.pruned: set[int] = set()
        self._parents: list[int | None] = []
        self._estimates: list[float | None] = []
        self._pins: dict[int, float] = {}

    def value(self, node: int) -> float | None:
        """The mean of what was backed up; without any, what a person or the verifiers said."""
        visits = self.visits[node]
        if visits:
            return self.sums[node] / visits
        return self._pins.get(node, self._estimates[node])

    def follow(self, event: ev.Event) -> None:
        """Take one event in."""
        match event:
            case ev.NodeAdded():
                self._parents.append(event.parent)
                self._estimates.append(event.estimate)
                self.visits.append(0)
                self.sums.append(0.0)
            case ev.BackedUp():
                value = event.value
                for node in self._path(event.node):
                    value = self._pins.get(node, value)
                    self.visits[node] += 1
                    self.sums[node] += value
            case ev.Labelled():
                self._label(event)
            case ev.Pruned():
                node, sign = event.node, -1 if event.pruned else 1
                self.pruned.discard(node)
                self._pass_on(node, sign * self.visits[node], sign * self.sums[node])
                if event.pruned:
                    self.pruned.add(node)

    def _label(self, event: ev.Labelled) -> None:
        node, visits, value = event.node, event.visits, event.value
        assert visits is not None
        change = (visits - self.visits[node], (value or 0.0) * visits - self.sums[node])
        self.visits[node] += change[0]
        self.sums[node] += change[1]
        self._pins.pop(node, None)
        if event.rating is not None:
            assert value is not None
            self._pins[node] = value
        if not visits:
            self._estimates[node] = value
        self._pass_on(node, *change)

    def _path(self, node: int) -> list[int]:
        """The node and its ancestors, as far as anything of it counts."""
        found = [node]
        while (parent := self._parents[found[-1]]) is not None and found[-1] not in self.pruned:
            found.append(parent)
        return found

    def _pass_on(self, node: int, visits: int, change: float) -> None:
        for above in self._path(node)[1:]:
            change = self._pins[above] * visits if above in self._pins else change
            self.visits[above] += visits
            self.sums[above] += change
