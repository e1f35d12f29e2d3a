"""People have paths summed up: in every state of a run, once per request, kept in its log."""

import asyncio
import json
import uuid

import pytest

from backend.models.errors import BadReply, ContextOverflow, ModelUnavailable
from backend.runs.errors import Conflict, InvalidRequest, NotFound, RunsError, Unavailable
from backend.runs.executor import ExecutorLimits
from backend.runs.service import RunService
from backend.runs.summaries import SummaryRequest
from storage.memory import InMemoryRunStore
from tests.runs.conftest import MakeService
from tests.runs.driving import FullStore, Gate, reached, request
from tests.scripted import ScriptedGenerator, ScriptedWriter

IN_ITS_WORDS = SummaryRequest(generator="scripted-writer")


@pytest.fixture
def writer() -> ScriptedWriter:
    return ScriptedWriter()


@pytest.fixture
def service(make_service: MakeService, writer: ScriptedWriter) -> RunService:
    return make_service(more=(writer,))


async def finished(service: RunService, **fields: object) -> str:
    run = await service.start(request(**fields))
    await service.settled(run.id)
    return run.id


def material(writer: ScriptedWriter) -> list[str]:
    """The steps that it was told last."""
    return [step["text"] for step in json.loads(writer.told[-1][1])["steps"]]


async def test_the_best_path_is_summed_up_and_kept(
    make_service: MakeService, service: RunService, writer: ScriptedWriter
) -> None:
    run = await finished(service, generator="scripted-writer", reference_answer="secret 42")
    before = await service.tree(run)
    event = await service.summarizing.summarize(run, SummaryRequest())
    assert event.payload["node"] == before.run.best_node
    assert event.payload["text"] == writer.says
    assert (event.payload["model"], event.payload["generated_tokens"]) == ("scripted-writer", 7)
    assert material(writer)[-1] == before.nodes[event.payload["node"]].text
    assert "secret" not in str(writer.told), "models never see the reference answer"
    after = await service.tree(run)
    assert after.nodes == before.nodes
    assert after.run.usage == before.run.usage, "the budget is the search's"
    for now in (service, make_service(more=(writer,))):
        assert await now.summaries(run) == (event,)
        assert (await now.tree(run, at=event.seq)).nodes == before.nodes


async def test_a_step_is_chosen_and_another_model_writes(
    service: RunService, writer: ScriptedWriter
) -> None:
    run = await finished(service)
    nodes = (await service.tree(run)).nodes
    await service.steering.prune(run, 1, pruned=True)
    for node in (1, len(nodes) - 1, 1):
        wanted = SummaryRequest(node, "scripted-writer")
        event = await service.summarizing.summarize(run, wanted)
        assert event.payload["node"] == node
        assert material(writer)[-1] == nodes[node].text
    assert [e.payload["node"] for e in await service.summaries(run)] == [1, len(nodes) - 1, 1]
    assert len(set(writer.seeds)) == 3, "another request, another wording"


async def test_the_same_request_writes_once(service: RunService, writer: ScriptedWriter) -> None:
    run = await finished(service)
    again = SummaryRequest(None, "scripted-writer", str(uuid.uuid4()))
    calls = [service.summarizing.summarize(run, again) for _ in range(3)]
    first, *others = await asyncio.gather(*calls)
    assert others == [first, first]
    assert len(writer.told) == 1
    assert await service.summaries(run) == (first,)
    for other in (
        SummaryRequest(first.payload["node"] % 2 + 1, None, again.id),
        SummaryRequest(None, "scripted-generator", again.id),
    ):
        with pytest.raises(Conflict) as caught:
            await service.summarizing.summarize(run, other)
        assert caught.value.code == "request_id_taken"


@pytest.mark.parametrize("state", ["running", "paused", "stopped"])
async def test_runs_in_every_state_are_summed_up(
    service: RunService, generator: ScriptedGenerator, state: str
) -> None:
    gate = Gate(generator, 20)
    run = await service.start(request())
    await reached(service, run.id, nodes=4)
    await gate.reached.wait()
    if state == "stopped":
        await service.stop(run.id)
    event = await service.summarizing.summarize(run.id, IN_ITS_WORDS)
    gate.opened.set()
    if state == "paused":
        await service.pause(run.id)
        await service.summarizing.summarize(run.id, IN_ITS_WORDS)
        await service.resume(run.id)
    assert event in await service.summaries(run.id)
    await service.settled(run.id)


async def test_being_read_changes_no_search(make_service: MakeService) -> None:
    trees = []
    for reads in (0, 5):
        generator = ScriptedWriter()
        service = make_service(on=InMemoryRunStore(), more=(generator,))
        run = await service.start(request(budget={"generated_tokens": 600}))
        await reached(service, run.id, nodes=4)
        for _ in range(reads):
            await service.summarizing.summarize(run.id, IN_ITS_WORDS)
        await service.settled(run.id)
        trees.append((await service.tree(run.id)).nodes)
    assert trees[0] == trees[1]


@pytest.mark.parametrize(
    ("wanted", "kind", "code"),
    [
        (SummaryRequest(), InvalidRequest, "no_writer"),
        (SummaryRequest(generator="scripted-generator"), InvalidRequest, "no_writer"),
        (SummaryRequest(generator="nobody"), NotFound, "unknown_model"),
        (SummaryRequest(0, "scripted-writer"), NotFound, "unknown_node"),
        (SummaryRequest(10**6, "scripted-writer"), NotFound, "unknown_node"),
        (SummaryRequest(-1, "scripted-writer"), NotFound, "unknown_node"),
        (SummaryRequest(None, "scripted-writer", "mine"), InvalidRequest, "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    service: RunService, writer: ScriptedWriter, wanted: SummaryRequest,
    kind: type[RunsError], code: str,
) -> None:  # fmt: skip
    run = await finished(service)
    with pytest.raises(kind) as caught:
        await service.summarizing.summarize(run, wanted)
    assert caught.value.code == code
    assert caught.value.hint
    assert not writer.told
    assert await service.summaries(run) == ()


async def test_who_cannot_be_told_in_words_is_said_and_who_can(
    make_service: MakeService, service: RunService
) -> None:
    run = await finished(service)
    with pytest.raises(InvalidRequest, match="scripted-generator writes steps only") as caught:
        await service.summarizing.summarize(run, SummaryRequest())
    assert caught.value.hint == "name a generator that can: scripted-writer"
    alone = make_service()
    with pytest.raises(InvalidRequest) as caught:
        await alone.summarizing.summarize(run, SummaryRequest())
    assert "--generator" in caught.value.hint


async def test_a_run_without_steps_has_no_path(
    service: RunService, generator: ScriptedGenerator
) -> None:
    gate = Gate(generator, 0)
    run = await service.start(request())
    await gate.reached.wait()
    with pytest.raises(Conflict) as caught:
        await service.summarizing.summarize(run.id, IN_ITS_WORDS)
    assert caught.value.code == "no_steps"
    gate.opened.set()
    with pytest.raises(NotFound):
        await service.summarizing.summarize("nope", IN_ITS_WORDS)


async def test_a_model_in_trouble_leaves_nothing_behind(
    make_service: MakeService, writer: ScriptedWriter
) -> None:
    service = make_service(ExecutorLimits(deadline=0.5), more=(writer,))
    run = await finished(service)
    for trouble, kind, code in (
        (ModelUnavailable("it is down"), Unavailable, "model_failed"),
        (BadReply("an empty summary"), Unavailable, "model_failed"),
        (ContextOverflow("too long"), Conflict, "path_too_long"),
    ):
        writer.says = trouble
        with pytest.raises(kind, match=str(trouble)) as caught:
            await service.summarizing.summarize(run, IN_ITS_WORDS)
        assert caught.value.code == code
    writer.before = asyncio.Event().wait
    with pytest.raises(Unavailable, match="did not answer"):
        await service.summarizing.summarize(run, IN_ITS_WORDS)
    assert await service.summaries(run) == ()
    assert (await service.get(run)).status == "finished"


async def test_a_run_deleted_meanwhile_is_gone(service: RunService, writer: ScriptedWriter) -> None:
    run = await finished(service)
    gate = Gate(writer, 0)
    asking = asyncio.create_task(service.summarizing.summarize(run, IN_ITS_WORDS))
    await gate.reached.wait()
    await service.delete(run)
    gate.opened.set()
    with pytest.raises(NotFound):
        await asking


async def test_what_a_full_disk_refuses_is_not_shown(
    make_service: MakeService, writer: ScriptedWriter
) -> None:
    store = FullStore()
    service = make_service(on=store, more=(writer,))
    run = await finished(service)
    same = SummaryRequest(1, "scripted-writer", str(uuid.uuid4()))
    store.full = True
    with pytest.raises(Unavailable) as caught:
        await service.summarizing.summarize(run, same)
    assert caught.value.code == "storage_full"
    store.full = False
    assert await service.summaries(run) == ()
    event = await service.summarizing.summarize(run, same)
    assert await service.summaries(run) == (event,)
    assert writer.seeds[0] == writer.seeds[1], "asked again, it may say the same"
