"""Why the search went on with a step, and why an answer became the run's: read from the log."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from backend.runs.errors import NotFound
from backend.runs.recorder import decoded
from backend.runs.sessions import known_run
from backend.runs.stored import stored
from backend.runs.votes import Votes, read_votes
from backend.search.node import GIVEN
from backend.search.strategies.registry import make_strategy
from backend.search.weighing import Chooses, Weighing, weigh_at_choice
from storage.port import RunStore
from storage.records import EventRecord, RunRecord


@dataclass(frozen=True, slots=True)
class Choice:
    """The numbers as they were after event `seq`. `made`: the search chose then; otherwise it has
    not come to this step yet, and they are those of the last event. Without a `weighing`, `about`
    says why there is none.
    """

    seq: int
    made: bool
    about: str
    weighing: Weighing | None


class Choices:
    """Reads what is stored; changes nothing. Raises RunsError subclasses only."""

    def __init__(self, store: RunStore) -> None:
        self._store = store

    async def of(self, run_id: str, node_id: int, until: int | None = None) -> Choice:
        """The last choice up to event `until` in which a step was a candidate."""
        run = await stored(known_run(self._store, run_id))
        events = await stored(self._store.events(run_id, limit=until))
        steps = sum(event.kind == "node_added" for event in events) - 1
        if not 1 <= node_id <= steps:
            raise NotFound(
                f"run {run_id} has no step {node_id} here",
                code="unknown_node",
                hint=f"its steps have the numbers 1 to {steps}",
            )
        return await asyncio.to_thread(_choice, run, events, node_id)

    async def votes(self, run_id: str, until: int | None = None) -> Votes:
        """What spoke for each answer after event `until`."""
        run = await stored(known_run(self._store, run_id))
        events = await stored(self._store.events(run_id, limit=until))
        return await asyncio.to_thread(read_votes, run, events)


def _is_given(records: Sequence[EventRecord], node_id: int) -> bool:
    added = (one.payload for one in records if one.kind == "node_added")
    return any(one["node"] == node_id and one.get("purpose") == GIVEN for one in added)


def _choice(run: RunRecord, records: Sequence[EventRecord], node_id: int) -> Choice:
    strategy = make_strategy(run.strategy, run.settings)
    last = records[-1].seq
    if _is_given(records, node_id):
        about = "The step was given: the search began with it."
        return Choice(last, False, about, None)
    if not isinstance(strategy, Chooses):
        about = f"{strategy.title} does not choose between steps: it goes on with all that it has."
        return Choice(last, False, about, None)
    events = [decoded(record) for record in records]
    weighing, count, made = weigh_at_choice(strategy, events, node_id, run.seed)
    if weighing is None:
        return Choice(last, False, "No choice was made of this step.", None)
    return Choice(count, made, weighing.about, weighing)
