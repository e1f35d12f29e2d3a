"""HTTP to one vLLM server: deadlines, size limits, and the one place that translates errors."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import httpx2

from backend.models.errors import BadReply, ContextOverflow, ModelUnavailable
from backend.models.servers.replies import (
    Completion,
    Served,
    error_message,
    parse_completion,
    parse_json,
    parse_models,
)

DEADLINE = 120.0
"""Seconds that one exchange may take in total, waiting for a connection included."""

CONNECT_SECONDS = 10.0
MAX_REPLY_BYTES = 16 * 2**20
MAX_CONNECTIONS = 128

PLAIN_SAMPLING: Mapping[str, object] = {
    "top_p": 1,
    "top_k": -1,
    "min_p": 0,
    "repetition_penalty": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
}
"""Said in every request: vLLM fills gaps from the model's generation_config.json."""

TOP_LOGPROBS = 20
"""The most that vLLM gives unless it was started with another --max-logprobs."""

Result = TypeVar("Result")


class ServerClient:
    """One vLLM server. Safe to use from many tasks at once.

    Every method raises ModelUnavailable (unreachable, overloaded, too slow, closed),
    ContextOverflow (prompt too long) or BadReply (refused or malformed), and nothing else.
    """

    def __init__(self, url: str, api_key: str | None = None, deadline: float = DEADLINE) -> None:
        """`url` as in `http://host:8000`; a trailing `/v1` is dropped. `deadline` in seconds.

        Errors: ValueError for a URL or key that cannot be used; it never shows the key.
        """
        self._url = _checked_url(url)
        self._key = api_key
        self._deadline = deadline
        self._served: Served | None = None
        self._closed = False
        headers = {"Accept-Encoding": "identity"}
        if api_key:
            if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
                raise ValueError("the vLLM API key must be printable ASCII without spaces")
            headers["Authorization"] = f"Bearer {api_key}"
        # A connection per exchange: vLLM closes idle ones after 5 s, and a request that meets the
        # closing fails; also, a cancelled exchange then leaves nothing behind to be reused.
        self._http = httpx2.AsyncClient(
            headers=headers,
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=0),
            trust_env=False,
        )

    async def served(self) -> Served:
        """The first model that the server lists, remembered until the server denies having it."""
        if self._served is None:
            self._served = await self.exchange("GET", "/v1/models", None, parse_models)
        return self._served

    async def complete(
        self, prompts: Sequence[Sequence[int]], options: Mapping[str, object]
    ) -> Completion:
        """Continue each prompt (token ids) once. `options`: further fields of /v1/completions."""
        body = {
            **PLAIN_SAMPLING,
            "model": (await self.served()).model,
            "prompt": [list(prompt) for prompt in prompts],
            "n": 1,
            "return_token_ids": True,
            "return_tokens_as_token_ids": True,
            **options,
        }
        parse = partial(parse_completion, prompts=len(prompts))
        return await self.exchange("POST", "/v1/completions", body, parse)

    async def labels(
        self, prompts: Sequence[Sequence[int]], labels: Sequence[int]
    ) -> tuple[list[dict[int, float]], Completion]:
        """Log-probabilities of the `labels` that the server knows to follow each prompt.

        Newer servers give exactly the labels. Others ignore `logprob_token_ids` and give their
        most likely tokens, where a label may be missing.
        """
        options = {
            "max_tokens": 1,
            "temperature": 0,
            "allowed_token_ids": list(labels),
            "logprobs": TOP_LOGPROBS,
            "logprob_token_ids": list(labels),
        }
        completion = await self.complete(prompts, options)
        known = [{i: c.first[i] for i in labels if i in c.first} for c in completion.choices]
        return known, completion

    def close(self) -> None:
        """Refuse further calls; exchanges in flight end by themselves. Needs no event loop."""
        self._closed = True

    async def aclose(self) -> None:
        """Refuse further calls and drop the connections."""
        self.close()
        await self._http.aclose()

    async def exchange(
        self, method: str, path: str, body: object, parse: Callable[[Any], Result]
    ) -> Result:
        """One request and what `parse` makes of the JSON that answers it."""
        if self._closed:
            raise ModelUnavailable(f"the connection to the vLLM server at {self._url} is closed")
        try:
            async with asyncio.timeout(self._deadline):
                status, reply = await self._send(method, path, body)
        except TimeoutError as error:
            raise ModelUnavailable(
                f"the vLLM server at {self._url} did not answer within {self._deadline:g} s: "
                "check its load, then try again."
            ) from error
        except httpx2.DecodingError as error:
            raise BadReply(f"the vLLM server at {self._url} sent garbled bytes") from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise ModelUnavailable(
                f"cannot reach the vLLM server at {self._url} ({type(error).__name__}): "
                "check that it runs and that the address is right, then try again."
            ) from error
        if status == 404:
            # The server may have been started again with another model: ask for its name anew.
            self._served = None
        if status != 200:
            raise self._refusal(status, reply)
        try:
            return parse(parse_json(reply))
        except BadReply as error:
            raise BadReply(f"the vLLM server at {self._url}: {error}") from error

    async def _send(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        reply = bytearray()
        async with self._http.stream(method, self._url + path, json=body) as response:
            async for chunk in response.aiter_bytes():
                reply += chunk
                if len(reply) > MAX_REPLY_BYTES:
                    raise BadReply(
                        f"the vLLM server at {self._url} sent more than {MAX_REPLY_BYTES} bytes"
                    )
        return response.status_code, bytes(reply)

    def _refusal(self, status: int, reply: bytes) -> BadReply | ContextOverflow | ModelUnavailable:
        said, too_long = error_message(reply)
        if self._key:
            said = said.replace(self._key, "[key]")
        where = f"the vLLM server at {self._url}"
        if status == 429 or status >= 500:
            return ModelUnavailable(f"{where} cannot serve now ({status}): {said} Try again later.")
        if status in (401, 403):
            return BadReply(f"{where} refused the API key ({status}): set the key it was given.")
        if status == 400 and too_long:
            return ContextOverflow(f"{where}: {said} Shorten the problem or branch earlier.")
        return BadReply(f"{where} refused the request ({status}): {said}")


async def together(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Run coroutines at once; the first error cancels the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as failed:
        first = failed.exceptions[0]
        raise first from first.__cause__
    return [task.result() for task in tasks]


def _checked_url(url: str) -> str:
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise ValueError(f"the address of the vLLM server is no URL: {error}") from error
    usable = parsed.scheme in ("http", "https") and parsed.host and (parsed.port or 80) < 2**16
    # A password in the address would be shown in messages.
    if not usable or parsed.userinfo:
        raise ValueError(
            "the address of a vLLM server looks like http://host:8000, without user and password; "
            "give the key apart"
        )
    return url.rstrip("/").removesuffix("/v1")
