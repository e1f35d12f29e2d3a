"""Reads a Hugging Face Llama directory: config.json and model.safetensors."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.models.errors import ModelUnavailable

Floats = NDArray[np.float32]

_DTYPES: Mapping[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
}
_UNSUPPORTED = ("attention_bias", "mlp_bias", "quantization_config")


@dataclass(frozen=True, slots=True)
class LlamaConfig:
    """The shape of a Llama. `window` is the most tokens one sequence may hold."""

    vocabulary: int
    hidden: int
    ffn: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    window: int
    epsilon: float
    rope_theta: float
    tied: bool


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model directory in memory: its shape, its tensors by name (float32), its tokenizer."""

    config: LlamaConfig
    tensors: Mapping[str, Floats]
    tokenizer_json: str


def read_checkpoint(directory: Path) -> Checkpoint:
    """Read a model directory.

    Errors: ModelUnavailable when a file is missing, broken or of a kind this runtime cannot run.
    """
    try:
        config = parse_config(json.loads((directory / "config.json").read_text("utf-8")))
        tensors = parse_safetensors((directory / "model.safetensors").read_bytes())
        tokenizer_json = (directory / "tokenizer.json").read_text("utf-8")
    except OSError as error:
        raise ModelUnavailable(
            f"no model in {directory}: cannot read {error.filename} ({error.strerror}). It needs "
            "config.json, model.safetensors and tokenizer.json: reinstall Treewright or name "
            "another model directory."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"the model in {directory} is broken ({error!r}): copy or train it again."
        ) from error
    return Checkpoint(config, tensors, tokenizer_json)


def parse_config(raw: Mapping[str, Any]) -> LlamaConfig:
    """Understand a config.json. Errors: ValueError (unsupported), KeyError (incomplete)."""
    rope = raw.get("rope_parameters") or raw.get("rope_scaling") or {}
    rope_type = rope.get("rope_type", rope.get("type", "default"))
    wrong = [key for key in _UNSUPPORTED if raw.get(key)]
    if raw.get("model_type", "llama") != "llama":
        wrong.append(f"model_type {raw['model_type']}")
    if raw.get("hidden_act", "silu") != "silu":
        wrong.append(f"hidden_act {raw['hidden_act']}")
    if rope_type != "default":
        wrong.append(f"rope type {rope_type}")
    if wrong:
        raise ValueError(f"this runtime does not know {', '.join(wrong)}")
    heads = int(raw["num_attention_heads"])
    config = LlamaConfig(
        vocabulary=int(raw["vocab_size"]),
        hidden=int(raw["hidden_size"]),
        ffn=int(raw["intermediate_size"]),
        layers=int(raw["num_hidden_layers"]),
        heads=heads,
        kv_heads=int(raw.get("num_key_value_heads") or heads),
        head_dim=int(raw.get("head_dim") or int(raw["hidden_size"]) // heads),
        window=int(raw["max_position_embeddings"]),
        epsilon=float(raw["rms_norm_eps"]),
        rope_theta=float(raw.get("rope_theta") or rope.get("rope_theta") or 10000.0),
        tied=bool(raw.get("tie_word_embeddings", False)),
    )
    if config.heads % config.kv_heads or config.head_dim % 2:
        raise ValueError("heads must be a multiple of kv heads and the head size even")
    return config


def parse_safetensors(data: bytes) -> dict[str, Floats]:
    """Read the tensors of a safetensors file as float32.

    Errors: ValueError when the bytes are not safetensors or hold a type other than F32, F16, BF16.
    """
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        raise ValueError("model.safetensors is cut short")
    header = json.loads(data[8 : 8 + size])
    body = memoryview(data)[8 + size :]
    return {
        name: _tensor(name, entry, body) for name, entry in header.items() if name != "__metadata__"
    }


def _tensor(name: str, entry: Mapping[str, Any], body: memoryview) -> Floats:
    dtype = _DTYPES.get(entry["dtype"])
    if dtype is None:
        raise ValueError(f"{name} has the type {entry['dtype']}; use F32, F16 or BF16")
    begin, end = entry["data_offsets"]
    shape = tuple(entry["shape"])
    if end > len(body) or end - begin != dtype.itemsize * math.prod(shape):
        raise ValueError(f"{name} is cut short in model.safetensors")
    raw = np.frombuffer(body[begin:end], dtype).reshape(shape)
    if entry["dtype"] == "BF16":
        # A bfloat16 is the upper half of a float32.
        return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return raw.astype(np.float32)
