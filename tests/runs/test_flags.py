"""People flag steps to look at them again: in every state of a run, and no search changes by it."""

import asyncio

from backend.runs.service import RunService
from storage.port import RunStore
from tests.runs.conftest import MakeService
from tests.runs.driving import Gate, request
from tests.runs.test_comparing import PAIR, finished
from tests.runs.test_steering import assert_replays
from tests.scripted import ScriptedGenerator


async def test_steps_are_flagged_while_the_run_searches_is_paused_and_has_ended(
    make_service: MakeService, generator: ScriptedGenerator, store: RunStore
) -> None:
    service = make_service()
    gate = Gate(generator, 12)
    run = await service.start(request(budget={"nodes": 60}))
    await gate.reached.wait()
    assert (await service.steering.flag(run.id, 1, True)).flagged
    assert (await service.get(run.id)).status == "running"
    pausing = asyncio.create_task(service.pause(run.id))
    await asyncio.sleep(0)
    gate.opened.set()
    await pausing
    assert (await service.steering.flag(run.id, 2, True)).flagged
    assert (await service.get(run.id)).status == "paused"
    await service.resume(run.id)
    ended = await service.settled(run.id)
    both = await asyncio.gather(*(service.steering.flag(run.id, 3, True) for _ in range(5)))
    assert all(node.flagged for node in both)
    assert not (await service.steering.flag(run.id, 1, False)).flagged
    view = await service.tree(run.id)
    assert [node.id for node in view.nodes if node.flagged] == [2, 3]
    assert (view.run.status, view.run.answer) == (ended.status, ended.answer)
    flags = [event.payload for event in await store.events(run.id, kind="flagged")]
    assert flags == [
        {"node": 1, "flagged": True}, {"node": 2, "flagged": True},
        {"node": 3, "flagged": True}, {"node": 1, "flagged": False},
    ]  # fmt: skip
    assert await service.labels(run.id) == ()
    await assert_replays(store, service, run.id)


async def test_a_run_whose_steps_were_flagged_is_compared_all_the_same(
    service: RunService, generator: ScriptedGenerator
) -> None:
    await finished(service, "best_of_n")
    gate = Gate(generator, generator.calls + 5)
    run = await service.start(request(reference_answer="7"))
    await gate.reached.wait()
    await service.steering.flag(run.id, 1, True)
    gate.opened.set()
    assert (await service.settled(run.id)).status == "finished"
    found = await service.comparing.strategies(PAIR)
    assert (found.problems, found.left_out) == (1, 0)
