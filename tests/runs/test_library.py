"""Finding runs again: tags, filters; and deleting, which can be undone."""

import asyncio

import pytest

from backend.runs.errors import InvalidRequest, NotFound, Unavailable
from backend.runs.labels import LabelRequest
from backend.runs.service import RunService
from backend.runs.shares import ShareRequest
from storage.errors import StorageUnavailable
from storage.memory import InMemoryRunStore
from storage.records import Page, RunQuery, RunRecord
from tests.runs.conftest import MakeService
from tests.runs.driving import Gate, request
from tests.scripted import ScriptedGenerator


async def test_tags_are_kept_in_one_form(service: RunService) -> None:
    run = await service.start(request(tags=("  To   Do ", "to do", "E\u0301tude")))
    assert run.tags == ("to do", "étude")
    run = await service.library.tag(run.id, ["GSM8K"], ["To do", "never had"])
    assert run.tags == ("gsm8k", "étude")
    await service.settled(run.id)
    assert (await service.get(run.id)).tags == ("gsm8k", "étude"), "searching leaves them alone"
    assert [(tag.tag, tag.runs, tag.active) for tag in await service.library.tags()] == [
        ("gsm8k", 1, 0), ("étude", 1, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("tag", ["", "  ", "x" * 41, "a\x07b", "a\x00b", "\u200b", "\ud800"])
async def test_what_cannot_be_a_tag_is_refused_and_changes_nothing(
    service: RunService, tag: str
) -> None:
    run = await service.start(request(tags=("a",)))
    for add, remove in (([tag], []), ([], [tag])):
        with pytest.raises(InvalidRequest):
            await service.library.tag(run.id, add, remove)
    with pytest.raises(InvalidRequest):
        await service.start(request(tags=(tag,)))
    assert (await service.get(run.id)).tags == ("a",)
    assert len((await service.library.list()).items) == 1


async def test_a_run_has_only_so_many_tags_however_many_come_at_once(service: RunService) -> None:
    run = await service.start(request())
    adding = [service.library.tag(run.id, [f"tag {i}"], []) for i in range(25)]
    told = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(one, InvalidRequest) for one in told) == 5
    assert len((await service.get(run.id)).tags) == 20


async def test_a_deleted_run_is_nowhere_and_comes_back_whole(service: RunService) -> None:
    run = await service.start(request(tags=("kept",)))
    await service.settled(run.id)
    await service.label(run.id, 1, LabelRequest(-1))
    _, token = await service.shares.create(run.id, ShareRequest())
    before = await service.tree(run.id), await service.labels(run.id)
    await service.delete(run.id)
    for call in (
        service.get(run.id), service.tree(run.id), service.labels(run.id), service.resume(run.id),
        service.label(run.id, 1, LabelRequest(1)), service.shares.resolve(token),
        service.library.tag(run.id, ["a"], []), service.delete(run.id),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await call
    assert (await service.library.list(RunQuery(tag="kept"))).items == ()
    assert await service.restore(run.id) == before[0].run
    assert (await service.tree(run.id), await service.labels(run.id)) == before
    assert (await service.shares.resolve(token)).run_id == run.id
    await service.label(run.id, 1, LabelRequest(1))


async def test_a_running_run_is_stopped_by_deleting_and_can_go_on_once_restored(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    gate = Gate(generator, 6)
    run = await service.start(request())
    await gate.reached.wait()
    await service.delete(run.id)
    calls = generator.calls
    gate.opened.set()
    await asyncio.sleep(0)
    assert generator.calls == calls, "nothing is searched for in the bin"
    assert await service.recover() == 0
    restored = await service.restore(run.id)
    assert restored.status == "stopped"
    await service.resume(run.id)
    assert (await service.settled(run.id)).status == "finished"


async def test_who_watches_a_deleted_run_is_told_so(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    gate = Gate(generator, 6)
    run = await service.start(request())
    await gate.reached.wait()
    watching = asyncio.create_task(_watch(service, run.id))
    await asyncio.sleep(0)
    await service.delete(run.id)
    with pytest.raises(NotFound):
        await asyncio.wait_for(watching, 5)


async def _watch(service: RunService, run_id: str) -> None:
    async for _ in await service.watch(run_id):
        pass


class LostStore(InMemoryRunStore):
    """A store whose disk has gone."""

    async def list_runs(
        self, wanted: RunQuery | None = None, *, limit: int = 50, cursor: str | None = None
    ) -> Page[RunRecord]:
        raise StorageUnavailable("the disk has gone")


async def test_a_list_that_cannot_be_read_is_said(make_service: MakeService) -> None:
    service = make_service(on=LostStore())
    with pytest.raises(Unavailable, match="the disk has gone"):
        await service.library.list()
