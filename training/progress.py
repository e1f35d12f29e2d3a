"""What the training commands tell while they work: log lines and progress bars."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress


def configure(path: Path | None) -> logging.Logger:
    """Send the "training" logger to stdout and, where a path is given, to that file as well."""
    logger = logging.getLogger("training")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers.clear()
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if path is not None:
        handlers.append(logging.FileHandler(path, encoding="utf-8"))
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        logger.addHandler(handler)
    return logger


@contextmanager
def bar(name: str, total: int, *, silent: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal (none elsewhere: the log tells); yields how to advance it."""
    shown = not silent and sys.stderr.isatty()
    with Progress(console=Console(stderr=True), disable=not shown) as progress:
        task = progress.add_task(name, total=total)
        yield lambda count: progress.advance(task, count)
