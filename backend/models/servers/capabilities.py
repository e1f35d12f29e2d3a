"""What a model server is and can do, asked of the server itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from backend.models.errors import BadReply
from backend.models.servers.client import PLAIN_SAMPLING, ServerClient, together
from backend.models.servers.replies import MOST_TOKENS, value_at

Fields = Mapping[str, object]


class Kind(StrEnum):
    """The servers whose ways are known, by the name that people know them by."""

    VLLM = "vLLM"
    SGLANG = "SGLang"
    LLAMA_CPP = "llama.cpp"
    OLLAMA = "Ollama"
    OTHER = "OpenAI-compatible server"


SAMPLING: Final[Mapping[Kind, Fields]] = MappingProxyType(
    {
        Kind.VLLM: PLAIN_SAMPLING,
        Kind.SGLANG: {"top_p": 1, "top_k": -1, "min_p": 0, "repetition_penalty": 1},
        # min_p is 0.05 and top_k 40 unless told otherwise (tools/server/README.md).
        Kind.LLAMA_CPP: {"top_p": 1, "top_k": 0, "min_p": 0, "repeat_penalty": 1},
        Kind.OLLAMA: {"top_p": 1},
        # Hosted APIs refuse fields that they do not know.
        Kind.OTHER: {},
    }
)
"""What makes a kind of server draw from the model's own distribution."""

CONTINUE: Final[Fields] = {"continue_final_message": True, "add_generation_prompt": False}
"""What makes vLLM, SGLang and those that follow them go on with the last message."""

_WINDOWS: Final = ("max_model_len", "context_length", "context_window", "n_ctx")
"""Where lists of models say the window: vLLM and SGLang, OpenRouter, Groq, llama.cpp."""

_OWNERS: Final = {"vllm": Kind.VLLM, "sglang": Kind.SGLANG, "llamacpp": Kind.LLAMA_CPP}
"""What those servers say of their models in /v1/models."""

_RAW: Final = {Kind.VLLM: True, Kind.SGLANG: True, Kind.LLAMA_CPP: True, Kind.OLLAMA: False}
"""Whether /v1/completions reads a prompt as it is: Ollama puts it into the chat template."""

_KEEPS_STOP: Final = {**_RAW, Kind.LLAMA_CPP: False}
"""Whether a reply can hold the stop string: include_stop_str_in_output, SGLang's no_stop_trim."""

_WORD, _BEGUN, _REST = "internationalisation", "internation", "al"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A server, its model, and which requests they serve. `window`: tokens, None if not told.

    `token_prompts`: raw prompts as token ids, with the ids of the reply given back; this is also
    what `label_logprobs`, exact log-probabilities of chosen tokens, needs. `scaled_logprobs`: they
    are those at the temperature of the request, not at 1. `continues`: the model
    can go on with an answer that it began; `by_flag`: when told to, not of itself. `seed`: the same
    seed gives the same text. `prefix_cache`: None where nobody said.
    """

    kind: Kind
    version: str | None
    model: str
    window: int | None
    token_prompts: bool = False
    label_logprobs: bool = False
    n: bool = False
    logprobs: bool = False
    scaled_logprobs: bool = False
    continues: bool = False
    seed: bool = False
    prefix_cache: bool | None = None
    by_flag: bool = False
    others: int = 0
    """How many further models the server lists."""

    @property
    def title(self) -> str:
        """The server in one line, for logs."""
        kind = f"{self.kind} {self.version}" if self.version else str(self.kind)
        return f"{kind}, model {self.model}, window {self.window or 'unknown'}"

    @property
    def whole_only(self) -> bool:
        """Whether nothing but whole solutions can be sampled."""
        return not self.continues and not self.token_prompts

    @property
    def flags(self) -> Mapping[str, bool | None]:
        """Each capability by the name that people know it by; None where nobody knows."""
        return {
            "raw completion": self.token_prompts or _RAW.get(self.kind),
            "token prompts": self.token_prompts,
            "n": self.n,
            "logprobs": self.logprobs,
            "label logprobs": self.label_logprobs,
            "continue": self.continues,
            "include stop": _KEEPS_STOP.get(self.kind),
            "seeds": self.seed,
            "prefix cache": self.prefix_cache,
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing, and what that costs; for people."""
        missing = (
            (self.whole_only,
             "no continuation of a begun answer: only whole solutions can be sampled, and "
             "strategies that grow step by step are refused"),
            (self.continues and not self.token_prompts,
             "no prompts of token ids: each step is sent as text and read anew, and may be split "
             "into other tokens than those that the model wrote"),
            (not self.logprobs, "no log-probabilities: no action prior and no confidence of steps"),
            (self.logprobs and not self.label_logprobs,
             "log-probabilities of the likeliest tokens only: actions that are not among them "
             "count as never chosen in the action prior"),
            (self.scaled_logprobs,
             "log-probabilities at the request's temperature: no confidence of steps, but at 1"),
            (self.prefix_cache is None,
             "no word on caching prompts: each step's prompt may be read, and paid for, in full"),
            (not self.seed, "no seeds: the same search run twice gives different trees"),
            (not self.n and not self.seed,
             "one text per request: the prompt is read, and paid for, once per sample"),
            (self.window is None,
             "its context window is not known: what does not fit may be cut without a word"),
            (self.others > 0,
             f"it serves {self.others} other models; the first, {self.model}, is used unless "
             "TREEWRIGHT_GENERATOR_MODEL or a profile names another"),
        )  # fmt: skip
        return tuple(text for is_missing, text in missing if is_missing)

    @property
    def chat_fields(self) -> Fields:
        """What every chat request to this kind of server says."""
        return {**SAMPLING[self.kind], **self.template_fields}

    @property
    def continue_fields(self) -> Fields:
        """What asks a server to go on with a begun answer."""
        return CONTINUE if self.by_flag else {}

    @property
    def template_fields(self) -> Fields:
        """What the chat template is told: steps are the thoughts, and no others are wanted."""
        knows = self.kind in (Kind.VLLM, Kind.SGLANG, Kind.LLAMA_CPP)
        return {"chat_template_kwargs": {"enable_thinking": False}} if knows else {}


async def probe(client: ServerClient, model: str | None = None) -> Capabilities:
    """Ask a server what it can do. `model`: the one to use, by default the first that it lists.

    Errors: ModelUnavailable; BadReply when it lists no such model or refuses to talk.
    """
    base = await identify(client, model)
    return await _PROBES[base.kind](client, base)


async def listed(client: ServerClient) -> dict[str, dict[str, Any]]:
    """What the server lists, by name. Errors: ModelUnavailable, BadReply."""
    data = await client.exchange("GET", "/v1/models", None, lambda p: value_at(p, "data", list))
    return {value_at(entry, "id", str): entry for entry in data}


async def identify(client: ServerClient, model: str | None = None) -> Capabilities:
    """Which server it is and what it serves, before anything is tried. As for probe."""
    entries = await listed(client)
    if model is not None and model not in entries:
        raise BadReply(f"{client.url} serves {', '.join(entries)[:300]}, but not {model}")
    if not entries:
        raise BadReply(f"{client.url} lists no model")
    name = model or next(iter(entries))
    if not name.isprintable():
        raise BadReply(f"{client.url} lists {name!r}, which is no model")
    kind, version, window = await _kind(client, entries[name].get("owned_by"))
    if window is None:
        given = (entries[name].get(key) for key in _WINDOWS)
        window = next((w for w in given if type(w) is int and 1 <= w <= MOST_TOKENS), None)
    others = 0 if model else len(entries) - 1
    return Capabilities(kind, version, name, window, others=others)


async def _kind(client: ServerClient, owner: object) -> tuple[Kind, str | None, int | None]:
    """Which server it is, its version, and the window where that is said beside it."""
    sglang, llama_cpp, ollama, vllm = await together(
        _told(client, path) for path in ("/get_model_info", "/props", "/api/version", "/version")
    )
    if "model_path" in sglang:
        return Kind.SGLANG, None, None
    if isinstance(settings := llama_cpp.get("default_generation_settings"), dict):
        build, n_ctx = llama_cpp.get("build_info"), settings.get("n_ctx")
        return Kind.LLAMA_CPP, build and str(build), n_ctx if type(n_ctx) is int else None
    if "version" in ollama:
        return Kind.OLLAMA, str(ollama["version"]), None
    if "version" in vllm:
        return Kind.VLLM, str(vllm["version"]), None
    # A gateway may pass on nothing but /v1.
    return _OWNERS.get(owner, Kind.OTHER) if isinstance(owner, str) else Kind.OTHER, None, None


async def _told(client: ServerClient, path: str) -> dict[str, Any]:
    """The object at a path that only some servers have; empty where this one has it not."""
    try:
        told = await client.exchange("GET", path, None, lambda payload: payload)
    except BadReply:
        return {}
    return told if isinstance(told, dict) else {}


async def _choices(client: ServerClient, path: str, body: Fields) -> list[Any]:
    """The choices of a reply; none where the server refuses the request."""
    try:
        choices = await client.exchange("POST", path, body, lambda p: value_at(p, "choices", list))
    except BadReply:
        return []
    return choices if all(isinstance(choice, dict) for choice in choices) else []


async def _vllm(client: ServerClient, base: Capabilities) -> Capabilities:
    """One token after one token tells the rest: older versions and gateways lack some fields."""
    known = replace(
        base, n=True, logprobs=True, continues=True, seed=True, prefix_cache=True,
        by_flag=True,
    )  # fmt: skip
    body = {"model": base.model, "prompt": "1", "add_special_tokens": False}
    try:
        ids = await client.exchange(
            "POST", "/tokenize", body, lambda p: value_at(p, "tokens", list)
        )
    except BadReply:
        return known
    labels = sorted({1, 2, 3, *ids[:1]})
    asked = {"logprobs": 1, "logprob_token_ids": labels, "return_token_ids": True}
    body = {"model": base.model, "prompt": ids, "max_tokens": 1, "temperature": 0, **asked}
    choices = await _choices(client, "/v1/completions", body)
    if not choices:
        return known
    tops = (choices[0].get("logprobs") or {}).get("top_logprobs") or [{}]
    return replace(
        known,
        token_prompts=choices[0].get("token_ids") is not None,
        # Of greedy text only the most likely token would come by itself.
        label_logprobs=len(tops[0]) >= len(labels),
    )


async def _sglang(client: ServerClient, base: Capabilities) -> Capabilities:
    # Its seeds count only with --enable-deterministic-inference, and its log-probabilities are the
    # model's own only with SGLANG_RETURN_ORIGINAL_LOGPROB.
    return replace(
        base, n=True, logprobs=True, scaled_logprobs=True, continues=True, prefix_cache=True,
        by_flag=True,
    )  # fmt: skip


async def _llama_cpp(client: ServerClient, base: Capabilities) -> Capabilities:
    # It goes on with a last message of the assistant, unless --no-prefill-assistant.
    return replace(base, logprobs=True, continues=True, seed=True, prefix_cache=True)


async def _by_trying(client: ServerClient, base: Capabilities) -> Capabilities:
    """Have a word copied of which the beginning stands there already.

    A model that goes on writes the rest of the word only; a new message repeats all of it.
    """
    body = {
        **SAMPLING[base.kind],
        "model": base.model,
        "max_tokens": 16,
        "temperature": 0.2,
        "messages": [
            {"role": "user", "content": f"Repeat this word, and write nothing else: {_WORD}"},
            {"role": "assistant", "content": _BEGUN},
        ],
    }
    extras: Fields = {"logprobs": True, "top_logprobs": 2, "n": 2}
    found = base
    # Some servers ignore fields that they do not know, others refuse the request.
    for fields, more in ((CONTINUE, extras), ({}, extras), ({}, {})):
        choices = await _choices(client, "/v1/chat/completions", {**body, **fields, **more})
        if choices:
            said = str((choices[0].get("message") or {}).get("content") or "")
            found = replace(
                base,
                n=len(choices) == 2,
                logprobs=bool(choices[0].get("logprobs")),
                continues=said.strip().lower().startswith(_REST),
                by_flag=bool(fields),
            )
            break
    if base.kind is not Kind.OLLAMA:
        return found
    # Now the model is loaded, and with it the window that it was given.
    loaded = (await _told(client, "/api/ps")).get("models") or ()
    mine = [m.get("context_length") for m in loaded if m.get("name") == base.model]
    # Older versions do not say.
    return replace(found, seed=True, window=next((w for w in mine if type(w) is int), None))


_PROBES: Final[Mapping[Kind, Callable[[ServerClient, Capabilities], Awaitable[Capabilities]]]] = (
    MappingProxyType(
        {
            Kind.VLLM: _vllm,
            Kind.SGLANG: _sglang,
            Kind.LLAMA_CPP: _llama_cpp,
            Kind.OLLAMA: _by_trying,
            Kind.OTHER: _by_trying,
        }
    )
)
