"""Random little Llama directories, a naive forward pass to compare with, and a counting model."""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from backend.models.embedded.checkpoint import Checkpoint, Floats, LlamaConfig
from backend.models.embedded.llama import Llama, Span
from backend.models.embedded.text import ACTIONS
from backend.models.embedded.verifier import VALUE

WINDOW = 192
SPECIAL = ("<|bos|>", "<|end|>", "<|user|>", "<|assistant|>")
PATTERN = r" ?\d| ?[A-Za-z']+|\n| ?[^\sA-Za-z\d]|\s"
DTYPES = {"F32": "<f4", "F16": "<f2"}


@dataclass(frozen=True)
class Shape:
    """What varies between the little models."""

    heads: int = 4
    kv_heads: int = 2
    tied: bool = False
    dtype: str = "F32"
    seed: int = 0


def tiny_tokenizer() -> Tokenizer:
    """Every byte is a token, and `he` is merged; action tags are added tokens."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate((*SPECIAL, *alphabet, "he"))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[("h", "e")]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    added = (*(f"<{action}>" for action in ACTIONS), *VALUE)
    tokenizer.add_tokens([AddedToken(name, normalized=False, special=False) for name in added])
    return tokenizer


def tiny_directory(directory: Path, shape: Shape | None = None) -> Path:
    """Write a random model directory."""
    shape = shape or Shape()
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer = tiny_tokenizer()
    tokenizer.save(str(directory / "tokenizer.json"))
    config = _config(shape, tokenizer.get_vocab_size())
    (directory / "config.json").write_text(json.dumps(config))
    write_safetensors(
        directory / "model.safetensors", _tensors(config, shape.seed, tokenizer), shape.dtype
    )
    return directory


def write_safetensors(path: Path, tensors: Mapping[str, Floats], dtype: str) -> None:
    """Write float32 tensors as F32, F16 or BF16 (cut off, not rounded)."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, tensor in tensors.items():
        if dtype == "BF16":
            raw = (tensor.view(np.uint32) >> 16).astype("<u2").tobytes()
        else:
            raw = tensor.astype(DTYPES[dtype]).tobytes()
        offsets = [len(body), len(body) + len(raw)]
        header[name] = {"dtype": dtype, "shape": tensor.shape, "data_offsets": offsets}
        body += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def _config(shape: Shape, vocabulary: int) -> dict[str, Any]:
    return {
        "model_type": "llama",
        "hidden_act": "silu",
        "vocab_size": vocabulary,
        "hidden_size": 32,
        "intermediate_size": 40,
        "num_hidden_layers": 2,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": 8,
        "max_position_embeddings": WINDOW,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "tie_word_embeddings": shape.tied,
    }


def _tensors(config: Mapping[str, Any], seed: int, tokenizer: Tokenizer) -> dict[str, Floats]:
    rng = np.random.default_rng(seed)
    hidden, ffn, size = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    wide, narrow = config["num_attention_heads"] * size, config["num_key_value_heads"] * size

    def matrix(*shape: int) -> Floats:
        return rng.standard_normal(shape, np.float32) * np.float32(2 * shape[-1] ** -0.5)

    def scale() -> Floats:
        values: Floats = rng.random(hidden, np.float32) + np.float32(0.5)
        return values

    tensors = {"model.embed_tokens.weight": matrix(config["vocab_size"], hidden)}
    for layer in range(config["num_hidden_layers"]):
        shapes = {
            "self_attn.q_proj": (wide, hidden),
            "self_attn.k_proj": (narrow, hidden),
            "self_attn.v_proj": (narrow, hidden),
            "self_attn.o_proj": (hidden, wide),
            "mlp.gate_proj": (ffn, hidden),
            "mlp.up_proj": (ffn, hidden),
            "mlp.down_proj": (hidden, ffn),
        }
        prefix = f"model.layers.{layer}"
        tensors |= {f"{prefix}.{name}.weight": matrix(*dims) for name, dims in shapes.items()}
        for name in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{prefix}.{name}.weight"] = scale()
    tensors["model.norm.weight"] = scale()
    if not config["tie_word_embeddings"]:
        head = matrix(config["vocab_size"], hidden)
        for action in ACTIONS:
            head[tokenizer.token_to_id(f"<{action}>")] *= 0.3
        # A feature that no layer touches makes steps end after some ten tokens, texts less often.
        tensors["model.embed_tokens.weight"][:, 0] = 4.0
        for layer in range(config["num_hidden_layers"]):
            for name in ("self_attn.o_proj", "mlp.down_proj"):
                tensors[f"model.layers.{layer}.{name}.weight"][0] = 0.0
        head[:, 0] = 0.0
        head[tokenizer.token_to_id("Ċ"), 0] = 5.5
        head[tokenizer.token_to_id("<|end|>"), 0] = 6.0
        tensors["lm_head.weight"] = head
    return tensors


def naive_logits(checkpoint: Checkpoint, ids: Sequence[int]) -> NDArray[np.float64]:
    """Logits (tokens, vocabulary) by the textbook: float64, one position and head at a time."""
    config = checkpoint.config
    weight = {k.removesuffix(".weight"): v.astype(float) for k, v in checkpoint.tensors.items()}
    x = weight["model.embed_tokens"][list(ids)]
    for layer in range(config.layers):
        part = {
            k.removeprefix(f"model.layers.{layer}."): v
            for k, v in weight.items()
            if k.startswith(f"model.layers.{layer}.")
        }
        x = x + _naive_attention(config, part, x)
        y = _naive_norm(x, part["post_attention_layernorm"], config.epsilon)
        gate = y @ part["mlp.gate_proj"].T
        up = y @ part["mlp.up_proj"].T
        x = x + (gate / (1 + np.exp(-gate)) * up) @ part["mlp.down_proj"].T
    table = weight["model.embed_tokens" if config.tied else "lm_head"]
    logits: NDArray[np.float64] = _naive_norm(x, weight["model.norm"], config.epsilon) @ table.T
    return logits


def _naive_norm(x: Any, scale: Any, epsilon: float) -> Any:
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + epsilon) * scale


def _naive_rotate(vector: Any, position: int, theta: float) -> Any:
    half = len(vector) // 2
    angle = position / theta ** (np.arange(half) / half)
    first, second = vector[:half], vector[half:]
    cos, sin = np.cos(angle), np.sin(angle)
    return np.concatenate((first * cos - second * sin, second * cos + first * sin))


def _naive_attention(config: LlamaConfig, part: Mapping[str, Any], x: Any) -> Any:
    y = _naive_norm(x, part["input_layernorm"], config.epsilon)
    size, share = config.head_dim, config.heads // config.kv_heads
    mixed = np.zeros((len(x), config.heads * size))
    for head in range(config.heads):
        own = slice(head * size, (head + 1) * size)
        shared = slice(head // share * size, (head // share + 1) * size)
        queries = y @ part["self_attn.q_proj"][own].T
        keys, values = (y @ part[f"self_attn.{n}_proj"][shared].T for n in "kv")
        for t in range(len(x)):
            query = _naive_rotate(queries[t], t, config.rope_theta)
            scores = [
                query @ _naive_rotate(keys[s], s, config.rope_theta) / size**0.5
                for s in range(t + 1)
            ]
            weights = np.exp(np.array(scores) - max(scores))
            mixed[t, own] = weights / weights.sum() @ values[: t + 1]
    return mixed @ part["self_attn.o_proj"].T


@dataclass
class Passes:
    """What went through a model: the number of spans and of tokens of each forward pass."""

    spans: list[int] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)


class CountingLlama(Llama):
    """A Llama that keeps count of its forward passes."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(checkpoint)
        self.passes = Passes()

    def forward(self, spans: Sequence[Span]) -> Floats:
        self.passes.spans.append(len(spans))
        self.passes.tokens.append(sum(len(span.tokens) for span in spans))
        return super().forward(spans)
