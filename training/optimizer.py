"""What turns gradients into steps: Muon for the matrices, AdamW for embeddings and norms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from training.model import LanguageModel
from training.muon import Muon


@dataclass(frozen=True, slots=True)
class Rates:
    """Peak learning rates; `inherited` is the share that weights of an earlier stage get.

    New layers have to learn from nothing, while at the full rate the others forget what they can.
    """

    matrix: float = 0.02
    other: float = 4e-3
    inherited: float = 1.0


class Optimizer:
    """Steps all weights of a model, of which the topmost `new_layers` blocks are new."""

    def __init__(self, model: LanguageModel, rates: Rates, new_layers: int) -> None:
        first_new = model.config.layers - new_layers
        named = list(model.named_parameters())
        self._rates = rates
        self._others = [p for name, p in named if not _is_matrix(name, p)]
        self._muons: list[tuple[float, Muon]] = []
        groups = []
        for share, is_new in ((rates.inherited, False), (1.0, True)):
            chosen = [(n, p) for n, p in named if (_block(n) >= first_new) == is_new]
            self._muons.append((share, Muon(_matrices(chosen))))
            others = [p for name, p in chosen if not _is_matrix(name, p)]
            if others:
                groups.append({"params": others, "share": share})
        self._adam = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0)

    def step(self, rate: float) -> None:
        """Apply one update at a share of the peak rates; every weight must have a gradient."""
        nn.utils.clip_grad_norm_(self._others, 1.0)
        for group in self._adam.param_groups:
            group["lr"] = self._rates.other * rate * group["share"]
        self._adam.step()
        for share, muon in self._muons:
            muon.step(self._rates.matrix * rate * share)

    def state(self) -> dict[str, Any]:
        """Momenta, for a checkpoint."""
        muons = [muon.state() for _, muon in self._muons]
        return {"adam": self._adam.state_dict(), "muons": muons}

    def load(self, state: dict[str, Any]) -> None:
        """Restore the momenta of `state`."""
        self._adam.load_state_dict(state["adam"])
        for (_, muon), saved in zip(self._muons, state["muons"], strict=True):
            muon.load(saved)


def _block(name: str) -> int:
    """Index of the block that a parameter belongs to; -1 for those outside of blocks."""
    return int(name.split(".")[1]) if name.startswith("blocks.") else -1


def _is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether it maps features to features, which is what Muon is for."""
    return parameter.dim() == 2 and "embedding" not in name


def _matrices(named: Iterable[tuple[str, nn.Parameter]]) -> list[nn.Parameter]:
    return [parameter for name, parameter in named if _is_matrix(name, parameter)]
