"""Outcome reward models: one number for a finished solution."""

from functools import partial

from backend.models.embedded.text import FINAL_ACTION
from backend.models.errors import ContextOverflow
from backend.models.protocols import Judgement, ModelUsage, Prefix
from backend.models.servers.client import ServerClient, together
from backend.models.servers.verifiers.chains import Findings, distinct
from backend.models.servers.verifiers.conventions import OutcomeConvention
from backend.models.servers.verifiers.layout import harmless
from backend.models.servers.verifiers.replies import Scored, column, parse_classes, parse_scores
from backend.models.servers.verifiers.tokens import ServedTokenizer


class OutcomeModel:
    """The reward of a chain that ends in an answer, as the score of its last step (Cobbe et al.
    2021, arXiv:2110.14168). Every other step is None: this model says nothing of it.
    """

    def __init__(self, client: ServerClient, convention: OutcomeConvention) -> None:
        self._client = client
        self._convention = convention
        self._tokenizer = ServedTokenizer(client)
        self._ask = self._pair if convention.route == "score" else self._whole

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score the last steps of finished chains; one too long for the model is a reason.

        Errors: ModelUnavailable, BadReply.
        """
        asked, findings = distinct(chains), Findings()
        for chain in asked:
            findings.scores[chain] = (None,) * len(chain.steps)
        finished = [chain for chain in asked if chain.steps[-1].action == FINAL_ACTION]
        replies = await together(self._reward(chain) for chain in finished)
        read = 0
        for chain, reply in zip(finished, replies, strict=True):
            if isinstance(reply, ContextOverflow):
                findings.reasons[chain] = str(reply)
                continue
            read += reply.prompt_tokens
            findings.scores[chain] = (*findings.scores[chain][:-1], reply.values[0])
        calls = sum(not isinstance(reply, ContextOverflow) for reply in replies)
        return findings.judgement(chains, ModelUsage(read, calls=calls))

    async def _reward(self, chain: Prefix) -> Scored[float | None] | ContextOverflow:
        # Each chain by itself: one that is too long would have the others refused with it.
        try:
            return await self._ask(chain)
        except ContextOverflow as error:
            return error

    async def _whole(self, chain: Prefix) -> Scored[float | None]:
        prompt = self._convention.layout.prompt(chain, self._convention.strip)
        body = {
            "model": (await self._client.served()).model,
            "input": [list(await self._tokenizer.prompt(prompt))],
            "use_activation": True,
        }
        parse = partial(parse_classes, inputs=1)
        reply = await self._client.exchange("POST", "/classify", body, parse)
        value = column(reply.values[0], self._convention)
        return Scored((value,), reply.prompt_tokens, reply.generated_tokens)

    async def _pair(self, chain: Prefix) -> Scored[float | None]:
        body = {
            "model": (await self._client.served()).model,
            "queries": harmless(chain.problem, self._convention.strip),
            "documents": [self._convention.layout.prompt(chain, self._convention.strip)],
            "use_activation": True,
        }
        return await self._client.exchange("POST", "/score", body, partial(parse_scores, inputs=1))
