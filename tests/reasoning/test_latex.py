"""LaTeX as text."""

import pytest

from backend.reasoning.latex import boxed, fault


@pytest.mark.parametrize(
    ("text", "inside"),
    [(r"so \boxed{\frac{1}{2}}.", r"\frac{1}{2}"), (r"\boxed{1} no, \boxed{ 2 }", "2"),
     (r"\boxed{1", None), ("12", None)],
)  # fmt: skip
def test_the_last_box(text: str, inside: str | None) -> None:
    assert boxed(text) == inside


@pytest.mark.parametrize(
    "text",
    ["12", "a{b", r"\frac{1}{2}", r"\{1, 2\}", r"$\frac12$", r"\$5", "costs $5", r"a \\ b",
     r"\left(1, 2\right]", r"x \leftarrow y", r"\left\{ 1 \right."],
)  # fmt: skip
def test_what_can_be_read(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [(r"\frac{1}{2", "a { is never closed"), (r"\frac}{", "a } closes nothing"),
     (r"$\frac12", "a $ is never closed"), (r"\left(1, 2", r"\left and \right do not pair up"),
     ("1\\", "it ends in a \\")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(text: str, wrong: str) -> None:
    assert fault(text) == wrong
