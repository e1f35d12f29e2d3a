"""Whether a story is worded like those that the embedded models were trained on."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.tasks.wording import pairs, word_places

WORDING_FILE: Final = "wording.npy"
KNOWN: Final = 0.6
"""Of 1,500 held-out stories one had a smaller share; of the 80 in benchmarks/visitors.jsonl 47 had.
"""
FAMILIAR: Final = 0.8
"""Of the same 52 and 75. Those in between are mostly solved wrong (docs/experiments.md)."""

LONGEST_QUOTE: Final = 6


class Wording:
    """The pairs of words that a model's training stories have."""

    def __init__(self, known: NDArray[np.uint32]) -> None:
        self._known = known

    @classmethod
    def read(cls, directory: Path) -> "Wording | None":
        """Those of the model in a directory; None where nobody wrote them down. Errors: ValueError
        for a file that holds something else.
        """
        path = directory / WORDING_FILE
        if not path.exists():
            return None
        known = np.load(path, allow_pickle=False)
        if known.ndim != 1 or known.dtype != np.uint32:
            raise ValueError(f"{WORDING_FILE} holds no list of numbers")
        return cls(known)

    def known_share(self, story: str) -> float:
        """How many of its pairs are known, from 0 to 1."""
        return float(np.isin(pairs(story), self._known).mean())

    def strangest(self, story: str) -> str:
        """The longest stretch of a story, within a sentence, no pair of which is known; at most
        `LONGEST_QUOTE` words of it.
        """
        places = word_places(story)
        known = np.isin(pairs(story), self._known).tolist()
        best: list[tuple[int, int]] = []
        stretch: list[tuple[int, int]] = []
        for place, is_known in zip(places, known, strict=True):
            if story[place[0]] in ".?!":
                stretch = []
            elif is_known:
                stretch = [place]
            else:
                stretch = [*stretch, place][:LONGEST_QUOTE]
                best = max(best, stretch, key=len)
        return story[best[0][0] : best[-1][1]] if best else ""
