"""Searches that run at the same time share the embedded models: fairly, and without a trace."""

import asyncio

from app.settings import Settings
from app.trials import shipped_models, trial_service
from backend.runs.request import RunRequest
from backend.runs.service import RunService
from storage.records import NodeRecord

PROBLEM = "Use 4, 7, 8 and 13 to make 24."
OTHERS = (
    "Make 24 from 2, 3, 5 and 10.",
    "Make 24 from 3, 4, 6 and 9.",
    "Tom has 3 bags with 12 marbles in each. He gives away 9 marbles. How many marbles are left?",
)
BUDGET = {"generated_tokens": 4000.0}


async def begin(
    service: RunService, problem: str, strategy: str = "mcts", seed: int = 3, **settings: str
) -> str:
    request = RunRequest(problem, strategy, settings, budget=BUDGET, seed=seed)
    return (await service.start(request)).id


async def grown(service: RunService, run: str) -> tuple[NodeRecord, ...]:
    """The finished tree."""
    await service.settled(run)
    return tuple((await service.tree(run)).nodes)


async def test_the_same_search_gives_the_same_tree_while_others_share_the_models() -> None:
    async with trial_service(shipped_models(), Settings()) as service:
        alone = await grown(service, await begin(service, PROBLEM))
        again = await begin(service, PROBLEM)
        others = [
            await begin(service, problem, strategy, seed)
            for seed, (problem, strategy) in enumerate(
                zip(OTHERS, ("mcts", "best_of_n", "mcts"), strict=True)
            )
        ]
        crowded = await grown(service, again)
        await asyncio.gather(*(service.settled(run) for run in others))
    assert len(alone) > 50
    assert crowded == alone


async def test_four_searches_at_once_get_their_share() -> None:
    async with trial_service(shipped_models(), Settings()) as service:
        # Calls of one size: a rollout writes one text where an expansion writes four.
        alike = {"value_from": "verifier"}
        runs = [await begin(service, PROBLEM, seed=seed, **alike) for seed in range(4)]
        first, _ = await asyncio.wait(
            [asyncio.ensure_future(service.settled(run)) for run in runs],
            return_when=asyncio.FIRST_COMPLETED,
        )
        used = [(await service.get(run)).usage["generated_tokens"] for run in runs]
        await asyncio.gather(*(service.settled(run) for run in runs))
    assert first
    assert min(used) > 0.4 * max(used), "one search waited for the others"
