"""Problems and steps as tokens and back."""

import json
from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer

from backend.models.embedded.problems import read
from backend.models.protocols import ModelStep, Prefix
from training.tasks.letters import in_unknown, in_x

ACTIONS = ("restate", "decompose", "solve", "check", "correct", "answer")
FINAL_ACTION = "answer"
ENDS_RIGHT, ENDS_WRONG = "<ends-right>", "<ends-wrong>"
"""The label tokens of the value."""

FOREIGN_ACTION = "solve"
"""How a step is read whose action this model does not know (another generator wrote it)."""


def one_line(text: str) -> str:
    """The text on one line: every run of white space and line breaks becomes one space."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


class StepTokenizer:
    """Encodes `<|bos|><|user|>problem<|assistant|>` and then a line `<action> text` per step.

    Text is encoded by a copy of the tokenizer that knows no special tokens, so nothing that a
    person or a model writes can become one: `<|end|>` in a problem is read as seven characters.
    """

    def __init__(self, tokenizer_json: str) -> None:
        """Errors: ValueError when the JSON is no tokenizer or lacks a token of the format."""
        raw = json.loads(tokenizer_json)
        added = {token["content"]: int(token["id"]) for token in raw.get("added_tokens", ())}
        raw["added_tokens"] = []
        # A template would add special tokens of its own around every text.
        raw["post_processor"] = raw["truncation"] = raw["padding"] = None
        try:
            self._plain = Tokenizer.from_str(json.dumps(raw))
        except Exception as error:  # tokenizers raises nothing more precise
            raise ValueError(f"tokenizer.json: {error}") from error
        self._added = added
        self.bos, self.end, self.user, self.assistant = (
            self.added(name) for name in ("<|bos|>", "<|end|>", "<|user|>", "<|assistant|>")
        )
        self.action_ids = {action: self.added(f"<{action}>") for action in ACTIONS}
        self.reserved = frozenset(added.values())
        self.newline = self.single("\n")

    @property
    def known(self) -> int:
        """How many ids have a token."""
        return 1 + max((*self._plain.get_vocab().values(), *self.reserved))

    def added(self, name: str) -> int:
        """The id of an added token, such as `<solve>`. Errors: ValueError when there is none."""
        if name not in self._added:
            raise ValueError(f"tokenizer.json has no added token {name}")
        return self._added[name]

    def single(self, text: str) -> int:
        """The id of a text that must be one token. Errors: ValueError when it is not."""
        ids = self._plain.encode(text).ids
        if len(ids) != 1:
            raise ValueError(f"{text!r} must be one token of tokenizer.json, it is {len(ids)}")
        return int(ids[0])

    def prompt(self, problem: str) -> list[int]:
        """The tokens before the first step; a known kind of problem in the models' spelling."""
        text = one_line(problem)
        known = read(text)
        return [self.bos, self.user, *self._encode(known.text if known else text), self.assistant]

    def step(self, step: ModelStep, problem: str) -> list[int]:
        """The tokens of one step of a problem, from its action to its line end."""
        action = step.action if step.action in self.action_ids else FOREIGN_ACTION
        text = in_x(one_line(step.text), _unknown(problem))
        body = self._encode(f" {text}") if text else []
        return [self.action_ids[action], *body, self.newline]

    def prefix(self, prefix: Prefix) -> list[int]:
        """The tokens of a problem and its steps."""
        steps = (token for step in prefix.steps for token in self.step(step, prefix.problem))
        return [*self.prompt(prefix.problem), *steps]

    def text(self, ids: Sequence[int], problem: str) -> str:
        """What ids between an action and a line end say about a problem, on one line."""
        text = one_line(self._plain.decode(list(ids), skip_special_tokens=False))
        return in_unknown(text, _unknown(problem))

    def _encode(self, text: str) -> Iterable[int]:
        # The copy has no special tokens to find; the filter keeps that true for any vocabulary.
        return (i for i in self._plain.encode(text).ids if i not in self.reserved)


def _unknown(problem: str) -> str:
    """The letter of an equation, which the models know as x."""
    known = read(one_line(problem))
    return known.unknown if known else "x"
