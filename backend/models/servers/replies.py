"""What a model server answers, checked: from JSON to typed values."""

import json
import math
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from backend.models.errors import BadReply

TOKEN = re.compile(r"token_id:([0-9]{1,18})")
"""How vLLM writes an id in logprobs when asked for `return_tokens_as_token_ids`."""

LOWEST = -1e6
"""Below every log-probability: vLLM writes -9999 for that of the impossible."""

ROUNDING = 1e-3
"""A log-probability may be this far above 0 before it counts as nonsense."""

MOST_TOKENS = 2**53
"""More than any usage."""

TOO_LONG = re.compile(
    r"maximum context length"  # vLLM, OpenAI
    r"|exceeds? the available context size"  # llama.cpp
    r"|longer than the model's context length"  # SGLang
    r"|exceeds? the context (?:length|window)",
    re.IGNORECASE,
)
"""How servers say that a prompt does not fit."""


@dataclass(frozen=True, slots=True)
class Served:
    """The model that a server serves. `window`: tokens of prompt and reply together."""

    model: str
    window: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One continuation.

    `logprob` is the sum over `tokens`, None when the server gave none. `first` has the
    log-probabilities of the first token that came with it, by token id. `cut`: ended at max_tokens.
    """

    tokens: tuple[int, ...]
    logprob: float | None
    first: Mapping[int, float]
    cut: bool


@dataclass(frozen=True, slots=True)
class Completion:
    """The choices, one per prompt in the order of the prompts, and what they cost in tokens."""

    choices: tuple[Choice, ...]
    prompt_tokens: int
    generated_tokens: int


def parse_json(body: bytes) -> Any:
    """Strict JSON (no NaN). Errors: BadReply."""
    try:
        return json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise BadReply(f"the reply is not valid JSON: {error}") from error


def parse_models(payload: Any) -> Served:
    """The first model of GET /v1/models. Errors: BadReply."""
    models = value_at(payload, "data", list)
    if not models:
        raise BadReply("the server lists no model")
    name = value_at(models[0], "id", str)
    window = value_at(models[0], "max_model_len", int)
    # What is printable can be sent back as UTF-8 and shown.
    if not (name.isprintable() and 1 <= window <= MOST_TOKENS):
        raise BadReply(f"{reprlib.repr(name)} with max_model_len {window} is no model")
    return Served(name, window)


def parse_completion(payload: Any, prompts: int) -> Completion:
    """The reply of POST /v1/completions to that many prompts, n=1 each. Errors: BadReply."""
    choices = value_at(payload, "choices", list)
    by_index = {value_at(choice, "index", int): choice for choice in choices}
    if len(choices) != prompts or set(by_index) != set(range(prompts)):
        raise BadReply(f"{len(choices)} choices, {len(by_index)} apart, for {prompts} prompts")
    usage = value_at(payload, "usage", dict)
    read, written = (value_at(usage, key, int) for key in ("prompt_tokens", "completion_tokens"))
    if not (0 <= read <= MOST_TOKENS and 0 <= written <= MOST_TOKENS):
        raise BadReply(f"usage counts {read} and {written} tokens")
    return Completion(tuple(_choice(by_index[i]) for i in range(prompts)), read, written)


def error_message(body: bytes) -> tuple[str, bool]:
    """What the body of an error says, and whether it says that the prompt is too long."""
    try:
        error = json.loads(body)["error"]
        text, parameter = (error, None) if isinstance(error, str) else _object_error(error)
    except (ValueError, KeyError, TypeError, RecursionError):
        # Not every error comes from the server itself: proxies answer with pages of their own.
        text, parameter = body[:2000].decode("utf-8", "replace"), None
    too_long = parameter == "input_tokens" or TOO_LONG.search(text) is not None
    shown = " ".join(text.split())[:300]
    return shown.encode("utf-8", "replace").decode("utf-8"), too_long


def denies_model(body: bytes) -> bool:
    """Whether the body of an error says that the model that was asked for is not served."""
    try:
        return bool(json.loads(body)["error"]["param"] == "model")
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _object_error(error: Any) -> tuple[str, object]:
    return str(error["message"]), error.get("param")


def _choice(choice: Any) -> Choice:
    tokens = value_at(choice, "token_ids", list)
    if not tokens or not all(type(token) is int and token >= 0 for token in tokens):
        raise BadReply("token_ids must hold at least one id, and ids only")
    reason = value_at(choice, "finish_reason", str)
    if reason not in ("stop", "length"):
        raise BadReply(f"a choice ended with finish_reason {reprlib.repr(reason)}")
    logprobs = choice.get("logprobs")
    if logprobs is None:
        return Choice(tuple(tokens), None, {}, reason == "length")
    given = value_at(logprobs, "token_logprobs", list)
    if len(given) != len(tokens):
        raise BadReply(f"{len(given)} log-probabilities for {len(tokens)} tokens")
    known = [logprob_of(value) for value in given if value is not None]
    total = math.fsum(known) if len(known) == len(tokens) else None
    return Choice(tuple(tokens), total, _first(logprobs), reason == "length")


def _first(logprobs: Any) -> dict[int, float]:
    tops = logprobs.get("top_logprobs")
    if not isinstance(tops, list) or not tops or not isinstance(tops[0], dict):
        return {}
    return {
        int(match[1]): logprob_of(value)
        for key, value in tops[0].items()
        if (match := TOKEN.fullmatch(key))
    }


def logprob_of(value: Any) -> float:
    """A log-probability from JSON. Errors: BadReply for anything else."""
    if type(value) not in (int, float) or not LOWEST <= value <= ROUNDING:
        raise BadReply(f"{reprlib.repr(value)} is not a log-probability")
    return min(0.0, float(value))


def value_at(payload: Any, key: str, kind: type[Any]) -> Any:
    """What an object has under `key`, of exactly that type. Errors: BadReply if it has not."""
    # type() and not isinstance(): true is no number.
    if not isinstance(payload, dict) or type(payload.get(key)) is not kind:
        raise BadReply(f"the reply has no {key} ({kind.__name__}) where it should be")
    return payload[key]


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
