"""The two formats of pooled reward models: a tag after each step, or a class for each token."""

from collections.abc import Sequence

from backend.models.errors import BadReply
from backend.models.protocols import Prefix
from backend.models.servers.client import together
from backend.models.servers.verifiers.chains import Scores
from backend.models.servers.verifiers.conventions import StepTagConvention, TokenClassConvention
from backend.models.servers.verifiers.layout import fill, harmless
from backend.models.servers.verifiers.pooling import Reading
from backend.models.servers.verifiers.replies import Row, column
from backend.models.servers.verifiers.tokens import ServedTokenizer


class StepTags:
    """One row of class probabilities per step tag (Qwen2.5-Math-PRM, arXiv:2501.07301)."""

    def __init__(self, tokenizer: ServedTokenizer, convention: StepTagConvention) -> None:
        self._tokenizer = tokenizer
        self._convention = convention
        self._marks = (*convention.strip, convention.tag)

    async def read(self, chain: Prefix) -> Reading:
        """The chain as tokens. Errors: ModelError when the tag is not one token of the model's."""
        tag = await self._tokenizer.single(self._convention.tag)
        prompt = self._convention.layout.prompt(chain, self._marks)
        ids = await self._tokenizer.prompt(prompt)
        return Reading(ids, tuple(i for i, token in enumerate(ids) if token == tag))

    async def problem_length(self, problem: str) -> int:
        """Tokens of a problem without steps."""
        return len((await self.read(Prefix(problem))).ids)

    def scores(self, rows: Sequence[Row], reading: Reading) -> Scores:
        """One score per step. Errors: BadReply when there are more or fewer rows than steps."""
        if len(rows) != len(reading.ends):
            raise BadReply(
                f"{len(rows)} scores for {len(reading.ends)} steps: the server looks for another "
                f"step tag than {self._convention.tag} (vllm serve --pooler-config step_tag_id), "
                "or serves a model of another convention"
            )
        return tuple(column(row, self._convention) for row in rows)


class TokenClasses:
    """A row per token, of which the last of each step counts (TRL's PRMTrainer; served by
    `vllm serve --convert classify`).
    """

    def __init__(self, tokenizer: ServedTokenizer, convention: TokenClassConvention) -> None:
        self._tokenizer = tokenizer
        self._convention = convention

    async def read(self, chain: Prefix) -> Reading:
        """The chain as tokens, each part tokenized by itself as in training."""
        texts = [harmless(step.text, self._convention.strip).strip() for step in chain.steps]
        problem = harmless(chain.problem, self._convention.strip)
        head = await self._tokenizer.prompt(fill(self._convention.head, {"problem": problem}))
        separator = await self._tokenizer.piece(self._convention.separator)
        ids, ends = list(head), list[int]()
        for piece in await together(map(self._tokenizer.piece, texts)):
            ids += (*piece, *separator)
            ends.append(len(ids) - 1)
        return Reading(tuple(ids), tuple(ends))

    async def problem_length(self, problem: str) -> int:
        """Tokens of a problem without steps."""
        return len((await self.read(Prefix(problem))).ids)

    def scores(self, rows: Sequence[Row], reading: Reading) -> Scores:
        """One score per step. Errors: BadReply when there is not one row per token."""
        if len(rows) != len(reading.ids):
            raise BadReply(
                f"{len(rows)} rows for {len(reading.ids)} tokens: the model gives no class per "
                "token. Serve a token classifier with --convert classify, or choose another "
                "convention."
            )
        return tuple(column(rows[end], self._convention) for end in reading.ends)
