"""Dense practice sequences: many small equations and reachability questions, one per line."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from training.encoding import Piece
from training.tasks import game24, linear, word
from training.tasks.arithmetic import Equation, apply, join_numbers, slip
from training.tasks.claims import HOLDS, WRONG, claim
from training.tasks.core import CHECK, CORRECT, RESTATE, SOLVE, render_prompt
from training.tasks.linear_corrupt import wrong_result
from training.tasks.linear_family import LINEAR
from training.tasks.linear_moves import Move, apply_move, choose_move
from training.tasks.linear_terms import LinearEquation
from training.tasks.proofs import spoiled
from training.tasks.word_family import WORD
from training.tasks.word_names import NAMES, THINGS, invented_name, invented_thing

PROMPT = render_prompt("Drill.")
_LINES = 14
_SENTENCES = 10
_MOVES = 6
_CHECKED = 0.25
_FALSE_CHECKS = 0.5
_WORDS: tuple[Callable[[random.Random], str], ...] = (
    lambda rng: rng.choice(NAMES),
    lambda rng: rng.choice(NAMES),
    lambda rng: rng.choice(THINGS),
    invented_name,
)
_TELLINGS = (
    "{0} has {1} {2}.",
    "{0} has got {1} {2}.",
    "There are {1} {2} in the bag of {0}.",
    "{1} {2} belong to {0}.",
    "{0} counts {1} {2}.",
)


def arithmetic_drill(rng: random.Random, wrong_share: float) -> list[Piece]:
    """Equations with right results (trained) and wrong ones (context, labelled bad).

    After a wrong equation often comes the check that says so, and the choice of the next tag is
    trained: whether to check is decided by whether the last equation holds.
    """
    equations = [node.equation for _ in range(3) for node in word.make_problem(rng).nodes]
    equations += [found for found in (_random_equation(rng) for _ in range(8)) if found]
    rng.shuffle(equations)
    pieces = [Piece(PROMPT)]
    after_wrong = False
    lines = 0
    for equation in equations:
        if lines >= _LINES:
            break
        pieces.append(Piece(SOLVE, trained=lines > 0 and not after_wrong))
        pieces.append(Piece(f" {equation.left} ="))
        wrong = rng.random() < wrong_share
        result = slip(rng, equation.result) if wrong else equation.result
        pieces.append(_judged(f" {result}.\n", f" {equation.result}.\n"))
        after_wrong = wrong
        lines += 1
        if rng.random() < (0.6 if wrong else 0.35):
            written = Equation(equation.a, equation.op, equation.b, result)
            pieces += _check_of(rng, written, wrong_share)
            after_wrong = False
            lines += 1
    return pieces


def signed_drill(rng: random.Random, wrong_share: float) -> list[Piece]:
    """Sums, differences, products and quotients of whole numbers with signs, as equations need."""
    pieces = [Piece(PROMPT)]
    for _ in range(_LINES):
        left, result = _signed(rng)
        wrong = rng.random() < wrong_share
        slip_of = rng.choice((result + 1, result - 1, -result or 1, result + 10, result - 10))
        shown = slip_of if wrong else result
        pieces.append(Piece(f"{SOLVE} {left} ="))
        pieces.append(_judged(f" {shown}.\n", f" {result}.\n"))
    return pieces


def _signed(rng: random.Random) -> tuple[str, int]:
    """A left side and its value, of the sizes that linear equations meet."""
    kind = rng.random()
    if kind < 0.65:
        a, b = rng.randint(-90, 90), rng.randint(1, 90)
        return (f"{a} + {b}", a + b) if rng.random() < 0.5 else (f"{a} - {b}", a - b)
    a, b = rng.choice((-1, 1)) * rng.randint(1, 20), rng.choice((-1, 1)) * rng.randint(2, 12)
    # In an equation a product is written as a bracket: 3(-4).
    return (f"{a}({b})", a * b) if kind < 0.85 else (f"{a * b} / {b}", a)


def told_drill(rng: random.Random, wrong_share: float) -> list[Piece]:
    """Sums in the sentences of stories: a slip is to be seen there, not only in a bare equation."""
    nodes = [node for _ in range(4) for node in word.make_problem(rng).nodes]
    pieces = [Piece(PROMPT)]
    for node in rng.sample(nodes, min(len(nodes), _SENTENCES)):
        right = node.equation
        result = slip(rng, right.result) if rng.random() < wrong_share else right.result
        written = Equation(right.a, right.op, right.b, result)
        pieces += _sum_of(f"{SOLVE} {node.say(written)}", f"{SOLVE} {node.say(right)}", "=")
        if rng.random() < _CHECKED:
            pieces += _check_of(rng, written, wrong_share)
    return pieces


def moves_drill(rng: random.Random, wrong_share: float) -> list[Piece]:
    """Single moves of linear equations, each with the equation it starts from."""
    pieces = [Piece(PROMPT)]
    lines = 0
    while lines < _MOVES:
        before = linear.make_problem(rng).equation
        for _ in range(rng.randint(0, 3)):
            before = _moved(rng, before)[1]
        move, after = _moved(rng, before)
        if move is None or linear.is_held_out_equation(before):
            continue  # x was found on the way, or the way led to what is kept for the evaluation
        lines += 1
        wrong = wrong_result(rng, before, move, after) if rng.random() < wrong_share else None
        start = f"{CORRECT} Wait, go back to {before.text}. {move.text}:"
        pieces += _sum_of(f"{start} {(wrong or after).text}.", f"{start} {after.text}.", ":")
    return pieces


def proof_drill(rng: random.Random, wrong_share: float) -> list[Piece]:
    """Numbers put into one problem, the right one and others near it."""
    prompt, answer, prove = _provable(rng)
    # Without the first word these would be steps of a solution, and nothing has been found there.
    pieces = [Piece(render_prompt(f"Drill. {prompt}"))]
    numbers = [answer, answer + rng.choice((-1, 1)), answer + rng.choice((-5, -3, -2, 2, 3, 5))]
    for number in rng.sample(numbers, len(numbers)):
        text = prove(number)
        if text is None:
            continue
        shown = spoiled(rng, text) if rng.random() < wrong_share else text
        start, mark, due = text.partition(": ")
        pieces.append(Piece(f"{CHECK} {start}:"))
        pieces.append(_judged(f" {shown.removeprefix(start + mark)}\n", f" {due}\n"))
    return pieces


def _provable(rng: random.Random) -> tuple[str, int, Callable[[int], str | None]]:
    """The prompt and the answer of a problem whose answer can be proved, and its proof."""
    if rng.random() < 0.5:
        equation = linear.make_problem(rng)
        return equation.prompt, equation.solution, partial(LINEAR.prove, equation)
    story = word.make_problem(rng)
    while WORD.prove(story, story.answer) is None:
        story = word.make_problem(rng)
    return story.prompt, story.answer, partial(WORD.prove, story)


def lookup_drill(rng: random.Random, wrong_share: float) -> list[Piece]:
    """Who has how many of what, told once and then looked up by name and by number.

    Stories ask for little else, but so seldom that a small model learns to name anybody.
    """
    facts = _facts(rng)
    told = " ".join(rng.choice(_TELLINGS).format(*fact) for fact in facts)
    *most, last = (who for who, _, _ in facts)
    everybody = f"{RESTATE} They are {', '.join(most)} and {last}.\n"
    pieces = [Piece(render_prompt(told)), Piece(everybody, trained=True, correct=True)]
    asked = [(fact, by_name) for fact in facts for by_name in (True, False)]
    for (who, count, what), by_name in rng.sample(asked, len(asked)):
        wrong = rng.random() < wrong_share
        other = rng.choice([fact for fact in facts if fact[0] != who])
        shown = other if wrong else (who, count, what)
        if by_name:
            pieces.append(Piece(f"{SOLVE} {who} has"))
            pieces.append(_judged(f" {shown[1]} {shown[2]}.\n", f" {count} {what}.\n"))
        else:
            pieces.append(Piece(f"{SOLVE} {count} {what} belong to"))
            pieces.append(_judged(f" {shown[0]}.\n", f" {who}.\n"))
    return pieces


def copy_drill(rng: random.Random) -> list[Piece]:
    """Names, things and invented words in any order, and the same once more.

    The densest practice of copying there is. Without it a model of this size learns to copy the
    frequent words of a story, but not its names.
    """
    text = " ".join(rng.choice(_WORDS)(rng) for _ in range(rng.randint(6, 24)))
    return [Piece(render_prompt(f"Copy: {text}")), Piece(f"{RESTATE} {text}\n", trained=True)]


def _judged(text: str, right: str) -> Piece:
    """The end of a line: trained where it is right, labelled wrong from where it goes astray."""
    return Piece(text, trained=text == right, correct=text == right, right=right)


def _sum_of(line: str, right: str, mark: str) -> list[Piece]:
    """A line in two: given up to the last mark, then judged."""
    end = line.rindex(mark) + 1
    return [Piece(line[:end]), _judged(f"{line[end:]}\n", f"{right[end:]}\n")]


def _moved(
    rng: random.Random, equation: LinearEquation
) -> tuple[Move, LinearEquation] | tuple[None, LinearEquation]:
    """A sensible move and the equation after it; no move where x stands alone."""
    move = choose_move(rng, equation)
    return (move, apply_move(equation, move)) if move else (None, equation)


def _facts(rng: random.Random) -> list[tuple[str, int, str]]:
    """A few people, each with another number of things."""
    count = rng.randint(3, 7)
    names = rng.sample(NAMES, count)
    if rng.random() < 0.3:
        names[0] = invented_name(rng)
    what = invented_thing(rng) if rng.random() < 0.2 else rng.choice(THINGS)
    numbers = rng.sample(range(2, 100), count)
    return list(zip(names, numbers, [what] * count, strict=True))


def reach_drill(rng: random.Random) -> list[Piece]:
    """Statements whether two or three numbers can make 24, about half of them true."""
    pieces = [Piece(PROMPT)]
    for _ in range(_LINES):
        state = _random_state(rng)
        can = game24.reachable(state)
        pieces.append(Piece(f"{CHECK} {join_numbers(state)}"))
        lie = rng.random() < 0.2
        word_used = "can" if can != lie else "cannot"
        pieces.append(Piece(f" {word_used} make 24.\n", trained=not lie, correct=not lie))
    return pieces


def _check_of(rng: random.Random, written: Equation, wrong_share: float) -> list[Piece]:
    """The check of a written equation: the sum done again, and a verdict, sometimes a false one."""
    text, _, verdict = claim(written).partition(": ")
    verdicts = (verdict, WRONG if verdict == HOLDS else HOLDS)
    return [
        Piece(CHECK, trained=not written.holds),
        Piece(f" {written.left}"),
        Piece(f"{text.removeprefix(written.left)}:", trained=True),
        *_verdict(rng, verdicts, wrong_share),
    ]


def _verdict(rng: random.Random, verdicts: tuple[str, str], wrong_share: float) -> list[Piece]:
    """The right verdict or, for a part of `wrong_share`, the other one."""
    right, false = verdicts
    shown = false if rng.random() < wrong_share * _FALSE_CHECKS else right
    return [_judged(f" {shown}\n", f" {right}\n")]


def _random_equation(rng: random.Random) -> Equation | None:
    a = rng.randint(1, 60) if rng.random() < 0.4 else rng.randint(1, 14)
    b, op = rng.randint(1, 14), rng.choice("+-*/")
    if op == "/" and rng.random() < 0.8:
        a = a * b
    result = apply(a, op, b)
    if result is None or not 0 <= result < 200:
        return None
    return Equation(a, op, b, result)


def _random_state(rng: random.Random) -> game24.State:
    """A state of two or three numbers met on the way of a training problem."""
    state = rng.choice(game24.split().train)
    want_good = rng.random() < 0.55
    for _ in range(rng.choice((1, 1, 2))):
        options = [after for _, after in game24.moves(state).values()]
        kept = [after for after in options if game24.reachable(after) == want_good]
        state = rng.choice(kept or options)
    return state
