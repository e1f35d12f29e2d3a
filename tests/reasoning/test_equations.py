"""The symbolic verifier: which equations of a text are judged, and how."""

import pytest

from backend.models.protocols import ModelStep, Prefix
from backend.reasoning.equations import equations_hold
from backend.reasoning.symbolic import SymbolicVerifier


@pytest.mark.parametrize(
    "text",
    [
        "7 * 4 = 28, leaving 7, 11 and 28.",
        "In the first days 21 * 3 = 63 pages are read.",
        "21 + 6 = 27 holds.",
        "Wait, go back to 4, 7, 7 and 11: 7 - 4 = 3, leaving 3, 7 and 11.",
        "Aim for 33 - 9 = 24.",
        "7 * 3 = 23 is wrong.",
        "17 * 3 = 51 and 51 + 4 = 55",
        "Total = 5 + 3 = 8",
        "x = 84 / 12 = 7",
        "2x + 3 = 2 * 4 + 3 = 11",
        "x = 5: 2 * 5 + 3 = 13",
        "-3 * 4 = -12",
        "1,200 + 3 = 1,203",
        "The cost is 3 * $4 = $12.",
        "3 x 4 = 12",
        "20% of 50 = 10",
        "20 percent of 120 = 24 children",
        "50/200 = 25%",
        r"\(3 \times 4 = 12\)",
        r"\frac{1}{2} + \frac{1}{4} = 0.75",
        r"\boxed{3 + 4 = 7}",
        "**3 + 4 = 7**",
        "2 * 3 = 6 (since 3 * 2 = 6).",
    ],
)
def test_what_holds(text: str) -> None:
    assert equations_hold(text) is True


@pytest.mark.parametrize(
    "text",
    ["14 + 7 = 24, leaving 24.", "7 * 3 = 21 is wrong.", "10 / 3 = 3", "14 / 4 = 3.6",
     "Total = 5 + 3 = 9", "17 * 3 = 51 and 51 + 4 = 54", "17 * 3 = 52, and 52 + 4 = 56",
     "3 x 4 = 11", "20% of 50 = 11", "3 * 5 = 15 does not hold", "0.1 + 0.2 = 0.30000000000000004"],
)  # fmt: skip
def test_what_does_not(text: str) -> None:
    assert equations_hold(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "", "4, 4 and 7 cannot make 24.", "Answer: (7 * 4) - (11 - 7)", "Answer: 6",
        # An unknown
        "2x + 3 = 11", "3x - 18 = 39", "x - 3 = 5", "3(x - 1) = 42", "Divide by -3: x = -3.",
        "Subtract 7x: -3x + 18 = 39.", "4x = 7x + 11 is wrong.", "-1 = x holds.", "4 + 5 = 9x",
        "x_1 = 5", "2 + 3 = 5 y",
        # Words that belong to the sum
        "4 trays * 12 muffins = 48 muffins", "12 apples - 3 = 9", "10 = 4 apples + 6 apples",
        "half of 6 + 2 = 5", "1 hour = 60 minutes", "60 = 30 km/h * 2 h", "7 / 2 = 3 and a half",
        "13 / 4 = 3 remainder 1", "17 mod 5 = 2", "17 = 2 (mod 5)", "5000 = 5 thousand",
        # Signs that are not read
        "2^3 = 8", "5 + 2^3 = 13", "√16 = 4", "sqrt (9 + 16) = 5", "C(5, 2) = 10", "f(2) = 4",
        "|3 - 5| = 2", "3! = 6", "There are 3² + 1 = 10 of them", "1:2 = 3:6", "log_2 8 = 3",
        "9**9**9 = 1", "1/0 = 5", "__import__('os') = 3",
        # No claim, or none that is meant exactly
        "Is 3 + 4 = 8?", "10 / 3 = 3.33", "10 / 3 = 3.333...", "1/3 = 33%", "10 / 3 ≈ 3.3",
        "7 / 2 = 3 (rounded down)", "2 * 3 != 7", "a == 3", "3 + 4 => 7", "- 3 + 4 = 7",
        "Step 1 - 3 + 4 = 7",
    ],
)  # fmt: skip
def test_what_is_not_judged(text: str) -> None:
    assert equations_hold(text) is None


async def test_steps_are_scored_one_by_one() -> None:
    texts = ("2 * 3 = 6", "2 * 3 = 5", "so x = 3", "6 + 1 = 7 and 7 + 1 = 9")
    chain = Prefix("1 + 1 = 3?", tuple(ModelStep("solve", text) for text in texts))
    judgement = await SymbolicVerifier().score((chain, Prefix("p")))
    assert judgement.scores == ((1.0, 0.0, None, 0.0), ())
    assert (judgement.usage.calls, judgement.values) == (0, None)
