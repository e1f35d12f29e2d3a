"""Starts single-threaded worker processes for a stage and joins them over gloo."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LOG = logging.getLogger("training")


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker knows about itself."""

    rank: int
    workers: int


Task = Callable[[Worker, dict[str, str]], None]


def sensible() -> int:
    """Worker processes for this machine: one per core up to four, one where there is a GPU."""
    import torch  # slow to import, and not needed to show the help

    return 1 if torch.cuda.is_available() else max(1, min(4, os.cpu_count() or 1))


class StageFailedError(RuntimeError):
    """A worker process ended with an error; its traceback is on stderr."""


def run(
    task: Task,
    arguments: dict[str, str],
    workers: int,
    work: Path,
) -> None:
    """Run `task` in `workers` fresh processes and wait; raises StageFailedError if one fails."""
    # Spinning OpenMP threads would take the core from the other worker.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    os.environ["OMP_NUM_THREADS"] = "1"
    meeting = work / f"meeting-{os.getpid()}"
    meeting.unlink(missing_ok=True)
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_start, args=(task, arguments, Worker(rank, workers), str(meeting)))
        for rank in range(workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    meeting.unlink(missing_ok=True)
    failed = [process.exitcode for process in processes if process.exitcode != 0]
    if failed:
        raise StageFailedError(f"{len(failed)} of {workers} workers failed: exit codes {failed}")


def _start(
    task: Task,
    arguments: dict[str, str],
    worker: Worker,
    meeting: str,
) -> None:
    # Imported here: torch must see the environment set by `run`.
    import torch
    import torch.distributed as dist

    from training.progress import configure

    configure(Path(arguments["log"]))
    torch.set_num_threads(1)
    if torch.cuda.is_available():
        torch.set_default_device("cuda")
    if worker.workers > 1:
        dist.init_process_group(
            "gloo",
            init_method=f"file://{meeting}",
            rank=worker.rank,
            world_size=worker.workers,
        )
    try:
        task(worker, arguments)
    finally:
        if worker.workers > 1:
            dist.destroy_process_group()
