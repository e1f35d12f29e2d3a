"""Which step a correction revises, and what a second answer takes the place of."""

import pytest

from backend.models.protocols import ModelStep
from backend.reasoning.corrections import corrections


def steps(*pairs: tuple[str, str]) -> list[ModelStep]:
    return [ModelStep(action, text) for action, text in pairs]


def corrected_by_the_last(path: list[ModelStep]) -> int | None:
    return corrections(path)[-1]


def test_a_plain_correction_revises_the_step_before() -> None:
    path = steps(("solve", "2 + 2 = 5"), ("check", "2 + 2 = 5 is wrong"), ("correct", "Wait, 4"))
    assert corrections(path) == [None, None, 0]
    assert corrections(path[2:]) == [None]
    assert corrections([]) == []


def test_a_correction_that_names_its_place_revises_from_there() -> None:
    path = steps(
        ("restate", "The numbers are 4, 7, 8 and 13 and the goal is 24."),
        ("solve", "13 - 8 = 5, leaving 4, 5 and 7."),
        ("solve", "4 * 5 = 20, leaving 7 and 20."),
        ("solve", "7 + 20 = 27, leaving 27."),
        ("check", "27 cannot make 24."),
    )
    first = ModelStep("correct", "Wait, go back to 4, 5 and 7: 7 - 5 = 2, leaving 2 and 4.")
    start = ModelStep("correct", "Wait, go back to 4, 7, 8 and 13: 8 - 4 = 4, leaving …")
    assert corrected_by_the_last([*path, first]) == 2
    assert corrected_by_the_last([*path, start]) == 1
    equations = steps(
        ("solve", "Expand: 3x + 6 = 2x + 17."),
        ("solve", "Subtract 2x: 5x + 6 = 17."),
        ("solve", "Subtract 6: 5x = 11."),
        ("check", "5x = 11 is wrong."),
        ("correct", "Wait, go back to 3x + 6 = 2x + 17. Subtract 2x: x + 6 = 17."),
    )
    assert corrected_by_the_last(equations) == 1


STORY = steps(
    ("restate", "We want the groups of those who walk."),
    ("solve", "The others are 120 - 24 = 96 children."),
    ("solve", "Then 96 - 16 = 70 children walk."),
    ("solve", "They form 70 / 10 = 7 groups."),
    ("answer", "Answer: 7"),
    ("check", "The answer is wrong."),
)


def test_a_correction_revises_the_step_that_it_says_again() -> None:
    walk = ModelStep("correct", "Wait, then 96 - 16 = 80 children walk.")
    assert corrected_by_the_last([*STORY, walk]) == 2
    assert corrected_by_the_last([*STORY, ModelStep("correct", "Wait, 80 walk.")]) == 3


def test_what_was_revised_is_not_revised_again() -> None:
    again = steps(
        ("correct", "Wait, then 96 - 16 = 90 children walk."),
        ("solve", "They form 90 / 10 = 9 groups."),
        ("answer", "Answer: 9"),
        ("check", "The answer is wrong."),
        ("correct", "Wait, then 96 - 16 = 80 children walk."),
    )
    assert corrections([*STORY, *again])[len(STORY) :] == [2, None, None, None, 6]


def test_in_place_of_a_revised_step_what_stands_there_is_meant() -> None:
    path = steps(
        ("solve", "There are 24 children by car."),
        ("check", "24 is wrong."),
        ("correct", "Wait, the others are 96 children."),
        ("solve", "They form 9 groups."),
        ("answer", "Answer: 9"),
        ("correct", "Wait, there are 12 children by car."),
    )
    assert corrections(path) == [None, None, 0, None, None, 2]


@pytest.mark.parametrize(
    ("action", "text", "revised"),
    [
        ("answer", "Answer: 8", 4),
        ("solve", "They form 80 / 10 = 8 groups.", 3),
        ("restate", "We want the groups of those who walk.", 0),
        ("solve", "In all 120 children come.", 4),
        ("check", "7 groups are wrong.", None),
    ],
)
def test_what_follows_an_answer_takes_its_place(
    action: str, text: str, revised: int | None
) -> None:
    assert corrected_by_the_last([*STORY, ModelStep(action, text)]) == revised
    assert corrected_by_the_last([*STORY[:-2], ModelStep(action, text)]) is None


def test_an_answer_without_a_way_to_it_can_be_corrected() -> None:
    path = steps(("answer", "Answer: 7"), ("correct", "Wait, 8"), ("answer", "Answer: 8"))
    assert corrections(path) == [None, 0, None]
