"""StepTokenGenerator: writes reasoning steps with a model that a vLLM server serves."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from backend.models.embedded.text import ACTIONS, FINAL_ACTION, StepTokenizer
from backend.models.errors import BadReply, ContextOverflow
from backend.models.protocols import (
    Finish,
    Generation,
    GenerationRequest,
    ModelUsage,
    Prefix,
    Sample,
    SampledStep,
    Stop,
)
from backend.models.requests import check_request
from backend.models.servers.client import ServerClient, together
from backend.models.servers.replies import Choice, Served

BANNED = -100
"""The logit bias that keeps a token from being drawn."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the samples of one request share. `room`: most tokens of one sample."""

    client: ServerClient
    tokenizer: StepTokenizer
    request: GenerationRequest
    ids: list[int]
    room: int


class _Writing:
    """One sample on its way, two requests per step: its action, then its text."""

    def __init__(self, plan: _Plan, seed: int, action: str | None) -> None:
        self._plan = plan
        # Each request needs a seed of its own, or an action and its first word would be drawn by
        # the same chance. 63 bits fit vLLM's signed integers.
        self._seeds = random.Random(str(seed))
        self._forced = action
        self._ids = list(plan.ids)
        self._left = plan.room
        self._steps: list[SampledStep] = []
        self.prompt_tokens = 0
        self.generated_tokens = 0

    async def write(self) -> Sample:
        """All steps of the sample."""
        finish = None if self._left > 0 else Finish.LENGTH
        while finish is None:
            finish = await self._step()
        return Sample(tuple(self._steps), finish)

    async def _step(self) -> Finish | None:
        """Write one step; returns why the sample ends with it, if it does."""
        action, tag = await self._action()
        if self._left <= 0:
            self._steps.append(SampledStep(action, "", 1, tag.logprob))
            return Finish.LENGTH
        text = await self._text()
        ended = not text.cut
        body = text.tokens[:-1] if ended else text.tokens
        logprob = None
        if tag.logprob is not None and text.logprob is not None:
            logprob = tag.logprob + text.logprob
        said = self._plan.tokenizer.text(body, self._plan.request.prefix.problem)
        self._steps.append(SampledStep(action, said, 1 + len(text.tokens), logprob))
        if not ended:
            return Finish.LENGTH
        if action == FINAL_ACTION:
            return Finish.ANSWER
        if self._plan.request.stop is Stop.STEP or text.tokens[-1] == self._plan.tokenizer.end:
            # A model that ends its text before an answer has given none: the path stops here.
            return Finish.STEP
        return None if self._left > 0 else Finish.LENGTH

    async def _action(self) -> tuple[str, Choice]:
        """Draw the tag of a step.

        A forced one is drawn too, from itself alone: that tells its log-probability.
        """
        known = self._plan.tokenizer.action_ids
        names = ACTIONS if self._forced is None else (self._forced,)
        self._forced = None
        allowed = {known[name]: name for name in names}
        tag = await self._draw({"max_tokens": 1, "allowed_token_ids": list(allowed)})
        if len(tag.tokens) != 1 or tag.tokens[0] not in allowed:
            raise BadReply(
                f"the model began a step with the tokens {tag.tokens[:3]}, which are no thought "
                "action: the server must honour allowed_token_ids and serve this step format."
            )
        return allowed[tag.tokens[0]], tag

    async def _text(self) -> Choice:
        """Draw the text of a step up to and including its line end or the end of text."""
        tokenizer = self._plan.tokenizer
        stops = (tokenizer.newline, tokenizer.end)
        inner = tokenizer.reserved - {tokenizer.end}
        text = await self._draw(
            {
                "max_tokens": self._left,
                # A step says something: it does not end before its first word.
                "min_tokens": 1,
                "stop_token_ids": list(stops),
                "logit_bias": {str(token): BANNED for token in sorted(inner)},
            }
        )
        body = text.tokens if text.cut else text.tokens[:-1]
        if max(text.tokens) >= tokenizer.known or any(t in inner or t in stops for t in body):
            raise BadReply("the model wrote tokens that a step's text cannot hold")
        if not text.cut and text.tokens[-1] not in stops:
            raise BadReply(f"the model stopped at token {text.tokens[-1]}, which ends no step")
        return text

    async def _draw(self, options: Mapping[str, object]) -> Choice:
        completion = await self._plan.client.complete(
            [self._ids],
            {
                "seed": self._seeds.getrandbits(63),
                "temperature": self._plan.request.temperature,
                "logprobs": 0,
                **options,
            },
        )
        choice = completion.choices[0]
        if len(choice.tokens) > self._left:
            raise BadReply(f"{len(choice.tokens)} tokens where {self._left} were asked for")
        self._ids.extend(choice.tokens)
        self._left -= len(choice.tokens)
        self.prompt_tokens += completion.prompt_tokens
        self.generated_tokens += len(choice.tokens)
        return choice


class StepTokenGenerator:
    """A Generator. Safe to use from many tasks at once: the server batches their samples.

    Each step begins with one of `actions`. Log-probabilities are the model's own at temperature 1,
    which is vLLM's default (`--logprobs-mode raw_logprobs`); a server started with another mode
    gives other numbers. The same seeds give the same samples as far as the server's arithmetic is
    the same: vLLM's may depend in the last bits on what else it computes.

    Usage: prompt tokens count what the server read over all requests of a call, two per step and
    sample, most of it from its prefix cache.
    """

    def __init__(self, client: ServerClient, tokenizer: StepTokenizer, name: str) -> None:
        """`tokenizer` is that of the served model."""
        self._client = client
        self._tokenizer = tokenizer
        self._name = name

    @property
    def name(self) -> str:
        """The name under which nodes say who wrote them."""
        return self._name

    @property
    def actions(self) -> tuple[str, ...]:
        """The thought actions this generator knows."""
        return ACTIONS

    async def generate(self, request: GenerationRequest) -> Generation:
        """Sample continuations.

        Errors: ContextOverflow when the prefix leaves no room in the window, ModelError for a
        request that makes no sense, ModelUnavailable, BadReply.
        """
        check_request(request, ACTIONS)
        served = await self._client.served()
        ids = self._encode(request.prefix, served)
        room = min(request.max_tokens, served.window - len(ids))
        plan = _Plan(self._client, self._tokenizer, request, ids, room)
        actions = request.actions or (None,) * len(request.seeds)
        writings = [_Writing(plan, s, a) for s, a in zip(request.seeds, actions, strict=True)]
        samples = await together(writing.write() for writing in writings)
        usage = ModelUsage(
            sum(writing.prompt_tokens for writing in writings),
            sum(writing.generated_tokens for writing in writings),
        )
        return Generation(tuple(samples), usage)

    async def action_prior(self, prefix: Prefix) -> tuple[Mapping[str, float], ModelUsage]:
        """P(next action | state) at temperature 1 over `actions`.

        An action that the server gives no probability for has 0. Errors: as for generate.
        """
        ids = self._encode(prefix, await self._client.served())
        tokens = self._tokenizer.action_ids
        (known,), completion = await self._client.labels([ids], list(tokens.values()))
        if not known:
            raise BadReply(f"{self._name}: the server gave no log-probability of any action")
        top = max(known.values())
        weights = {a: math.exp(known[t] - top) if t in known else 0.0 for a, t in tokens.items()}
        total = math.fsum(weights.values())
        usage = ModelUsage(completion.prompt_tokens, completion.generated_tokens)
        return {action: weight / total for action, weight in weights.items()}, usage

    def close(self) -> None:
        """Refuse further calls; those in flight end by themselves. Needs no event loop."""
        self._client.close()

    async def aclose(self) -> None:
        """Refuse further calls and drop the connections."""
        await self._client.aclose()

    def _encode(self, prefix: Prefix, served: Served) -> list[int]:
        ids = self._tokenizer.prefix(prefix)
        if len(ids) >= served.window:
            raise ContextOverflow(
                f"{self._name} reads at most {served.window} tokens; the problem and its "
                f"{len(prefix.steps)} steps take {len(ids)}, which leaves no room to write. "
                "Shorten the problem or branch from an earlier step."
            )
        return ids
