"""Run as a process by test_sqlite_crash: writes commits and labels until it is killed."""

import asyncio
import os
import sys
from pathlib import Path

from storage.errors import NotFound
from storage.sqlite.store import SqliteRunStore
from tests.contracts.samples import a_label, a_node, a_patch, a_run, an_event

RUNS = ("run-0", "run-1", "run-2")


def main(path: Path) -> None:
    """For every line read, start a process that writes until it is killed, and wait for its end.

    Printed are the process id, `run seq label` for every acknowledged commit, then `ended`. The
    writers are forked, so that the imports are paid for once and not per kill.
    """
    for _ in sys.stdin:
        writer = os.fork()
        if writer == 0:
            asyncio.run(_write_forever(path))
        _, status = os.waitpid(writer, 0)
        _say("ended" if os.WIFSIGNALED(status) else "failed")


def _say(line: str) -> None:
    # One write call per line: a killed process leaves whole lines or none.
    os.write(sys.stdout.fileno(), f"{line}\n".encode("ascii"))


async def _write_forever(path: Path) -> None:
    _say(str(os.getpid()))
    store = SqliteRunStore.open(path)
    await asyncio.gather(*(_grow_forever(store, run_id) for run_id in RUNS))


async def _grow_forever(store: SqliteRunStore, run_id: str) -> None:
    try:
        seq = (await store.get_run(run_id)).seq
    except NotFound:
        await store.create_run(a_run(run_id))
        seq = 0
    while True:
        seq += 1
        label_id = f"{run_id}-{seq}"
        # Node 0 changes in each commit too, so that a torn commit would show.
        nodes = [a_node(seq), a_node(0, visits=seq)]
        label = a_label(label_id, seq, run_id)
        await store.append(run_id, [an_event(seq, run_id)], nodes, a_patch(), label)
        _say(f"{run_id} {seq} {label_id}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
