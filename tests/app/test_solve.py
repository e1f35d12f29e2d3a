"""`treewright solve` in this process: when it stops showing the search."""

import asyncio
from io import StringIO

from rich.console import Console

from app.solve import show
from backend.runs.catalog import ModelCatalog
from backend.runs.service import RunService
from tests.runs.driving import FullStore, Gate, request
from tests.scripted import ScriptedGenerator, ScriptedVerifier


async def test_a_search_that_cannot_be_stored_is_not_shown_for_ever() -> None:
    generator, store = ScriptedGenerator(), FullStore()
    service = RunService(store, ModelCatalog((generator,), (ScriptedVerifier(),)))
    gate = Gate(generator, 20)
    run = await service.start(request(budget={"nodes": 300}))
    showing = asyncio.create_task(show(service, run.id, Console(file=StringIO())))
    await gate.reached.wait()
    store.full = True
    gate.opened.set()
    async with asyncio.timeout(30):
        await showing
    assert (await service.get(run.id)).status == "paused"
    await service.close()
