"""Proposing and judging: allocation, corrections, scores, failures."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.models.errors import BadReply, ContextOverflow, ModelUnavailable
from backend.models.protocols import (
    Generation,
    GenerationRequest,
    Judgement,
    ModelStep,
    ModelUsage,
    Prefix,
)
from backend.reasoning.allocation import allocate
from backend.reasoning.checker import AnswerChecker
from backend.reasoning.reasoner import Reasoner
from backend.search.work import Work, WorkKind
from tests.scripted import ScriptedGenerator, ScriptedVerifier, step_score


def work(kind: WorkKind = WorkKind.EXPAND, n: int = 4, by_action: bool = False) -> Work:
    return Work(0, kind, 0, n, 11, 0.8, 64, by_action)


@given(
    st.dictionaries(st.text(max_size=3), st.floats(0.01, 1), min_size=1, max_size=6),
    st.integers(1, 40),
)
def test_allocation_is_proportional_and_complete(prior: dict[str, float], n: int) -> None:
    counts = allocate(prior, n)
    total = sum(prior.values())
    assert sum(counts.values()) == n
    for action, p in prior.items():
        assert abs(counts.get(action, 0) - n * p / total) < 1


def test_allocation_needs_a_prior() -> None:
    with pytest.raises(ValueError, match="probability above 0"):
        allocate({"solve": 0.0}, 3)


async def test_expand_proposes_judged_steps() -> None:
    reasoner = Reasoner(ScriptedGenerator(), (ScriptedVerifier(),), AnswerChecker())
    outcome = await reasoner.carry_out(Prefix("p"), work())
    assert len(outcome.chains) == 4
    for (step,) in outcome.chains:
        assert step.scores == {"scripted-prm": step_score(step.text)}
        assert (step.model, step.temperature, step.mean_logprob) == (
            "scripted-generator",
            0.8,
            -0.2,
        )
    assert (outcome.usage.generated_tokens, outcome.usage.calls) == (20, 2)


async def test_steps_say_which_patterns_of_reasoning_they_show() -> None:
    reasoner = Reasoner(ScriptedGenerator(), (ScriptedVerifier(),), AnswerChecker())
    prefix = Prefix("p", (ModelStep("solve", "First add 3 and 4 to get 7."),))
    same = await reasoner.judge(prefix, ModelStep("solve", "First add 5 and 6 to get 11."))
    assert same.chains[0][0].patterns == ("method_reuse",)
    check = await reasoner.judge(prefix, ModelStep("check", "3 + 4 = 7 holds."))
    assert check.chains[0][0].patterns == ("self_refinement",)


@dataclass
class Silent(ScriptedGenerator):
    """A model that does not tell P(action | state)."""

    async def action_prior(self, prefix: Prefix) -> tuple[None, ModelUsage]:
        return None, ModelUsage(calls=0)


async def test_without_a_prior_each_sample_chooses_its_own_action() -> None:
    told = await Reasoner(Silent(), (), AnswerChecker()).carry_out(
        Prefix("p"), work(n=3, by_action=True)
    )
    free = await Reasoner(Silent(), (), AnswerChecker()).carry_out(
        Prefix("p"), work(n=3, by_action=False)
    )
    assert told == free
    assert {chain[0].prior for chain in told.chains} == {None}


async def test_samples_spread_over_actions_by_the_prior() -> None:
    reasoner = Reasoner(ScriptedGenerator(), (ScriptedVerifier(),), AnswerChecker())
    outcome = await reasoner.carry_out(Prefix("p"), work(n=10, by_action=True))
    actions = [chain[0].action for chain in outcome.chains]
    assert actions == ["solve"] * 7 + ["check"] * 2 + ["correct"]
    distinct = {chain[0].text: chain[0].prior or 0 for chain in outcome.chains}
    assert sum(distinct.values()) == pytest.approx(1), "a repeated step has the prior of both"


@dataclass
class Wilful(ScriptedGenerator):
    """A model that tells P(action | state), and then writes what it likes."""

    async def generate(self, request: GenerationRequest) -> Generation:
        return await super().generate(replace(request, actions=None))

    async def action_prior(self, prefix: Prefix) -> tuple[dict[str, float], ModelUsage]:
        return {"restate": 1.0}, ModelUsage(calls=1)


async def test_a_step_of_another_action_than_asked_for_is_a_bad_reply() -> None:
    reasoner = Reasoner(Wilful(), (), AnswerChecker())
    with pytest.raises(BadReply, match="asked for steps of restate and wrote one of 'solve'"):
        await reasoner.carry_out(Prefix("p"), work(by_action=True))


async def test_a_strategy_may_choose_the_actions() -> None:
    wanted = replace(work(n=2), by_action=True, actions=("check", "correct"))
    reasoner = Reasoner(ScriptedGenerator(), (ScriptedVerifier(),), AnswerChecker())
    outcome = await reasoner.carry_out(Prefix("p"), wanted)
    assert [chain[0].action for chain in outcome.chains] == ["check", "correct"]
    assert [chain[0].prior for chain in outcome.chains] == [None, None]


async def test_a_completion_is_a_chain_to_the_answer() -> None:
    reasoner = Reasoner(ScriptedGenerator(depth=3), (ScriptedVerifier(),), AnswerChecker())
    outcome = await reasoner.carry_out(Prefix("p"), work(WorkKind.COMPLETE, n=2))
    for chain in outcome.chains:
        assert [step.terminal for step in chain] == [False, False, True]
        assert chain[-1].answer == chain[-1].text.removeprefix("Answer: ")


async def test_too_long_for_the_model_is_an_outcome() -> None:
    def overflow() -> None:
        raise ContextOverflow("600 tokens, 512 fit")

    reasoner = Reasoner(ScriptedGenerator(before=overflow), (ScriptedVerifier(),), AnswerChecker())
    outcome = await reasoner.carry_out(Prefix("p"), work())
    assert (outcome.chains, outcome.failure) == ((), "600 tokens, 512 fit")


async def test_a_model_in_trouble_is_an_error() -> None:
    reasoner = Reasoner(
        ScriptedGenerator(), (ScriptedVerifier(fail=ModelUnavailable("down")),), AnswerChecker()
    )
    with pytest.raises(ModelUnavailable):
        await reasoner.carry_out(Prefix("p"), work())


@dataclass
class SilentJudge(ScriptedVerifier):
    """Has nothing to say, and says why."""

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        none = tuple((None,) * len(chain.steps) for chain in chains)
        return Judgement(none, ModelUsage(1, 1, 1), reasons=("no verdict", None, "no verdict"))


async def test_why_a_score_is_missing_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    judge = SilentJudge(name="judge")
    reasoner = Reasoner(ScriptedGenerator(), (judge,), AnswerChecker())
    outcome = await reasoner.carry_out(Prefix("p"), work(n=3))
    assert all(step.scores == {"judge": None} for (step,) in outcome.chains)
    assert caplog.messages == ["judge gave no score: no verdict"]


@dataclass
class ValueModel(ScriptedVerifier):
    """Scores like the scripted verifier; values every state by how many steps it has."""

    name: str = "value-model"
    high: float = 1.0

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        judged = await super().score(chains)
        values = tuple(tuple(self.high / (2 + i) for i in range(len(c.steps))) for c in chains)
        return replace(judged, values=values)


async def test_values_are_averaged_over_the_value_models() -> None:
    verifiers = (ScriptedVerifier(), ValueModel(), ValueModel(name="other", high=0.5))
    start = Prefix("p", (ModelStep("solve", "one"),))
    outcome = await Reasoner(ScriptedGenerator(), verifiers, AnswerChecker()).carry_out(
        start, work(n=2)
    )
    for (step,) in outcome.chains:
        assert step.value == pytest.approx((1 / 3 + 0.5 / 3) / 2)
        assert set(step.scores) == {"scripted-prm", "value-model", "other"}
    plain = await Reasoner(ScriptedGenerator(), verifiers[:1], AnswerChecker()).carry_out(
        start, work(n=2)
    )
    assert all(step.value is None for (step,) in plain.chains)
