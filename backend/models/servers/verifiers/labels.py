"""PRMs and judges that say by their next token whether a step is right."""

from collections.abc import Sequence
from functools import partial

from backend.models.errors import BadReply
from backend.models.protocols import Judgement, ModelUsage, Prefix
from backend.models.servers.client import ServerClient, together
from backend.models.servers.step_token_prm import PROMPTS_PER_REQUEST, balance
from backend.models.servers.verifiers.chains import Findings, distinct, prefixes, spread
from backend.models.servers.verifiers.conventions import LabelConvention
from backend.models.servers.verifiers.replies import Scored, parse_scores
from backend.models.servers.verifiers.tokens import Ids, ServedTokenizer, problem_too_long

Pair = tuple[int, int]


class LabelPRM:
    """P(first label) against the second after each step: Math-Shepherd (arXiv:2312.08935), RLHFlow,
    OpenR, or an instruct model asked yes or no.

    Steps beyond the context window are None, and so are those for which the server does not tell
    the probability of both labels.
    """

    def __init__(self, client: ServerClient, convention: LabelConvention) -> None:
        self._client = client
        self._convention = convention
        self._tokenizer = ServedTokenizer(client)
        self._reader = _LabelReader(client)

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain; a prefix that chains share is asked for once.

        Errors: ContextOverflow when a problem alone fills the window, ModelError when a label is
        not one token of the served model's, ModelUnavailable, BadReply.
        """
        asked, findings = distinct(chains), Findings()
        if not asked:
            return findings.judgement(chains, ModelUsage(calls=0))
        good, bad = await together(map(self._tokenizer.single, self._convention.labels))
        window = (await self._client.served()).window
        parts = list(dict.fromkeys(prefix for chain in asked for prefix in prefixes(chain)))
        prompts = dict(zip(parts, await together(map(self._ids, parts)), strict=True))
        # The label takes one token of the window.
        short = list(dict.fromkeys(ids for ids in prompts.values() if len(ids) < window))
        for chain in asked:
            if len(prompts[prefixes(chain)[0]]) >= window:
                await self._refuse_long_problem(chain.problem, window)
        shares, usage = await self._reader.read(short, (good, bad))
        of_ids = dict(zip(short, shares, strict=True))
        scores = {prefix: of_ids.get(ids) for prefix, ids in prompts.items()}
        findings.scores = {chain: spread(chain, scores) for chain in asked}
        return findings.judgement(chains, usage)

    async def _ids(self, prefix: Prefix) -> Ids:
        prompt = self._convention.layout.prompt(prefix, self._convention.strip)
        return await self._tokenizer.prompt(prompt, reply=True)

    async def _refuse_long_problem(self, problem: str, window: int) -> None:
        length = len(await self._ids(Prefix(problem)))
        if length >= window:
            raise problem_too_long(length, window)


class _LabelReader:
    """P(first label) against the second as the next token, by the most exact route there is."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client
        self._scores_labels = True

    async def read(
        self, prompts: Sequence[Ids], labels: Pair
    ) -> tuple[list[float | None], ModelUsage]:
        """One share per prompt, and what they cost: one call, however it is divided."""
        size = PROMPTS_PER_REQUEST
        parts = [prompts[start : start + size] for start in range(0, len(prompts), size)]
        replies = await together(self._part(part, labels) for part in parts)
        shares = [share for reply in replies for share in reply.values]
        read = sum(reply.prompt_tokens for reply in replies)
        written = sum(reply.generated_tokens for reply in replies)
        return shares, ModelUsage(read, written, calls=1 if replies else 0)

    async def _part(self, prompts: Sequence[Ids], labels: Pair) -> Scored[float | None]:
        model = (await self._client.served()).model
        if self._scores_labels:
            try:
                return await self._generative_scoring(model, prompts, labels)
            except BadReply:
                # These tokens would be other words to another model that is served by now.
                if (await self._client.served()).model != model:
                    raise
                # Servers older than vLLM 0.20.2 and other kinds have no such route. What is wrong
                # with the server itself the other route says too.
                self._scores_labels = False
        known, completion = await self._client.labels(prompts, labels)
        shares = tuple(balance(given, labels) for given in known)
        return Scored(shares, completion.prompt_tokens, completion.generated_tokens)

    async def _generative_scoring(
        self, model: str, prompts: Sequence[Ids], labels: Pair
    ) -> Scored[float | None]:
        body = {
            "model": model,
            "query": [],
            "items": [list(prompt) for prompt in prompts],
            "label_token_ids": list(labels),
            "apply_softmax": True,
        }
        parse = partial(parse_scores, inputs=len(prompts))
        return await self._client.exchange("POST", "/generative_scoring", body, parse)
