"""Dividing samples over thought actions by the model's own action probabilities."""

from collections.abc import Mapping


def allocate(prior: Mapping[str, float], n: int) -> dict[str, int]:
    """How many of `n` samples each action gets: largest remainders of n·P(action | state).

    Sums to n; actions without a sample are left out; ties go to the action that comes first.
    """
    total = sum(prior.values())
    if not prior or total <= 0:
        raise ValueError("an action prior needs at least one action with a probability above 0")
    shares = {action: n * p / total for action, p in prior.items()}
    counts = {action: int(share) for action, share in shares.items()}
    by_remainder = sorted(shares, key=lambda action: counts[action] - shares[action])
    for action in by_remainder[: n - sum(counts.values())]:
        counts[action] += 1
    return {action: count for action, count in counts.items() if count}
