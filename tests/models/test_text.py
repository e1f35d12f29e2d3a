"""Text becomes tokens and back; nothing in a text becomes a special token."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.models.embedded.text import ACTIONS, StepTokenizer, one_line
from backend.models.protocols import ModelStep, Prefix
from tests.models.tiny import SPECIAL, tiny_tokenizer

FULL = tiny_tokenizer()
TOKENIZER = StepTokenizer(FULL.to_str())
TAGS = tuple(f"<{action}>" for action in ACTIONS)
PIECES = st.sampled_from((*SPECIAL, *TAGS, "\n", "\r\n", "\u2028", " ", "he", "7 * 4", "<", "|>"))
NASTY = st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join)


def test_plain_text_is_encoded_as_the_whole_tokenizer_does() -> None:
    prefix = Prefix("Make 24 of 4, 7.", (ModelStep("solve", "7 * 4 = 28, the rest."),))
    text = "<|bos|><|user|>Make 24 of 4, 7.<|assistant|><solve> 7 * 4 = 28, the rest.\n"
    assert TOKENIZER.prefix(prefix) == FULL.encode(text).ids


@given(problem=NASTY, text=NASTY)
def test_no_text_becomes_a_special_token(problem: str, text: str) -> None:
    ids = TOKENIZER.prefix(Prefix(problem, (ModelStep("check", text),)))
    special = [i for i in ids if i in TOKENIZER.reserved or i == TOKENIZER.newline]
    assert special == [
        TOKENIZER.bos,
        TOKENIZER.user,
        TOKENIZER.assistant,
        TOKENIZER.action_ids["check"],
        TOKENIZER.newline,
    ]
    assert ids[-1] == TOKENIZER.newline


@given(text=NASTY)
def test_texts_survive_the_round_trip_on_one_line(text: str) -> None:
    ids = TOKENIZER.step(ModelStep("solve", text), "he")
    assert TOKENIZER.text(ids[1:-1], "he") == one_line(text)


def test_an_equation_in_another_letter_is_read_and_written_in_x() -> None:
    step = ModelStep("solve", "Divide by 3: y = 5. Neat.")
    ids = TOKENIZER.step(step, "Solve 3y = 15.")
    assert ids == TOKENIZER.step(ModelStep("solve", "Divide by 3: x = 5. Neat."), "Solve 3x = 15.")
    assert TOKENIZER.text(ids[1:-1], "Solve 3y = 15.") == step.text
    assert TOKENIZER.prompt("Solve 3y = 15.") == TOKENIZER.prompt("Solve 3x = 15.")


def test_a_lone_surrogate_is_replaced() -> None:
    assert one_line("a\ud800b") == "a?b"
    assert TOKENIZER.prompt("\ud800") == TOKENIZER.prompt("?")


def test_a_foreign_action_is_read_as_solve() -> None:
    assert TOKENIZER.step(ModelStep("think", "x"), "he") == TOKENIZER.step(
        ModelStep("solve", "x"), "he"
    )


def test_an_empty_step_is_action_and_line_end() -> None:
    assert TOKENIZER.step(ModelStep("solve", " "), "he") == [
        TOKENIZER.action_ids["solve"],
        TOKENIZER.newline,
    ]


def test_a_template_of_the_tokenizer_adds_nothing() -> None:
    raw = json.loads(FULL.to_str())
    raw["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<|bos|>", "type_id": 0}}],
        "pair": [],
        "special_tokens": {"<|bos|>": {"id": "<|bos|>", "ids": [0], "tokens": ["<|bos|>"]}},
    }
    assert StepTokenizer(json.dumps(raw)).prompt("he") == TOKENIZER.prompt("he")


@pytest.mark.parametrize("missing", ["<|end|>", "<check>"])
def test_a_tokenizer_without_the_format_is_refused(missing: str) -> None:
    raw = json.loads(FULL.to_str())
    raw["added_tokens"] = [t for t in raw["added_tokens"] if t["content"] != missing]
    with pytest.raises(ValueError, match=r"has no added token <"):
        StepTokenizer(json.dumps(raw))


def test_what_must_be_one_token_is() -> None:
    with pytest.raises(ValueError, match="'hello' must be one token"):
        TOKENIZER.single("hello")
