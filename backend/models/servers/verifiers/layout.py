"""How a problem and its steps are laid out for a model, and what keeps text from breaking out."""

import re
from collections.abc import Mapping
from string import Template
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from backend.models.protocols import Prefix

Message = tuple[str, str]
"""Role and text of one turn."""

Prompt = str | tuple[Message, ...]
"""What is tokenized: bare text, or the turns of a conversation for the model's chat template."""

FIELDS: Final = frozenset(
    {"problem", "steps", "step", "number", "index", "criteria", "lowest", "highest"}
)

CONTROL: Final = re.compile(
    # <|im_end|>, <|eot_id|> and the like, also with DeepSeek's full-width bars
    r"<[|\uff5c][^<>\s]{0,80}[|\uff5c]>"
    r"|<extra_\d{1,4}>|<unused\d{1,4}>|<(?:start|end)_of_turn>"
    r"|</?s>|<(?:bos|eos|pad|unk|mask)>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<</?SYS>>",
    re.IGNORECASE,
)
"""What chat templates and step formats are made of, over the families of models in use."""


def harmless(text: str, marks: tuple[str, ...] = ()) -> str:
    """The text without special tokens and without `marks`, a blank where one was.

    The blank is what makes one pass enough: no special token has one inside, so nothing that was
    around a removed one becomes another. Half surrogate pairs, which no server reads, go too.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    for mark in marks:
        text = text.replace(mark, " ")
    return CONTROL.sub(" ", text)


def _template(text: str) -> str:
    template = Template(text)
    unknown = set(template.get_identifiers()) - FIELDS
    if not template.is_valid() or unknown:
        raise ValueError(
            f"{text!r} has the places {sorted(unknown)}; known are {sorted(FIELDS)} "
            "(written $name, and $$ for a dollar)"
        )
    return text


TemplateText = Annotated[str, AfterValidator(_template)]
"""Text with places such as $problem, as string.Template fills them."""


class Turn(BaseModel):
    """One turn of a conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "user", "assistant"]
    text: TemplateText


class Layout(BaseModel):
    """A prompt to be filled: bare `text`, or `turns`.

    `each` is one step ($step, $number from 1, $index from 0), `between` stands between two; so they
    make $steps. `answered`: every step is a turn of its own, and those before it are answered
    so; the last of `turns` is then the first step's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: TemplateText | None = None
    turns: tuple[Turn, ...] = ()
    each: TemplateText = "$step"
    between: str = "\n\n"
    answered: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (not self.turns):
            raise ValueError("a layout has either text or turns")
        if self.answered is not None and not self.turns:
            raise ValueError("steps are answered in turns, not in text")
        return self

    def prompt(self, prefix: Prefix, marks: tuple[str, ...] = (), **more: object) -> Prompt:
        """The prompt for a problem and its steps. `more`: further places of the templates."""
        problem = harmless(prefix.problem, marks)
        steps = [harmless(step.text, marks).strip() for step in prefix.steps]
        if self.answered is not None:
            return self._dialogue(problem, steps, self.answered)
        places = {
            "problem": problem,
            "steps": self.between.join(self._each(i, step) for i, step in enumerate(steps, 1)),
            "step": steps[-1] if steps else "",
            "number": len(steps),
            **more,
        }
        if self.text is not None:
            return fill(self.text, places)
        return tuple((turn.role, fill(turn.text, places)) for turn in self.turns)

    def _each(self, number: int, step: str) -> str:
        return fill(self.each, {"number": number, "index": number - 1, "step": step})

    def _dialogue(self, problem: str, steps: list[str], answered: str) -> Prompt:
        *before, first = self.turns
        places = {"problem": problem, "step": steps[0] if steps else ""}
        messages = [(turn.role, fill(turn.text, places)) for turn in (*before, first)]
        for number, step in enumerate(steps[1:], 2):
            messages += [("assistant", answered), ("user", self._each(number, step))]
        return tuple(messages)


def fill(text: str, places: Mapping[str, object]) -> str:
    """A template with its places filled; what is filled in is not read for places again."""
    return Template(text).substitute(places)
