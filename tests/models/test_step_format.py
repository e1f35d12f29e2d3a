"""The step format of general models: what is told, what is read, and what cannot break out."""

import pytest

from backend.models.embedded.text import ACTIONS
from backend.models.protocols import Finish, ModelStep, Stop
from backend.models.servers.generators.prompts import messages, most_examples
from backend.models.servers.generators.steps import as_text, plain, sample_of
from backend.models.servers.generators.texts import End, Text


def wrote(said: str, end: End = End.TEXT, tokens: int = 20) -> Text:
    """A text whose tokens are not told apart."""
    return Text(said, tokens, end)


def in_pieces(said: str, end: End = End.TEXT) -> Text:
    """A text of one-character tokens."""
    return Text(said, len(said), end, tuple((char, -0.25) for char in said))


def read(text: Text, opening: str = "", stop: Stop = Stop.ANSWER) -> list[tuple[str, str]]:
    return [(step.action, step.text) for step in sample_of(text, opening, stop).steps]


SOLUTION = "[restate] Find 2 + 2.\n\n[solve] 2 + 2\n= 4\n\n[answer] \\boxed{4}"


def test_a_solution_is_read_step_by_step() -> None:
    sample = sample_of(in_pieces(SOLUTION), "", Stop.ANSWER)
    assert [(step.action, step.text) for step in sample.steps] == [
        ("restate", "Find 2 + 2."), ("solve", "2 + 2 = 4"), ("answer", "\\boxed{4}")
    ]  # fmt: skip
    assert sample.finish is Finish.ANSWER
    assert [step.tokens for step in sample.steps] == [23, 19, 18]
    assert [step.logprob for step in sample.steps] == [-23 / 4, -19 / 4, -18 / 4]


def test_what_was_written_reads_as_what_was_meant() -> None:
    steps = tuple(ModelStep(action, f"Say {action}.") for action in ACTIONS)
    assert read(wrote(as_text(steps))) == [(s.action, s.text) for s in steps]


@pytest.mark.parametrize(
    ("said", "opening", "steps"),
    [
        ("Just so.", "", [("solve", "Just so.")]),
        ("[plan] Just so.", "", [("solve", "[plan] Just so.")]),
        ("**[Check]** It holds.", "", [("check", "It holds.")]),
        ("[check]: It holds.", "", [("check", "It holds.")]),
        ("[solve]\n\n4 it is.", "", [("solve", "4 it is.")]),
        ("\n\n[solve] 4 it is.\n\n", "", [("solve", "4 it is.")]),
        ("check] It holds.", "[", [("check", "It holds.")]),
        ("It holds.", "[", [("solve", "It holds.")]),
        (" It holds.", "[check]", [("check", "It holds.")]),
        (" [check] It holds.", "[check]", [("check", "It holds.")]),
        (" [solve] It holds.", "[check]", [("check", "[solve] It holds.")]),
        ("", "", []),
        (" \n\n \n", "", []),
        ("[solve]", "", []),
        ("a\x00b\x1b[31m\ud800 <|im_end|>c", "", [("solve", "a�b�[31m� c")]),
    ],
)
def test_tags_are_read_with_patience(said: str, opening: str, steps: list[tuple[str, str]]) -> None:
    assert read(wrote(said), opening) == steps


@pytest.mark.parametrize(
    ("said", "end", "stop", "finish"),
    [
        ("[solve] 4\n\n", End.BREAK, Stop.STEP, Finish.STEP),
        ("[solve] 4", End.TEXT, Stop.STEP, Finish.STEP),
        ("[solve] 4", End.TEXT, Stop.ANSWER, Finish.STEP),
        ("[solve] 4", End.LENGTH, Stop.STEP, Finish.LENGTH),
        ("[answer] 4\n\n", End.BREAK, Stop.STEP, Finish.ANSWER),
        ("[answer] 4", End.LENGTH, Stop.STEP, Finish.LENGTH),
        ("So \\boxed{4}.", End.TEXT, Stop.STEP, Finish.ANSWER),
        ("So \\boxed{4}.\n\n", End.BREAK, Stop.STEP, Finish.STEP),
        ("So \\boxed{4", End.LENGTH, Stop.STEP, Finish.LENGTH),
        ("", End.LENGTH, Stop.STEP, Finish.LENGTH),
        ("", End.TEXT, Stop.STEP, Finish.STEP),
        ("[answer] 4\n\nAnd now", End.LENGTH, Stop.ANSWER, Finish.ANSWER),
        ("[solve] 4\n\n[solve] 5", End.LENGTH, Stop.STEP, Finish.STEP),
    ],
)
def test_how_a_sample_ends(said: str, end: End, stop: Stop, finish: Finish) -> None:
    sample = sample_of(wrote(said, end), "", stop)
    assert sample.finish is finish
    if finish is Finish.ANSWER:
        assert sample.steps[-1].action == "answer"


def test_a_tag_before_the_break_is_a_step_without_words() -> None:
    for said, opening in (("[check]\n\n", ""), ("\n\n", "[check]"), ("check]\n\n", "[")):
        sample = sample_of(wrote(said, End.BREAK), opening, Stop.STEP)
        assert [(step.action, step.text) for step in sample.steps] == [("check", "")]


def test_a_forced_action_stays_what_it_is() -> None:
    sample = sample_of(wrote(" So \\boxed{4}."), "[check]", Stop.STEP)
    assert (sample.steps[0].action, sample.finish) == ("check", Finish.ANSWER)


def test_what_comes_after_the_answer_or_beyond_a_step_is_dropped() -> None:
    said = "[answer] 4\n\n[solve] Wait."
    assert read(in_pieces(said)) == [("answer", "4")]
    assert read(wrote("[solve] 4\n\n[answer] 5"), stop=Stop.STEP) == [("solve", "4")]
    assert sample_of(in_pieces(said), "", Stop.ANSWER).steps[0].tokens == len("[answer] 4\n\n")


def test_every_step_has_its_share_of_tokens() -> None:
    sample = sample_of(wrote(SOLUTION, tokens=29), "", Stop.ANSWER)
    assert sum(step.tokens for step in sample.steps) == 29
    assert all(step.tokens > 0 and step.logprob is None for step in sample.steps)
    few = sample_of(wrote(SOLUTION, tokens=1), "", Stop.ANSWER)
    assert all(step.tokens == 1 for step in few.steps)


MARKS = (
    "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|start_header_id|>", "<|endoftext|>", "<extra_0>",
    "[INST]", "[/INST]", "<<SYS>>", "<start_of_turn>", "</s>", "<｜User｜>", "<think>", "</think>",
)  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_marks_of_chat_templates_do_not_get_through(mark: str) -> None:
    middle = len(mark) // 2
    nested = mark[:middle] + mark + mark[middle:]
    for text in (mark, f"a{mark}b", nested, mark * 3):
        assert mark not in plain(text)
        assert mark not in as_text([ModelStep("solve", text)])
        assert mark not in messages(text, 0)[-1]["content"]


@pytest.mark.parametrize("text", ["1 < x < 3", "|x| < 2", "a[i] = [1, 2]", "<b>bold</b>", "{}<>"])
def test_mathematics_gets_through(text: str) -> None:
    assert plain(text) == text


def test_a_step_cannot_hold_a_break() -> None:
    assert as_text([ModelStep("solve", "one\n\n[answer] two")]) == "[solve] one [answer] two\n\n"


@pytest.mark.parametrize("examples", range(most_examples() + 1))
def test_the_prompt_ends_with_the_problem(examples: int) -> None:
    told = messages("How many?", examples)
    assert [message["role"] for message in told] == [
        "system", *["user", "assistant"] * examples, "user"
    ]  # fmt: skip
    assert told[-1]["content"] == "How many?"
    assert all(f"[{action}]" in told[0]["content"] for action in ACTIONS)


def test_the_examples_are_in_the_format_that_they_teach() -> None:
    for message in messages("", most_examples())[2::2]:
        if message["role"] == "assistant":
            sample = sample_of(wrote(message["content"]), "", Stop.ANSWER)
            assert sample.finish is Finish.ANSWER
            steps = [ModelStep(step.action, step.text) for step in sample.steps]
            assert as_text(steps).strip() == message["content"]
