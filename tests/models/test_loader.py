"""Loading: broken directories say what to do; the shipped weights work."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.models.embedded.checkpoint import Checkpoint, parse_config, read_checkpoint
from backend.models.embedded.llama import Llama, Span
from backend.models.embedded.loader import (
    load_generator,
    load_prm,
    load_shipped_generator,
    load_shipped_prm,
    shipped_weights,
)
from backend.models.embedded.past import Past
from backend.models.embedded.text import StepTokenizer
from backend.models.errors import ModelUnavailable
from backend.models.protocols import Finish, GenerationRequest, ModelStep, Prefix, Stop
from tests.models.tiny import naive_logits, tiny_directory, write_safetensors

PROBLEM = (
    "Ravi buys 3 pens at 12 dollars each and 4 books at 9 dollars each. "
    "What is the bill for everything?"
)
needs_weights = pytest.mark.skipif(
    not (shipped_weights("generator").is_dir() and shipped_weights("prm").is_dir()),
    reason="the weights are not in this checkout: make train-embedded",
)


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def drop_minus(directory: Path) -> None:
    path = directory / "tokenizer.json"
    raw = json.loads(path.read_text())
    raw["model"]["vocab"]["dash"] = raw["model"]["vocab"].pop("-")
    path.write_text(json.dumps(raw))


FAULTS: dict[str, Callable[[Path], object]] = {
    "broken": lambda d: (d / "config.json").write_text("{"),
    "KeyError": lambda d: (d / "config.json").write_text("{}"),
    "hidden_act gelu": lambda d: edit(d / "config.json", hidden_act="gelu"),
    "model_type bert": lambda d: edit(d / "config.json", model_type="bert"),
    "attention_bias": lambda d: edit(d / "config.json", attention_bias=True),
    "rope type yarn": lambda d: edit(d / "config.json", rope_scaling={"rope_type": "yarn"}),
    "multiple of kv heads": lambda d: edit(d / "config.json", num_key_value_heads=3),
    "config.json says": lambda d: edit(d / "config.json", intermediate_size=41),
    "more tokens than": lambda d: edit(d / "config.json", vocab_size=100),
    "cut short": lambda d: (d / "model.safetensors").write_bytes(b"\x80"),
    "cut short in": lambda d: (d / "model.safetensors").write_bytes(
        (d / "model.safetensors").read_bytes()[:-1]
    ),
    "type I64": lambda d: (d / "model.safetensors").write_bytes(
        (d / "model.safetensors").read_bytes().replace(b'"F32"', b'"I64"')
    ),
    "embed_tokens": lambda d: write_safetensors(d / "model.safetensors", {}, "F32"),
    "no added token": lambda d: edit(d / "tokenizer.json", added_tokens=[]),
    "tokenizer.json: ": lambda d: (d / "tokenizer.json").write_text('{"model": 1}'),
    "reinstall": lambda d: (d / "model.safetensors").unlink(),
}


@pytest.mark.parametrize("message", FAULTS)
def test_a_broken_directory_says_what_is_wrong_and_what_to_do(tmp_path: Path, message: str) -> None:
    tiny_directory(tmp_path)
    FAULTS[message](tmp_path)
    with pytest.raises(ModelUnavailable) as caught:
        load_generator(tmp_path, "broken")
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "again" in str(caught.value) or "reinstall" in str(caught.value)


def test_a_missing_directory_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"no model in .*nowhere: cannot read .*config"):
        load_prm(tmp_path / "nowhere", "missing")


def test_a_prm_needs_plus_and_minus(tmp_path: Path) -> None:
    drop_minus(tiny_directory(tmp_path))
    with pytest.raises(ModelUnavailable, match="'-' must be one token"):
        load_prm(tmp_path, "no minus")


def test_the_rope_base_is_found_where_new_exports_put_it() -> None:
    raw = {
        "vocab_size": 9,
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 16,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {"rope_theta": 5e5, "rope_type": "default"},
    }
    config = parse_config(raw)
    assert (config.rope_theta, config.kv_heads, config.head_dim, config.tied) == (5e5, 2, 4, False)


@needs_weights
async def test_the_shipped_generator_solves_in_well_formed_steps() -> None:
    generator = load_shipped_generator()
    try:
        request = GenerationRequest(Prefix(PROBLEM), tuple(range(16)), Stop.ANSWER, max_tokens=200)
        reply = await generator.generate(request)
        answered = [s for s in reply.samples if s.finish is Finish.ANSWER]
        assert len(answered) >= 12
        assert any(s.steps[-1].text == "Answer: 72" for s in answered)
        assert all(step.text for s in reply.samples for step in s.steps)
        prior, _ = await generator.action_prior(Prefix(PROBLEM))
        assert sum(prior.values()) == pytest.approx(1)
        assert prior["answer"] < 0.1
    finally:
        generator.close()


@needs_weights
async def test_steps_one_by_one_are_those_of_a_whole_sample() -> None:
    """What is written is read back as the same tokens."""
    generator = load_shipped_generator()
    try:
        request = GenerationRequest(Prefix(PROBLEM), (0,), Stop.ANSWER, temperature=0)
        steps: tuple[ModelStep, ...] = ()
        for step in (await generator.generate(request)).samples[0].steps:
            one = GenerationRequest(Prefix(PROBLEM, steps), (0,), temperature=0)
            (again,) = (await generator.generate(one)).samples[0].steps
            assert (again.action, again.text, again.tokens) == (step.action, step.text, step.tokens)
            assert again.logprob == pytest.approx(step.logprob, abs=1e-3)
            steps = (*steps, ModelStep(step.action, step.text))
    finally:
        generator.close()


@needs_weights
async def test_the_shipped_prm_tells_a_way_to_24_from_a_dead_end() -> None:
    ways = (
        ("9 - 7 = 2, leaving 2, 8 and 8.", "8 * 2 = 16, leaving 8 and 16."),
        ("8 * 7 = 56, leaving 8, 9 and 56.", "56 * 9 = 504, leaving 8 and 504."),
    )
    chains = tuple(
        Prefix("Make 24 with 7, 8, 9, and 8", tuple(ModelStep("solve", text) for text in way))
        for way in ways
    )
    prm = load_shipped_prm()
    try:
        (*_, good), (*_, bad) = (await prm.score(chains)).scores
        assert good is not None
        assert bad is not None
        assert good > bad
    finally:
        prm.close()


@needs_weights
@pytest.mark.parametrize("kind", ["generator", "prm"])
def test_the_shipped_weights_give_the_textbook_s_logits(kind: str) -> None:
    checkpoint: Checkpoint = read_checkpoint(shipped_weights(kind))
    llama = Llama(checkpoint)
    ids = StepTokenizer(checkpoint.tokenizer_json).prompt(PROBLEM)
    logits = llama.head()(llama.forward([Span(Past(llama.config), ids)]))
    np.testing.assert_allclose(logits, naive_logits(checkpoint, ids), atol=1e-3)
