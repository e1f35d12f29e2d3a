"""Reasoning patterns, on sentences of the embedded models and of ordinary LLMs."""

import pytest

from backend.models.protocols import ModelStep
from backend.reasoning.patterns import Pattern, reasoning_patterns

ANALYSIS, REUSE, DIVIDE = (
    Pattern.SYSTEMATIC_ANALYSIS,
    Pattern.METHOD_REUSE,
    Pattern.DIVIDE_AND_CONQUER,
)
REFINEMENT, CONTEXT, CONSTRAINTS = (
    Pattern.SELF_REFINEMENT,
    Pattern.CONTEXT_IDENTIFICATION,
    Pattern.EMPHASIZING_CONSTRAINTS,
)
MUFFINS = (
    "Sarah bakes 4 trays of muffins with 12 muffins on each tray. She sells 30 of them. How many "
    "muffins does she have left?"
)


@pytest.mark.parametrize(
    ("action", "text", "patterns"),
    [
        ("restate", "The numbers are 4, 7, 7 and 11 and the goal is 24.", (ANALYSIS, CONTEXT)),
        ("restate", "We want the days left.", (ANALYSIS, CONTEXT)),
        ("restate", "Solve 4x + 18 = 7x + 39 for x.", (CONTEXT,)),
        ("decompose", "Aim for 33 - 9 = 24.", (DIVIDE,)),
        ("decompose", "First expand the brackets, then divide by 3.", (DIVIDE,)),
        ("solve", "11 - 7 = 4, leaving 4, 4 and 7.", ()),
        ("solve", "Subtract 7x: -3x + 18 = 39.", ()),
        ("check", "4, 4 and 7 cannot make 24.", (REFINEMENT,)),
        ("check", "21 + 6 = 27 holds.", (REFINEMENT,)),
        ("correct", "Wait, go back to 3, 7 and 11: 7 * 3 = 21, leaving 11 and 21.", (REFINEMENT,)),
        ("answer", "Answer: (7 * 4) - (11 - 7)", ()),
    ],
)  # fmt: skip
def test_steps_of_the_embedded_models(
    action: str, text: str, patterns: tuple[Pattern, ...]
) -> None:
    assert reasoning_patterns("Make 24.", [ModelStep(action, text)], 0) == patterns


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("Let's first understand the problem: we are asked how many are left.", (ANALYSIS,)),
        ("To solve this, we need to find the total first.", (ANALYSIS,)),
        ("This is a classic knapsack problem.", (REUSE,)),
        ("Using the Pythagorean theorem, the distance is 5.", (REUSE,)),
        ("Similarly, the second train covers 80 * 2 = 160 km.", (REUSE,)),
        ("We can break this down into two parts: baked and sold.", (DIVIDE,)),
        ("Case 1: n is even.", (DIVIDE,)),
        ("Wait, I should double-check that.", (REFINEMENT,)),
        ("Alternatively, maybe each letter stands for two others.", (REFINEMENT,)),
        ("Let me verify: 2 * 5 + 3 = 13.", (REFINEMENT,)),
        ("We are given that Tom has 5 apples.", (CONTEXT,)),
        ("According to the passage, the band was formed in 1997.", (CONTEXT,)),
        ("Sarah bakes 4 trays with 12 muffins on each tray.", (CONTEXT,)),
        ("The number of muffins must be a whole number.", (CONSTRAINTS,)),
        ("Remember that each number has to be used exactly once.", (CONSTRAINTS,)),
        ("4 * 12 = 48 muffins.", ()),
        ("So she has 18 left.", ()),
        ("", ()),
    ],
)
def test_sentences_of_any_model(text: str, patterns: tuple[Pattern, ...]) -> None:
    assert reasoning_patterns(MUFFINS, [ModelStep("solve", text)], 0) == patterns


def test_the_same_with_other_numbers_reuses_a_method() -> None:
    texts = (
        "In the first days 21 * 3 = 63 pages are read.",
        "After that 21 + 6 = 27 pages a day are read.",
        "In the next days 27 * 4 = 108 pages are read.",
        "In the first days 21 * 3 = 63 pages are read.",
    )
    steps = [ModelStep("solve", text) for text in texts]
    assert [reasoning_patterns("p", steps, i) for i in range(3)] == [(), (), (REUSE,)]
    repeated = [steps[0], steps[3]]
    assert reasoning_patterns("p", repeated, 1) == (), "said again, not done again"


def test_new_facts_are_not_the_context() -> None:
    text = "Sarah bakes 5 trays of muffins with 12 muffins on each tray."
    assert reasoning_patterns(MUFFINS, [ModelStep("solve", text)], 0) == ()
