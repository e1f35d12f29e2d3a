"""What people ask of runs: wrong requests, watching, labels, links."""

import asyncio
import uuid

import pytest

from backend.runs.errors import Conflict, InvalidRequest, NotFound, RunsError, Unavailable
from backend.runs.labels import LabelRequest
from backend.runs.service import RunService
from backend.runs.shares import ShareRequest
from tests.runs.conftest import MakeService
from tests.runs.driving import FullStore, reached, request
from tests.scripted import ScriptedGenerator


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"problem": "  "}, "empty_problem"),
        ({"problem": "x" * 100_000}, "problem_too_long"),
        ({"problem": "a\x00b"}, "invalid_request"),
        ({"problem": "a\ud800b"}, "invalid_request"),
        ({"strategy": "magic"}, "unknown_strategy"),
        ({"settings": {"children": 10**9}}, "invalid_settings"),
        ({"settings": {"nope": 1}}, "invalid_settings"),
        ({"budget": {"nodes": 0}}, "invalid_budget"),
        ({"budget": {"nodes": -5}}, "invalid_budget"),
        ({"budget": {"nodes": 10**30}}, "invalid_budget"),
        ({"budget": {"seconds": float("inf")}}, "invalid_budget"),
        ({"budget": {"seconds": float("nan")}}, "invalid_budget"),
        ({"budget": {"fuel": 3}}, "invalid_budget"),
        ({"generator": "nobody"}, "unknown_model"),
        ({"verifiers": ("nobody",)}, "unknown_model"),
        ({"seed": -1}, "invalid_request"),
        ({"seed": 2**70}, "invalid_request"),
        ({"reference_answer": "x" * 5000}, "invalid_request"),
    ],
)
async def test_bad_requests_are_refused_and_nothing_is_stored(
    service: RunService, fields: dict[str, object], code: str
) -> None:
    with pytest.raises((InvalidRequest, NotFound)) as caught:
        await service.start(request(**fields))
    assert caught.value.code == code
    assert caught.value.message
    assert (await service.library.list()).items == ()


async def test_a_strategy_is_refused_where_the_generator_lacks_its_thought_actions(
    service: RunService, generator: ScriptedGenerator
) -> None:
    await service.start(request(strategy="self_refine"))
    generator.actions = ("solve", "check", "answer")
    with pytest.raises(InvalidRequest, match="scripted-generator does not know correct") as caught:
        await service.start(request(strategy="self_refine"))
    assert (caught.value.code, bool(caught.value.hint)) == ("missing_actions", True)
    await service.start(request(strategy="best_of_n"))
    assert len((await service.library.list()).items) == 2


async def test_unknown_things_are_named(service: RunService) -> None:
    for call in (
        service.get("nope"), service.tree("nope"), service.tree("nope", 3), service.pause("nope"),
        service.resume("nope"), service.stop("nope"), service.delete("nope"),
        service.restore("nope"), service.library.tag("nope", ["a"], []), service.labels("nope"),
        service.watch("nope"), service.shares.list("nope"),
        service.shares.create("nope", ShareRequest()), service.shares.revoke("nope"),
        service.label("nope", 1, LabelRequest(1)),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await call


async def test_wrong_states_are_explained(service: RunService) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    for call in (service.pause(run.id), service.resume(run.id)):
        with pytest.raises(Conflict) as caught:
            await call
        assert "finished" in caught.value.message
    assert (await service.stop(run.id)).status == "finished"


async def test_watching_gives_every_event_once_in_order(service: RunService) -> None:
    run = await service.start(request(budget={"nodes": 100}))
    seen: list[int] = []
    ending = None
    async for part in await service.watch(run.id):
        if isinstance(part, str):
            ending = part
        elif part is not None:
            seen += [event.seq for event in part]
    done = await service.get(run.id)
    assert ending == "finished"
    assert seen == list(range(1, done.seq + 1))
    rest = [e.seq async for part in await service.watch(run.id, after=done.seq - 3)
            if isinstance(part, tuple) for e in part]  # fmt: skip
    assert rest == [done.seq - 2, done.seq - 1, done.seq]
    with pytest.raises(NotFound):
        await service.watch(run.id, after=done.seq + 1)


async def test_closing_ends_the_streams(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    generator.before = asyncio.Event().wait
    service = make_service()
    run = await service.start(request())

    async def watch_all() -> None:
        async for _ in await service.watch(run.id):
            pass

    watching = asyncio.create_task(watch_all())
    await reached(service, run.id, nodes=0)
    await service.close()
    await asyncio.wait_for(watching, 5)
    with pytest.raises(Unavailable):
        await service.start(request())


async def test_labels_are_kept_in_order_and_shown_in_the_tree(service: RunService) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    for rating in (1, -1, None, 0):
        await service.label(run.id, 3, LabelRequest(rating, author="ann"))
    assert [label.rating for label in await service.labels(run.id)] == [1, -1, None, 0]
    view = await service.tree(run.id)
    assert view.nodes[3].label == 0
    assert view.seq == (await service.get(run.id)).seq
    assert (await service.tree(run.id, at=view.seq - 3)).nodes[3].label == 1


async def test_labels_while_the_search_runs(
    make_service: MakeService, generator: ScriptedGenerator
) -> None:
    service = make_service()
    run = await service.start(request(budget={"nodes": 300}))
    await reached(service, run.id, nodes=20)
    for node in range(1, 11):
        await service.label(run.id, node, LabelRequest(1))
    done = await service.settled(run.id)
    assert done.status == "finished"
    view = await service.tree(run.id)
    assert [view.nodes[i].label for i in range(1, 11)] == [1] * 10
    assert (await service.tree(run.id, at=view.seq)).nodes == view.nodes


async def test_the_same_label_twice_is_stored_once(service: RunService) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    label_id = str(uuid.uuid4())
    first = await service.label(run.id, 2, LabelRequest(1, id=label_id))
    again = await service.label(run.id, 2, LabelRequest(1, id=label_id))
    assert again == first
    assert len(await service.labels(run.id)) == 1
    with pytest.raises(Conflict):
        await service.label(run.id, 2, LabelRequest(-1, id=label_id))


@pytest.mark.parametrize(
    ("node", "label"),
    [(0, LabelRequest(1)), (10**6, LabelRequest(1)), (-1, LabelRequest(1)),
     (1, LabelRequest(5)), (1, LabelRequest(1, id="no uuid")),
     (1, LabelRequest(1, seconds=float("nan"))), (1, LabelRequest(1, comment="x" * 10_000)),
     (1, LabelRequest(1, author="\x00"))],
)  # fmt: skip
async def test_wrong_labels_are_refused(
    service: RunService, node: int, label: LabelRequest
) -> None:
    run = await service.start(request())
    await service.settled(run.id)
    with pytest.raises(RunsError):
        await service.label(run.id, node, label)
    assert await service.labels(run.id) == ()


async def test_links_open_their_run_until_revoked_or_expired(service: RunService) -> None:
    run = await service.start(request())
    share, token = await service.shares.create(run.id, ShareRequest())
    assert len(token) >= 43
    assert (await service.shares.resolve(token)).run_id == run.id
    assert token not in repr(await service.shares.list(run.id))
    await service.shares.revoke(share.id)
    for bad in (token, "wrong", "", "\ud800"):
        with pytest.raises(NotFound, match="unknown, expired or revoked"):
            await service.shares.resolve(bad)
    for wrong in (
        ShareRequest(role="admin"),
        ShareRequest(expires_in=0),
        ShareRequest(expires_in=1e99),
    ):
        with pytest.raises(InvalidRequest):
            await service.shares.create(run.id, wrong)


async def test_labels_refused_by_a_full_disk_are_not_shown(make_service: MakeService) -> None:
    store = FullStore()
    service = make_service(on=store)
    run = await service.start(request())
    await service.settled(run.id)
    store.full = True
    with pytest.raises(Unavailable):
        await service.label(run.id, 1, LabelRequest(1))
    store.full = False
    await service.label(run.id, 2, LabelRequest(-1))
    nodes = (await service.tree(run.id)).nodes
    assert (nodes[1].label, nodes[2].label) == (None, -1)
