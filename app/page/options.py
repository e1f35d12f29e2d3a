"""What the page can be told about the deployment it is part of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Defaults of the search form. What the models and strategies are, the page asks the API."""

    title: str = "Treewright"
    strategy: str = "mcts"
    generated_tokens: int = 6000
    nodes: int = 300
    seconds: int = 60
    seed: int = 0
