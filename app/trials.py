"""Searches of problems whose answers an exact checker can judge: for benchmarks and improvement."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import CannotStart
from app.parts import make_service
from app.settings import Settings
from backend.models.embedded.loader import load_generator, load_prm, shipped_weights
from backend.models.errors import ModelError
from backend.runs.catalog import ModelCatalog
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from backend.runs.view import TreeView
from storage.memory import InMemoryRunStore
from storage.records import NodeRecord
from training.search_data import SearchedNode, SearchedTree
from training.tasks import Problem, family_of


@dataclass(frozen=True, slots=True)
class Contender:
    """A strategy with settings, as it stands in a table."""

    name: str
    strategy: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """One problem searched once: the tree, whether its answer is right, and what it cost."""

    tree: SearchedTree
    right: bool
    tokens: int


def shipped_models() -> Path:
    """The folder of the embedded models."""
    return shipped_weights("generator").parent


@asynccontextmanager
async def trial_service(weights: Path, settings: Settings) -> AsyncIterator[RunService]:
    """A service in memory with the generator and the PRM that lie in `weights`.

    CannotStart if one of them is missing or broken.
    """
    with contextlib.ExitStack() as models:
        try:
            generator = load_generator(weights / "generator", "generator")
            models.callback(generator.close)
            prm = load_prm(weights / "prm", "prm")
        except ModelError as error:
            raise CannotStart(str(error)) from error
        models.callback(prm.close)
        catalog = ModelCatalog((generator,), (prm,))
        service = make_service(InMemoryRunStore(), catalog, settings)
        try:
            yield service
        finally:
            await service.close()


async def search(
    service: RunService, problem: Problem, contender: Contender, tokens: float, seed: int
) -> Trial:
    """Search one problem to the end of `tokens` generated tokens or of the strategy."""
    budget = {"generated_tokens": tokens, "seconds": 600.0}
    run = await service.start(
        RunRequest(problem.prompt, contender.strategy, contender.settings, budget=budget, seed=seed)
    )
    await service.settled(run.id)
    view = await service.tree(run.id)
    await service.delete(run.id, for_good=True)
    tree = searched(problem, view)
    right = family_of(problem).check(problem, answer_path(tree, view)).solved
    return Trial(tree, right, int(view.run.usage["generated_tokens"]))


def searched(problem: Problem, view: TreeView) -> SearchedTree:
    """A finished search as training data."""
    return SearchedTree(problem, [_node(node) for node in view.nodes])


def answer_path(tree: SearchedTree, view: TreeView) -> list[str]:
    """The lines from the problem to the run's answer; none where it has no answer."""
    if view.run.answer is None or view.run.best_node is None:
        return []
    return tree.lines(tree.nodes[view.run.best_node])


def _node(node: NodeRecord) -> SearchedNode:
    line = "" if node.parent is None else f"<{node.action}> {node.text}"
    return SearchedNode(node.id, node.parent, line, node.visits, node.terminal)
