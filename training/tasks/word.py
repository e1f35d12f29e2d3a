"""Fresh multi-step word problems and the held-out split."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from training.tasks.arithmetic import operation
from training.tasks.everyday_voice import Tale
from training.tasks.word_stories import distraction, draw_story
from training.tasks.word_story import Story
from training.tasks.word_types import Node, UnusableStory, WordProblem

HELD_OUT_SHARE = 16
SPLIT_SALT = "treewright-word-1"
_DISTRACTED = 0.4
_EVERYDAY_DISTRACTED = 0.12
_TWICE_DISTRACTED = 0.25
# Chance to keep a story of so many steps; evens out what the kinds of stories happen to give.
_KEPT = {2: 1.0, 3: 0.9, 4: 0.6, 5: 0.35, 6: 0.2, 7: 0.1}
# Everyday stories are short, and some are a single sum.
_EVERYDAY_KEPT = {1: 0.3, 2: 0.75, 3: 1.0, 4: 0.8, 5: 0.6}
_BACKWARD_KEPT = {2: 0.4, 3: 0.75, 4: 1.0, 5: 1.0}
# Most sums are of a size that can be learned so well that a wrong one is seen; the others are
# kept for the stories that cannot do without, of minutes and of centimetres.
_LARGE = 120
_LARGE_KEPT = 0.15
_LONGEST_PROMPT = 115


def is_held_out(problem: WordProblem) -> bool:
    """Whether a problem belongs to the held-out split.

    Decided by a hash of its operations, so that no wording of a held-out problem is ever
    trained on and no list of problems has to be kept. The sums of a proof, which undo those of a
    backward story, are not looked at.
    """
    steps = sorted(operation(node.a, node.op, node.b) for node in problem.nodes)
    digest = hashlib.sha256(f"{SPLIT_SALT}{steps}".encode()).digest()
    return digest[0] % HELD_OUT_SHARE == 0


def make_problem(rng: random.Random, held_out: bool = False) -> WordProblem:
    """A fresh problem of 2 to 7 steps from the training or from the held-out split."""
    while True:
        problem = _draw(rng)
        if problem is not None and is_held_out(problem) == held_out:
            return problem


def held_out_problems(count: int, seed: int) -> list[WordProblem]:
    """`count` held-out problems with different prompts, fixed by `seed`."""
    rng = random.Random(f"word-held-out-{seed}")
    found: dict[str, WordProblem] = {}
    while len(found) < count:
        problem = make_problem(rng, held_out=True)
        found[problem.prompt] = problem
    return list(found.values())


def _draw(rng: random.Random) -> WordProblem | None:
    try:
        story = draw_story(rng)
    except UnusableStory:
        return None
    everyday = isinstance(story, Tale)
    kept = _EVERYDAY_KEPT if everyday else _BACKWARD_KEPT if story.proof else _KEPT
    if rng.random() >= kept.get(len(story.nodes), 0.0) or _repeats(story.nodes):
        return None
    if _largest(story) > _LARGE and rng.random() >= _LARGE_KEPT:
        return None
    count = 0
    if rng.random() < (_EVERYDAY_DISTRACTED if everyday else _DISTRACTED):
        count = 2 if rng.random() < _TWICE_DISTRACTED else 1
    prompt = story.prompt([distraction(story) for _ in range(count)])
    if len(prompt.split()) > _LONGEST_PROMPT:
        return None
    proof = story.proof or story.rewind()
    return WordProblem(prompt, story.goal, tuple(story.nodes), proof=proof)


def _largest(story: Story) -> int:
    """The largest number that is met on the way, there and back."""
    found = story.nodes[-1].result
    proved = story.proof.worked(found) if story.proof else None
    equations = [*(node.equation for node in story.nodes), *(proved or ())]
    return max(max(each.a, each.b, each.result) for each in equations)


def _repeats(nodes: Sequence[Node]) -> bool:
    """Whether two steps are the same operation, so that a line could mean either."""
    return len({operation(node.a, node.op, node.b) for node in nodes}) < len(nodes)
