"""A model that answers at once with random scores: what is left to measure is the engine."""

import asyncio
from random import Random

from backend.search.tree import SearchTree
from backend.search.work import Outcome, ProposedStep, Work, WorkUsage


def instant_outcome(tree: SearchTree, work: Work, depth: int) -> Outcome:
    """`work.n` different steps with scores from U(0, 1); those at `depth` are answers."""
    rng = Random(work.seed)
    terminal = tree.nodes[work.node].depth + 1 >= depth
    chains = tuple(
        (
            ProposedStep(
                action="answer" if terminal else "solve",
                text=f"step {work.seed % 1_000_003} {i}",
                tokens=12,
                mean_logprob=-0.5,
                prior=1 / work.n,
                scores={"prm": rng.random()},
                model="scripted",
                temperature=work.temperature,
                terminal=terminal,
                answer=str(i) if terminal else None,
            ),
        )
        for i in range(work.n)
    )
    return Outcome(chains, WorkUsage(12 * work.n, 50, 2))


async def delayed_outcome(tree: SearchTree, work: Work, depth: int, seconds: float) -> Outcome:
    """The same after a wait, as a model behind a network would answer."""
    await asyncio.sleep(seconds)
    return instant_outcome(tree, work, depth)
