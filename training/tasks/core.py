"""Types and text conventions that every task family shares: tags, steps, verdicts, prompts."""

from __future__ import annotations

import re
from dataclasses import dataclass

BOS = "<|bos|>"
END = "<|end|>"
USER = "<|user|>"
ASSISTANT = "<|assistant|>"
SPECIAL_TOKENS = (BOS, END, USER, ASSISTANT)

RESTATE = "<restate>"
DECOMPOSE = "<decompose>"
SOLVE = "<solve>"
CHECK = "<check>"
CORRECT = "<correct>"
ANSWER = "<answer>"
TAGS = (RESTATE, DECOMPOSE, SOLVE, CHECK, CORRECT, ANSWER)

_STEP = re.compile(r"(<[a-z]+>) ?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a reference trace.

    `good` is the label the checker must give; `trained` is false for injected mistakes, which
    are context for the model but must not be imitated.
    """

    tag: str
    text: str
    good: bool = True
    trained: bool = True

    @property
    def line(self) -> str:
        """The step as the model writes it, without the newline."""
        return f"{self.tag} {self.text}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker found: one label per line, and whether the final answer is right."""

    labels: tuple[bool, ...]
    solved: bool


@dataclass(frozen=True, slots=True)
class TraceStyle:
    """Chances that shape a reference trace: of a mistake, a check and a plan (each 0 to 1)."""

    mistake: float = 0.35
    check: float = 0.12
    plan: float = 0.4


def render_prompt(problem: str) -> str:
    """Wrap a problem statement in the chat format the models were trained on."""
    return f"{BOS}{USER}{problem}{ASSISTANT}"


def split_step(line: str) -> tuple[str, str]:
    """Split a line into its tag and its text; the tag is empty where the line has none."""
    found = _STEP.fullmatch(line.strip("\n"))
    return (found[1], found[2]) if found else ("", line)
