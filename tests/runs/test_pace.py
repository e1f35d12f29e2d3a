"""How many pieces of work are out at once follows what the models' servers have to do."""

import asyncio
from dataclasses import dataclass

import pytest

from backend.models.protocols import ServerFacts, ServerQueue
from backend.runs import pace
from backend.runs.catalog import ModelCatalog
from backend.runs.executor import ExecutorLimits
from backend.runs.pace import MOST, Pace
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from storage.records import RunRecord
from tests.runs.driving import request
from tests.scripted import ScriptedGenerator, ScriptedVerifier

IDLE = ServerQueue(running=4, waiting=0)
BRIEF = ServerQueue(running=16, waiting=4)
LONG = ServerQueue(running=16, waiting=5)


def looked(pace: Pace, *queues: ServerQueue, busy: bool = True) -> int:
    """The limit after a look at the servers, by a run that made use of it or did not."""
    assert pace.has_room(pace.limit - 1)
    if busy:
        assert not pace.has_room(pace.limit)
    pace.look(queues)
    return pace.limit


def test_doubled_until_something_waits_then_raised_slowly() -> None:
    pace = Pace(8)
    assert [looked(pace, IDLE) for _ in range(2)] == [16, 32]
    assert looked(pace, LONG) == 24
    assert looked(pace, IDLE) == 26
    assert looked(pace, BRIEF) == 28


def test_the_longest_queue_counts() -> None:
    pace = Pace(8)
    assert looked(pace, IDLE, LONG) == 6


def test_never_below_one_nor_above_the_most() -> None:
    low, high = Pace(8), Pace(8)
    for _ in range(20):
        looked(low, LONG)
        looked(high, IDLE)
    assert (low.limit, high.limit) == (1, MOST)


def test_what_is_not_used_or_not_known_does_not_change_it() -> None:
    pace = Pace(8)
    assert looked(pace, IDLE, busy=False) == 8
    assert looked(pace) == 8
    assert looked(pace, IDLE) == 16, "that it was reached is not forgotten where nothing was told"


def test_two_that_share_a_server_come_to_equal_shares() -> None:
    first, second = Pace(8), Pace(100)
    for _ in range(200):
        asked = first.limit + second.limit
        queue = ServerQueue(min(asked, 64), max(0, asked - 64))
        looked(first, queue)
        looked(second, queue)
    assert abs(first.limit - second.limit) <= 0.1 * (first.limit + second.limit)


@dataclass
class Remote(ScriptedGenerator):
    """A generator whose server has room for `room` requests at once."""

    room: int = 20
    address: str = "http://127.0.0.1:9"

    async def facts(self) -> ServerFacts:
        raise NotImplementedError

    async def queue(self) -> ServerQueue:
        return ServerQueue(min(self.in_flight, self.room), max(0, self.in_flight - self.room))


async def searched(generator: Remote, *, automatic: bool) -> RunRecord:
    """A search that has 32 calls to make from its start."""
    catalog = ModelCatalog((generator,), (ScriptedVerifier(),))
    limits = ExecutorLimits(in_flight=4, automatic=automatic, reproducible=False)
    service = RunService(InMemoryRunStore(), catalog, limits)
    run = await service.start(
        request(strategy="best_of_n", settings={"n": 128}, budget={"nodes": 4000})
    )
    async with asyncio.timeout(60):
        done = await service.settled(run.id)
    await service.close()
    return done


async def test_a_run_fills_a_server_with_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SECONDS", 0.001)
    generator, filled = Remote(), asyncio.Event()

    async def until_filled() -> None:
        if generator.in_flight > 12:
            filled.set()
        await filled.wait()

    generator.before = until_filled
    done = await searched(generator, automatic=True)
    assert done.status == "finished", done.reason
    assert filled.is_set()


async def test_a_set_limit_stays() -> None:
    generator = Remote()
    done = await searched(generator, automatic=False)
    assert done.status == "finished", done.reason
    assert generator.most_in_flight == 4
