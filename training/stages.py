"""The worker stages of a training run; each continues from its checkpoint where there is one."""

from __future__ import annotations

import json
import logging
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from training import export, tokenizer
from training.corruption import corrupt_step
from training.evaluate import evaluate
from training.loop import LabelTokens, LoopConfig, Mixture, Place, Trainer
from training.mixtures import GeneratorMixture, PrmMixture, read_traces
from training.model import LanguageModel, ModelConfig
from training.sampler import Sample, Sampler
from training.tasks import Problem, check, make_problem
from training.tasks.core import CORRECT, SOLVE
from training.workers import Worker

LOG = logging.getLogger("training")
_SAMPLES_PER_PROBLEM = 4
_LONGEST_TRACE = 16
_ROUND = 128
EVALUATION_SEEDS = (1, 2)


@dataclass(frozen=True, slots=True)
class RunPaths:
    """Where a run keeps what it makes."""

    out: Path

    @property
    def work(self) -> Path:
        """Checkpoints and intermediate data; not part of the result."""
        return self.out / "work"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer both models get."""
        return self.work / "tokenizer"

    @property
    def generator(self) -> Path:
        """The finished generator."""
        return self.out / "generator"

    @property
    def prm(self) -> Path:
        """The finished process reward model."""
        return self.out / "prm"

    def traces(self, rank: int) -> Path:
        """Sampled traces of one worker, JSON lines."""
        return self.work / f"traces-{rank}.jsonl"

    def evaluation(self, rank: int) -> Path:
        """Held-out figures one worker measured."""
        return self.work / f"evaluation-{rank}.json"


def train_generator(worker: Worker, arguments: dict[str, str]) -> None:
    """Train the generator from scratch; rank 0 writes the model directory."""
    paths, seed = RunPaths(Path(arguments["out"])), int(arguments["seed"])
    tokens = tokenizer.load(paths.tokenizer)
    torch.manual_seed(seed)
    model = LanguageModel(ModelConfig(tokens.get_vocab_size()))
    config = LoopConfig(
        name="generator",
        steps=int(arguments["steps"]),
        seed=seed,
        minutes=_minutes(arguments),
    )
    _train(worker, model, GeneratorMixture(tokens), config, paths)


def train_prm(worker: Worker, arguments: dict[str, str]) -> None:
    """Train the PRM, starting from the generator; rank 0 writes the model directory."""
    paths = RunPaths(Path(arguments["out"]))
    tokens = tokenizer.load(paths.tokenizer)
    model = export.load(paths.generator)
    traces = read_traces([paths.traces(rank) for rank in range(worker.workers)])
    config = LoopConfig(
        name="prm",
        steps=int(arguments["steps"]),
        seed=int(arguments["seed"]),
        matrix_rate=0.01,
        other_rate=2e-3,
        flat=0.3,
        label_weight=1.0,
        language_weight=0.5,
        minutes=_minutes(arguments),
    )
    _train(worker, model, PrmMixture(tokens, traces), config, paths)


def sample_traces(worker: Worker, arguments: dict[str, str]) -> None:
    """Sample the generator on training problems and label every line with the checker."""
    paths, seed = RunPaths(Path(arguments["out"])), int(arguments["seed"])
    target = paths.traces(worker.rank)
    if target.exists():
        return
    tokens = tokenizer.load(paths.tokenizer)
    sampler = Sampler(export.load(paths.generator), tokens)
    rng = random.Random(f"traces-{seed}-{worker.rank}")
    count = int(arguments["problems"]) // worker.workers
    partial = target.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        for start in range(0, count, _ROUND):
            problems = [_draw_problem(rng) for _ in range(min(_ROUND, count - start))]
            for record in _sampled(sampler, problems, rng):
                file.write(json.dumps(record) + "\n")
            if worker.rank == 0:
                LOG.info("traces: %d/%d problems on this worker", start + len(problems), count)
    os.replace(partial, target)


def evaluate_models(worker: Worker, arguments: dict[str, str]) -> None:
    """Measure the finished models on held-out problems; the workers share the seeds."""
    paths = RunPaths(Path(arguments["out"]))
    results = []
    for seed in EVALUATION_SEEDS[worker.rank :: worker.workers]:
        count = int(arguments["evaluation_problems"])
        results.append(evaluate(paths.generator, paths.prm, count, seed))
        LOG.info("evaluation with seed %d done", seed)
    paths.evaluation(worker.rank).write_text(json.dumps(results, indent=1) + "\n")


def _train(
    worker: Worker,
    model: LanguageModel,
    mixture: Mixture,
    config: LoopConfig,
    paths: RunPaths,
) -> None:
    tokens = tokenizer.load(paths.tokenizer)
    labels = LabelTokens(tokenizer.token_id(tokens, "-"), tokenizer.token_id(tokens, "+"))
    place = Place(worker.rank, worker.workers, paths.work / f"{config.name}.pt")
    result = Trainer(model, mixture, config, place, labels).run()
    if worker.rank == 0:
        export.save(model, tokens, paths.tokenizer, paths.out / config.name)
        (paths.work / f"{config.name}.json").write_text(json.dumps(result) + "\n")
        LOG.info("%s finished: %s", config.name, result)


def _minutes(arguments: dict[str, str]) -> float | None:
    return float(arguments["minutes"]) if arguments["minutes"] else None


def _draw_problem(rng: random.Random) -> Problem:
    return make_problem(rng, "game24" if rng.random() < 0.45 else "word")


def _sampled(
    sampler: Sampler, problems: list[Problem], rng: random.Random
) -> Iterator[dict[str, object]]:
    """Labelled records of samples, and of half as many with one right step corrupted."""
    temperature = 1.0 if rng.random() < 1 / 3 else 0.8
    repeated = [problem for problem in problems for _ in range(_SAMPLES_PER_PROBLEM)]
    prompts = [problem.prompt for problem in repeated]
    samples = sampler.run(prompts, temperature, seed=rng.getrandbits(32))
    for problem, sample in zip(repeated, samples, strict=True):
        lines = sample.lines[:_LONGEST_TRACE]
        if not lines:
            continue
        labels = check(problem, lines).labels
        yield {"prompt": problem.prompt, "lines": lines, "labels": list(labels)}
        if rng.random() < 0.5:
            yield from _corrupted(rng, problem, sample, list(labels))


def _corrupted(
    rng: random.Random, problem: Problem, sample: Sample, labels: list[bool]
) -> Iterator[dict[str, object]]:
    places = [
        index
        for index, (line, good) in enumerate(zip(sample.lines, labels, strict=False))
        if good and line.startswith((SOLVE, CORRECT))
    ]
    if not places:
        return
    index = rng.choice(places)
    wrong = corrupt_step(rng, problem, sample.lines, index)
    if wrong is None:
        return
    lines = [*sample.lines[:index], wrong]
    checked = check(problem, lines).labels
    yield {"prompt": problem.prompt, "lines": lines, "labels": list(checked)}
