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

# Added tokens whose balance at a step's newline is the value: does this trace end right.
ENDS_RIGHT = "<ends-right>"
ENDS_WRONG = "<ends-wrong>"

# What a check says when it reviews a whole attempt and not one step of it.
ANSWER_HOLDS = "The answer holds."
ANSWER_WRONG = "The answer is wrong."

_STEP = re.compile(r"(<[a-z]+>) ?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a reference trace, with the labels that the checker must give it.

    `correct`: what the line says is true, legal and builds on no standing mistake. `hopeful`: the
    right answer can still be reached from here without going back. A legal move into a dead end is
    correct and not hopeful; a true check of a standing mistake likewise. `trained` is false for
    mistakes, which are context for the model but must not be imitated.
    """

    tag: str
    text: str
    correct: bool = True
    hopeful: bool = True
    trained: bool = True

    @property
    def line(self) -> str:
        """The step as the model writes it, without the newline."""
        return f"{self.tag} {self.text}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker found: two labels per line (see Step), and if the last answer is right."""

    correct: tuple[bool, ...]
    hopeful: tuple[bool, ...]
    solved: bool

    @property
    def first_bad(self) -> int | None:
        """Index of the first line that is not correct or not hopeful; None where all are good."""
        pairs = zip(self.correct, self.hopeful, strict=True)
        return next((index for index, pair in enumerate(pairs) if not all(pair)), None)


@dataclass(frozen=True, slots=True)
class TraceStyle:
    """Chances that shape a reference trace: of a mistake, a check, a plan, and of a proof where the
    answer has one (each 0 to 1).
    """

    mistake: float = 0.35
    check: float = 0.12
    plan: float = 0.4
    proof: float = 0.8


def render_prompt(problem: str) -> str:
    """Wrap a problem statement in the chat format the models were trained on."""
    return f"{BOS}{USER}{problem}{ASSISTANT}"


def split_step(line: str) -> tuple[str, str]:
    """Split a line into its tag and its text; the tag is empty where the line has none."""
    found = _STEP.fullmatch(line.strip("\n"))
    return (found[1], found[2]) if found else ("", line)
