"""Tests that the shipped weights are the ones the manifest and the model cards speak of."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "backend" / "models" / "embedded" / "weights"
MODELS = ("generator", "prm")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((WEIGHTS / "MANIFEST.json").read_text())
    return loaded


def test_every_file_has_the_digest_of_the_manifest(manifest: dict[str, Any]) -> None:
    files = [path for model in MODELS for path in (WEIGHTS / model).iterdir()]
    digests = {
        path.relative_to(WEIGHTS).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    assert digests == manifest["sha256"]


def test_both_models_share_one_tokenizer() -> None:
    first, second = ((WEIGHTS / model / "tokenizer.json").read_bytes() for model in MODELS)
    assert first == second


@pytest.mark.parametrize("model", MODELS)
def test_weights_are_small_and_fit_their_config(model: str) -> None:
    directory = WEIGHTS / model
    config = json.loads((directory / "config.json").read_text())
    assert config["architectures"] == ["LlamaForCausalLM"]
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    assert tokenizer.get_vocab_size() == config["vocab_size"]
    raw = (directory / "model.safetensors").read_bytes()
    assert len(raw) < 8_000_000
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
    assert all(entry["dtype"] == "F32" for entry in tensors.values())
    shape = [config["vocab_size"], config["hidden_size"]]
    assert tensors["model.embed_tokens.weight"]["shape"] == shape
    assert len(tensors) == 2 + 9 * config["num_hidden_layers"]


def test_figures_are_from_enough_held_out_problems(manifest: dict[str, Any]) -> None:
    evaluations = manifest["evaluation"]
    assert len({each["seed"] for each in evaluations}) >= 2
    for each in evaluations:
        assert each["problems_per_family"] >= 100
        for figures in each["families"].values():
            value, low, high = figures["greedy"]
            assert 0 <= low <= value <= high <= 1


def test_model_cards_state_the_measured_greedy_accuracy(manifest: dict[str, Any]) -> None:
    card = (ROOT / "docs" / "models" / "generator.md").read_text()
    for each in manifest["evaluation"]:
        for figures in each["families"].values():
            assert f"{100 * figures['greedy'][0]:.1f}" in card
