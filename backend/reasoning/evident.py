"""Answers that need no reference answer: problems that say themselves what is right."""

import re
from collections import Counter
from fractions import Fraction
from typing import Final

from backend.reasoning.answers import is_readable, same_answer, way_of
from training.tasks.game24 import GOAL, numbers_of_request
from training.tasks.letters import in_x, unknown_of
from training.tasks.linear_prompts import read_prompt

_LONGEST: Final = 300
_GAME: Final = re.compile(
    r"\b(?:make|get|reach|equals?|give|game of|to)\s*24(?!\.?[0-9])|24 game", re.IGNORECASE
)
# Whoever asks for more than the usual game has to judge the answer.
_OTHER_RULES: Final = re.compile(
    r"\b(?:without|avoid\w*|except|never|no|not|don't|cannot|must(?! use (?:all|each|every))"
    r"|only(?! once)|fewest|least|most|all ways|how often|powers?|exponents?|factorials?|roots?"
    r"|concatenat\w*)\b",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[A-Za-z]{2,}|[.,:;?!](?![0-9])")
# What stands in no equation says only that x is asked for.
_ASKING: Final = re.compile(
    r"(?:[.,:;?!]|\b(?:a|and|calculate|can|compute|determine|equation|find|following|for|from|given"
    r"|how|i|if|in|is|it|let|linear|me|much|number|out|please|satisfies|satisfying|solution|solves?"
    r"|such|tell|that|the|this|to|unknown|value|of|variable|we|what|when|where|which|with|work|would"
    r"|x|you)\b|\s)*",
    re.IGNORECASE,
)


def evidently_right(problem: str, answer: str) -> bool | None:
    """Whether the problem alone tells an answer to be right or wrong; None where it does not.

    A Game of 24 does, of an answer that is arithmetic: its numbers, each once, and 24 must come of
    it. So does one linear equation, if its unknown is all that is asked for. Only what English
    words ask for is understood.
    """
    if len(problem) > _LONGEST or any(c.isalpha() and not c.isascii() for c in problem):
        return None
    numbers = numbers_of_request(problem)
    if numbers is not None:
        return _makes_24(problem, answer, numbers)
    equation = read_prompt(problem)
    if equation is None or not _asks_for_x(in_x(problem, unknown_of(problem))):
        return None
    left, right = equation.values
    if left.x == right.x:
        return None
    return _is_solution(answer, Fraction(right.number - left.number, left.x - right.x))


def _is_solution(answer: str, solution: Fraction) -> bool | None:
    """Words, LaTeX and decimals that may have been rounded are left to people."""
    if same_answer(answer, f"x = {solution}"):
        return True
    rounded = "." in answer and solution.denominator > 1
    return None if rounded or not is_readable(answer) else False


def _makes_24(problem: str, answer: str, numbers: tuple[int, ...]) -> bool | None:
    way = way_of(answer)
    if way is None or not _GAME.search(problem) or _OTHER_RULES.search(problem):
        return None
    return way.value == GOAL and way.numbers == Counter(map(Fraction, numbers))


def _asks_for_x(problem: str) -> bool:
    """Whether a text is an equation and words that ask for its x, and not for 2x, say."""
    pieces = [piece.strip() for piece in _BETWEEN.split(problem)]
    words = _BETWEEN.findall(problem)
    equations = [piece for piece in pieces if piece.casefold() not in {"", "a", "i", "x"}]
    return len(equations) == 1 and _ASKING.fullmatch(" ".join(words)) is not None
