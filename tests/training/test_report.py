"""Tests of the tables that the model cards show."""

from training.report import tables

FIGURES = {"greedy": [0.4, 0.35, 0.45], "own_mistakes_checked_flagged": [None, None, None]}
ROWS = {"greedy": "greedy", "own_mistakes_checked_flagged": "flagged"}


def test_a_table_per_family_with_a_column_per_seed() -> None:
    evaluations = [
        {"seed": seed, "families": {"game24": FIGURES, "word": FIGURES}} for seed in (2, 1)
    ]
    lines = tables(evaluations, ROWS).splitlines()
    assert lines[:6] == [
        "### game24",
        "",
        "| | seed 1 | seed 2 |",
        "|---|---|---|",
        "| greedy | 40.0 [35.0, 45.0] | 40.0 [35.0, 45.0] |",
        "| flagged | none | none |",
    ]
    assert "### word" in lines
