"""ServerClient: what is asked of one model server, and the checked replies."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from backend.models.errors import BadReply
from backend.models.servers.replies import Completion, Served, parse_completion, parse_models
from backend.models.servers.transport import DEADLINE, Transport

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
    """One model server. Safe to use from many tasks at once.

    Every method raises ModelUnavailable (unreachable, overloaded, too slow, closed),
    ContextOverflow (prompt too long) or BadReply (refused or malformed), and nothing else.
    """

    def __init__(self, url: str, api_key: str | None = None, deadline: float = DEADLINE) -> None:
        """`url` as in `http://host:8000`; a trailing `/v1` is dropped. `deadline` in seconds.

        Errors: ValueError for a URL or key that cannot be used; it never shows the key.
        """
        self._transport = Transport(url, api_key, deadline)
        self._served: tuple[int, Served] | None = None

    @property
    def url(self) -> str:
        """The address, as messages show it."""
        return self._transport.url

    @property
    def epoch(self) -> int:
        """Another number than before: the server may by now be another, or serve another model."""
        return self._transport.epoch

    async def served(self) -> Served:
        """The first model that the server lists, remembered for the epoch."""
        if self._served is None or self._served[0] != self.epoch:
            served = await self.exchange("GET", "/v1/models", None, parse_models)
            self._served = (self.epoch, served)
        return self._served[1]

    def forget(self) -> None:
        """Begin an epoch: what the server said before is known to be outdated."""
        self._transport.epoch += 1

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
        self._transport.close()

    async def aclose(self) -> None:
        """Refuse further calls and drop the connections."""
        await self._transport.aclose()

    async def exchange(
        self, method: str, path: str, body: object, parse: Callable[[Any], Result]
    ) -> Result:
        """One request and what `parse` makes of the JSON that answers it."""
        payload = await self._transport.exchange(method, path, body)
        try:
            return parse(payload)
        except BadReply as error:
            raise BadReply(f"the model server at {self.url}: {error}") from error

    async def text(self, path: str) -> str:
        """What the server answers to a GET, as text."""

        def read(reply: bytes) -> str:
            return reply.decode("utf-8", "replace")

        return str(await self._transport.exchange("GET", path, None, read))


async def together(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Run coroutines at once; the first error cancels the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as failed:
        first = failed.exceptions[0]
        raise first from first.__cause__
    return [task.result() for task in tasks]
