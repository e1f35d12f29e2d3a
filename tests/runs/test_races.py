"""What happens at the same time: labels, resumes, stops, failures to write, cancelled calls."""

import asyncio
import uuid
from pathlib import Path

import pytest

from backend.runs.catalog import ModelCatalog
from backend.runs.errors import Conflict, InvalidRequest, RunsError, Unavailable
from backend.runs.labels import LabelRequest
from backend.runs.service import RunService
from backend.runs.shares import ShareRequest
from storage.errors import StorageFull
from storage.memory import InMemoryRunStore
from storage.sqlite.store import SqliteRunStore
from tests.runs.conftest import MakeService
from tests.runs.driving import FullStore, Gate, request
from tests.scripted import ScriptedGenerator, ScriptedVerifier


async def test_labels_at_the_same_time_are_all_stored(
    make_service: MakeService, generator: ScriptedGenerator, tmp_path: Path
) -> None:
    store = SqliteRunStore.open(tmp_path / "labels.db")
    service = make_service(on=store)
    gate = Gate(generator, 10)
    run = await service.start(request(budget={"nodes": 2_000}))
    await gate.reached.wait()
    gate.opened.set()
    during = [service.label(run.id, 1 + i % 3, LabelRequest(1)) for i in range(20)]
    acknowledged = await asyncio.gather(*during)
    await service.settled(run.id)
    after = [service.label(run.id, 1 + i % 5, LabelRequest(-1)) for i in range(20)]
    acknowledged += await asyncio.gather(*after)
    assert len(acknowledged) == 40
    stored = await service.labels(run.id)
    assert {label.id for label in stored} == {label.id for label in acknowledged}
    labelled = [e for e in await store.events(run.id) if e.kind == "labelled"]
    assert len(labelled) == len(stored)
    await service.close()
    await store.close()


async def test_the_same_label_at_the_same_time_is_stored_once(service: RunService) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    label = LabelRequest(1, id=str(uuid.uuid4()))
    found = await asyncio.gather(*(service.label(run.id, 2, label) for _ in range(5)))
    assert len({one.at for one in found}) == 1
    assert len(await service.labels(run.id)) == 1
    assert (await service.get(run.id)).status == "finished"


async def test_a_label_that_cannot_be_stored_harms_no_search(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    gate = Gate(generator, 10)
    service = make_service()
    run = await service.start(request())
    await gate.reached.wait()
    with pytest.raises(InvalidRequest):
        await service.label(run.id, 1, LabelRequest(1, visible={"\x00": True}))
    gate.opened.set()
    assert (await service.settled(run.id)).status == "finished"


async def test_resuming_twice_starts_one_executor(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    gate = Gate(generator, 10)
    service = make_service()
    run = await service.start(request(budget={"nodes": 300}))
    await gate.reached.wait()
    pausing = asyncio.create_task(service.pause(run.id))
    await asyncio.sleep(0)
    resuming = [asyncio.create_task(service.resume(run.id)) for _ in range(3)]
    gate.opened.set()
    await asyncio.gather(pausing, *resuming)
    assert (await service.settled(run.id)).status == "finished"
    assert max(generator.requests.values()) == 1, "no call was made twice"


async def test_stop_wins_over_a_resume_before_it(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    gate = Gate(generator, 5)
    run = await service.start(request())
    await gate.reached.wait()
    await service.stop(run.id)
    await asyncio.gather(service.resume(run.id), service.stop(run.id), service.stop(run.id))
    assert (await service.settled(run.id)).status == "stopped"


async def test_a_finished_run_stays_finished(service: RunService) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    await service.stop(run.id)
    assert (await service.get(run.id)).status == "finished"


async def test_a_run_whose_first_event_cannot_be_stored_does_not_exist(
    make_service: MakeService,
) -> None:
    store = FullStore()
    store.full = True
    service = make_service(on=store)
    with pytest.raises(Unavailable):
        await service.start(request())
    assert (await service.library.list()).items == ()


async def test_a_run_without_events_is_taken_up(make_service: MakeService) -> None:
    """The server was killed between storing the run and its first event."""

    class NeverAppends(InMemoryRunStore):
        broken = True

        async def append(self, *args: object, **kwargs: object) -> None:
            if self.broken:
                raise asyncio.CancelledError
            await super().append(*args, **kwargs)  # type: ignore[arg-type]

    store = NeverAppends()
    service = make_service(on=store)
    with pytest.raises(asyncio.CancelledError):
        await service.start(request())
    (run,) = (await service.library.list()).items
    assert run.seq == 0
    store.broken = False
    again = make_service(on=store)
    assert await again.recover() == 1
    assert (await again.settled(run.id)).status == "finished"


async def test_one_run_that_cannot_go_on_keeps_no_other(
    make_service: MakeService, generator: ScriptedGenerator, store: InMemoryRunStore
) -> None:
    gate = Gate(generator, 0)
    service = make_service()
    runs = [await service.start(request()) for _ in range(2)]
    await gate.reached.wait()
    await service.close()
    generator.before = None
    renamed = ScriptedGenerator(name="renamed")
    other = RunService(store, ModelCatalog((renamed,), (ScriptedVerifier(),)))
    assert await other.recover() == 2
    for run in runs:
        seen = await other.get(run.id)
        assert seen.status == "paused"
        assert "scripted-generator" in (seen.reason or "")
    fresh = await other.start(request())
    assert (await other.settled(fresh.id)).status == "finished"
    await other.close()


async def test_a_client_that_cancels_itself_fails_the_run_with_a_reason(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    def give_up() -> None:
        raise asyncio.CancelledError

    generator.before = give_up
    service = make_service()
    run = await service.start(request())
    failed = await service.settled(run.id)
    assert (failed.status, failed.reason) == ("failed", "the model's client gave up on the call")


async def test_model_text_that_no_store_takes_is_mended(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    original = generator._sample

    def with_nul(*args: object) -> object:
        sample = original(*args)  # type: ignore[arg-type]
        step = sample.steps[0]
        object.__setattr__(step, "text", f"{step.text} \x00\ud800")
        return sample

    generator._sample = with_nul  # type: ignore[method-assign, assignment]
    service = make_service()
    run = await service.start(request())
    assert (await service.settled(run.id)).status == "finished"
    assert (await service.tree(run.id)).nodes[1].text.endswith("\ufffd\ufffd")


async def test_a_revoked_link_stops_streaming(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    gate = Gate(generator, 10)
    service = make_service()
    run = await service.start(request(budget={"nodes": 300}))
    share, token = await service.shares.create(run.id, ShareRequest())
    await gate.reached.wait()
    stream = await service.watch(run.id, allowed=lambda: service.shares.resolve(token))
    assert isinstance(await anext(stream), tuple)
    await service.shares.revoke(share.id)
    gate.opened.set()
    with pytest.raises(RunsError):
        async for _ in stream:
            pass


async def test_a_view_at_an_event_shows_the_run_as_it_was(service: RunService) -> None:
    run = await service.start(request())
    done = await service.settled(run.id)
    whole = await service.tree(run.id, at=done.seq)
    assert whole.run.answer == done.answer
    assert whole.run.usage["calls"] == done.usage["calls"]
    early = await service.tree(run.id, at=3)
    assert (early.run.answer, early.run.best_node, early.run.seq) == (None, None, 3)


async def test_cancelling_twice_still_ends_in_order(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    class Slow(InMemoryRunStore):
        async def append(self, *args: object, **kwargs: object) -> None:
            for _ in range(20):
                await asyncio.sleep(0)
            await super().append(*args, **kwargs)  # type: ignore[arg-type]

    service = make_service(on=Slow())
    run = await service.start(request(budget={"nodes": 3000}))
    await asyncio.gather(*(service.stop(run.id) for _ in range(4)))
    stopped = await service.get(run.id)
    assert stopped.status == "stopped"
    with pytest.raises(Conflict):
        await service.pause(run.id)
    view = await service.tree(run.id)
    assert (await service.tree(run.id, at=view.seq)).nodes == view.nodes


async def test_storage_errors_are_told_in_words(make_service: MakeService) -> None:
    class Broken(InMemoryRunStore):
        async def get_run(self, run_id: str) -> object:  # type: ignore[override]
            raise StorageFull("no room")

    with pytest.raises(Unavailable):
        await make_service(on=Broken()).get("x")
