"""What a general model reads: instructions, examples and the problem, as chat messages."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from backend.models.protocols import ModelStep
from backend.models.servers.generators.steps import as_text, plain

Messages = list[dict[str, str]]


@cache
def _prompts() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("prompts.toml").read_text("utf-8"))


def most_examples() -> int:
    """How many worked examples there are."""
    return len(_prompts()["examples"])


def messages(problem: str, examples: int) -> Messages:
    """The conversation up to where the model writes its solution.

    `examples`: how many worked ones come before the problem (0: instructions only).
    """
    prompts = _prompts()
    told = [{"role": "system", "content": prompts["system"].strip()}]
    for example in prompts["examples"][:examples]:
        solution = as_text(ModelStep(**step) for step in example["steps"]).strip()
        told.append({"role": "user", "content": example["problem"]})
        told.append({"role": "assistant", "content": solution})
    return [*told, {"role": "user", "content": plain(problem)}]
