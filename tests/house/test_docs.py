"""Docs that must keep up with the code."""

from pathlib import Path

import pytest

from backend.search.strategies.registry import STRATEGIES

STRATEGIES_PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_stands_in_the_docs_with_its_source(name: str) -> None:
    kind = STRATEGIES[name]
    row = f"| `{name}` | {kind.summary} | {kind.source} |"
    assert row in STRATEGIES_PAGE.read_text("utf-8"), f"docs/strategies.md lacks: {row}"
