"""How linear equations are asked for: wordings and spellings, and reading a visitor's own."""

from __future__ import annotations

import random
import re

from training.tasks.letters import in_x, unknown_of
from training.tasks.linear_terms import LinearEquation, Spelling, parse_linear

_TEMPLATES = (
    "Solve {}",
    "Solve {}",
    "Solve for x: {}",
    "Solve {} for x",
    "Solve the equation {}",
    "Solve this equation for x: {}",
    "Find x: {}",
    "Find x if {}",
    "Find x such that {}",
    "Find the x with {}",
    "What is x if {}?",
    "What is x when {}?",
    "If {}, what is x?",
    "{}. What is x?",
    "{}. Find x",
    "{}",
    "For which x is {}?",
    "Which x satisfies {}?",
    "Which number x solves {}?",
    "Given {}, find x",
    "Let {}. What is x?",
    "Determine x from {}",
    "Work out x: {}",
    "Calculate x in {}",
    "How much is x if {}?",
)
_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "X": "x"})
_PART = frozenset("0123456789x+-*/^() \t\n")
_NEIGHBOURS = ".?!,;:\"'`$\u201c\u201d"
_LONGEST = 2000


def word_prompt(rng: random.Random, equation: LinearEquation) -> str:
    """Ask for x in one of many wordings and spellings."""
    spelling = Spelling(
        before_x=rng.choices(("", "*", " * ", " "), (14, 2, 3, 1))[0],
        before_bracket=rng.choices(("", "*", " * "), (12, 3, 4))[0],
        gap=rng.choices((" ", ""), (4, 1))[0],
    )
    text = rng.choice(_TEMPLATES).format(equation.spelled(spelling))
    if rng.random() < 0.2:
        text = text[0].lower() + text[1:]
    if not text.endswith("?") and rng.random() < 0.6:
        text += "."
    return text


def read_prompt(text: str) -> LinearEquation | None:
    """The one equation that a text holds, in x whatever its letter was; None where there is none,
    or more than one.
    """
    text = in_x(text, unknown_of(text)).translate(_SIGNS)
    if len(text) > _LONGEST or text.count("=") != 1:
        return None
    middle = text.index("=")
    start, end = middle, middle + 1
    while start and _belongs(text, start - 1):
        start -= 1
    while end < len(text) and _belongs(text, end):
        end += 1
    if _cut_off(text[:start][::-1], text[start]) or _cut_off(text[end:], text[end - 1]):
        return None
    found = text[start:end].strip()
    # "Find x 3x + 5 = 17": the first x is asked for and no factor.
    return parse_linear(found) or (parse_linear(found[1:]) if re.match(r"x\s", found) else None)


def _belongs(text: str, index: int) -> bool:
    """Whether a character is part of an equation; a decimal point is, so that 1.5x is refused."""
    follower = text[index + 1 : index + 2]
    return text[index] in _PART or (text[index] in ".," and follower.isdigit())


def _cut_off(outside: str, edge: str) -> bool:
    """Whether the text next to an equation, read away from it, shows that a piece is missing."""
    if not outside or outside[0] in _NEIGHBOURS:
        return False
    word = re.match(r"[^\W_]+", outside)
    # Another letter (2y - x = 7) or a word grown into the equation means another kind of task.
    return (
        word is None
        or not edge.isspace()
        or len(word[0]) == 1
        or any(character.isdigit() for character in word[0])
    )
