"""What a new run needs, checked before anything is stored."""

import secrets
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from backend.models.protocols import Generator, Specialist
from backend.reasoning.latex import fault
from backend.runs.catalog import ModelCatalog
from backend.runs.errors import InvalidRequest
from backend.search.budget import Budget, Spent
from backend.search.errors import InvalidSettings, UnknownStrategy
from backend.search.strategies.registry import STRATEGIES, make_strategy, strategy_kind
from backend.search.strategy import DataSettings, PooledSettings, RewardSource, StrategySettings
from storage.records import RunRecord

LONGEST_PROBLEM: Final = 8_000
LONGEST_ANSWER: Final = 1_000
LONGEST_TAG: Final = 40
MOST_TAGS: Final = 20
MAX_BUDGET: Final[Mapping[str, float]] = {
    "generated_tokens": 100_000_000,
    "prompt_tokens": 1_000_000_000,
    "calls": 10_000_000,
    "nodes": 200_000,
    "seconds": 7 * 24 * 3600,
}
DEFAULT_BUDGET: Final[Mapping[str, float]] = {"generated_tokens": 6_000, "seconds": 600}
_EXAMPLE_BUDGET: Final = ", ".join(f"{key}={limit}" for key, limit in DEFAULT_BUDGET.items())
# What every JSON reader can hold exactly.
LARGEST_SEED: Final = (1 << 53) - 1


@dataclass(frozen=True, slots=True)
class Beginning:
    """The path to a step of another run, with which a run of the same problem begins."""

    run: str
    node: int


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One search to start. None (and a budget without limits) means the default; without a
    `beginning` it starts from the problem.
    """

    problem: str
    strategy: str = "mcts"
    settings: Mapping[str, Any] = field(default_factory=dict)
    budget: Mapping[str, float] | None = None
    reference_answer: str | None = None
    generator: str | None = None
    verifiers: tuple[str, ...] | None = None
    seed: int | None = None
    tags: tuple[str, ...] = ()
    beginning: Beginning | None = None


def plan_run(request: RunRequest, catalog: ModelCatalog) -> RunRecord:
    """The run that the request asks for, with every default filled in.

    InvalidRequest, saying what to change, where the request makes no sense.
    """
    problem, begins = _problem(request.problem), request.beginning
    settings = _settings(request.strategy, request.settings)
    reference = _reference(request.reference_answer)
    _refuse_without_reward(settings, reference)
    names = catalog.default_verifiers() if request.verifiers is None else request.verifiers
    if not names:
        raise InvalidRequest("every search needs a verifier", hint="choose one, or leave it out")
    generator = catalog.generator(request.generator)
    run = RunRecord(
        id=secrets.token_urlsafe(9),
        problem=problem,
        strategy=request.strategy,
        status="queued",
        created_at=datetime.now(UTC),
        seed=_seed(request.seed),
        settings=settings.model_dump(mode="json"),
        generator=generator.name,
        verifiers=tuple(catalog.verifier(name).name for name in dict.fromkeys(names)),
        budget=_budget(request.budget),
        usage={},
        reference_answer=reference,
        tags=clean_tags(request.tags),
        from_run=None if begins is None else begins.run,
        from_node=None if begins is None else begins.node,
        caution=generator.caution(problem) if isinstance(generator, Specialist) else None,
    )
    # Last: what is wrong with the request itself is said first.
    for writer in _writers(settings, generator, catalog):
        _refuse_missing_actions(request.strategy, writer)
        _refuse_unknown_kind(problem, writer)
    return run


def _writers(
    settings: StrategySettings, generator: Generator, catalog: ModelCatalog
) -> tuple[Generator, ...]:
    """All generators that are to write in the run: it and those of the strategy's pool."""
    pool = settings.generators if isinstance(settings, PooledSettings) else ()
    return generator, *(catalog.generator(name) for name in pool)


def _problem(text: str) -> str:
    problem = clean_text(text, "problem")
    if not problem:
        raise InvalidRequest(
            "the problem is empty", code="empty_problem", hint="type a problem or pick an example"
        )
    if len(problem) > LONGEST_PROBLEM:
        raise InvalidRequest(
            f"the problem has {len(problem):,} characters; {LONGEST_PROBLEM:,} are allowed",
            code="problem_too_long",
            hint="shorten it to what the models need to read",
        )
    return problem


def _refuse_unknown_kind(problem: str, generator: Generator) -> None:
    """A model that only knows some kinds of problems writes nonsense about all others."""
    if not isinstance(generator, Specialist):
        return
    reason = generator.refusal(problem)
    if reason is not None:
        known = "; ".join(f"{kind.name} ({kind.example})" for kind in generator.knows)
        raise InvalidRequest(
            reason,
            code="unknown_kind_of_problem",
            hint=f"it knows {known}: word the problem like one of these, or plug in a model "
            "server that knows more: treewright serve --generator URL --verifier URL",
        )


def _refuse_missing_actions(strategy: str, generator: Generator) -> None:
    """A strategy that asks for thought actions by name needs a generator that knows them."""
    kind = strategy_kind(strategy)
    missing = [action for action in kind.needs_actions if action not in generator.actions]
    if missing:
        raise InvalidRequest(
            f"{kind.title} asks for steps of the kinds {', '.join(kind.needs_actions)}; "
            f"{generator.name} does not know {', '.join(missing)}",
            code="missing_actions",
            hint="choose another strategy, or a generator that knows them: GET /api/models lists "
            "what each one knows",
        )


def reference_warning(text: str | None) -> str | None:
    """What is wrong with how a reference answer is written; None where nothing is."""
    wrong = None if text is None else fault(text)
    return wrong and f"the reference answer cannot be read ({wrong}): it is compared as text only"


def _reference(text: str | None) -> str | None:
    if text is None:
        return None
    reference = clean_text(text, "reference answer")
    if len(reference) > LONGEST_ANSWER:
        raise InvalidRequest(
            f"the reference answer has more than {LONGEST_ANSWER:,} characters",
            hint="give the final answer only, not the solution",
        )
    return reference or None


def clean_text(text: str, what: str) -> str:
    """The text without white space around it. InvalidRequest for what no text should hold."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidRequest(
            f"the {what} holds NUL characters or broken Unicode", hint="remove them and try again"
        )
    return text.strip()


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags as they are kept: in lower case, single spaces, sorted, each once.

    InvalidRequest for one that is empty, too long or not printable, and for too many.
    """
    cleaned = {_clean_tag(tag) for tag in tags}
    if len(cleaned) > MOST_TAGS:
        raise InvalidRequest(
            f"a run has at most {MOST_TAGS} tags", code="too_many_tags", hint="remove some first"
        )
    return tuple(sorted(cleaned))


def _clean_tag(text: str) -> str:
    words = unicodedata.normalize("NFC", clean_text(text, "tag")).lower().split()
    tag = " ".join(words)
    if not tag or len(tag) > LONGEST_TAG or not tag.isprintable():
        raise InvalidRequest(
            f"{text[:80]!r} cannot be a tag",
            code="invalid_tag",
            hint=f"use 1 to {LONGEST_TAG} letters, digits, signs and spaces",
        )
    return tag


def client_id(given: str | None, what: str) -> str:
    """The UUID under which something is stored once, however often it is sent; a new one for None.

    InvalidRequest for what is none.
    """
    if given is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(given))
    except ValueError as error:
        raise InvalidRequest(
            f"the {what} id {given[:60]!r} is not a UUID",
            code=f"invalid_{what}",
            hint="make one with crypto.randomUUID() or uuid.uuid4(), or leave it out",
        ) from error


def _refuse_without_reward(settings: StrategySettings, reference: str | None) -> None:
    """Labels say which steps lead to right answers: something must say which answers are right."""
    if not isinstance(settings, DataSettings) or reference is not None:
        return
    if settings.reward_from is RewardSource.REFERENCE:
        raise InvalidRequest(
            "this strategy collects data, for which it needs to know which answers are right",
            code="reference_needed",
            hint="give the reference answer, or set reward_from to agreement",
        )


def _settings(strategy: str, settings: Mapping[str, Any]) -> StrategySettings:
    try:
        made = make_strategy(strategy, settings)
    except UnknownStrategy as error:
        hint = f"choose one of: {', '.join(STRATEGIES)}"
        raise InvalidRequest(
            f"there is no strategy {strategy[:80]!r}", code="unknown_strategy", hint=hint
        ) from error
    except InvalidSettings as error:
        raise InvalidRequest(
            str(error), code="invalid_settings", hint="GET /api/strategies lists what is allowed"
        ) from error
    return made.settings


def larger_budget(run: RunRecord, more: Mapping[str, float]) -> Mapping[str, float]:
    """The run's budget with other limits in place of some. InvalidRequest where one is too large,
    makes no sense, or is used up by now.
    """
    limits = _budget({**run.budget, **more})
    used_up = Budget.of(limits).exhausted_by(Spent(**run.usage))
    if used_up:
        count, what = f"{run.usage[used_up]:,.0f}", used_up.replace("_", " ")
        raise InvalidRequest(
            f"the search has used {count} {what} already",
            code="invalid_budget",
            hint="give a higher limit",
        )
    return limits


def _budget(budget: Mapping[str, float] | None) -> Mapping[str, float]:
    limits = dict(budget or DEFAULT_BUDGET)
    try:
        checked = Budget.of(limits)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            str(error), code="invalid_budget", hint=f"for example {_EXAMPLE_BUDGET}"
        ) from error
    for key, limit in limits.items():
        if limit > MAX_BUDGET[key]:
            raise InvalidRequest(
                f"the budget {key} may be at most {MAX_BUDGET[key]:,}", code="invalid_budget"
            )
    return checked.as_dict()


def _seed(seed: int | None) -> int:
    if seed is None:
        return secrets.randbelow(1 << 31)
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidRequest("the seed must be from 0 to 2^53 - 1")
    return seed
