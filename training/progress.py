"""Logging set-up of the training commands: one line per event on stdout and in a log file."""

from __future__ import annotations

import logging
import sys
from pathlib import Path


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
