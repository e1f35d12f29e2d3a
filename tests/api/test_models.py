"""GET /api/models/status: what the owner sees of the models' servers."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import stamina
from fastapi import FastAPI

from backend.api.api import add_api
from backend.models.servers.client import ServerClient
from backend.models.servers.generators.generator import ServedGenerator
from backend.models.servers.verifiers.connect import connect_verifier
from backend.runs.catalog import ModelCatalog
from backend.runs.service import RunService
from storage.memory import InMemoryRunStore
from tests.api.conftest import Serving
from tests.models.fake_general import FakeGeneral
from tests.models.fake_judges import FakeJudge, judging
from tests.models.serving import serving
from tests.scripted import ScriptedGenerator, ScriptedVerifier


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    """A server with a served and an embedded model of each kind, and one that is away."""
    with serving(FakeGeneral()) as writer, judging(FakeJudge(model="Qwen-PRM-7B")) as judge:

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            served = ServedGenerator(ServerClient(writer.url), "served")
            prm = connect_verifier(judge.url, "prm", "qwen-prm")
            gone = connect_verifier("http://127.0.0.1:9", "gone", "yes-no")
            catalog = ModelCatalog((served, ScriptedGenerator()), (prm, gone, ScriptedVerifier()))
            app.state.service = RunService(InMemoryRunStore(), catalog)
            yield
            await app.state.service.close()
            for model in (served, prm, gone):
                await model.aclose()

        app = FastAPI(lifespan=lifespan)
        add_api(app, None)
        with (
            stamina.set_testing(True, attempts=2),
            Serving(app) as url,
            httpx2.Client(base_url=url, timeout=30) as client,
        ):
            yield client


def test_each_model_says_what_it_is(client: httpx2.Client) -> None:
    response = client.get("/api/models/status")
    assert response.status_code == 200, response.text
    served, scripted, prm, gone, judge = response.json()["items"]
    assert (served["name"], served["role"], served["embedded"]) == ("served", "generator", False)
    facts = served["server"]
    assert (facts["kind"], facts["version"], facts["window"]) == ("vLLM", "0.32.0", 4000)
    assert facts["answers_in"] > 0
    assert facts["capabilities"]["continue"] is True
    assert "mcts" in served["strategies"]
    assert scripted["embedded"]
    assert judge["embedded"]
    assert scripted["usable"]
    assert scripted["server"] is None
    assert (prm["server"]["model"], prm["server"]["convention"]) == ("Qwen-PRM-7B", "qwen-prm")
    assert (gone["usable"], gone["server"]) == (False, None)
    assert "cannot reach" in gone["problem"]


def test_a_trial_lets_each_do_its_work(client: httpx2.Client) -> None:
    assert all(item["trial"] is None for item in client.get("/api/models/status").json()["items"])
    response = client.post("/api/models/trial")
    assert response.status_code == 200, response.text
    served, scripted, prm, gone, judge = response.json()["items"]
    for writer in (served, scripted):
        assert writer["trial"]["step"].startswith("[")
        assert writer["trial"]["latency"] >= 0
    for verifier in (prm, judge):
        assert len(verifier["trial"]["right"]) == len(verifier["trial"]["wrong"]) == 2
    assert (gone["usable"], gone["trial"]) == (False, None)
