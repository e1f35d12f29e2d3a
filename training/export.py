"""Writes a trained model as a Hugging Face LlamaForCausalLM directory, and reads one back."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from training.model import Block, LanguageModel, ModelConfig
from training.tasks.core import BOS, END
from training.tokenizer import token_id

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
WORDING_FILE = "wording.npy"
"""The pairs of words of the stories that a generator was trained on; a PRM has none."""


def save(model: LanguageModel, tokenizer: Tokenizer, source: Path, target: Path) -> None:
    """Write config and weights (fp32) into `target`, beside the tokenizer files of `source` and the
    wording it knows, if any.
    """
    target.mkdir(parents=True, exist_ok=True)
    kept = [*TOKENIZER_FILES, *([WORDING_FILE] if (source / WORDING_FILE).exists() else [])]
    for name in kept:
        if source != target:
            shutil.copyfile(source / name, target / name)
    bos, end = token_id(tokenizer, BOS), token_id(tokenizer, END)
    ids = {"bos_token_id": bos, "eos_token_id": end, "pad_token_id": end}
    _write_json(target / "config.json", {**_llama_config(model.config), **ids})
    _write_json(target / "generation_config.json", ids)
    weights = target / "model.safetensors"
    save_file(_hf_state(model), weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # safetensors writes for the owner only


def load(directory: Path) -> LanguageModel:
    """Read a model directory written by `save`."""
    raw = json.loads((directory / "config.json").read_text())
    model = LanguageModel(
        ModelConfig(
            vocabulary=raw["vocab_size"],
            width=raw["hidden_size"],
            layers=raw["num_hidden_layers"],
            heads=raw["num_attention_heads"],
            inner=raw["intermediate_size"],
            length=raw["max_position_embeddings"],
            theta=raw["rope_theta"],
        )
    )
    saved = load_file(directory / "model.safetensors")
    with torch.no_grad():
        for name, parameter in _hf_views(model).items():
            parameter.copy_(saved[name])
    return model


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hf_views(model: LanguageModel) -> dict[str, Tensor]:
    """Hugging Face's names mapped to views of this model's parameters."""
    views: dict[str, Tensor] = {
        "model.embed_tokens.weight": model.embedding.weight,
        "model.norm.weight": model.norm,
    }
    for index, block in enumerate(model.blocks):
        assert isinstance(block, Block)
        prefix = f"model.layers.{index}"
        q, k, v = block.qkv.weight.chunk(3)
        gate, up = block.gate_up.weight.chunk(2)
        views |= {
            f"{prefix}.self_attn.q_proj.weight": q,
            f"{prefix}.self_attn.k_proj.weight": k,
            f"{prefix}.self_attn.v_proj.weight": v,
            f"{prefix}.self_attn.o_proj.weight": block.out.weight,
            f"{prefix}.mlp.gate_proj.weight": gate,
            f"{prefix}.mlp.up_proj.weight": up,
            f"{prefix}.mlp.down_proj.weight": block.down.weight,
            f"{prefix}.input_layernorm.weight": block.norm_attention,
            f"{prefix}.post_attention_layernorm.weight": block.norm_mlp,
        }
    return views


def _hf_state(model: LanguageModel) -> dict[str, Tensor]:
    return {name: view.detach().clone().contiguous() for name, view in _hf_views(model).items()}


def _llama_config(config: ModelConfig) -> dict[str, object]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": config.vocabulary,
        "hidden_size": config.width,
        "intermediate_size": config.inner,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.heads,
        "head_dim": config.head_size,
        "max_position_embeddings": config.length,
        "rms_norm_eps": 1e-5,
        "rope_theta": config.theta,
        "hidden_act": "silu",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
        "use_cache": True,
        "initializer_range": 0.02,
    }


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")
