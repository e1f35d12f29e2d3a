"""Seeds that depend on what they are for, not on when they are drawn."""

from typing import Final

_MASK: Final = (1 << 64) - 1


def derive_seed(seed: int, *parts: int) -> int:
    """A 53-bit seed from a seed and any number of integers (splitmix64's mixing, chained).

    Stable across processes and Python versions, unlike `hash`; every JSON reader holds it exactly.
    """
    state = seed & _MASK
    for part in parts:
        state = (state + 0x9E3779B97F4A7C15 + (part & _MASK) * 0xD1342543DE82EF95) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state >> 11
