"""Game of 24: which states can still reach 24, the fixed problem split, and how prompts read."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations_with_replacement
from types import MappingProxyType

from training.tasks.arithmetic import apply, join_numbers

GOAL = 24
LOWEST, HIGHEST = 1, 13
HELD_OUT_SIZE = 200
VALIDATION_SIZE = 60
SPLIT_SEED = 24

State = tuple[int, ...]
Move = tuple[int, str, int]

_TEMPLATES = (
    "Use {} to make 24",
    "Make 24 from {}",
    "Make 24 with {}",
    "Make 24 from {}, using each number once",
    "Make 24 using {}",
    "Game of 24: {}",
    "Game of 24: combine {}",
    "Use the numbers {} to make 24",
    "Use the numbers {} to get 24",
    "Using {}, make 24",
    "Get 24 from {}",
    "Get 24 using the numbers {}",
    "Combine {} to reach 24",
    "Combine {} with + - * / to get 24",
    "How can you make 24 from {}?",
    "How do I get 24 with {}?",
    "Can you make 24 out of {}?",
    "Solve the 24 game for {}",
    "Find a way to make 24 from the numbers {}",
    "Play the game of 24 with {}",
    "The numbers are {}. Make 24",
    "{}: make 24",
    "Reach 24 using {} and each number once",
)
_INTEGER = re.compile(r"(?<![0-9.])[0-9]{1,4}(?![0-9.][0-9])(?![0-9])")
_GOAL = re.compile(r"\b(?:make|get|reach|equals?|of|is|to|be|=)\s*(24)(?![0-9])", re.IGNORECASE)
# A story with five numbers, one of them 24, is no game.
_STORY = re.compile(r"\b(?:how (?:many|much|far|long|old)|left)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Game24Problem:
    """Four numbers to combine into 24; `numbers` is sorted, `prompt` has them in any order."""

    prompt: str
    numbers: State
    family: str = "game24"


@cache
def moves(state: State) -> MappingProxyType[Move, tuple[int, State]]:
    """All legal moves of a state: (a, op, b) -> (result, sorted next state).

    Results stay whole and not negative, which keeps every step checkable by a reader.
    """
    found: dict[Move, tuple[int, State]] = {}
    for i, a in enumerate(state):
        for j, b in enumerate(state):
            if i == j:
                continue
            rest = [value for k, value in enumerate(state) if k not in (i, j)]
            for op in "+-*/" if a >= b else "/":
                result = apply(a, op, b)
                if result is not None and result >= 0:
                    found[a, op, b] = (result, tuple(sorted([*rest, result])))
    return MappingProxyType(found)


@cache
def reachable(state: State) -> bool:
    """Whether 24 can still be made from exactly these numbers."""
    if len(state) <= 1:
        return state == (GOAL,)
    return any(reachable(after) for _, after in moves(state).values())


@cache
def final_moves(state: State) -> frozenset[Move]:
    """Every last move (the one that makes 24) of any solution from this state."""
    found: set[Move] = set()
    for move, (result, after) in moves(state).items():
        if len(after) == 1:
            if result == GOAL:
                found.add(move)
        elif reachable(after):
            found |= final_moves(after)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Split:
    """Solvable number sets, divided once and for all by SPLIT_SEED."""

    train: tuple[State, ...]
    validation: tuple[State, ...]
    held_out: tuple[State, ...]


@lru_cache(maxsize=1)
def split() -> Split:
    """The fixed split; computed on first use because it solves all 1820 number sets."""
    sets = combinations_with_replacement(range(LOWEST, HIGHEST + 1), 4)
    solvable = [state for state in sets if reachable(state)]
    random.Random(SPLIT_SEED).shuffle(solvable)
    end = HELD_OUT_SIZE + VALIDATION_SIZE
    return Split(
        train=tuple(solvable[end:]),
        validation=tuple(solvable[HELD_OUT_SIZE:end]),
        held_out=tuple(solvable[:HELD_OUT_SIZE]),
    )


def make_problem(rng: random.Random, numbers: State | None = None) -> Game24Problem:
    """A problem in one of many wordings; without `numbers`, from the training split."""
    chosen = list(numbers if numbers is not None else rng.choice(split().train))
    rng.shuffle(chosen)
    return Game24Problem(prompt=_word(rng, chosen), numbers=tuple(sorted(chosen)))


def held_out_problems(count: int, seed: int) -> list[Game24Problem]:
    """The first `count` held-out number sets (at most 200), worded by `seed`."""
    if count > HELD_OUT_SIZE:
        raise ValueError(f"only {HELD_OUT_SIZE} held-out number sets exist, asked for {count}")
    rng = random.Random(f"game24-held-out-{seed}")
    return [make_problem(rng, numbers) for numbers in split().held_out[:count]]


def numbers_of_request(text: str) -> tuple[int, ...] | None:
    """The four numbers that a person wants to make 24 from, as ordered; None for other requests."""
    numbers = [int(found) for found in _INTEGER.findall(text)]
    if GOAL not in numbers or len(numbers) != 5 or _STORY.search(text):
        return None
    # Of several 24s the goal is the one that a word like "make" stands before.
    goal = _GOAL.search(text)
    place = numbers.index(GOAL) if goal is None else _count_before(text, goal.start(1))
    return tuple(numbers[:place] + numbers[place + 1 :])


def problem_from_prompt(prompt: str) -> Game24Problem | None:
    """Read a visitor's own request; None unless it names 24 and four other numbers."""
    numbers = numbers_of_request(prompt)
    return None if numbers is None else Game24Problem(prompt, tuple(sorted(numbers)))


def _count_before(text: str, place: int) -> int:
    return sum(found.start() < place for found in _INTEGER.finditer(text))


def _word(rng: random.Random, numbers: list[int]) -> str:
    words = [str(number) for number in numbers]
    listed = rng.choice(
        (
            join_numbers(numbers),
            join_numbers(numbers),
            ", ".join(words),
            " ".join(words),
            f"{', '.join(words[:-1])}, and {words[-1]}",
        )
    )
    text = rng.choice(_TEMPLATES).format(listed)
    if rng.random() < 0.15:
        text = text[0].lower() + text[1:]
    if not text.endswith("?") and rng.random() < 0.7:
        text += "."
    return text
