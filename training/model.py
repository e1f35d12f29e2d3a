"""A small Llama in plain torch, laid out so that it exports to LlamaForCausalLM unchanged."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.precision import exact

_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Shape of the network; sizes are in features, `length` in tokens."""

    vocabulary: int
    width: int = 128
    layers: int = 4
    heads: int = 4
    inner: int = 256
    length: int = 512
    theta: float = 10_000.0

    @property
    def head_size(self) -> int:
        """Features per attention head."""
        return self.width // self.heads


Cache = list[tuple[Tensor, Tensor]]


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary position embedding, half-split as in Hugging Face's Llama; x is (..., head_size)."""
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


class Block(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """One pre-norm transformer layer: attention with rotary positions, then SwiGLU."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        width, inner = config.width, config.inner
        self.norm_attention = nn.Parameter(torch.ones(width))
        self.norm_mlp = nn.Parameter(torch.ones(width))
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * inner, bias=False)
        self.down = nn.Linear(inner, width, bias=False)

    def project(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each (batch, heads, tokens, head_size), rotated."""
        batch, tokens, width = x.shape
        normed = F.rms_norm(x, (width,), self.norm_attention, _EPSILON)
        shape = (batch, tokens, 3, self.config.heads, self.config.head_size)
        q, k, v = self.qkv(normed).view(shape).unbind(2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        return q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        """Add the attention result (batch, heads, tokens, head_size) and the MLP to x."""
        x = x + self.out(attended.transpose(1, 2).reshape(x.shape))
        normed = F.rms_norm(x, (x.shape[-1],), self.norm_mlp, _EPSILON)
        gate, up = self.gate_up(normed).chunk(2, -1)
        result: Tensor = x + self.down(F.silu(gate) * up)
        return result


class LanguageModel(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Token ids (batch, tokens) to hidden states; the embedding is also the output matrix."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.norm = nn.Parameter(torch.ones(config.width))
        self._initialize()
        steps = torch.arange(0, config.head_size, 2).float() / config.head_size
        angles = torch.outer(torch.arange(config.length).float(), 1 / config.theta**steps)
        self.register_buffer("cos", angles.cos()[:, None], persistent=False)
        self.register_buffer("sin", angles.sin()[:, None], persistent=False)

    def _initialize(self) -> None:
        for name, parameter in self.named_parameters():
            if parameter.dim() < 2:
                continue
            scale = 0.02 if "embedding" in name else 1 / math.sqrt(parameter.shape[1])
            # Smaller writes into the residual stream keep the first steps calm.
            if name.endswith(("out.weight", "down.weight")):
                scale *= 0.5
            nn.init.normal_(parameter, 0, scale)

    def hidden(self, ids: Tensor) -> Tensor:
        """Final normalized states (batch, tokens, width) of whole sequences."""
        x = self.embedding(ids)
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for block in self.blocks:
            assert isinstance(block, Block)
            q, k, v = block.project(x, cos, sin)
            # On CPUs the backward pass of attention is slower in bf16.
            with exact():
                q, k, v = q.float(), k.float(), v.float()
                attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = block.finish(x, attended)
        return F.rms_norm(x, (self.config.width,), self.norm, _EPSILON)

    def logits(self, hidden: Tensor) -> Tensor:
        """Next-token logits (..., vocabulary) of hidden states, in fp32."""
        return (hidden @ self.embedding.weight.T).float()

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (batch, tokens, vocabulary) of whole sequences."""
        return self.logits(self.hidden(ids))


def deepened(model: LanguageModel, layers: int) -> LanguageModel:
    """The same function with more layers on top, which write nothing until they are trained."""
    config = replace(model.config, layers=model.config.layers + layers)
    deeper = LanguageModel(config)
    deeper.load_state_dict(model.state_dict(), strict=False)
    for block in list(deeper.blocks)[model.config.layers :]:
        assert isinstance(block, Block)
        nn.init.zeros_(block.out.weight)
        nn.init.zeros_(block.down.weight)
    return deeper
