"""The worker stages of a training run; each continues from its checkpoint where there is one."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from training import export, progress, records, tokenizer
from training.attempts import judged_traces, own_attempts
from training.evaluate import evaluate
from training.loop import LabelTokens, LoopConfig, Mixture, Place, Trainer
from training.mixtures import LATER, START, GeneratorMixture, PrmMixture, TrunkMixture, draw_family
from training.model import LanguageModel, ModelConfig, deepened
from training.optimizer import Rates
from training.records import JudgedTrace, OwnAttempt, Record
from training.sampler import Sampler
from training.tasks import FAMILIES, Problem
from training.tasks.wording import known_pairs
from training.workers import Worker

LOG = logging.getLogger("training")
EVALUATION_SEEDS = (1, 2, 3)
_ATTEMPTS_PER_PROBLEM = 2
_TRACES_PER_PROBLEM = 6
_ROUND = 96
_JUDGING_LAYERS = 3
_TEMPERATURES = (0.8, 0.8, 1.0)


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
    def trunk(self) -> Path:
        """The common start of both models."""
        return self.work / "trunk"

    @property
    def generator(self) -> Path:
        """The finished generator."""
        return self.out / "generator"

    @property
    def prm(self) -> Path:
        """The finished process reward model."""
        return self.out / "prm"

    def result(self, name: str) -> Path:
        """What a finished training stage says of itself, JSON."""
        return self.work / f"{name}.json"

    def samples(self, name: str, rank: int) -> Path:
        """What one worker sampled in a stage, JSON lines."""
        return self.work / f"{name}-{rank}.jsonl"

    def evaluation(self, rank: int) -> Path:
        """Held-out figures one worker measured."""
        return self.work / f"evaluation-{rank}.json"


@dataclass(frozen=True, slots=True)
class _Stage:
    """What every stage starts from."""

    worker: Worker
    paths: RunPaths
    tokens: Tokenizer

    @classmethod
    def of(cls, worker: Worker, arguments: dict[str, str]) -> _Stage:
        paths = RunPaths(Path(arguments["out"]))
        return cls(worker, paths, tokenizer.load(paths.tokenizer))

    def read(self, kind: type[Record], name: str) -> list[Record]:
        """What all workers sampled in an earlier stage."""
        ranks = range(self.worker.workers)
        return records.read(kind, [self.paths.samples(name, rank) for rank in ranks])


def train_trunk(worker: Worker, arguments: dict[str, str]) -> None:
    """Train the common start of both models from nothing, at a rate that never falls."""
    stage = _Stage.of(worker, arguments)
    torch.manual_seed(int(arguments["seed"]))
    model = LanguageModel(ModelConfig(stage.tokens.get_vocab_size()))
    config = LoopConfig("trunk", *_length(arguments), flat=1.0, averaged=0.998)
    _train(stage, model, TrunkMixture(stage.tokens), config, stage.paths.trunk)


def train_generator(worker: Worker, arguments: dict[str, str]) -> None:
    """Bring the trunk to rest on reference traces and on repairs of its own mistakes."""
    stage = _Stage.of(worker, arguments)
    mixture = GeneratorMixture(stage.tokens, stage.read(OwnAttempt, "attempts"))
    config = LoopConfig("generator", *_length(arguments), flat=0.25, label_weight=0.05)
    _train(stage, export.load(stage.paths.trunk), mixture, config, stage.paths.generator)


def write_wording(target: Path, seed: int) -> None:
    """Write down how the stories are worded that the generator was trained on."""
    np.save(target, np.array(known_pairs(seed), dtype=np.uint32))


def train_prm(worker: Worker, arguments: dict[str, str]) -> None:
    """Train the generator, with layers to judge on top, into the PRM, on what it really writes.

    To tell a wrong sum takes the layers that the generator needs to do it, and then some. Those of
    the generator learn slowly: at the full rate they forget the sums that they are to check.
    """
    stage = _Stage.of(worker, arguments)
    mixture = PrmMixture(stage.tokens, stage.read(JudgedTrace, "traces"))
    config = LoopConfig(
        "prm",
        *_length(arguments),
        rates=Rates(inherited=0.12),
        new_layers=_JUDGING_LAYERS,
        flat=0.4,
        label_weight=1.0,
    )
    torch.manual_seed(config.seed)
    model = deepened(export.load(stage.paths.generator), _JUDGING_LAYERS)
    _train(stage, model, mixture, config, stage.paths.prm)


def sample_attempts(worker: Worker, arguments: dict[str, str]) -> None:
    """Sample the trunk and write what should follow its mistakes and its finished attempts."""
    stage = _Stage.of(worker, arguments)
    plan = _Sampling("attempts", _ATTEMPTS_PER_PROBLEM, own_attempts, START)
    _sample(stage, arguments, stage.paths.trunk, plan)


def sample_traces(worker: Worker, arguments: dict[str, str]) -> None:
    """Sample the generator and label every line with the checker."""
    stage = _Stage.of(worker, arguments)
    plan = _Sampling("traces", _TRACES_PER_PROBLEM, judged_traces, LATER)
    _sample(stage, arguments, stage.paths.generator, plan)


def evaluate_models(worker: Worker, arguments: dict[str, str]) -> None:
    """Measure the finished models on held-out problems; the workers share the seeds."""
    paths = RunPaths(Path(arguments["out"]))
    results = []
    for seed in EVALUATION_SEEDS[worker.rank :: worker.workers]:
        count = int(arguments["problems"])
        results.append(evaluate(paths.generator, paths.prm, count, seed))
        LOG.info("evaluation with seed %d done", seed)
    paths.evaluation(worker.rank).write_text(json.dumps(results, indent=1) + "\n")


def _length(arguments: dict[str, str]) -> tuple[int, int]:
    """Steps and seed of a training stage."""
    return int(arguments["steps"]), int(arguments["seed"])


def _train(
    stage: _Stage, model: LanguageModel, mixture: Mixture, config: LoopConfig, target: Path
) -> None:
    worker, paths, tokens = stage.worker, stage.paths, stage.tokens
    labels = LabelTokens.of(tokens)
    place = Place(worker.rank, worker.workers, paths.work / f"{config.name}.pt")
    result = Trainer(model, mixture, config, place, labels).run()
    if worker.rank == 0:
        export.save(model, tokens, paths.tokenizer, target)
        paths.result(config.name).write_text(json.dumps(result) + "\n")
        LOG.info("%s finished: %s", config.name, result)


@dataclass(frozen=True, slots=True)
class _Sampling:
    """What to sample: `samples` traces per problem, the records made of each, and the shares of the
    families.
    """

    name: str
    samples: int
    make: Callable[[random.Random, Problem, list[str]], Iterator[JudgedTrace | OwnAttempt]]
    shares: Mapping[str, float]


def _sample(stage: _Stage, arguments: dict[str, str], model: Path, plan: _Sampling) -> None:
    """Sample training problems and write the records made of the samples."""
    target = stage.paths.samples(plan.name, stage.worker.rank)
    if target.exists():
        return
    sampler = Sampler(export.load(model), stage.tokens)
    rng = random.Random(f"{plan.name}-{arguments['seed']}-{stage.worker.rank}")
    count = int(arguments["problems"]) // stage.worker.workers
    with progress.bar(plan.name, count, silent=stage.worker.rank != 0) as advance:
        rounds = _rounds(rng, sampler, plan, count, advance)
        records.write(target, rounds)


def _rounds(
    rng: random.Random,
    sampler: Sampler,
    plan: _Sampling,
    count: int,
    advance: Callable[[int], None],
) -> Iterator[JudgedTrace | OwnAttempt]:
    for start in range(0, count, _ROUND):
        size = min(_ROUND, count - start)
        names = [draw_family(rng, plan.shares) for _ in range(size)]
        problems = [FAMILIES[name].make_problem(rng) for name in names]
        repeated = [problem for problem in problems for _ in range(plan.samples)]
        prompts = [problem.prompt for problem in repeated]
        found = sampler.run(prompts, rng.choice(_TEMPERATURES), seed=rng.getrandbits(32))
        for problem, sample in zip(repeated, found, strict=True):
            yield from plan.make(rng, problem, sample.lines)
        advance(size)
