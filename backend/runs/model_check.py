"""Whether the models that runs can choose from can be used, and for what: asked of the models."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from backend.models.errors import ModelError
from backend.models.protocols import (
    GenerationRequest,
    Generator,
    ModelStep,
    Prefix,
    Remote,
    SampledStep,
    ServerFacts,
    Stop,
    Verifier,
)
from backend.runs.catalog import ModelCatalog
from backend.search.strategies.registry import STRATEGIES

GENERATOR: Final = "generator"
VERIFIER: Final = "verifier"

WHOLE_SOLUTIONS: Final = ("chain_of_thought", "self_consistency", "best_of_n")
"""Strategies that need nothing but whole solutions of the problem."""

SECONDS: Final = 20.0
"""For everything that one model is asked."""

STATUS_SECONDS: Final = 5.0
"""The same, where a page waits."""

STATUS_KEPT: Final = 15.0
"""Seconds for which what is known of the models is not asked again."""

_PROBLEM: Final = (
    "Tom has 3 bags with 12 marbles in each. He gives away 9 marbles. How many marbles are left?"
)
_RIGHT: Final = Prefix(
    _PROBLEM,
    (ModelStep("solve", "3 * 12 = 36 marbles in all"), ModelStep("answer", "36 - 9 = 27")),
)
_WRONG: Final = Prefix(
    _PROBLEM,
    (ModelStep("solve", "3 + 12 = 15 marbles in all"), ModelStep("answer", "15 - 9 = 7")),
)
_STEP_TOKENS: Final = 256
_SOLUTION_TOKENS: Final = 1024
_FEW_TOKENS: Final = 8


@dataclass(slots=True)
class ModelReport:
    """What was found out about one model.

    `address`: None for an embedded one. `problem`: why it cannot be used, None where it can.
    `latency`: seconds, of a generation of a few tokens or of the sample scores. `step`: a first
    step that a generator wrote. `right` and `wrong`: a verifier's scores of the two steps of a
    right solution and of a wrong one. `strategies`: those that a generator can serve.
    """

    name: str
    role: str
    address: str | None = None
    problem: str | None = None
    server: ServerFacts | None = None
    latency: float | None = None
    step: SampledStep | None = None
    right: tuple[float | None, ...] | None = None
    wrong: tuple[float | None, ...] | None = None
    strategies: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether nothing speaks against using it."""
        return self.problem is None


async def check_generator(generator: Generator, seconds: float = SECONDS) -> ModelReport:
    """Ask a generator what it can do, and have it write a step. Never raises ModelError."""
    report = _report(generator, GENERATOR)

    async def ask() -> None:
        await _ask_generator(generator, report)
        await _sample(generator, report)

    return await _within(seconds, report, ask)


async def check_verifier(verifier: Verifier, seconds: float = SECONDS) -> ModelReport:
    """Ask a verifier how it judges, and have it do so. Never raises ModelError."""
    report = _report(verifier, VERIFIER)

    async def ask() -> None:
        await _ask_server(verifier, report)
        began = time.monotonic()
        judgement = await verifier.score((_RIGHT, _WRONG))
        report.latency = time.monotonic() - began
        report.right, report.wrong = judgement.scores
        # A judge of whole solutions scores their last step only.
        right, wrong = report.right[-1], report.wrong[-1]
        if right is None or wrong is None:
            reasons = "; ".join(dict.fromkeys(filter(None, judgement.reasons or ())))
            report.problem = f"a two-step solution got no score: {reasons or 'no reason was given'}"
        elif right <= wrong:
            report.notes += (
                f"a wrong solution scored {wrong:.2f} and a right one {right:.2f}: is this the "
                "convention of the model?",
            )

    return await _within(seconds, report, ask)


class ModelStatus:
    """Which models of a catalog can be reached right now, and what they do when they are tried."""

    def __init__(
        self,
        catalog: ModelCatalog,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = STATUS_SECONDS,
    ) -> None:
        """`clock` gives seconds."""
        self._catalog = catalog
        self._clock = clock
        self._seconds = seconds
        self._known: tuple[float, tuple[ModelReport, ...]] | None = None
        self._asking = asyncio.Lock()

    async def read(self) -> tuple[ModelReport, ...]:
        """One report per model, at most STATUS_KEPT seconds old; nothing is generated or scored."""
        async with self._asking:
            if self._known is None or self._clock() - self._known[0] >= STATUS_KEPT:
                asked = [
                    *(self._of_generator(model) for model in self._catalog.generators),
                    *(self._of_verifier(model) for model in self._catalog.verifiers),
                ]
                reports = tuple(await asyncio.gather(*asked))
                self._known = self._clock(), reports
            return self._known[1]

    async def try_out(self, seconds: float = SECONDS) -> tuple[ModelReport, ...]:
        """One report per model, each of which now writes a step or judges two solutions.

        `seconds`: for each model. They are asked at once, but nobody else's at the same time.
        """
        async with self._asking:
            tried = [check_generator(model, seconds) for model in self._catalog.generators]
            tried += [check_verifier(model, seconds) for model in self._catalog.verifiers]
            return tuple(await asyncio.gather(*tried))

    async def _of_generator(self, model: Generator) -> ModelReport:
        report = _report(model, GENERATOR)
        return await _within(self._seconds, report, lambda: _ask_generator(model, report))

    async def _of_verifier(self, model: Verifier) -> ModelReport:
        report = _report(model, VERIFIER)
        return await _within(self._seconds, report, lambda: _ask_server(model, report))


def _report(model: Generator | Verifier, role: str) -> ModelReport:
    return ModelReport(model.name, role, model.address if isinstance(model, Remote) else None)


async def _within(
    seconds: float, report: ModelReport, ask: Callable[[], Awaitable[None]]
) -> ModelReport:
    """The report with what could be found out in that time."""
    try:
        async with asyncio.timeout(seconds):
            await ask()
    except TimeoutError:
        done = "it was reached, but" if report.server else "it"
        report.problem = f"{done} was not done within {seconds:g} s: check its load"
    except ModelError as error:
        report.problem = str(error)
    return report


async def _ask_server(model: Generator | Verifier, report: ModelReport) -> None:
    if isinstance(model, Remote):
        report.server = await model.facts()
        report.notes += report.server.notes


async def _ask_generator(generator: Generator, report: ModelReport) -> None:
    await _ask_server(generator, report)
    report.strategies = tuple(
        name
        for name, kind in STRATEGIES.items()
        if (name in WHOLE_SOLUTIONS or not _whole_only(report))
        and set(kind.needs_actions) <= set(generator.actions)
    )


def _whole_only(report: ModelReport) -> bool:
    return report.server is not None and report.server.whole_only


async def _sample(generator: Generator, report: ModelReport) -> None:
    stop, tokens = Stop.STEP, _STEP_TOKENS
    if _whole_only(report):
        stop, tokens = Stop.ANSWER, _SOLUTION_TOKENS
    problem = Prefix(_PROBLEM)
    reply = await generator.generate(GenerationRequest(problem, (1,), stop, max_tokens=tokens))
    steps = reply.samples[0].steps
    if not steps:
        report.problem = (
            f"it wrote no step within {tokens} tokens: turn its thinking off, or serve an "
            "instruction-tuned model"
        )
        return
    report.step = steps[0]
    began = time.monotonic()
    await generator.generate(
        GenerationRequest(problem, (2,), Stop.ANSWER, temperature=0, max_tokens=_FEW_TOKENS)
    )
    report.latency = time.monotonic() - began
