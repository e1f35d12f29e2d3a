"""Connecting to a server that judges: which convention is taken, and what people are told."""

from pathlib import Path
from typing import Any

import pytest

from backend.models.embedded.checkpoint import read_checkpoint
from backend.models.embedded.loader import load_shipped_prm, shipped_weights
from backend.models.errors import BadReply, ModelUnavailable
from backend.models.protocols import Described, ModelStep, ModelUsage, Prefix
from backend.models.servers.verifiers import connect as connect_module
from backend.models.servers.verifiers.connect import connect_verifier
from backend.models.servers.verifiers.conventions import UnknownConvention
from tests.models.fake_judges import FakeJudge, encode, judging, right
from tests.models.fake_vllm import FakeVllm
from tests.models.serving import serving

STEPS = (ModelStep("solve", "2 + 2 = 4"), ModelStep("answer", "Answer: 4"))
CHAIN = Prefix("2 + 2?", STEPS)


async def test_the_served_model_decides_and_may_change() -> None:
    with judging(FakeJudge(model="Qwen/Qwen2.5-Math-PRM-7B")) as fake:
        verifier = connect_verifier(fake.url, "judge")
        assert isinstance(verifier, Described)
        assert "not asked yet" in verifier.about
        assert None not in (await verifier.score((CHAIN,))).scores[0]
        assert verifier.about.endswith("(convention qwen-prm)")
        assert not verifier.uncalibrated
        fake.model, fake.every_token = "my-trl-prm", True
        with pytest.raises(BadReply, match="does not exist"):
            await verifier.score((CHAIN,))
        assert None not in (await verifier.score((CHAIN,))).scores[0]
        assert verifier.about.endswith("(convention trl)")


async def test_an_unknown_model_is_an_error_that_says_what_to_do() -> None:
    with judging(FakeJudge(model="gpt-sw3")) as fake:
        verifier = connect_verifier(fake.url, "judge")
        for _ in range(2):
            with pytest.raises(UnknownConvention, match="TREEWRIGHT_VERIFIER_CONVENTION"):
                await verifier.score((CHAIN,))
        named = connect_verifier(fake.url, "judge", "qwen-prm")
        assert "qwen-prm" in named.about
        assert None not in (await named.score((CHAIN,))).scores[0]


@pytest.mark.skipif(not shipped_weights("prm").is_dir(), reason="no weights in this checkout")
@pytest.mark.parametrize(("model", "convention"), [("some-name", None), ("x", "treewright")])
async def test_a_model_of_our_own_format_is_known_by_its_tokens(
    model: str, convention: str | None
) -> None:
    with serving(FakeVllm(read_checkpoint(shipped_weights("prm")), model=model)) as fake:
        verifier = connect_verifier(fake.url, "judge", convention)
        judgement = await verifier.score((CHAIN,))
    prm = load_shipped_prm()
    embedded = await prm.score((CHAIN,))
    prm.close()
    assert judgement.scores[0] == pytest.approx(embedded.scores[0], abs=1e-4)
    assert judgement.values is not None
    assert "convention treewright" in verifier.about


async def test_a_tokenizer_that_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(connect_module, "shipped_weights", lambda name: tmp_path)
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json"):
        connect_verifier("http://host", "judge", "treewright")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("http://host", "x", "magic"), "Conventions: treewright, "),
        (("host", "x"), "looks like http"),
        (("http://host", "x", "rubric"), "TREEWRIGHT_VERIFIER_CRITERIA"),
        (("http://host", "x", "qwen-prm", ("Is it nice?",)), "criteria are for"),
    ],
)
def test_what_cannot_work_is_refused_at_once(arguments: Any, says: str) -> None:
    with pytest.raises((ValueError, UnknownConvention), match=says):
        connect_verifier(*arguments)


async def test_a_rubric_is_rated_over_the_chat_route() -> None:
    chat = ("/v1/chat/completions",)
    with judging(FakeJudge(chat, says=lambda messages: "1: 4")) as fake:
        verifier = connect_verifier(fake.url, "judge", criteria=("Is it right?",))
        judgement = await verifier.score((CHAIN,))
        body = fake.bodies(*chat)[-1]
    assert judgement.scores == ((0.75, 0.75),)
    assert [turn["role"] for turn in body["messages"]] == ["system", "user"]
    assert (body["temperature"], body["max_tokens"]) == (0, 1024)
    assert verifier.uncalibrated
    assert judgement.usage.calls == 2


async def test_no_more_is_asked_for_than_the_window_holds() -> None:
    chat = ("/v1/chat/completions",)
    with judging(FakeJudge(chat, says=lambda messages: r"\boxed{-1}")) as fake:
        await connect_verifier(fake.url, "judge", "critic").score((CHAIN,))
        assert fake.bodies(*chat)[-1]["max_tokens"] == fake.window < 4096


@pytest.mark.parametrize("broken", ["choices", "usage"])
async def test_a_chat_reply_without_what_it_needs_is_bad(broken: str) -> None:
    fake = FakeJudge(("/v1/chat/completions",), says=lambda messages: "1: 4")
    fake.change = lambda reply: reply.pop(broken)
    with judging(fake):
        verifier = connect_verifier(fake.url, "judge", "critic")
        with pytest.raises(BadReply, match=broken):
            await verifier.score((CHAIN,))


@pytest.mark.parametrize(
    ("convention", "route"), [("outcome", "/classify"), ("outcome-pair", "/score")]
)
async def test_only_the_last_step_of_a_finished_chain_has_a_reward(
    convention: str, route: str
) -> None:
    with judging(FakeJudge((route,))) as fake:
        verifier = connect_verifier(fake.url, "orm", convention)
        open_chain, long = Prefix("2 + 2?", STEPS[:1]), Prefix("2 + 2?" * 999, STEPS)
        judgement = await verifier.score((CHAIN, open_chain, long, CHAIN, Prefix("1?")))
        said = judgement.scores[0][1]
        assert said is not None
        assert judgement.scores == ((None, said), (None,), (None, None), (None, said), ())
        assert judgement.reasons is not None
        assert "maximum context length" in (judgement.reasons[2] or "")
        assert len(fake.bodies(route)) == 2
        # Both are sent at once; the shorter one is the one that was judged.
        inputs = [body.get("input") for body in fake.bodies(route)]
        plain = [encode("2 + 2?2 + 2 = 4\n\nAnswer: 4")]
        sent = min(filter(None, inputs), key=lambda texts: len(texts[0]), default=plain)
    assert said == pytest.approx(right(sent[0]))
    assert judgement.usage == ModelUsage(len(sent[0]), 0, 1)


async def test_without_a_finished_chain_no_reward_is_asked_for() -> None:
    with judging(FakeJudge(("/classify",))) as fake:
        verifier = connect_verifier(fake.url, "orm", "outcome")
        judgement = await verifier.score((Prefix("2 + 2?", STEPS[:1]),))
        assert not fake.asked
    assert judgement.scores == ((None,),)
    assert judgement.usage == ModelUsage(calls=0)


async def test_a_classifier_with_too_few_classes_is_bad() -> None:
    fake = FakeJudge(("/classify",), change=lambda reply: reply["data"][0].update(probs=[]))
    with judging(fake), pytest.raises(BadReply, match="class"):
        await connect_verifier(fake.url, "orm", "outcome").score((CHAIN,))


async def test_a_closed_verifier_says_so() -> None:
    with judging(FakeJudge()) as fake:
        verifier = connect_verifier(fake.url, "judge", "qwen-prm")
        await verifier.score((CHAIN,))
        verifier.close()
        with pytest.raises(ModelUnavailable, match="is closed"):
            await verifier.score((CHAIN,))
        await verifier.aclose()
