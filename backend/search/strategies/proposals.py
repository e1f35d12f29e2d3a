"""What may be done to proposed steps before they become nodes: best-of-N, exploration noise."""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil
from random import Random

from backend.search.aggregate import step_score
from backend.search.work import ProposedStep

Chains = tuple[tuple[ProposedStep, ...], ...]


def best_drafts(chains: Chains, drafts: int) -> Chains:
    """Of every `drafts` samples of a thought action the one that the verifiers score highest.

    An action's samples are rounded up to whole groups, so that no action is lost. The kept steps
    share the prior that all samples of their action had.
    """
    by_action: dict[str, list[ProposedStep]] = {}
    for step, *_ in filter(None, chains):
        by_action.setdefault(step.action, []).append(step)
    kept: list[tuple[ProposedStep, ...]] = []
    for samples in by_action.values():
        distinct = list({step.text: step for step in samples}.values())
        ranked = sorted(distinct, key=_score, reverse=True)[: ceil(len(samples) / drafts)]
        scale = _prior(distinct) / (_prior(ranked) or 1.0)
        kept += [(replace(step, prior=step.prior and step.prior * scale),) for step in ranked]
    return tuple(kept)


def _prior(steps: Iterable[ProposedStep]) -> float:
    return sum(step.prior or 0.0 for step in steps)


def _score(step: ProposedStep) -> float:
    score = step_score(step.scores)
    return -1.0 if score is None else score


def with_noise(chains: Chains, share: float, alpha: float, seed: int) -> Chains:
    """The steps with priors (1 - share)·P + share·η, η ~ Dirichlet(alpha) over distinct steps.

    Exploration at the root as in AlphaGo Zero (Silver et al. 2017, Methods, "Self-play") and
    AlphaZero (Silver et al. 2018, Methods). P is uniform where the model gave none.
    """
    rng = Random(seed)
    eta = {
        key: rng.gammavariate(alpha, 1.0)
        for key in dict.fromkeys((chain[0].action, chain[0].text) for chain in chains if chain)
    }
    total = sum(eta.values())
    noisy = []
    for first, *rest in filter(None, chains):
        prior = 1 / len(eta) if first.prior is None else first.prior
        mixed = (1 - share) * prior + share * eta[first.action, first.text] / total
        noisy.append((replace(first, prior=mixed), *rest))
    return tuple(noisy)
