"""AB-MCTS-A: go wider or go deeper, decided at every node by Thompson sampling."""

from collections.abc import Callable, Sequence
from math import sqrt
from operator import itemgetter
from random import Random
from typing import ClassVar, Final, NamedTuple

from pydantic import Field

from backend.search import events as ev
from backend.search.aggregate import Aggregate
from backend.search.growth import settle, take_end
from backend.search.node import Node
from backend.search.seeds import derive_seed
from backend.search.strategies.descent import grow_steps
from backend.search.strategy import PooledSettings, StrategySettings, path_value
from backend.search.tree import SearchTree
from backend.search.weighing import Candidate, Terms, Weighing, goes_through
from backend.search.work import Call, Outcome, Work, WorkKind

# The prior of an arm: mean 0 as if seen once, variance 0.1 as if seen once.
_KAPPA: Final = 1.0
_NU: Final = 1.0
_TAU_SQUARE: Final = 0.1
_THOMPSON: Final = (
    "A mean is drawn at random from the posterior of each; first of a new step and of going "
    "deeper, then of the children. The largest draw is followed."
)


class AbMctsSettings(PooledSettings):
    """Settings of AB-MCTS-A."""

    max_tries: int = Field(
        32, ge=1, le=1024, title="Widest node",
        description="How many next steps are proposed at one node at most. The paper has no limit.",
    )  # fmt: skip
    max_repeats: int = Field(
        3, ge=1, le=1024, title="Repeats",
        description="A node is wide enough once so many proposals brought nothing new.",
    )  # fmt: skip
    max_depth: int = Field(
        16, ge=1, le=256, title="Longest path", description="In steps below the problem."
    )
    max_step_tokens: int = Field(96, ge=1, le=4096, title="Longest step (tokens)")
    aggregate: Aggregate = path_value(Aggregate.VALUE)


class Arm(NamedTuple):
    """What a choice has brought so far: how many values, their sum, the sum of their squares."""

    size: int = 0
    total: float = 0.0
    squares: float = 0.0

    def draw(self, rng: Random) -> float:
        """A mean drawn from its posterior."""
        return draw_mean(rng.random, *self)

    def terms(self) -> Terms:
        """Its posterior."""
        mean, spread, degrees = posterior(*self)
        return {"n": self.size, "m": mean, "s": spread, "ν": degrees}


def posterior(count: int, total: float, squares: float) -> tuple[float, float, float]:
    """m, s and ν: the mean of such values is distributed as m + s times Student's t with ν degrees
    of freedom.

    Normal values of unknown mean and variance, normal-inverse-gamma prior (Murphy 2023, section
    3.4.3.3): σ² ~ IG(ν/2, ντ²/2) and μ ~ N(m, σ²/κ), so that μ is t with s² = τ²/κ.
    """
    kappa, nu = _KAPPA + count, _NU + count
    scale = _NU * _TAU_SQUARE
    if count:
        square = total * total / count
        scale += _KAPPA * square / kappa
        if squares > square:
            scale += squares - square
    return total / kappa, sqrt(scale / (nu * kappa)), nu


def draw_mean(uniform: Callable[[], float], count: int, total: float, squares: float) -> float:
    """A mean drawn from the posterior of such values; `uniform` draws from [0, 1).

    Student's t by the polar method (Bailey 1994): twice as fast as by a normal and a gamma draw,
    and a search spends most of its own time here.
    """
    # As `posterior` has it, with κ and ν both 1 + count.
    n = 1 + count
    scatter = _TAU_SQUARE
    if count:
        square = total * total / count
        scatter += square / n
        if squares > square:
            scatter += squares - square
    while True:
        u = 2.0 * uniform() - 1.0
        v = 2.0 * uniform() - 1.0
        w = u * u + v * v
        if 0.0 < w <= 1.0:
            return (total + u * sqrt(scatter * n * (w ** (-2.0 / n) - 1.0) / w)) / n


class AbMcts:
    """One new step per call, where Thompson sampling leads: at this node, or below a child of it.

    Work in flight counts as a value of 0 in every arm that it was sent through, and so does an ask
    that brought no new step: parallel calls spread, and a node that repeats itself is left. With a
    pool of generators each of them has its own arm for going wider.
    """

    name: ClassVar[str] = "ab_mcts"
    title: ClassVar[str] = "Adaptive branching (AB-MCTS)"
    summary: ClassVar[str] = (
        "Decides at every step whether to try one more alternative or to go on with one that is "
        "there, by what each of the two has brought so far."
    )
    source: ClassVar[str] = "Inoue et al. 2025 (Wider or Deeper?), section 3 (AB-MCTS-A)"
    needs_actions: ClassVar[tuple[str, ...]] = ()
    settings_type: ClassVar[type[StrategySettings]] = AbMctsSettings

    def __init__(self, settings: StrategySettings) -> None:
        assert isinstance(settings, AbMctsSettings)
        self.settings = settings
        self._calls = {
            model: Call(
                WorkKind.EXPAND, 1, settings.temperature, settings.max_step_tokens, model=model
            )
            for model in settings.writers
        }

    def ask(self, tree: SearchTree, capacity: int) -> list[Work]:
        """One step each, at the nodes that Thompson sampling leads to."""
        works: list[Work] = []
        while len(works) < capacity and tree.root.available:
            node, model = _choose(tree, self.settings.writers)
            works.append(tree.ask(node.id, self._calls[model]))
            if self._may_widen(tree, node):
                # More can be asked for here while this is in flight.
                tree.record(ev.Reopened(node.id))
        return works

    def decides(self, tree: SearchTree, event: ev.Event, node: Node) -> bool:
        """Work that goes out at the node or below it was led there."""
        return goes_through(tree, event, node)

    def weigh(self, tree: SearchTree, node: Node) -> Weighing | None:
        """The posteriors of all that is drawn from at its parent: a new step by each writer, going
        on below the children, and each of them.
        """
        assert node.parent is not None
        parent = tree.nodes[node.parent]
        children = [tree.nodes[child] for child in parent.children]
        candidates = [
            Candidate(
                None, _wider(tree, parent, children, model).terms(), open=parent.expandable,
                name=f"a new step by {model}" if model else "a new step",
            )
            for model in self.settings.writers
        ]  # fmt: skip
        open_children = [child for child in children if child.available]
        if open_children:
            candidates.append(Candidate(None, _below(open_children).terms(), name="go deeper"))
        candidates += [
            Candidate(child.id, _through(child).terms(), open=child.available) for child in children
        ]
        return Weighing("thompson", _THOMPSON, candidates, "m ± s·t(ν)")

    def tell(self, tree: SearchTree, work: Work, outcome: Outcome) -> None:
        """Add the step, and back up its own value from there."""
        if work.id not in tree.pending:
            return
        settle(tree, work, outcome)
        settings = self.settings
        how = settings.aggregate, settings.max_depth, settings.choose
        for node in grow_steps(tree, work, outcome.chains, *how):
            take_end(tree, node, settings)
        asked = tree.nodes[work.node]
        if asked.expandable and not self._may_widen(tree, asked):
            tree.record(ev.Closed(asked.id))

    def _may_widen(self, tree: SearchTree, node: Node) -> bool:
        in_flight = node.virtual - sum(tree.nodes[child].virtual for child in node.children)
        repeats = node.expansions - in_flight - len(node.children)
        return node.expansions < self.settings.max_tries and repeats < self.settings.max_repeats


def _choose(tree: SearchTree, writers: Sequence[str]) -> tuple[Node, str]:
    """The node at which the next step is to be proposed, and by which of the writers: a function
    of seed and asks so far.
    """
    rng = Random(derive_seed(tree.seed, tree.next_work))
    node = tree.root
    while True:
        choice = _deeper(tree, node, writers, rng)
        if isinstance(choice, str):
            return node, choice
        node = choice


def _deeper(tree: SearchTree, node: Node, writers: Sequence[str], rng: Random) -> Node | str:
    """The child to go on with; or who is to propose a new one."""
    children = [tree.nodes[child] for child in node.children]
    open_children = children
    if node.open_children < len(children):
        open_children = [child for child in children if child.available]
    if node.expandable or not open_children:
        draws = [(_wider(tree, node, children, model).draw(rng), model) for model in writers]
        widest, writer = max(draws, key=itemgetter(0))
        if not open_children or widest >= _below(open_children).draw(rng):
            return writer
    if len(open_children) == 1:
        return open_children[0]
    uniform = rng.random
    # As by `_through`, but without an arm for each: this is where the time goes.
    drawn = [
        draw_mean(uniform, child.visits + child.virtual, child.value_sum, child.square_sum)
        for child in open_children
    ]
    return open_children[drawn.index(max(drawn))]


def _wider(tree: SearchTree, node: Node, children: Sequence[Node], model: str) -> Arm:
    """GEN: the first values of the node's own children, those by one model if it is one of a pool,
    without the pruned ones.

    Section 3 of the paper has one generator; an arm for each is what its multi-LLM search does.
    """
    asked = tree.asks.get((node.id, model), 0) if model else node.expansions
    own = [child for child in children if child.model == model] if model else children
    values = [child.estimate for child in own if child.estimate is not None and not child.pruned]
    # People add children without an ask of the strategy's. What is pruned or has no value says
    # nothing; an ask without a child is a value of 0.
    count = max(len(values), asked - (len(own) - len(values)))
    return Arm(count, sum(values), sum(value * value for value in values))


def _below(children: Sequence[Node]) -> Arm:
    """CONT: the values of all that is below the children, without their own."""
    count, total, squares = 0, 0.0, 0.0
    for child in children:
        count += child.visits + child.virtual
        total += child.value_sum
        squares += child.square_sum
        if child.estimate is not None:
            count -= 1
            total -= child.estimate
            squares -= child.estimate * child.estimate
    return Arm(count, total, squares)


def _through(child: Node) -> Arm:
    """A child's own value and all below it."""
    return Arm(child.visits + child.virtual, child.value_sum, child.square_sum)
