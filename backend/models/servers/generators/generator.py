"""ServedGenerator: writes reasoning steps with a general model behind any server."""

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from backend.models.embedded.text import ACTIONS
from backend.models.protocols import (
    Finish,
    Generation,
    GenerationRequest,
    ModelUsage,
    Prefix,
    Sample,
    ServerFacts,
    ServerQueue,
    Writing,
)
from backend.models.requests import check_request
from backend.models.servers.capabilities import Capabilities, Kind, probe
from backend.models.servers.client import ServerClient, together
from backend.models.servers.facts import answer_time, facts_of
from backend.models.servers.generators.chat_route import ChatRoute
from backend.models.servers.generators.route import Order, Profile, Route
from backend.models.servers.generators.steps import plain
from backend.models.servers.generators.texts import End, parse_texts
from backend.models.servers.generators.token_route import TokenRoute
from backend.models.servers.metrics import MetricsReader

_LOG: Final = logging.getLogger(__name__)

_SEED_BITS: Final = {Kind.VLLM: 62}
_FEWEST_BITS: Final = 31
"""llama.cpp and Ollama read a seed as a 32-bit number of which one value means chance."""


@dataclass(frozen=True, slots=True)
class _Connection:
    """A server as it was in an epoch, and the way to ask it."""

    epoch: int
    can: Capabilities
    route: Route


class ServedGenerator:
    """A Generator and a Writer. Safe to use from many tasks at once: the server batches them.

    What the server can do is asked at the first call, logged, and asked again when the server was
    away or denies the model. Samples are requests of their own, each with its seed, so that one
    does not depend on the others; they share one request where the server has no seeds, or gives
    the i-th sample the seed + i and the seeds follow each other.
    """

    def __init__(self, client: ServerClient, name: str, profile: Profile | None = None) -> None:
        self._client = client
        self._name = name
        self._profile = profile or Profile()
        self._metrics = MetricsReader(client)
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    @property
    def name(self) -> str:
        """The name under which nodes say who wrote them."""
        return self._name

    @property
    def actions(self) -> tuple[str, ...]:
        """The thought actions this generator knows."""
        return ACTIONS

    async def capabilities(self) -> Capabilities:
        """What the server is and can do. Errors: ModelUnavailable, BadReply."""
        return (await self._connect()).can

    @property
    def address(self) -> str:
        """Where its server is."""
        return self._client.url

    async def facts(self) -> ServerFacts:
        """Ask the server now; what it can do is tried again only when it was away or serves
        something else.
        """
        names, answers_in = await answer_time(self._client)
        if self._connection is not None and self._connection.can.model not in names:
            self._client.forget()
        return facts_of(await self.capabilities(), answers_in, await self._metrics.read())

    async def queue(self) -> ServerQueue | None:
        """How much the server has to do; None where it does not tell."""
        return (await self._metrics.read()).queue

    async def generate(self, request: GenerationRequest) -> Generation:
        """Sample continuations.

        Errors: ContextOverflow when the prefix leaves no room in the window; ModelError for a
        request that makes no sense, or that needs what the server cannot do; ModelUnavailable,
        BadReply.
        """
        check_request(request, ACTIONS)
        if request.max_tokens <= 0:
            return Generation((Sample((), Finish.LENGTH),) * len(request.seeds), ModelUsage())
        connection = await self._connect()
        limits = (request.stop, request.temperature, request.max_tokens)
        replies = await together(
            _with_words(connection.route, Order(request.prefix, action, *limits), seeds)
            for action, seeds in _groups(request, connection.can)
        )
        samples = tuple(sample for reply in replies for sample in reply.samples)
        return Generation(samples, _sum([reply.usage for reply in replies]))

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float] | None, ModelUsage]:
        """P(next action | state) at temperature 1, by the first token of each action's tag."""
        return await (await self._connect()).route.action_prior(prefix)

    async def write(
        self, system: str, user: str, *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> Writing:
        """Answer one message under a system message (none if empty). Errors: as for generate."""
        can = (await self._connect()).can
        told = [{"role": "system", "content": plain(system)}] if system else []
        body = {
            **can.chat_fields,
            "model": can.model,
            "messages": [*told, {"role": "user", "content": plain(user)}],
            # vLLM shortens this to what the prompt leaves, but refuses more than the window.
            "max_tokens": min(max_tokens, can.window or max_tokens),
            "temperature": temperature,
            **({"seed": _wire_seed(seed, can.kind)} if can.seed else {}),
        }
        parse = partial(parse_texts, count=1, most=max_tokens)
        reply = await self._client.exchange("POST", "/v1/chat/completions", body, parse)
        text = reply.texts[0].without_thoughts()
        usage = ModelUsage(reply.prompt_tokens, text.tokens)
        return Writing(plain(text.text).strip(), text.end is not End.LENGTH, usage)

    def close(self) -> None:
        """Refuse further calls; those in flight end by themselves. Needs no event loop."""
        self._client.close()

    async def aclose(self) -> None:
        """Refuse further calls and drop the connections."""
        await self._client.aclose()

    async def _connect(self) -> _Connection:
        async with self._connecting:
            known = self._connection
            if known is None or known.epoch != self._client.epoch:
                can = await probe(self._client, self._profile.model)
                _LOG.info("%s is %s", self._name, can.title)
                for note in can.notes:
                    _LOG.warning("%s: %s", self._name, note)
                # A new route: ids of another model's vocabulary would be another text.
                known = _Connection(self._client.epoch, can, self._route(can))
                self._connection = known
            return known

    def _route(self, can: Capabilities) -> Route:
        if can.token_prompts and can.window is not None:
            return TokenRoute(self._client, can, can.window, self._profile)
        return ChatRoute(self._client, can, self._profile)


async def _with_words(route: Route, order: Order, seeds: Sequence[int]) -> Generation:
    """What a route writes. Some models put a tag into a paragraph of its own: where a sample is
    nothing but that, it is asked for again with the tag given, once.
    """
    reply = await route.write(order, seeds)
    wordless = [i for i, s in enumerate(reply.samples) if s.steps and not s.steps[0].text]
    if not wordless:
        return reply
    samples = list(reply.samples)
    usages = [reply.usage]
    for i in wordless:
        action, samples[i] = samples[i].steps[0].action, Sample((), Finish.STEP)
        if order.action is None:
            again = await _with_words(route, replace(order, action=action), [seeds[i]])
            samples[i] = again.samples[0]
            usages.append(again.usage)
    return Generation(tuple(samples), _sum(usages))


def _sum(usages: Sequence[ModelUsage]) -> ModelUsage:
    """The tokens of several requests that are one call."""
    return ModelUsage(
        sum(usage.prompt_tokens for usage in usages),
        sum(usage.generated_tokens for usage in usages),
    )


def _groups(
    request: GenerationRequest, can: Capabilities
) -> list[tuple[str | None, Sequence[int]]]:
    """The samples as requests: (action, seeds)."""
    actions = request.actions or (None,) * len(request.seeds)
    groups: list[tuple[str | None, list[int]]] = []
    for given, action in zip(request.seeds, actions, strict=True):
        seed = _wire_seed(given, can.kind)
        # vLLM refuses several texts at temperature 0.
        if groups and can.n and request.temperature > 0 and groups[-1][0] == action:
            follows = can.kind is Kind.VLLM and seed == groups[-1][1][-1] + 1
            if follows or not can.seed:
                groups[-1][1].append(seed)
                continue
        groups.append((action, [seed]))
    return [(action, seeds) for action, seeds in groups]


def _wire_seed(seed: int, kind: Kind) -> int:
    """A seed in the range that the server takes; different ones stay apart but by rare chance."""
    bits = _SEED_BITS.get(kind, _FEWEST_BITS)
    return seed if 0 <= seed < 2**bits else random.Random(str(seed)).getrandbits(bits)
