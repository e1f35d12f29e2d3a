"""What every RunStore promises about values: any Unicode comes back, the unstorable is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest

from storage.port import RunStore
from storage.records import RunQuery
from tests.contracts.samples import a_label, a_node, a_patch, a_run, a_share, an_event, minute

TEXTS = [
    "",
    " \t\r\n ",
    "数学 — ∑ ½ 👩‍🔬",
    "e\u0301 is not \u00e9",
    "\u202eright to left\u202c \ufeff \u200b",
    "\x01\x1b[31m\x7f",
    "\\u0000 is six characters",
    "Robert'); DROP TABLE runs;-- \" ` [",
    "\U0010ffff\ufffe",
    "x" * 200_000,
]
BAD_TEXTS = ["\0", "before\0after", "\ud800", "half a pair \udc00 here", "\udfff\ud800"]
BAD_JSON: list[Any] = [
    float("nan"),
    float("inf"),
    -float("inf"),
    2**63,
    -(2**63) - 1,
    "\0",
    "\ud83d",
    {1: "integer key"},
    {"\0": "key"},
    {"\udfff": "key"},
    {1, 2},
    b"bytes",
    datetime(2026, 1, 1, tzinfo=UTC),
    object(),
]


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def _name(value: Any) -> str:
    # The deepest list has no repr: that recurses.
    return repr(value) if isinstance(value, str | float | int) else type(value).__name__


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:12]))
async def test_any_text_comes_back(run_store: RunStore, text: str) -> None:
    run = a_run(problem=text, settings={text: [text]}, reference_answer=text)
    event = an_event(1, payload={"text": text})
    node = a_node(0, text=text, answer=text, scores={text: 0.5})
    label = a_label(comment=text, author=text, visible={text: True})
    await run_store.create_run(run)
    await run_store.append("run-1", [event], [node], a_patch(reason=text, answer=text), label)
    stored, nodes = await run_store.nodes("run-1")
    assert (stored.problem, stored.settings, stored.reason) == (text, {text: [text]}, text)
    assert nodes == (node,)
    assert await run_store.events("run-1") == (event,)
    assert await run_store.labels("run-1") == (label,)


async def test_numbers_come_back_exactly(run_store: RunStore) -> None:
    numbers = [0.1, 1e-308, 5e-324, 1.7976931348623157e308, -0.0, 2**63 - 1, -(2**63), 1.0, 3]
    node = a_node(0, value=0.1 + 0.2, mean_logprob=-1e-17, scores={"prm": 5e-324})
    await run_store.create_run(a_run(seed=2**63 - 1, settings={"numbers": numbers}))
    await run_store.append("run-1", [an_event(1, payload={"n": numbers})], [node], a_patch())
    run, nodes = await run_store.nodes("run-1")
    assert run.seed == 2**63 - 1
    assert list(map(repr, run.settings["numbers"])) == list(map(repr, numbers))
    assert nodes == (node,)


async def test_any_mapping_and_sequence_can_be_stored(run_store: RunStore) -> None:
    settings = MappingProxyType({"levels": (1, (2, MappingProxyType({"three": 3})))})
    await run_store.create_run(a_run(settings=settings))
    assert (await run_store.get_run("run-1")).settings == {"levels": [1, [2, {"three": 3}]]}


@pytest.mark.parametrize("text", BAD_TEXTS, ids=repr)
async def test_text_that_databases_refuse_is_refused_everywhere(
    run_store: RunStore, text: str
) -> None:
    await run_store.create_run(a_run())
    commits: list[tuple[Any, ...]] = [
        ([an_event(1, kind=text)], [], a_patch(), None),
        ([an_event(1, payload={"a": [{"b": text}]})], [], a_patch(), None),
        ([an_event(1)], [a_node(0, text=text)], a_patch(), None),
        ([an_event(1)], [a_node(0, scores={text: 0.5})], a_patch(), None),
        ([an_event(1)], [a_node(0)], a_patch(reason=text), None),
        ([an_event(1)], [a_node(0)], a_patch(), a_label(comment=text)),
        ([an_event(1)], [a_node(0)], a_patch(), a_label(text)),
    ]
    for commit in commits:
        with pytest.raises(ValueError, match="cannot be stored"):
            await run_store.append("run-1", *commit)
    for run in (a_run(text), a_run("new", problem=text), a_run("new", verifiers=("prm", text))):
        with pytest.raises(ValueError, match="cannot be stored"):
            await run_store.create_run(run)
    with pytest.raises(ValueError, match="cannot be stored"):
        await run_store.create_share(a_share(role=text))
    assert await run_store.nodes("run-1") == (a_run(), ())
    assert len((await run_store.list_runs()).items) == 1


@pytest.mark.parametrize("text", BAD_TEXTS, ids=repr)
async def test_text_that_cannot_be_stored_cannot_be_asked_for(
    run_store: RunStore, text: str
) -> None:
    asked: list[Any] = [
        lambda: run_store.get_run(text),
        lambda: run_store.delete_run(text),
        lambda: run_store.events(text),
        lambda: run_store.nodes(text),
        lambda: run_store.labels(text),
        lambda: run_store.list_shares(text),
        lambda: run_store.get_label(text),
        lambda: run_store.find_share(text),
        lambda: run_store.revoke_share(text, minute(0)),
        lambda: run_store.list_runs(RunQuery(text=text)),
        lambda: run_store.list_runs(RunQuery(status=text)),
        lambda: run_store.append(text, [], [], a_patch()),
    ]
    for ask in asked:
        with pytest.raises(ValueError, match="cannot be stored"):
            await ask()


@pytest.mark.parametrize("value", [*BAD_JSON, _deep(64), _deep(5_000)], ids=_name)
async def test_json_that_cannot_be_stored_is_refused(run_store: RunStore, value: Any) -> None:
    await run_store.create_run(a_run())
    event = an_event(1, payload={"deep": {"er": [value]}})
    with pytest.raises(ValueError, match="payload"):
        await run_store.append("run-1", [event], [a_node()], a_patch())
    with pytest.raises(ValueError, match="usage"):
        await run_store.append("run-1", [], [], a_patch(usage={"n": value}))
    with pytest.raises(ValueError, match="settings"):
        await run_store.create_run(a_run("run-2", settings={"n": value}))
    assert await run_store.nodes("run-1") == (a_run(), ())


async def test_json_may_be_nested_deeply(run_store: RunStore) -> None:
    await run_store.create_run(a_run(settings={"deep": _deep(60)}))
    assert (await run_store.get_run("run-1")).settings == {"deep": _deep(60)}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 2**63])
async def test_numbers_that_cannot_be_stored_are_refused(
    run_store: RunStore, number: float
) -> None:
    await run_store.create_run(a_run())
    for field in ("value", "prior", "mean_logprob", "temperature", "tokens", "id"):
        node = replace(a_node(), **{field: number})  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=field):
            await run_store.append("run-1", [an_event(1)], [a_node(5), node], a_patch())
    label = a_label(seconds=number)
    with pytest.raises(ValueError, match="seconds"):
        await run_store.append("run-1", [an_event(1)], [a_node()], a_patch(), label)
    assert await run_store.nodes("run-1") == (a_run(), ())


@pytest.mark.parametrize(
    "time",
    [datetime(2026, 1, 1), datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))],  # noqa: DTZ001
)
async def test_times_that_are_no_moment_in_utc_are_refused(
    run_store: RunStore, time: datetime
) -> None:
    with pytest.raises(ValueError, match="created_at"):
        await run_store.create_run(a_run(created_at=time))
    await run_store.create_run(a_run())
    await run_store.create_share(a_share())
    with pytest.raises(ValueError, match="at"):
        await run_store.revoke_share("share-1", time)
    assert await run_store.find_share("hash of share-1") == a_share()


async def test_times_at_the_edge_come_back(run_store: RunStore) -> None:
    for year, time in enumerate((datetime.min, datetime.max, datetime(2026, 1, 1))):  # noqa: DTZ001,DTZ901
        moment = time.replace(tzinfo=UTC)
        await run_store.create_run(a_run(f"run-{year}", created_at=moment))
        assert (await run_store.get_run(f"run-{year}")).created_at == moment
    listed = await run_store.list_runs()
    assert [run.id for run in listed.items] == ["run-1", "run-2", "run-0"]
