"""Which problems the embedded models know, and how a visitor's own wording of one is read.

Games of 24 and equations are brought into one spelling before the models see them, so that the
wording does not matter. Stories stay as they are; whether a text is one is told by its numbers
and its question.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from backend.models.protocols import ProblemKind
from training.tasks.arithmetic import join_numbers
from training.tasks.game24 import numbers_of_request
from training.tasks.letters import unknown_of, unknowns_of
from training.tasks.linear_prompts import read_prompt

KINDS: Final = {
    "game24": ProblemKind("games of 24", "Make 24 from 4, 7, 8 and 13"),
    "linear": ProblemKind("linear equations", "Solve 3(x + 2) - 4 = 2x + 17"),
    "word": ProblemKind(
        "short stories with whole numbers",
        "Tom has 3 bags with 12 marbles in each. He gives away 9 marbles. How many marbles are "
        "left?",
    ),
}
"""What embedded models can know, for people."""

_NUMBER: Final = re.compile(
    r"[0-9]+|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|twice|double"
    r"|dozen)\b",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(
    r"\b(?:how|what|which|find|calculate|work out|determine|compute|tell me)\b", re.IGNORECASE
)
_FOREIGN: Final = re.compile(
    r"[\^√∫∑πθ\\{}<>|~_=]|\b(?:sin|cos|tan|log|sqrt|prove|derivative|integral|triangle|prime)\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_SHORTEST_STORY: Final = 8
_GAME: Final = re.compile(r"\b(?:make|get|reach)\s+[0-9]+\b|\bgame of\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A problem as the models see it, its kind ("game24", "linear" or "word"), and the letter that
    its author wrote where the models see x.
    """

    kind: str
    text: str
    unknown: str = "x"


@lru_cache(maxsize=256)  # every call of a model asks about the problem of its search
def read(text: str) -> Reading | None:
    """What kind of problem a text is; None for a kind that the models do not know."""
    numbers = numbers_of_request(text)
    if numbers is not None:
        return Reading("game24", f"Make 24 from {join_numbers(numbers)}.")
    equation = read_prompt(text)
    if equation is not None and equation.solution is not None:
        return Reading("linear", f"Solve {equation.text}.", unknown_of(text))
    return Reading("word", text) if _is_story(text) else None


def why_unknown(text: str) -> str:
    """What a text that `read` does not know would have to be: the end of "a small model that"."""
    if "=" in text and unknowns_of(text):
        if read_prompt(text) is not None:
            return "only solves equations that have one solution, a whole number"
        if len(unknowns_of(text)) > 1 or text.count("=") > 1:
            return "only solves one equation in one unknown"
        return "only solves linear equations in whole numbers, written with + - * and brackets"
    if _GAME.search(text):
        return "only knows this game with 24 and four other whole numbers"
    return "does not know problems of this kind"


def _is_story(text: str) -> bool:
    words = _WORD.findall(text)
    if len(words) < _SHORTEST_STORY or len(_NUMBER.findall(text)) < 2:
        return False
    return bool(_QUESTION.search(text)) and not _FOREIGN.search(text)
