"""Tests of what the models are trained on: drills, corruptions, contrasts and token marks."""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from training import tokenizer
from training.attempts import judged_traces, own_attempts
from training.drills import (
    arithmetic_drill,
    copy_drill,
    lookup_drill,
    moves_drill,
    reach_drill,
    told_drill,
)
from training.encoding import NO_LABEL, Piece, encode_pieces, frayed, trace_pieces
from training.mixtures import LATER, START, GeneratorMixture, PrmMixture, TrunkMixture, contrast
from training.records import OwnAttempt
from training.tasks import FAMILIES, TraceStyle
from training.tasks.arithmetic import Equation, parse_equation, parse_numbers
from training.tasks.claims import read_claim
from training.tasks.core import (
    ANSWER_HOLDS,
    ANSWER_WRONG,
    CHECK,
    END,
    RESTATE,
    SOLVE,
    TAGS,
    render_prompt,
    split_step,
)
from training.tasks.game24 import reachable
from training.tasks.linear import is_held_out_equation
from training.tasks.linear_check import parse_step
from training.tasks.linear_moves import follows
from training.tasks.linear_terms import parse_linear

TOLD = (r"(?P<who>\w+) has (?P<count>\d+) \w+", r"(?P<count>\d+) \w+ belong to (?P<who>\w+)")


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    directory: Path = tmp_path_factory.mktemp("tokenizer")
    tokenizer.build(directory, seed=0, traces=600)
    return tokenizer.load(directory)


def lines_of(pieces: list[Piece]) -> list[tuple[str, bool]]:
    """(line, label) of every labelled line of a drill."""
    found, text = [], ""
    for piece in pieces[1:]:
        text += piece.text
        if text.endswith("\n"):
            assert piece.correct is not None
            found.append((text.strip(), piece.correct))
            text = ""
    return found


def test_arithmetic_drills_are_labelled_rightly() -> None:
    rng = random.Random(31)
    bad = good = 0
    written: Equation | None = None
    for _ in range(500):
        for line, label in lines_of(arithmetic_drill(rng, wrong_share=0.5)):
            if line.startswith(SOLVE):
                written = parse_equation(line)
                assert written is not None
                assert written.holds == label
                bad, good = bad + (not label), good + label
            else:
                assert label == check_is_true(line, written)
    assert min(bad, good) > 1500


def check_is_true(line: str, written: Equation | None) -> bool:
    """Whether a check of a sum, a line of a drill, is true of the equation written before it."""
    assert written is not None
    claim = read_claim(line.strip().removeprefix(f"{CHECK} "))
    assert claim is not None
    assert claim.about([written]) == written
    return claim.true_of(written, needed=True)


def test_wrong_results_are_never_imitated() -> None:
    rng = random.Random(32)
    for _ in range(300):
        for piece in [*arithmetic_drill(rng, 0.5), *reach_drill(rng)]:
            assert not (piece.trained and piece.correct is False)


def test_reach_drills_are_labelled_rightly_and_balanced() -> None:
    rng = random.Random(33)
    answers = []
    for _ in range(200):
        for line, label in lines_of(reach_drill(rng)):
            numbers, _, _ = line.removeprefix("<check> ").partition(" can")
            state = parse_numbers(numbers)
            assert state is not None
            assert (reachable(state) == (" can make" in line)) == label
            answers.append(reachable(state))
    assert 0.35 < sum(answers) / len(answers) < 0.65


@pytest.mark.parametrize("family", FAMILIES)
def test_corrupted_steps_are_bad_and_the_rest_is_untouched(family: str) -> None:
    rng = random.Random(34)
    kind = FAMILIES[family]
    corrupted = 0
    for _ in range(600):
        problem = kind.make_problem(rng)
        steps = kind.reference_trace(rng, problem, TraceStyle(mistake=0.4))
        lines = [step.line for step in steps]
        place = rng.choice([i for i, s in enumerate(steps) if s.correct and s.tag == SOLVE] or [0])
        wrong = kind.corrupt(rng, problem, lines, place)
        if wrong is None:
            continue
        corrupted += 1
        assert wrong != lines[place]
        labels = kind.check(problem, [*lines[:place], wrong]).correct
        assert labels[:-1] == tuple(step.correct for step in steps[:place])
        assert not labels[-1]
    assert corrupted > 500


def test_contrasts_are_balanced() -> None:
    rng = random.Random(35)
    last = [contrast(rng)[-1].correct for _ in range(1000)]
    assert 0.4 < sum(label is False for label in last) / len(last) < 0.6


def test_tokenizer_keeps_digits_tags_and_newlines_apart(tokens: Tokenizer) -> None:
    text = f"{render_prompt('Make 24 from 4, 7, 8 and 13')}<solve> 13 * 8 = 104.\n{END}"
    encoding = tokens.encode(text)
    assert tokens.decode(encoding.ids, skip_special_tokens=False) == text
    assert all(sum(c.isdigit() for c in token) <= 1 for token in encoding.tokens)
    assert "Ċ" in encoding.tokens
    assert "<solve>" in encoding.tokens
    assert all(tag in tokens.decode([tokenizer.token_id(tokens, tag)]) for tag in TAGS)
    assert tokens.token_to_id("+") is not None
    with pytest.raises(ValueError, match="nope"):
        tokenizer.token_id(tokens, "<nope>")


def test_marks_stand_beside_their_tokens(tokens: Tokenizer) -> None:
    rng = random.Random(36)
    newline = tokens.token_to_id("Ċ")
    for family in FAMILIES.values():
        problem = family.make_problem(rng)
        steps = family.reference_trace(rng, problem, TraceStyle(mistake=0.9))
        example = encode_pieces(tokens, trace_pieces(problem.prompt, steps))
        marks = (example.trained, example.correct, example.value, example.weights)
        assert {len(each) for each in marks} == {len(example.ids)}
        places = [i for i, label in enumerate(example.correct) if label != NO_LABEL]
        assert all(example.ids[i] == newline for i in places)
        assert [example.correct[i] for i in places] == [int(step.correct) for step in steps]
        assert [example.value[i] for i in places] == [int(step.hopeful) for step in steps]
        prompt = len(tokens.encode(render_prompt(problem.prompt)).ids)
        assert not any(example.trained[:prompt])
        assert example.trained[-1]


def test_prompts_are_frayed_now_and_then_but_not_in_words_to_be_copied() -> None:
    rng = random.Random(41)
    family = FAMILIES["word"]
    cut = 0
    for _ in range(400):
        problem = family.make_problem(rng)
        pieces = trace_pieces(problem.prompt, family.reference_trace(rng, problem, TraceStyle()))
        parts = frayed(rng, pieces)
        assert "".join(piece.text for piece in parts) == "".join(piece.text for piece in pieces)
        count = len(parts) - len(pieces) + 1
        prompt, rest = [piece.text for piece in parts[:count]], parts[count:]
        assert rest == pieces[1:]
        assert not any(piece.trained or piece.correct is not None for piece in parts[:count])
        said = set(re.findall("[A-Za-z]+", " ".join(piece.text for piece in rest)))
        for left, right in pairwise(prompt):
            word = re.findall("[A-Za-z]+$", left)[0] + re.findall("^[A-Za-z]+", right)[0]
            assert word not in said | {"user", "assistant"}
            assert len(word) >= 4
        cut += count > 1
    assert 0.2 < cut / 400 < 0.4


def test_tokens_are_labelled_wrong_from_where_a_line_goes_astray(tokens: Tokenizer) -> None:
    start = Piece(f"{SOLVE} 13 * 8 =")
    slip = Piece(" 124.\n", correct=False, right=" 104.\n")
    example = encode_pieces(tokens, [start, slip])
    texts = [tokens.decode([i]).strip(" ") for i in example.ids]
    known = [(t, c) for t, c in zip(texts, example.correct, strict=True) if c != NO_LABEL]
    assert known == [("1", 1), ("2", 0), ("4", 0), (".", 0), ("\n", 0)]
    whole = Piece(" 104.\n", correct=True, right=" 104.\n")
    assert encode_pieces(tokens, [start, whole]).correct[-5:] == [1] * 5
    longer = Piece(" 1.\n", correct=False, right=" 104.\n")
    assert encode_pieces(tokens, [start, longer]).correct[-3:] == [1, 0, 0]


def test_policy_targets_stand_where_the_next_action_is_chosen(tokens: Tokenizer) -> None:
    shares = {"<solve>": 0.75, "<check>": 0.25}
    pieces = [Piece(render_prompt("Make 24"), shares=shares), Piece("<solve> 1 + 1 = 2.\n")]
    example = encode_pieces(tokens, pieces)
    ((place, target),) = example.policy
    assert example.ids[place + 1] == tokens.token_to_id("<solve>")
    assert dict(zip(TAGS, target, strict=True)) == {**dict.fromkeys(TAGS, 0.0), **shares}


def test_mixtures_repeat_with_their_seed(tokens: Tokenizer) -> None:
    mixture = TrunkMixture(tokens)
    first = [mixture.draw(random.Random(f"a-{i}"), 0.5) for i in range(20)]
    assert first == [mixture.draw(random.Random(f"a-{i}"), 0.5) for i in range(20)]


def judged_lines(pieces: list[Piece]) -> list[tuple[str, Piece]]:
    """(whole line, its judged end) of drills that write each line in two pieces."""
    lines, text = [], ""
    for piece in pieces:
        text += piece.text
        if text.endswith("\n"):
            assert piece.trained == piece.correct
            lines.append((text, piece))
            text = ""
    return lines


def test_lookups_are_labelled_by_what_was_told() -> None:
    rng = random.Random(40)
    right = []
    for _ in range(300):
        prompt, everybody, *pieces = lookup_drill(rng, wrong_share=0.25)
        assert everybody.correct
        facts = [set(re.findall(r"\w+", fact)) for fact in prompt.text.split(". ")]
        for line, end in judged_lines(pieces):
            said = line.removeprefix(f"{SOLVE} ").removesuffix(".\n")
            found = next(filter(None, (re.fullmatch(form, said) for form in TOLD)))
            assert end.correct == any({found["who"], found["count"]} <= fact for fact in facts)
            right.append(end.correct)
    assert 0.7 < sum(right) / len(right) < 0.8


def test_sums_in_sentences_are_labelled_by_their_equation() -> None:
    rng = random.Random(43)
    right = []
    for _ in range(200):
        _, *pieces = told_drill(rng, wrong_share=0.4)
        written = None
        for line, end in judged_lines(pieces):
            if line.startswith(CHECK):
                assert end.correct == check_is_true(line, written)
                continue
            written = parse_equation(line)
            assert written is not None
            assert end.correct == written.holds
            right.append(end.correct)
    assert 0.5 < sum(map(bool, right)) / len(right) < 0.7


def test_moves_are_labelled_by_the_rules_of_equations() -> None:
    rng = random.Random(44)
    right = []
    for _ in range(200):
        _, *pieces = moves_drill(rng, wrong_share=0.4)
        for line, end in judged_lines(pieces):
            before, move, written = parse_step(*split_step(line))
            after = parse_linear(written)
            assert before
            assert move
            assert after
            assert not is_held_out_equation(before)
            right.append(follows(before, move, after))
            assert end.correct == right[-1]
    assert 0.5 < sum(map(bool, right)) / len(right) < 0.8


def test_copies_are_exact() -> None:
    prompt, copy = copy_drill(random.Random(42))
    assert f"Copy: {copy.text.removeprefix(f'{RESTATE} ').strip()}<" in prompt.text
    assert copy.trained


def test_reviews_say_as_often_that_an_answer_holds_as_that_it_is_wrong(tokens: Tokenizer) -> None:
    step, answer = (
        (["<solve> 1 + 1 = 3."], [False], [False]),
        (["<answer> Answer: 1"], [True], [True]),
    )
    repair = OwnAttempt("repair", "p", *step, ["<check> 1 + 1 = 3 is wrong."])
    wrong = OwnAttempt("wrong", "p", *answer, [f"{CHECK} {ANSWER_WRONG}"])
    holds = OwnAttempt("holds", "p", *answer, [f"{CHECK} {ANSWER_HOLDS}"])
    mixture = GeneratorMixture(tokens, [repair] * 50 + [wrong] * 50 + [holds])
    rng = random.Random(41)
    texts = [tokens.decode(mixture.draw(rng, 0.5).ids) for _ in range(2000)]
    found = [sum(claim in text for text in texts) for claim in (ANSWER_HOLDS, ANSWER_WRONG)]
    assert 0.7 < found[0] / found[1] < 1.4
    assert sum(found) > 200
    assert sum("1 + 1 = 3 is wrong." in text for text in texts) > sum(found)


def test_mixtures_need_samples(tokens: Tokenizer) -> None:
    with pytest.raises(ValueError, match="sampled attempts"):
        GeneratorMixture(tokens, [])
    with pytest.raises(ValueError, match="sampled traces"):
        PrmMixture(tokens, [])


def test_every_family_has_its_share() -> None:
    for shares in (START, LATER):
        assert set(shares) == set(FAMILIES)
        assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("family", FAMILIES)
def test_own_mistakes_become_confirmed_repairs_and_reviews(family: str) -> None:
    rng = random.Random(37)
    kind = FAMILIES[family]
    kinds: Counter[str] = Counter()
    for _ in range(300):
        problem = kind.make_problem(rng)
        lines = [s.line for s in kind.reference_trace(rng, problem, TraceStyle(mistake=0.0))]
        place = rng.choice([i for i, line in enumerate(lines) if line.startswith(SOLVE)])
        lines[place] = kind.corrupt(rng, problem, lines, place) or lines[place]
        lines[-1] = "<answer> Answer: 1"
        for attempt in own_attempts(rng, problem, lines):
            whole = [*attempt.context, *attempt.continuation]
            verdict = kind.check(problem, whole)
            count = len(attempt.context)
            assert verdict.solved or attempt.kind == "confirmed"
            assert all(verdict.correct[count:])
            assert attempt.context == lines[:count]
            assert attempt.correct == list(verdict.correct[:count])
            assert attempt.hopeful == list(verdict.hopeful[:count])
            kinds[attempt.kind] += 1
    assert kinds["repair"] > 200
    assert kinds["holds"] + kinds["wrong"] > 100
    # Of an equation only the x that was found can be checked, and here it is wrong.
    assert (kinds["confirmed"] > 100) == (family != "linear")


def test_a_mistake_comes_with_the_right_step_after_the_same_steps() -> None:
    rng = random.Random(3)
    problem = FAMILIES["word"].make_problem(rng)
    lines = [f"<solve> {node.say(node.equation)}" for node in problem.nodes]
    wrong = lines[1].replace(f"= {problem.nodes[1].result}", f"= {problem.nodes[1].result + 1}")
    whole, twin = judged_traces(rng, problem, [lines[0], wrong, *lines[2:]])
    assert whole.correct[:2] == [True, False]
    assert (twin.lines, twin.correct, twin.value) == (lines[:2], [True, True], [None, None])


def test_judged_traces_carry_their_outcome() -> None:
    rng = random.Random(38)
    kind = FAMILIES["game24"]
    problem = kind.make_problem(rng)
    lines = [step.line for step in kind.reference_trace(rng, problem, TraceStyle(mistake=0.0))]
    whole = next(iter(judged_traces(rng, problem, lines)))
    assert whole.value == [True] * len(lines)
    lost = next(iter(judged_traces(rng, problem, [*lines[:-1], "<answer> Answer: 1"])))
    assert lost.value == [False] * len(lines)
    assert lost.correct == [*whole.correct[:-1], False]
    cuts = [t for _ in range(40) for t in judged_traces(rng, problem, lines) if None in t.value]
    assert cuts
    assert not any(cut.correct[-1] for cut in cuts)
