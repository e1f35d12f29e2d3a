"""Muon optimizer for weight matrices; same-shaped matrices are stepped together.

Source: Keller Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024).
torch.optim.Muon always runs its Newton-Schulz iteration in bf16, which is slow on most CPUs.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from training.precision import for_products

_A, _B, _C = 3.4445, -4.7750, 2.0315
_ITERATIONS = 5


class Muon:
    """Momentum whose update is replaced by the nearest (semi-)orthogonal matrix."""

    def __init__(
        self, parameters: Iterable[nn.Parameter], decay: float = 0.05, momentum: float = 0.95
    ) -> None:
        self._decay = decay
        self._momentum = momentum
        self._groups: dict[tuple[int, ...], list[nn.Parameter]] = {}
        for parameter in parameters:
            self._groups.setdefault(tuple(parameter.shape), []).append(parameter)
        self._buffers = {
            shape: torch.zeros(len(group), *shape) for shape, group in self._groups.items()
        }

    def state(self) -> list[Tensor]:
        """Momentum buffers, for a checkpoint."""
        return list(self._buffers.values())

    def load(self, state: list[Tensor]) -> None:
        """Restore the buffers of `state`."""
        for buffer, saved in zip(self._buffers.values(), state, strict=True):
            buffer.copy_(saved)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, rate: float) -> None:
        """Apply one update with a learning rate; every parameter must have a gradient."""
        for shape, group in self._groups.items():
            gradients = [parameter.grad for parameter in group if parameter.grad is not None]
            gradient = torch.stack(gradients)
            buffer = self._buffers[shape]
            buffer.mul_(self._momentum).add_(gradient, alpha=1 - self._momentum)
            update = orthogonalize(gradient.lerp(buffer, self._momentum))
            scale = rate * max(1.0, shape[0] / shape[1]) ** 0.5
            for parameter, change in zip(group, update, strict=True):
                parameter.mul_(1 - rate * self._decay).add_(change, alpha=-scale)


def orthogonalize(update: Tensor) -> Tensor:
    """Newton-Schulz iteration on a stack of matrices (count, rows, columns)."""
    tall = update.shape[1] > update.shape[2]
    if tall:
        update = update.transpose(1, 2)
    update = for_products(update / (update.norm(dim=(1, 2), keepdim=True) + 1e-7))
    for _ in range(_ITERATIONS):
        gram = update @ update.transpose(1, 2)
        update = _A * update + (_B * gram + _C * (gram @ gram)) @ update
    update = update.float()
    return update.transpose(1, 2) if tall else update
