"""From the generator's own samples to training data: repairs of its mistakes, judged traces."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.records import JudgedTrace, OwnAttempt
from training.tasks import Problem, Step, Verdict, family_of
from training.tasks.core import (
    ANSWER,
    ANSWER_HOLDS,
    ANSWER_WRONG,
    CHECK,
    CORRECT,
    SOLVE,
    split_step,
)
from training.tasks.proofs import has_small_sums

_COMMITTING = (SOLVE, CORRECT, ANSWER)
_LONGEST_TRACE = 18
_ANSWER = re.compile(rf"{ANSWER} Answer: (-?[0-9]{{1,9}})")
_PROVED = 0.5
_OTHER_VERDICT = {
    ANSWER_HOLDS: f"{CHECK} {ANSWER_WRONG}",
    ANSWER_WRONG: f"{CHECK} {ANSWER_HOLDS}",
}


def first_mistake(lines: Sequence[str], verdict: Verdict) -> int | None:
    """Index of the first line that leaves the way to a right answer; None where none does.

    A false check or plan does not, nor a step that names the wrong person: nothing is built on it.
    """
    for index, line in enumerate(lines):
        if line.startswith(_COMMITTING) and not verdict.hopeful[index]:
            return index
    return None


def own_attempts(
    rng: random.Random, problem: Problem, lines: Sequence[str]
) -> Iterator[OwnAttempt]:
    """What one sampled trace teaches: that a right step holds, the repair of a mistake, and a
    review of the whole.

    Continuations that the checker does not fully confirm are left out.
    """
    lines = list(lines[:_LONGEST_TRACE])
    verdict = family_of(problem).check(problem, lines)
    wrong = first_mistake(lines, verdict)
    attempt = _Attempt(problem, lines, verdict)
    good = lines if wrong is None else lines[:wrong]
    steps = [i for i, line in enumerate(good) if line.startswith((SOLVE, CORRECT))]
    # An equation can be checked only when it is solved.
    places = rng.sample(steps, len(steps))
    yield from next(filter(None, (list(attempt.confirmed(i + 1)) for i in places)), [])
    if wrong is not None and not lines[wrong].startswith(ANSWER):
        yield from attempt.repaired(rng, wrong)
    if lines and lines[-1].startswith(ANSWER):
        yield from attempt.reviewed(rng)


def review(rng: random.Random, problem: Problem, lines: Sequence[str], right: bool) -> Step:
    """What is to be said of a finished attempt: the proof of its answer or the bare verdict."""
    proof = _proof_of(problem, lines)
    if proof is not None and rng.random() < _PROVED:
        return Step(CHECK, proof)
    return Step(CHECK, ANSWER_HOLDS if right else ANSWER_WRONG)


def _proof_of(problem: Problem, lines: Sequence[str]) -> str | None:
    """The proof of an attempt's answer; None where it has none, or its kind of problem."""
    found = _ANSWER.fullmatch(lines[-1])
    proof = family_of(problem).prove(problem, int(found[1])) if found else None
    return proof if proof and has_small_sums(proof) else None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A sampled trace and its labels."""

    problem: Problem
    lines: list[str]
    verdict: Verdict

    def confirmed(self, count: int) -> Iterator[OwnAttempt]:
        """The check of the last of the first `count` lines, which is right."""
        step = family_of(self.problem).confirm(self.problem, self.lines[:count])
        if step is not None and self._check(count, [step]).correct[-1]:
            yield self._record("confirmed", count, [step])

    def repaired(self, rng: random.Random, wrong: int) -> Iterator[OwnAttempt]:
        """What should have followed the first mistake, `wrong`, or, where a wrong answer can be
        proved wrong, what should have stood before it: a mistake shows there that nobody saw.
        """
        proof = _proof_of(self.problem, self.lines)
        late: list[OwnAttempt] = []
        if proof is not None and not self.verdict.solved:
            steps = self._found_wrong(rng, self._worked, Step(CHECK, proof))
            late += self._solved("repair", self._worked, steps)
        yield from late or self._solved("repair", wrong + 1, self._repair(rng, wrong))

    def _repair(self, rng: random.Random, wrong: int) -> list[Step]:
        family = family_of(self.problem)
        return family.repair(rng, self.problem, self.lines[:wrong], self.lines[wrong])

    @property
    def _standing(self) -> int:
        """Index of the mistake that nobody mended, in an attempt that ends wrong."""
        hopeful = self.verdict.hopeful
        start = max((i + 1 for i, good in enumerate(hopeful) if good), default=0)
        lines = range(start, len(self.lines))
        return next(i for i in lines if self.lines[i].startswith(_COMMITTING))

    @property
    def _worked(self) -> int:
        """How many lines there are before the answer and the checks that lead to it."""
        count = len(self.lines) - 1
        while count and self.lines[count - 1].startswith(CHECK):
            count -= 1
        return count

    def reviewed(self, rng: random.Random) -> Iterator[OwnAttempt]:
        """What is to be said about the whole and, where it is wrong, the way on."""
        right = self.verdict.solved
        count, said = len(self.lines), review(rng, self.problem, self.lines, right)
        if right:
            yield from self._solved("holds", count, [said])
        else:
            yield from self._solved("wrong", count, self._found_wrong(rng, count, said))

    def _found_wrong(self, rng: random.Random, count: int, said: Step) -> Sequence[Step]:
        """The check that finds the first `count` lines wrong, and the way on: once more from the
        start where problems of this kind are mended so, else from the mistake that stands.
        """
        family = family_of(self.problem)
        if family.begins_again:
            return family.repair(rng, self.problem, self.lines[:count], said.line)
        return [said, *_unchecked(self._repair(rng, self._standing))]

    def _solved(self, kind: str, count: int, steps: Sequence[Step]) -> Iterator[OwnAttempt]:
        """The record, if the checker confirms every step and the answer."""
        verdict = self._check(count, steps)
        if verdict.solved and all(verdict.correct[count:]):
            yield self._record(kind, count, steps)

    def _check(self, count: int, steps: Sequence[Step]) -> Verdict:
        lines = [*self.lines[:count], *(step.line for step in steps)]
        return family_of(self.problem).check(self.problem, lines)

    def _record(self, kind: str, count: int, steps: Sequence[Step]) -> OwnAttempt:
        return OwnAttempt(
            kind,
            self.problem.prompt,
            self.lines[:count],
            list(self.verdict.correct[:count]),
            list(self.verdict.hopeful[:count]),
            [step.line for step in steps],
        )


def _unchecked(steps: Sequence[Step]) -> Sequence[Step]:
    """A repair without the check that it begins with."""
    return steps[1:] if steps[0].tag == CHECK else steps


def _rights(problem: Problem, lines: list[str], verdict: Verdict) -> list[str | None]:
    """What each line should say: what a right one says, and the mended form of a wrong one."""
    return [
        line if verdict.correct[index] else _mended(problem, lines, index, verdict)
        for index, line in enumerate(lines)
    ]


def _mended(problem: Problem, lines: list[str], index: int, verdict: Verdict) -> str | None:
    """What a wrong line should say; None where nobody knows, or where it would be wrong as well."""
    family = family_of(problem)
    said = split_step(lines[index])[1]
    mended = _OTHER_VERDICT.get(said) or family.mend(problem, lines, index)
    # What is wrong only for what stands before it has nothing to mend.
    if mended is None or mended == lines[index]:
        return None
    mistaken = index > 0 and not verdict.hopeful[index - 1] and not all(verdict.correct[:index])
    if mistaken:
        return mended  # whatever stands after a mistake is called wrong
    return mended if family.check(problem, [*lines[:index], mended]).correct[-1] else None


def judged_traces(
    rng: random.Random, problem: Problem, lines: Sequence[str]
) -> Iterator[JudgedTrace]:
    """A sampled trace with its labels and outcome, and a copy that differs in its last step.

    Where the trace goes wrong, the copy ends with what should stand there: a mistake that the
    generator finds likely is learned from its right twin only. Else it is cut, half of the time,
    after a step made wrong.
    """
    lines = list(lines[:_LONGEST_TRACE])
    if not lines:
        return
    family = family_of(problem)
    verdict = family.check(problem, lines)
    outcome: list[bool | None] = [verdict.solved] * len(lines)
    rights = _rights(problem, lines, verdict)
    yield JudgedTrace(problem.prompt, lines, list(verdict.correct), outcome, rights)
    twin = _twin(rng, problem, lines, verdict, rights)
    if twin is not None:
        labels = list(family.check(problem, twin).correct)
        yield JudgedTrace(problem.prompt, twin, labels, [None] * len(twin), rights[: len(twin)])


def _twin(
    rng: random.Random,
    problem: Problem,
    lines: list[str],
    verdict: Verdict,
    rights: list[str | None],
) -> list[str] | None:
    """The start of a trace with its first wrong line mended or else one of its right steps made
    wrong; None where neither can be had.
    """
    family = family_of(problem)
    wrong = next((index for index, right in enumerate(verdict.correct) if not right), None)
    if wrong is not None and (mended := rights[wrong]) is not None:
        twin = [*lines[:wrong], mended]
        if family.check(problem, twin).correct[-1]:
            return twin
    places = [
        index
        for index, line in enumerate(lines)
        if verdict.correct[index] and line.startswith((SOLVE, CORRECT))
    ]
    if not places or rng.random() < 0.5:
        return None
    index = rng.choice(places)
    corrupted = family.corrupt(rng, problem, lines, index)
    return None if corrupted is None else [*lines[:index], corrupted]
