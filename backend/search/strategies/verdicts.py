"""What a check says: how a verifier's verdict is put into words, and how a model's own is read."""

import re
from typing import Final

ANSWER_HOLDS: Final = "The answer holds."
ANSWER_WRONG: Final = "The answer is wrong."
"""The words of the models' own checks (training/tasks/core.py), so that every checker speaks the
same language.
"""

_FAULT: Final = re.compile(
    r"\b(?:wrong|incorrect|cannot|not|(?<!\bno )(?:mistakes?|errors?))\b", re.IGNORECASE
)
_FINE: Final = re.compile(
    r"\b(?:holds?|right|correct|can make|no (?:mistakes?|errors?))\b", re.IGNORECASE
)


def finds_nothing_wrong(check: str) -> bool:
    """Whether a check says so; one that says neither has found no reason to stop."""
    return _FAULT.search(check) is None and _FINE.search(check) is not None


def objection(step: str | None) -> str:
    """That the answer is wrong, and which step it goes wrong at, where that is known."""
    return ANSWER_WRONG if step is None else f"{step.rstrip('.')} is wrong. {ANSWER_WRONG}"
