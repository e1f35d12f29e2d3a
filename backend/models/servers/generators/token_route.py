"""TokenRoute: steps by raw completion of token ids, which is how vLLM serves a tree best."""

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from backend.models.embedded.text import ACTIONS
from backend.models.errors import BadReply, ContextOverflow
from backend.models.protocols import Generation, ModelStep, ModelUsage, Prefix, Sample, Stop
from backend.models.servers.capabilities import SAMPLING, Capabilities, Fields
from backend.models.servers.client import ServerClient, together
from backend.models.servers.generators.prompts import messages
from backend.models.servers.generators.route import TOP_LOGPROBS, Order, Profile, distribution
from backend.models.servers.generators.steps import BREAK, as_text, sample_of, tag
from backend.models.servers.generators.texts import End, Text, parse_texts
from backend.models.servers.replies import MOST_TOKENS, parse_completion, value_at

KEPT_TOKENS: Final = 4_000_000
"""Of prompts kept for their next steps; four bytes each."""


class TokenRoute:
    """A Route over /tokenize and /v1/completions.

    A child's prompt is its parent's and the very tokens that were written: it is in the server's
    prefix cache, and nothing drifts by splitting text into tokens anew. That is done for steps
    that this process has not seen written (a person's, another model's, those of an old run) and
    for those whose last token reaches beyond the break.
    """

    def __init__(
        self, client: ServerClient, capabilities: Capabilities, window: int, profile: Profile
    ) -> None:
        """`window` in tokens."""
        self._client = client
        self._can = capabilities
        self._window = window
        self._profile = profile
        self._prompts = _Prompts()
        self._openings: dict[str, array[int]] = {}

    async def write(self, order: Order, seeds: Sequence[int]) -> Generation:
        """One sample per seed. The server gives the i-th the first seed + i: they follow on."""
        ids = await self._prompt(order.prefix)
        opening = "" if order.action is None else tag(order.action)
        if opening:
            ids = ids + await self._opening(opening)
        room = min(order.max_tokens, self._room(ids, order.prefix))
        body = {
            "n": len(seeds),
            "seed": seeds[0],
            "temperature": order.temperature,
            "max_tokens": room,
            "min_tokens": 1,
            "stop": [BREAK] if order.stop is Stop.STEP else [],
            "include_stop_str_in_output": True,
            "logprobs": 0,
            "return_token_ids": True,
        }
        parse = partial(parse_texts, count=len(seeds), most=room)
        reply = await self._complete(ids, body, parse)
        samples = tuple(sample_of(text, opening, order.stop) for text in reply.texts)
        for text, sample in zip(reply.texts, samples, strict=True):
            self._remember(order, ids, text, sample)
        written = sum(text.tokens for text in reply.texts)
        return Generation(samples, ModelUsage(reply.prompt_tokens, written))

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float] | None, ModelUsage]:
        """By the token that follows the bracket of a tag; None where two tags begin with one."""
        prompt, bracket, *names = await together(
            [
                self._prompt(prefix),
                self._opening("["),
                *(self._opening(tag(action)[1:]) for action in ACTIONS),
            ]
        )
        labels = {action: ids[0] for action, ids in zip(ACTIONS, names, strict=True)}
        if len(set(labels.values())) < len(ACTIONS):
            return None, ModelUsage(calls=0)
        ids = prompt + bracket
        self._room(ids, prefix)
        exact = {"logprobs": 1, "logprob_token_ids": list(labels.values())}
        body = {
            "max_tokens": 1,
            "temperature": 0,
            "return_token_ids": True,
            "return_tokens_as_token_ids": True,
            **(exact if self._can.label_logprobs else {"logprobs": TOP_LOGPROBS}),
        }
        reply = await self._complete(ids, body, partial(parse_completion, prompts=1))
        first = reply.choices[0].first
        known = {action: first[label] for action, label in labels.items() if label in first}
        return distribution(known), ModelUsage(reply.prompt_tokens, reply.generated_tokens)

    async def _complete(self, ids: "array[int]", fields: Fields, parse: Any) -> Any:
        salt = self._profile.cache_salt
        body = {
            **SAMPLING[self._can.kind],
            "model": self._can.model,
            "prompt": ids.tolist(),
            # The chat template has put them there already.
            "add_special_tokens": False,
            **({"cache_salt": salt} if salt else {}),
            **fields,
        }
        return await self._client.exchange("POST", "/v1/completions", body, parse)

    def _room(self, ids: "array[int]", prefix: Prefix) -> int:
        room = self._window - len(ids)
        if room <= 0:
            raise ContextOverflow(
                f"{self._can.model} reads at most {self._window} tokens; instructions, problem and "
                f"{len(prefix.steps)} steps take {len(ids)}, which leaves no room to write. "
                "Shorten the problem or branch from an earlier step."
            )
        return room

    async def _prompt(self, prefix: Prefix) -> "array[int]":
        """The ids of a problem and its steps: those of the longest known part, the rest anew."""
        problem, steps = prefix.problem, prefix.steps
        known = len(steps)
        while (ids := self._prompts.get(Prefix(problem, steps[:known]))) is None and known:
            known -= 1
        if ids is None:
            said = messages(problem, self._profile.examples)
            template = {"add_generation_prompt": True, **self._can.template_fields}
            ids = await self._tokenize({"messages": said, **template})
            self._prompts.put(Prefix(problem), ids)
        if known < len(steps):
            text = {"prompt": as_text(steps[known:]), "add_special_tokens": False}
            ids = ids + await self._tokenize(text)
            self._prompts.put(prefix, ids)
        return ids

    async def _opening(self, text: str) -> "array[int]":
        """The ids of a few characters that are asked for again and again."""
        if text not in self._openings:
            body = {"prompt": text, "add_special_tokens": False}
            self._openings[text] = await self._tokenize(body)
        return self._openings[text]

    async def _tokenize(self, fields: Fields) -> "array[int]":
        body = {"model": self._can.model, **fields}
        return await self._client.exchange("POST", "/tokenize", body, _parse_ids)

    def _remember(self, order: Order, ids: "array[int]", text: Text, sample: Sample) -> None:
        """Keep the ids of a single step that ends with the break, where they say just that."""
        if order.stop is not Stop.STEP or text.end is not End.BREAK or not sample.steps:
            return
        # A last token may reach beyond the break, and an id may be one that text leaves out.
        if text.ids is None or "".join(piece for piece, _ in text.pieces or ()) != text.text:
            return
        step = ModelStep(sample.steps[0].action, sample.steps[0].text)
        child = Prefix(order.prefix.problem, (*order.prefix.steps, step))
        self._prompts.put(child, ids + array("I", text.ids))


class _Prompts:
    """The ids of prefixes, the latest used ones; as many as KEPT_TOKENS allows."""

    def __init__(self) -> None:
        self._ids: OrderedDict[Prefix, array[int]] = OrderedDict()
        self._tokens = 0

    def get(self, prefix: Prefix) -> "array[int] | None":
        if prefix in self._ids:
            self._ids.move_to_end(prefix)
        return self._ids.get(prefix)

    def put(self, prefix: Prefix, ids: "array[int]") -> None:
        self._tokens += len(ids) - len(self._ids.pop(prefix, ()))
        self._ids[prefix] = ids
        while self._tokens > KEPT_TOKENS:
            self._tokens -= len(self._ids.popitem(last=False)[1])


def _parse_ids(payload: Any) -> "array[int]":
    ids = value_at(payload, "tokens", list)
    if not ids or not all(type(i) is int and 0 <= i < min(MOST_TOKENS, 2**32) for i in ids):
        raise BadReply("tokens must hold at least one id, and ids only")
    return array("I", ids)
