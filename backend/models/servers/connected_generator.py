"""ConnectedGenerator: the generator that fits the model at an address, chosen at the first call."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from backend.models.embedded.text import ACTIONS, StepTokenizer
from backend.models.errors import BadReply, ModelError
from backend.models.protocols import (
    Generation,
    GenerationRequest,
    ModelUsage,
    Prefix,
    ServerFacts,
    ServerQueue,
    Writing,
)
from backend.models.servers.client import ServerClient
from backend.models.servers.generators.generator import ServedGenerator
from backend.models.servers.generators.route import Profile
from backend.models.servers.replies import value_at
from backend.models.servers.step_token_generator import StepTokenGenerator

_TAGS: Final = "".join(f"<{action}>" for action in ACTIONS)


class ConnectedGenerator:
    """A Generator and a Writer over whatever a server serves.

    A model of Treewright's own step format, told by its tokenizer having the action tags as tokens,
    is asked in that format; every other model in words. The server need not be up before the first
    call, and may be started again with another model.
    """

    def __init__(
        self,
        client: ServerClient,
        name: str,
        tokenizer: StepTokenizer,
        profile: Profile | None = None,
    ) -> None:
        """`tokenizer`: that of models of the step format."""
        self._client = client
        self._tokenizer = tokenizer
        self._general = ServedGenerator(client, name, profile)
        self._step_tokens = StepTokenGenerator(client, tokenizer, name)
        self._chosen: tuple[int, ServedGenerator | StepTokenGenerator] | None = None
        self._choosing = asyncio.Lock()

    @property
    def name(self) -> str:
        """The name under which nodes say who wrote them."""
        return self._general.name

    @property
    def actions(self) -> tuple[str, ...]:
        """The thought actions this generator knows: both formats have the same."""
        return ACTIONS

    @property
    def address(self) -> str:
        """Where its server is."""
        return self._client.url

    async def facts(self) -> ServerFacts:
        """Ask the server now. Errors: ModelError and its subclasses."""
        return await self._general.facts()

    async def queue(self) -> ServerQueue | None:
        """How much the server has to do; None where it does not tell."""
        return await self._general.queue()

    async def generate(self, request: GenerationRequest) -> Generation:
        """Sample continuations. Errors: ModelError and its subclasses."""
        return await (await self._choose()).generate(request)

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float] | None, ModelUsage]:
        """P(next action | state), where the model tells it."""
        return await (await self._choose()).action_prior(prefix)

    async def write(
        self, system: str, user: str, *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> Writing:
        """Answer one message. Errors: ModelError for a model that writes its own steps only."""
        chosen = await self._choose()
        if isinstance(chosen, StepTokenGenerator):
            raise ModelError(
                f"the model at {self._client.url} writes steps in its own format and cannot be "
                "told anything in words: serve an instruction-tuned model."
            )
        return await chosen.write(
            system, user, max_tokens=max_tokens, temperature=temperature, seed=seed
        )

    def close(self) -> None:
        """Refuse further calls; those in flight end by themselves. Needs no event loop."""
        self._client.close()

    async def aclose(self) -> None:
        """Refuse further calls and drop the connections."""
        await self._client.aclose()

    async def _choose(self) -> ServedGenerator | StepTokenGenerator:
        async with self._choosing:
            if self._chosen is None or self._chosen[0] != self._client.epoch:
                own = await self._has_step_tokens()
                self._chosen = self._client.epoch, self._step_tokens if own else self._general
            return self._chosen[1]

    async def _has_step_tokens(self) -> bool:
        """Whether the server splits the action tags into the very tokens of the step format."""
        body: dict[str, Any] = {"prompt": _TAGS, "add_special_tokens": False}
        try:
            body["model"] = (await self._client.served()).model
            ids = await self._client.exchange(
                "POST", "/tokenize", body, lambda payload: value_at(payload, "tokens", list)
            )
        except BadReply:
            # Another kind of server, which serves no model of that format.
            return False
        return bool(ids == list(self._tokenizer.action_ids.values()))
