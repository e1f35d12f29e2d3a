"""What critics and rubric judges share: a Writer is asked, and says something or not."""

import re
from dataclasses import dataclass
from typing import Final

from backend.models.errors import ContextOverflow
from backend.models.protocols import ModelUsage, Writer
from backend.models.servers.verifiers.layout import Prompt

_THOUGHTS: Final = re.compile(r"^.*</think>", re.DOTALL)


class Unreadable(Exception):
    """A reply that does not say what was asked for; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A text that was written to its end, or None and the reason."""

    text: str | None
    reason: str | None
    usage: ModelUsage


async def ask(writer: Writer, prompt: Prompt, max_tokens: int) -> Reply:
    """Have a prompt of one system turn at most and one of the user's answered, greedily.

    A prompt too long for the model, or a reply cut at `max_tokens`, is a reason. Errors: every
    other ModelError.
    """
    system, user = _turns(prompt)
    try:
        writing = await writer.write(system, user, max_tokens=max_tokens)
    except ContextOverflow as error:
        return Reply(None, str(error), ModelUsage(calls=0))
    if not writing.finished:
        said = f"the judge did not come to an end within {max_tokens} tokens"
        return Reply(None, said, writing.usage)
    return Reply(writing.text, None, writing.usage)


def conclusion(text: str) -> str:
    """The text without what the model thought aloud before it."""
    return _THOUGHTS.sub("", text)


def total(usages: list[ModelUsage]) -> ModelUsage:
    """What several calls cost together."""
    return ModelUsage(
        sum(usage.prompt_tokens for usage in usages),
        sum(usage.generated_tokens for usage in usages),
        sum(usage.calls for usage in usages),
    )


def _turns(prompt: Prompt) -> tuple[str, str]:
    if isinstance(prompt, str):
        return "", prompt
    by_role = dict(prompt)
    return by_role.get("system", ""), by_role["user"]
