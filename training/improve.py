"""One round of expert iteration on a pair of embedded models: retrain on what searches found.

The generator learns the right solutions and the action shares π of the searches, the PRM the
states with the checker's labels and the outcomes z. Half of what both see stays reference data, or
a small model forgets what the searches did not touch.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tokenizers import Tokenizer

from training import export, tokenizer
from training.encoding import Example, Piece, encode_pieces, judged_pieces
from training.loop import LabelTokens, LoopConfig, Mixture, Place, Trainer
from training.mixtures import contrast, drill, reference
from training.optimizer import Rates
from training.records import JudgedTrace
from training.search_data import (
    PolicyTarget,
    SearchedTree,
    judged_paths,
    policy_targets,
    solutions,
)
from training.tasks.core import END, render_prompt

_SOLUTIONS_KEPT = 2
_PATHS_KEPT = 12


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one search teaches; a line of the lessons file."""

    prompt: str
    solutions: list[list[str]] = field(default_factory=list)
    policy: list[PolicyTarget] = field(default_factory=list)
    judged: list[JudgedTrace] = field(default_factory=list)


def lesson_of(tree: SearchedTree, rng: random.Random) -> Lesson:
    """The lesson of a search: its best right solutions, π, and a sample of its judged paths."""
    paths = list(judged_paths(tree))
    return Lesson(
        tree.problem.prompt,
        list(solutions(tree))[:_SOLUTIONS_KEPT],
        list(policy_targets(tree)),
        rng.sample(paths, min(_PATHS_KEPT, len(paths))),
    )


def append_lesson(path: Path, lesson: Lesson) -> None:
    """Add a lesson to a file; a half-written last line is a lesson that was not given."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(lesson)) + "\n")


def write_lessons(path: Path, lessons: Sequence[Lesson]) -> None:
    """Write whole lessons, in place of what may end with half a one."""
    text = "".join(json.dumps(asdict(lesson)) + "\n" for lesson in lessons)
    path.write_text(text, encoding="utf-8")


def read_lessons(path: Path) -> list[Lesson]:
    """All whole lessons of a file; none where there is no file."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [_lesson(json.loads(line)) for line in lines]


def _lesson(raw: dict[str, list[dict[str, object]]]) -> Lesson:
    return Lesson(
        str(raw["prompt"]),
        raw["solutions"],  # type: ignore[arg-type]
        [PolicyTarget(**each) for each in raw["policy"]],  # type: ignore[arg-type]
        [JudgedTrace(**each) for each in raw["judged"]],  # type: ignore[arg-type]
    )


class GeneratorLessons:
    """Half reference data; the rest solutions (all tokens) and action shares of the searches."""

    def __init__(self, tokens: Tokenizer, lessons: Sequence[Lesson]) -> None:
        self._tokens = tokens
        self._solved = [(each.prompt, lines) for each in lessons for lines in each.solutions]
        self._policy = [target for each in lessons for target in each.policy]
        if not self._solved or not self._policy:
            raise ValueError("the searches solved nothing: give them more problems or more tokens")

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example; the mixture stays the same."""
        roll = rng.random()
        if roll < 0.5:
            pieces = drill(rng) if roll < 0.08 else reference(rng)
        elif roll < 0.75:
            prompt, lines = rng.choice(self._solved)
            steps = [Piece(f"{line}\n", trained=True) for line in lines]
            pieces = [Piece(render_prompt(prompt)), *steps, Piece(END, trained=True)]
        else:
            target = rng.choice(self._policy)
            start = "".join([render_prompt(target.prompt), *(f"{x}\n" for x in target.lines)])
            pieces = [Piece(start, shares=target.shares)]
        return encode_pieces(self._tokens, pieces)


class PrmLessons:
    """Half reference data and contrasts; the rest judged paths of the searches."""

    def __init__(self, tokens: Tokenizer, lessons: Sequence[Lesson]) -> None:
        self._tokens = tokens
        self._judged = [trace for each in lessons for trace in each.judged]
        if not self._judged:
            raise ValueError("the searches left no paths: give them more problems or more tokens")

    def draw(self, rng: random.Random, progress: float) -> Example:
        """One example; the mixture stays the same."""
        roll = rng.random()
        if roll < 0.15:
            pieces = drill(rng)
        elif roll < 0.5:
            pieces = contrast(rng) if roll < 0.35 else reference(rng)
        else:
            trace = rng.choice(self._judged)
            pieces = judged_pieces(trace.prompt, trace.lines, trace.correct, trace.value)
        return encode_pieces(self._tokens, pieces, after_mistake_weight=1.0)


def retrain(source: Path, target: Path, lessons: Iterable[Lesson], steps: int, seed: int) -> None:
    """Retrain `source`/generator and `source`/prm into `target`; goes on where it was broken off.

    Errors: ValueError when the lessons hold nothing to learn from.
    """
    found = list(lessons)
    target.mkdir(parents=True, exist_ok=True)
    tokens = tokenizer.load(source / "generator")
    plans: list[tuple[str, Mixture, float, float]] = [
        ("generator", GeneratorLessons(tokens, found), 1.0, 0.1),
        ("prm", PrmLessons(tokens, found), 0.5, 1.0),
    ]
    for name, mixture, language, label in plans:
        if (target / name / "model.safetensors").exists():
            continue
        model = export.load(source / name)
        # A tenth of the first training's rates: a round refines, it does not begin again.
        config = LoopConfig(
            name=f"improve-{name}",
            steps=steps,
            seed=seed,
            rates=Rates(matrix=0.002, other=4e-4),
            flat=0.2,
            language_weight=language,
            label_weight=label,
        )
        place = Place(0, 1, target / f"{name}.pt")
        Trainer(model, mixture, config, place, LabelTokens.of(tokens)).run()
        export.save(model, tokens, source / name, target / name)
