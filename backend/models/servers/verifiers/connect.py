"""Connects to a server that judges, by the convention of the model it serves."""

from dataclasses import replace

from backend.models.embedded.loader import shipped_weights
from backend.models.embedded.text import ENDS_RIGHT, FOREIGN_ACTION, StepTokenizer
from backend.models.errors import BadReply, ModelUnavailable
from backend.models.protocols import Judgement, Prefix, ServerFacts, ServerQueue
from backend.models.servers.capabilities import identify
from backend.models.servers.client import ServerClient
from backend.models.servers.facts import answer_time
from backend.models.servers.generators.generator import ServedGenerator
from backend.models.servers.metrics import MetricsReader
from backend.models.servers.step_token_prm import StepTokenPRM
from backend.models.servers.transport import DEADLINE
from backend.models.servers.verifiers.chains import Judge
from backend.models.servers.verifiers.conventions import (
    SETTING,
    Convention,
    CritiqueConvention,
    LabelConvention,
    OutcomeConvention,
    RubricConvention,
    StepTagConvention,
    StepTokenConvention,
    TokenClassConvention,
    UnknownConvention,
    convention_for,
    convention_named,
)
from backend.models.servers.verifiers.critique import Critic
from backend.models.servers.verifiers.labels import LabelPRM
from backend.models.servers.verifiers.outcome import OutcomeModel
from backend.models.servers.verifiers.pooled_formats import StepTags, TokenClasses
from backend.models.servers.verifiers.pooling import PooledPRM
from backend.models.servers.verifiers.rubric import RubricJudge
from backend.models.servers.verifiers.tokens import ServedTokenizer

OWN = "treewright"
"""The convention of models in Treewright's step-token format."""


_UNCALIBRATED = "uncalibrated: its scores order steps, they are no checked probabilities"


class ServedVerifier:
    """A Verifier. Safe to use from many tasks at once.

    Without a convention of its own it takes the one of the model that the server serves, asked
    for at the first call, and again when the server has come to serve another model.
    """

    def __init__(
        self,
        client: ServerClient,
        name: str,
        convention: Convention | None,
        criteria: tuple[str, ...],
    ) -> None:
        """`criteria`: what a rubric judge rates. Errors: ValueError, ModelError."""
        self._client = client
        self._metrics = MetricsReader(client)
        self._name = name
        self._given = convention
        self._criteria = criteria
        self._convention = convention
        self._model: str | None = None
        self._judge = None if convention is None else make_judge(client, convention, criteria)

    @property
    def name(self) -> str:
        """The name under which its scores are kept."""
        return self._name

    @property
    def about(self) -> str:
        """What its scores say; before the first call only where the convention was named."""
        if self._convention is None:
            return "judges by the convention of the model that its server serves, not asked yet"
        return f"{self._convention.about} (convention {self._convention.name})"

    @property
    def uncalibrated(self) -> bool:
        """Whether its scores order steps only."""
        return self._convention is not None and self._convention.uncalibrated

    @property
    def address(self) -> str:
        """Where its server is."""
        return self._client.url

    async def facts(self) -> ServerFacts:
        """Ask the server now, and which convention its model has. Errors: as for score."""
        names, answers_in = await answer_time(self._client)
        if self._model is not None and self._model not in names:
            self._client.forget()
        known = await identify(self._client)
        await self._chosen()
        told = ServerFacts(str(known.kind), known.version, known.model, known.window, answers_in)
        notes = (_UNCALIBRATED,) if self.uncalibrated else ()
        name = None if self._convention is None else self._convention.name
        queue = await self.queue()
        return replace(told, notes=notes, convention=name, queue=queue)

    async def queue(self) -> ServerQueue | None:
        """How much the server has to do; None where it does not tell."""
        return (await self._metrics.read()).queue

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain. Errors: ModelError and its subclasses."""
        judge = await self._chosen()
        try:
            return await judge.score(chains)
        except BadReply as error:
            # Most often the model is of another kind than its convention says.
            name = self._convention.name if self._convention else ""
            said = str(error).rstrip(".")
            raise BadReply(
                f"{said}. It was asked by the convention {name}; {SETTING} names another."
            ) from error

    def close(self) -> None:
        """Refuse further calls; those in flight end by themselves. Needs no event loop."""
        self._client.close()

    async def aclose(self) -> None:
        """Refuse further calls and drop the connections."""
        await self._client.aclose()

    async def _chosen(self) -> Judge:
        if self._given is not None and self._judge is not None:
            return self._judge
        model = (await self._client.served()).model
        if self._judge is None or model != self._model:
            convention = await self._convention_of(model)
            self._judge = make_judge(self._client, convention, self._criteria)
            self._convention, self._model = convention, model
        return self._judge

    async def _convention_of(self, model: str) -> Convention:
        try:
            return convention_for(model)
        except UnknownConvention:
            if await _reads_own_format(self._client):
                return convention_named(OWN)
            raise


def connect_verifier(
    url: str,
    name: str,
    convention: str | None = None,
    criteria: tuple[str, ...] = (),
    api_key: str | None = None,
    deadline: float = DEADLINE,
) -> ServedVerifier:
    """A verifier that the server at `url` serves. Nothing is sent before its first call.

    `convention`: a name in conventions.toml; None: that of the served model. `criteria`: what a
    rubric judge rates, in words; without a convention they make it the rubric. `deadline`: seconds
    for each request. Errors: ValueError for a URL, key or criteria that cannot be used,
    UnknownConvention.
    """
    if criteria and convention is None:
        convention = "rubric"
    chosen = None if convention is None else convention_named(convention)
    if criteria and not isinstance(chosen, RubricConvention):
        raise ValueError(f"criteria are for the convention rubric, not for {convention}")
    return ServedVerifier(ServerClient(url, api_key, deadline), name, chosen, criteria)


def make_judge(client: ServerClient, convention: Convention, criteria: tuple[str, ...]) -> Judge:
    """The convention at work on a server. Errors: ValueError for criteria that cannot be used."""
    match convention:
        case StepTokenConvention():
            return StepTokenPRM(client, _own_tokenizer(), convention.name)
        case StepTagConvention():
            return PooledPRM(client, StepTags(ServedTokenizer(client), convention))
        case TokenClassConvention():
            return PooledPRM(client, TokenClasses(ServedTokenizer(client), convention))
        case LabelConvention():
            return LabelPRM(client, convention)
        case CritiqueConvention():
            return Critic(ServedGenerator(client, convention.name), convention)
        case RubricConvention():
            return RubricJudge(ServedGenerator(client, convention.name), convention, criteria)
        case OutcomeConvention():
            return OutcomeModel(client, convention)


def _own_tokenizer() -> StepTokenizer:
    path = shipped_weights("prm") / "tokenizer.json"
    try:
        return StepTokenizer(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"the tokenizer {path} cannot be read: {error}") from error


async def _reads_own_format(client: ServerClient) -> bool:
    """Whether the served model has the marks of Treewright's format, under the same ids."""
    own = _own_tokenizer()
    marks = ("<|user|>", "<|assistant|>", f"<{FOREIGN_ACTION}>", ENDS_RIGHT)
    try:
        ids = await ServedTokenizer(client).piece("".join(marks))
    except BadReply:
        # A server without this route cannot be asked.
        return False
    return ids == tuple(own.added(mark) for mark in marks)
