"""The strategies by name."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from backend.search.errors import InvalidSettings, UnknownStrategy
from backend.search.strategies.ab_mcts import AbMcts
from backend.search.strategies.beam_search import BeamSearch
from backend.search.strategies.best_of_n import BestOfN
from backend.search.strategies.chain_of_thought import ChainOfThought
from backend.search.strategies.check_as_context import CheckAsContext
from backend.search.strategies.compute_optimal import ComputeOptimal
from backend.search.strategies.dvts import Dvts
from backend.search.strategies.lookahead import Lookahead
from backend.search.strategies.mcts import Mcts
from backend.search.strategies.monte_carlo_labels import MonteCarloLabels
from backend.search.strategies.omega_prm import OmegaPrm
from backend.search.strategies.rest_mcts import RestMcts
from backend.search.strategies.rstar import RStar
from backend.search.strategies.score import Score
from backend.search.strategies.self_consistency import SelfConsistency
from backend.search.strategies.self_refine import SelfRefine
from backend.search.strategies.sequential_revision import SequentialRevision
from backend.search.strategies.stepwise_best_of_n import StepwiseBestOfN
from backend.search.strategy import Strategy

_KINDS: Final[tuple[type[Strategy], ...]] = (
    Mcts,
    ComputeOptimal,
    RestMcts,
    AbMcts,
    RStar,
    BeamSearch,
    Dvts,
    Lookahead,
    StepwiseBestOfN,
    BestOfN,
    SelfConsistency,
    ChainOfThought,
    SequentialRevision,
    SelfRefine,
    CheckAsContext,
    Score,
    MonteCarloLabels,
    OmegaPrm,
)
STRATEGIES: Final[dict[str, type[Strategy]]] = {kind.name: kind for kind in _KINDS}
_FORMER_NAMES: Final = {"beam": BeamSearch.name}
"""Runs that were stored under these names go on."""


def strategy_kind(name: str) -> type[Strategy]:
    """The strategy with this name or former name. UnknownStrategy if there is none."""
    kind = STRATEGIES.get(_FORMER_NAMES.get(name, name))
    if kind is None:
        raise UnknownStrategy(f"no strategy is called {name!r}: choose {', '.join(STRATEGIES)}")
    return kind


def make_strategy(name: str, settings: Mapping[str, Any]) -> Strategy:
    """The strategy with these settings (defaults for the rest).

    UnknownStrategy for another name; InvalidSettings, naming each wrong setting, otherwise.
    """
    kind = strategy_kind(name)
    try:
        return kind(kind.settings_type.model_validate(dict(settings)))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise InvalidSettings(f"settings of {name}: {faults}") from error
