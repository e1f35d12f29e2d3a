"""Command that trains both embedded models from nothing: data to evaluated, exported weights."""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from training import tokenizer, workers
from training.export import WORDING_FILE, sha256
from training.progress import configure
from training.stages import (
    RunPaths,
    evaluate_models,
    sample_attempts,
    sample_traces,
    train_generator,
    train_prm,
    train_trunk,
    write_wording,
)
from training.workers import Task

LOG = logging.getLogger("training")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run was asked to do; lengths are optimizer steps and numbers of problems."""

    out: Path
    processes: int
    seed: int
    trunk_steps: int
    generator_steps: int
    prm_steps: int
    attempt_problems: int
    trace_problems: int
    evaluation_problems: int
    install: Path | None
    note: str


class Run:
    """One training run in a directory; finished stages are skipped, broken ones continued."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._paths = RunPaths(plan.out)
        self._log = plan.out / "train.log"

    def execute(self) -> None:
        """Do every stage that is not yet done."""
        self._paths.work.mkdir(parents=True, exist_ok=True)
        configure(self._log)
        plan, paths = self._plan, self._paths
        tokens = partial(tokenizer.build, paths.tokenizer, plan.seed)
        self._stage("tokenizer", tokens, paths.tokenizer / "tokenizer.json")
        self._train("trunk", train_trunk, plan.trunk_steps)
        self._sample("attempts", sample_attempts, plan.attempt_problems)
        self._train("generator", train_generator, plan.generator_steps)
        words = paths.generator / WORDING_FILE
        self._stage("wording", partial(write_wording, words, plan.seed), words)
        self._sample("traces", sample_traces, plan.trace_problems)
        self._train("prm", train_prm, plan.prm_steps)
        evaluation = self._work(evaluate_models, problems=plan.evaluation_problems)
        self._stage("evaluation", evaluation, *map(paths.evaluation, self._ranks))
        self._write_manifest()
        if plan.install is not None:
            self._install(plan.install)

    @property
    def _ranks(self) -> range:
        return range(self._plan.processes)

    def _train(self, name: str, task: Task, steps: int) -> None:
        self._stage(name, self._work(task, steps=steps), self._paths.result(name))

    def _sample(self, name: str, task: Task, problems: int) -> None:
        work = self._work(task, problems=problems)
        self._stage(name, work, *(self._paths.samples(name, rank) for rank in self._ranks))

    def _stage(self, name: str, action: Callable[[], object], *results: Path) -> None:
        """Do what is not done yet: every worker leaves a result of its own."""
        if all(result.exists() for result in results):
            LOG.info("%s: done before, skipped", name)
            return
        started = datetime.now(UTC)
        LOG.info("%s: starting", name)
        action()
        LOG.info("%s: done in %.0f s", name, (datetime.now(UTC) - started).total_seconds())

    def _work(self, task: Task, *, steps: int = 0, problems: int = 0) -> Callable[[], None]:
        """The stage in its worker processes, as an action for `_stage`."""
        arguments = {
            "out": str(self._plan.out),
            "log": str(self._log),
            "seed": str(self._plan.seed),
            "steps": str(steps),
            "problems": str(problems),
        }
        return lambda: workers.run(task, arguments, self._plan.processes, self._paths.work)

    def _write_manifest(self) -> None:
        paths, plan = self._paths, self._plan
        files = sorted([*paths.generator.iterdir(), *paths.prm.iterdir()])
        trained = ("trunk", "generator", "prm")
        manifest = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": command(plan),
            "note": plan.note,
            "training": {name: json.loads(paths.result(name).read_text()) for name in trained},
            "sha256": {str(path.relative_to(plan.out)): sha256(path) for path in files},
            "evaluation": self._evaluations(),
        }
        (plan.out / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")

    def _evaluations(self) -> list[object]:
        found = [json.loads(self._paths.evaluation(rank).read_text()) for rank in self._ranks]
        return [result for results in found for result in results]

    def _install(self, target: Path) -> None:
        for name in ("generator", "prm"):
            shutil.copytree(self._plan.out / name, target / name, dirs_exist_ok=True)
        shutil.copyfile(self._plan.out / "MANIFEST.json", target / "MANIFEST.json")
        LOG.info("weights installed in %s", target)


def command(plan: Plan) -> str:
    """The command line that repeats this run."""
    names = [f"{stage}_steps" for stage in ("trunk", "generator", "prm")]
    names += [f"{stage}_problems" for stage in ("attempt", "trace", "evaluation")]
    options = [f"--{name.replace('_', '-')} {getattr(plan, name)}" for name in names]
    head = f"python -m training.train --out DIR --processes {plan.processes} --seed {plan.seed}"
    return " ".join([head, *options])


def parse(arguments: list[str] | None) -> Plan:
    """Read the command line; the defaults are those of the shipped weights."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="run directory")
    parser.add_argument(
        "--processes", type=int, default=workers.sensible(), help="one per core; 1 with a GPU"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trunk-steps", type=int, default=4200)
    parser.add_argument("--generator-steps", type=int, default=3200)
    parser.add_argument("--prm-steps", type=int, default=4600)
    parser.add_argument("--attempt-problems", type=int, default=6000)
    parser.add_argument("--trace-problems", type=int, default=4500)
    parser.add_argument("--evaluation-problems", type=int, default=200, help="per family")
    parser.add_argument("--install", type=Path, help="copy the finished weights here")
    parser.add_argument("--note", default="", help="remark for the manifest, such as a restart")
    return Plan(**vars(parser.parse_args(arguments)))


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `python -m training.train`."""
    Run(parse(arguments)).execute()
    return 0


if __name__ == "__main__":
    sys.exit(main())
