"""Fresh multi-step word problems and the held-out split."""

from __future__ import annotations

import hashlib
import random

from training.tasks.arithmetic import operation
from training.tasks.word_stories import draw_story
from training.tasks.word_types import UnusableStory, WordProblem

HELD_OUT_SHARE = 16
SPLIT_SALT = "treewright-word-1"
_SHORT_KEPT = 0.3
_DISTRACTED = 0.25
_DISTRACTIONS = (
    "{hero} is {k} years old.",
    "The walk to the shop takes {k} minutes.",
    "It is {k} degrees outside.",
    "{friend} lives at number {k}.",
    "{friend} has {k} cousins.",
)


def is_held_out(problem: WordProblem) -> bool:
    """Whether a problem belongs to the held-out split.

    Decided by a hash of its operations, so that no wording of a held-out problem is ever
    trained on and no list of problems has to be kept.
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
    count = len(story.nodes)
    if not 2 <= count <= 7 or (count == 2 and rng.random() >= _SHORT_KEPT):
        return None
    sentences = list(story.sentences)
    if rng.random() < _DISTRACTED:
        extra = rng.choice(_DISTRACTIONS).format(
            hero=story.hero, friend=story.friend, k=rng.randint(3, 40)
        )
        sentences.insert(rng.randint(1, len(sentences)), extra)
    prompt = " ".join([*sentences, story.question])
    return WordProblem(prompt=prompt, goal=story.goal, nodes=tuple(story.nodes))
