"""What tests of runs share: a small request, waiting, a gate before the model, a full disk."""

import asyncio

from backend.runs.request import RunRequest
from backend.runs.service import RunService
from storage.errors import StorageFull
from storage.memory import InMemoryRunStore
from storage.records import NodeRecord
from tests.scripted import ScriptedGenerator

SMALL = {"nodes": 80}


def request(**fields: object) -> RunRequest:
    """A small search; by Monte-Carlo tree search every call proposes steps, all calls at once."""
    if fields.get("strategy", "mcts") == "mcts":
        settings = fields.get("settings", {})
        assert isinstance(settings, dict)
        steps = {"patience": 0, "value_from": "verifier", "coverage": 1}
        fields = {**fields, "settings": {**steps, **settings}}
    return RunRequest(**{"problem": "1 + 1?", "budget": SMALL, "seed": 7, **fields})  # type: ignore[arg-type]


async def reached(service: RunService, run_id: str, nodes: int) -> None:
    """Wait until the run is searching and has stored this many nodes."""
    async for _ in await service.watch(run_id):
        run = await service.get(run_id)
        if run.status != "queued" and run.usage.get("nodes", 0) >= nodes:
            return
    raise AssertionError(f"the run ended before it had {nodes} nodes")


class Gate:
    """Lets a generator make `calls` calls; the ones after that wait until it is opened."""

    def __init__(self, generator: ScriptedGenerator, calls: int) -> None:
        self.calls = calls
        self.opened = asyncio.Event()
        self.reached = asyncio.Event()
        self._generator = generator
        generator.before = self.wait

    async def wait(self) -> None:
        if self._generator.calls > self.calls:
            self.reached.set()
            await self.opened.wait()


async def finish(service: RunService, **fields: object) -> tuple[NodeRecord, ...]:
    run = await service.start(request(**fields))
    await service.settled(run.id)
    return (await service.tree(run.id)).nodes


class FullStore(InMemoryRunStore):
    """A store whose disk fills up."""

    full = False

    async def append(self, *args: object, **kwargs: object) -> None:
        if self.full:
            raise StorageFull("disk full")
        await super().append(*args, **kwargs)  # type: ignore[arg-type]
