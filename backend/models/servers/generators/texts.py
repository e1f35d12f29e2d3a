"""Texts that a server wrote: the replies of /v1/completions and /v1/chat/completions, checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from backend.models.errors import BadReply
from backend.models.servers.replies import LOWEST, MOST_TOKENS, logprob_of, value_at

_THOUGHTS: Final = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)
_LONGEST_TOKEN: Final = 256
"""Characters; the longest tokens of common vocabularies are runs of 128 spaces."""


class End(Enum):
    """Why a text ended: at the stop string, where the model ended it, or at max_tokens.

    Servers that do not tell the first two apart give TEXT for both.
    """

    BREAK = "break"
    TEXT = "text"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Text:
    """One text of `tokens` tokens.

    `pieces`: each token's text and log-probability, None when the server did not give them. `ids`:
    the tokens, where it gave those. `tops`: log-probabilities of tokens that could have come first.
    """

    text: str
    tokens: int
    end: End
    pieces: tuple[tuple[str, float], ...] | None = None
    ids: tuple[int, ...] | None = None
    tops: Mapping[str, float] | None = None

    def without(self, prefix: str) -> "Text":
        """The text after `prefix`, if it begins so; then nobody knows where its tokens begin."""
        if not prefix or not self.text.startswith(prefix):
            return self
        return replace(self, text=self.text[len(prefix) :], pieces=None)

    def without_thoughts(self) -> "Text":
        """The text after what a reasoning model wrote for itself."""
        found = _THOUGHTS.match(self.text)
        return self if found is None else self.without(found[0])


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one request, in the order of their indices, and the tokens of its prompt."""

    texts: tuple[Text, ...]
    prompt_tokens: int


def parse_texts(payload: Any, count: int, most: int) -> Texts:
    """`count` texts of at most `most` tokens each. Errors: BadReply."""
    choices = value_at(payload, "choices", list)
    by_index = {value_at(choice, "index", int): choice for choice in choices}
    if len(choices) != count or set(by_index) != set(range(count)):
        raise BadReply(f"{len(choices)} choices, {len(by_index)} apart, where {count} were due")
    usage = value_at(payload, "usage", dict)
    read, written = (value_at(usage, key, int) for key in ("prompt_tokens", "completion_tokens"))
    if not (0 <= read <= MOST_TOKENS and 0 <= written <= MOST_TOKENS):
        raise BadReply(f"usage counts {read} and {written} tokens")
    texts = [_text(by_index[i]) for i in range(count)]
    length = sum(len(text.text) for text in texts)
    counted = []
    for text in texts:
        share = written if count == 1 else round(written * len(text.text) / max(1, length))
        known = len(text.ids or text.pieces or ())
        tokens = known if count > 1 and known else max(known, share)
        if tokens > most or len(text.text) > most * _LONGEST_TOKEN:
            raise BadReply(
                f"{tokens} tokens with {len(text.text)} characters where {most} tokens were "
                "asked for: the server must honour max_tokens"
            )
        counted.append(replace(text, tokens=tokens))
    return Texts(tuple(counted), read)


def _text(choice: Any) -> Text:
    message = choice.get("message")
    # A reasoning model that ran out of tokens has no content at all.
    said = choice.get("text") if message is None else message.get("content")
    if said is not None and not isinstance(said, str):
        raise BadReply("a choice has no text where it should be")
    ids = choice.get("token_ids")
    if ids is not None and not (isinstance(ids, list) and all(type(i) is int for i in ids)):
        raise BadReply("token_ids must hold ids only")
    pieces, tops = _pieces(choice.get("logprobs"))
    return Text(said or "", 0, _end(choice), pieces, None if ids is None else tuple(ids), tops)


def _end(choice: Any) -> End:
    reason = value_at(choice, "finish_reason", str)
    if reason == "length":
        return End.LENGTH
    if reason != "stop":
        raise BadReply(f"a choice ended with finish_reason {reason[:40]!r}")
    # vLLM's name and SGLang's: the stop string, an id or null where the model ended its text.
    matched = choice.get("stop_reason", choice.get("matched_stop"))
    return End.BREAK if isinstance(matched, str) else End.TEXT


def _pieces(
    logprobs: Any,
) -> tuple[tuple[tuple[str, float], ...] | None, Mapping[str, float] | None]:
    """Token texts with their log-probabilities, and the first token's rivals."""
    if not isinstance(logprobs, dict):
        return None, None
    if (content := logprobs.get("content")) is not None:
        pieces = [(value_at(one, "token", str), one.get("logprob")) for one in content]
        tops = content[0].get("top_logprobs") if content else None
        first = {value_at(one, "token", str): one.get("logprob") for one in tops or ()}
    else:
        tokens, given = (value_at(logprobs, key, list) for key in ("tokens", "token_logprobs"))
        if len(tokens) != len(given):
            raise BadReply(f"{len(given)} log-probabilities for {len(tokens)} tokens")
        pieces = list(zip(tokens, given, strict=True))
        tops = logprobs.get("top_logprobs")
        first = tops[0] if isinstance(tops, list) and tops and isinstance(tops[0], dict) else {}
    known = tuple((str(token), logprob_of(value)) for token, value in pieces)
    # llama.cpp writes the lowest float for what is impossible.
    rivals = {t: logprob_of(v) for t, v in first.items() if type(v) is float and v > LOWEST}
    return known or None, rivals
