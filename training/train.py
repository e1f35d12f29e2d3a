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
from pathlib import Path

from training import tokenizer, workers
from training.export import sha256
from training.progress import configure
from training.stages import (
    RunPaths,
    evaluate_models,
    sample_traces,
    train_generator,
    train_prm,
)
from training.workers import Worker

LOG = logging.getLogger("training")
GENERATOR_STEPS = 4000
PRM_STEPS = 1100
TRACE_PROBLEMS = 1280


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run was asked to do; budgets are steps, the minutes optional ceilings."""

    out: Path
    processes: int
    seed: int
    generator_steps: int
    prm_steps: int
    trace_problems: int
    minutes_generator: float | None
    minutes_prm: float | None
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
        plan = self._plan
        self._stage("tokenizer", self._paths.tokenizer / "tokenizer.json", self._build_tokenizer)
        self._stage(
            "generator",
            self._paths.work / "generator.json",
            lambda: self._work(train_generator, plan.generator_steps, plan.minutes_generator),
        )
        last = self._paths.traces(plan.processes - 1)
        self._stage("traces", last, lambda: self._work(sample_traces, 0, None))
        self._stage(
            "prm",
            self._paths.work / "prm.json",
            lambda: self._work(train_prm, plan.prm_steps, plan.minutes_prm),
        )
        last = self._paths.evaluation(plan.processes - 1)
        self._stage("evaluation", last, lambda: self._work(evaluate_models, 0, None))
        self._write_manifest()
        if plan.install is not None:
            self._install(plan.install)

    def _stage(self, name: str, marker: Path, action: Callable[[], None]) -> None:
        if marker.exists():
            LOG.info("%s: done before, skipped", name)
            return
        started = datetime.now(UTC)
        LOG.info("%s: starting", name)
        action()
        LOG.info("%s: done in %.0f s", name, (datetime.now(UTC) - started).total_seconds())

    def _build_tokenizer(self) -> None:
        tokenizer.build(self._paths.tokenizer, self._plan.seed)

    def _work(
        self,
        task: Callable[[Worker, dict[str, str]], None],
        steps: int,
        minutes: float | None,
    ) -> None:
        arguments = {
            "out": str(self._plan.out),
            "log": str(self._log),
            "seed": str(self._plan.seed),
            "steps": str(steps),
            "minutes": "" if minutes is None else str(minutes),
            "problems": str(self._plan.trace_problems),
            "evaluation_problems": str(self._plan.evaluation_problems),
        }
        workers.run(task, arguments, self._plan.processes, self._paths.work)

    def _write_manifest(self) -> None:
        paths, plan = self._paths, self._plan
        files = sorted([*paths.generator.iterdir(), *paths.prm.iterdir()])
        manifest = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": command(plan),
            "note": plan.note,
            "seed": plan.seed,
            "processes": plan.processes,
            "generator": json.loads((paths.work / "generator.json").read_text()),
            "prm": json.loads((paths.work / "prm.json").read_text()),
            "trace_problems": plan.trace_problems,
            "sha256": {str(path.relative_to(plan.out)): sha256(path) for path in files},
            "evaluation": self._evaluations(),
        }
        (plan.out / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")

    def _evaluations(self) -> list[object]:
        ranks = range(self._plan.processes)
        found = [json.loads(self._paths.evaluation(rank).read_text()) for rank in ranks]
        return [result for results in found for result in results]

    def _install(self, target: Path) -> None:
        for name in ("generator", "prm"):
            shutil.copytree(self._plan.out / name, target / name, dirs_exist_ok=True)
        shutil.copyfile(self._plan.out / "MANIFEST.json", target / "MANIFEST.json")
        LOG.info("weights installed in %s", target)


def command(plan: Plan) -> str:
    """The command line that repeats this run (with minute ceilings, only nearly)."""
    words = [
        "python -m training.train --out DIR",
        f"--processes {plan.processes} --seed {plan.seed}",
        f"--generator-steps {plan.generator_steps} --prm-steps {plan.prm_steps}",
        f"--trace-problems {plan.trace_problems}",
        f"--evaluation-problems {plan.evaluation_problems}",
    ]
    if plan.minutes_generator is not None:
        words.append(f"--minutes-generator {plan.minutes_generator:g}")
    if plan.minutes_prm is not None:
        words.append(f"--minutes-prm {plan.minutes_prm:g}")
    return " ".join(words)


def parse(arguments: list[str] | None) -> Plan:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="run directory")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--generator-steps", type=int, default=GENERATOR_STEPS)
    parser.add_argument("--prm-steps", type=int, default=PRM_STEPS)
    parser.add_argument("--trace-problems", type=int, default=TRACE_PROBLEMS)
    limit = "optional ceiling in minutes; a run it shortens cannot be repeated exactly"
    parser.add_argument("--minutes-generator", type=float, help=limit)
    parser.add_argument("--minutes-prm", type=float, help=limit)
    parser.add_argument("--evaluation-problems", type=int, default=120, help="per family")
    parser.add_argument("--install", type=Path, help="copy the finished weights here")
    parser.add_argument("--note", default="", help="remark for the manifest, such as a restart")
    return Plan(**vars(parser.parse_args(arguments)))


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `python -m training.train`."""
    Run(parse(arguments)).execute()
    return 0


if __name__ == "__main__":
    sys.exit(main())
