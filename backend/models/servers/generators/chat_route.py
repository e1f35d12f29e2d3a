"""ChatRoute: steps by chat completion, for servers that take no token ids."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from backend.models.embedded.text import ACTIONS
from backend.models.errors import ContextOverflow, ModelError
from backend.models.protocols import Generation, ModelUsage, Prefix, Stop
from backend.models.servers.capabilities import Capabilities, Fields
from backend.models.servers.client import ServerClient
from backend.models.servers.generators.prompts import messages
from backend.models.servers.generators.route import TOP_LOGPROBS, Order, Profile, distribution
from backend.models.servers.generators.steps import BREAK, as_text, sample_of, tag
from backend.models.servers.generators.texts import End, Texts, parse_texts

BRACKET = "["
"""How every step begins.

A begun answer ends with it, not with the break before it: templates that trim what the assistant
said (Llama 3's) would take the break away, and the model would begin with another one.
"""


class ChatRoute:
    """A Route over /v1/chat/completions.

    Where the server goes on with a begun answer, that answer is the path so far. Where it does
    not, whole solutions of the problem are all that it can give.
    """

    def __init__(self, client: ServerClient, capabilities: Capabilities, profile: Profile) -> None:
        self._client = client
        self._can = capabilities
        self._profile = profile

    async def write(self, order: Order, seeds: Sequence[int]) -> Generation:
        """One sample per seed; the first one is sent, where the server heeds seeds."""
        begins = order.stop is Stop.STEP or order.action is not None or order.prefix.steps
        if begins and not self._can.continues:
            raise ModelError(
                f"{self._can.kind} at {self._client.url} cannot go on with a begun answer "
                "(missing: continue_final_message, raw completion): choose a strategy that samples "
                "whole solutions, such as best-of-N or self-consistency, or serve the model with "
                "vLLM, SGLang or llama.cpp."
            )
        opening = tag(order.action) if order.action else BRACKET if self._can.continues else ""
        body: dict[str, object] = {"temperature": order.temperature, "max_tokens": order.max_tokens}
        if order.stop is Stop.STEP:
            body["stop"] = [BREAK]
        if self._can.logprobs and (order.temperature == 1 or not self._can.scaled_logprobs):
            body["logprobs"] = True
        if len(seeds) > 1:
            body["n"] = len(seeds)
        if self._can.seed:
            body["seed"] = seeds[0]
        reply = await self._ask(order.prefix, opening, body, len(seeds))
        samples = []
        for text in reply.texts:
            # Some begin with a bracket of their own all the same.
            own = opening == BRACKET and text.text.lstrip().startswith(BRACKET)
            samples.append(sample_of(text, "" if own else opening, order.stop))
        written = sum(text.tokens for text in reply.texts)
        return Generation(tuple(samples), ModelUsage(reply.prompt_tokens, written))

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float] | None, ModelUsage]:
        """By the tokens that could follow the bracket of a tag; None where the server tells none.

        A token that two tags may begin with counts for neither.
        """
        if not (self._can.continues and self._can.logprobs):
            return None, ModelUsage(calls=0)
        body = {"temperature": 1, "max_tokens": 1, "logprobs": True, "top_logprobs": TOP_LOGPROBS}
        reply = await self._ask(prefix, BRACKET, body, 1)
        known: dict[str, float] = {}
        for token, logprob in (reply.texts[0].tops or {}).items():
            name = token.strip().lower().removesuffix("]")
            meant = [action for action in ACTIONS if name and action.startswith(name)]
            if len(meant) == 1:
                # The longest token of a tag is by far the likeliest to be written.
                known[meant[0]] = max(logprob, known.get(meant[0], logprob))
        usage = ModelUsage(reply.prompt_tokens, reply.texts[0].tokens)
        return distribution(known), usage

    async def _ask(self, prefix: Prefix, opening: str, fields: Fields, count: int) -> Texts:
        begun = as_text(prefix.steps) + opening
        said = messages(prefix.problem, self._profile.examples)
        body: dict[str, Any] = {**self._can.chat_fields, "model": self._can.model, **fields}
        if begun:
            said.append({"role": "assistant", "content": begun})
            body.update(self._can.continue_fields)
        body["messages"] = said
        most = body["max_tokens"]
        parse = partial(parse_texts, count=count, most=most)
        reply = await self._client.exchange("POST", "/v1/chat/completions", body, parse)
        self._refuse_overflow(reply, prefix)
        texts = tuple(text.without(begun).without_thoughts() for text in reply.texts)
        return Texts(texts, reply.prompt_tokens)

    def _refuse_overflow(self, reply: Texts, prefix: Prefix) -> None:
        """Servers that cut a prompt to their window do so without a word."""
        full = self._can.window is not None and reply.prompt_tokens >= self._can.window
        if full or all(t.end is End.LENGTH and not t.tokens for t in reply.texts):
            raise ContextOverflow(
                f"the problem and its {len(prefix.steps)} steps fill the window of "
                f"{self._can.model} ({self._can.window or 'of unknown size'}): shorten the problem "
                "or branch from an earlier step."
            )
