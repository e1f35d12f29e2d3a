"""Chain stories: a start, then two to four events that change one running quantity."""

from __future__ import annotations

from collections.abc import Callable

from training.tasks.word_story import Story
from training.tasks.word_types import UnusableStory

_BOXES = ("boxes", "bags", "packs", "jars", "crates")
_PERCENTS = (10, 20, 25, 30, 40, 50, 60, 75)


def _start_boxes(story: Story) -> int:
    rng, it = story.rng, story.item
    boxes = rng.choice(_BOXES)
    a, b = rng.randint(3, 12), rng.randint(3, 20)
    story.tell(
        f"{story.hero} has {a} {boxes} with {b} {it} in each.",
        f"{story.hero} owns {a} {boxes}. Each of them holds {b} {it}.",
    )
    return story.step((a, "*", b), "the total", f"The {boxes} hold {{eq}} {it}.")


def _start_times(story: Story) -> int:
    rng, it = story.rng, story.item
    a, b = rng.randint(5, 30), rng.randint(2, 5)
    story.tell(
        f"{story.hero} has {a} {it} and {story.friend} has {b} times as many.",
        f"{story.hero} has {a} {it}. {story.friend} has {b} times that many.",
    )
    story.tell("They put them together.")
    theirs = story.step(
        (a, "*", b), f"the {it} of {story.friend}", f"{story.friend} has {{eq}} {it}."
    )
    return story.step((a, "+", theirs), "the total", f"Together they have {{eq}} {it}.")


def _start_daily(story: Story) -> int:
    rng, it = story.rng, story.item
    a, b = rng.randint(4, 25), rng.randint(2, 9)
    story.tell(
        f"{story.hero} finds {a} {it} a day for {b} days.",
        f"For {b} days {story.hero} finds {a} {it} a day.",
    )
    return story.step((a, "*", b), "the total", f"In {b} days {story.hero} finds {{eq}} {it}.")


def _start_colours(story: Story) -> int:
    rng, it = story.rng, story.item
    a, b = rng.randint(10, 150), rng.randint(10, 150)
    story.tell(
        f"{story.hero} has {a} red {it} and {b} blue {it}.",
        f"{story.hero} keeps {a} red and {b} blue {it}.",
    )
    return story.step((a, "+", b), "the total", f"{story.hero} has {{eq}} {it} in all.")


def _start_difference(story: Story) -> int:
    rng, it = story.rng, story.item
    a, b = rng.randint(20, 120), rng.randint(3, 19)
    more = rng.random() < 0.5
    word = "more" if more else "fewer"
    story.tell(
        f"{story.hero} has {a} {it}. {story.friend} has {b} {word} than {story.hero}.",
        f"{story.hero} has {a} {it} and {story.friend} has {b} {word}.",
    )
    story.tell("They put them together.")
    theirs = story.step(
        (a, "+" if more else "-", b),
        f"the {it} of {story.friend}",
        f"{story.friend} has {{eq}} {it}.",
    )
    return story.step((a, "+", theirs), "the total", f"Together they have {{eq}} {it}.")


def _lose(story: Story, now: int) -> int:
    if now <= 12:
        raise UnusableStory
    x, it = story.rng.randint(3, min(now - 4, 90)), story.item
    story.tell(
        f"Then {story.hero} gives away {x} {it}.",
        f"Then {x} {it} are lost.",
        f"After that, {story.hero} gives {x} {it} to {story.other}.",
    )
    return story.step((now, "-", x), "what is left", f"After that {{eq}} {it} are left.")


def _gain(story: Story, now: int) -> int:
    x, it = story.rng.randint(3, 90), story.item
    story.tell(
        f"Then {story.hero} gets {x} more {it}.",
        f"Then {story.other} brings {x} more {it}.",
        f"After that, {story.hero} buys {x} more {it}.",
    )
    return story.step((now, "+", x), "the new total", f"Now there are {{eq}} {it}.")


def _halve(story: Story, now: int) -> int:
    it = story.item
    story.tell(f"Then {story.hero} loses half of the {it}.", f"Then half of the {it} are sold.")
    return story.step((now, "/", 2), "the half", f"Half of them is {{eq}} {it}.")


def _break_percent(story: Story, now: int) -> int:
    it = story.item
    whole = [p for p in _PERCENTS if now * p % 100 == 0]
    if not whole:
        raise UnusableStory
    x = story.rng.choice(whole)
    story.tell(f"Then {x} percent of the {it} break.", f"Then {x} percent of the {it} get lost.")
    lost = story.step((now, "%", x), "the broken part", f"The broken part is {{eq}} {it}.")
    return story.step((now, "-", lost), "what is left", f"After that {{eq}} {it} are left.")


def _grow(story: Story, now: int) -> int:
    x, it = story.rng.randint(2, 4), story.item
    story.tell(
        f"Then the number of {it} grows to {x} times as many.",
        f"Then {story.hero} gets enough {it} to have {x} times as many.",
    )
    return story.step((now, "*", x), "the new total", f"Now there are {{eq}} {it}.")


def _pack(story: Story, now: int) -> int:
    x, it = story.divisor(now, 3), story.item
    story.tell(
        f"{story.hero} packs the {it} into bags of {x}.",
        f"The {it} are put into bags of {x}.",
    )
    story.item = "bags"
    return story.step((now, "/", x), "the bags", "That makes {eq} bags.")


def _sell(story: Story, now: int) -> int:
    x, it = story.rng.randint(2, 9), story.item
    story.tell(
        f"{story.hero} sells all the {it} for {x} dollars each.",
        f"Then all the {it} are sold at {x} dollars each.",
    )
    story.item = "dollars"
    return story.step((now, "*", x), "the money", "The sale brings {eq} dollars.")


def chain(story: Story) -> None:
    """Tell a chain story: a start, then two to four events that change one quantity."""
    now = story.rng.choice(_STARTS)(story)
    for _ in range(story.rng.randint(2, 4)):
        options = _EVENTS if story.item not in ("bags", "dollars") else _LATE_EVENTS
        now = story.rng.choice(options)(story, now)
    it = story.item
    if story.rng.random() < 0.3:
        x = story.divisor(now)
        story.tell(
            f"{story.hero} shares the {it} equally among {x} friends.",
            f"Then {x} friends share the {it} equally.",
        )
        story.step((now, "/", x), "each share", f"Each friend gets {{eq}} {it}.")
        story.ask(
            f"the {it} each friend gets",
            f"How many {it} does each friend get?",
            f"Find the number of {it} for each friend.",
        )
        return
    story.ask(
        f"the {it} there are now",
        f"How many {it} are there now?",
        f"How many {it} are there in the end?",
    )


_STARTS: tuple[Callable[[Story], int], ...] = (
    _start_boxes,
    _start_times,
    _start_daily,
    _start_colours,
    _start_difference,
)
_LATE_EVENTS: tuple[Callable[[Story, int], int], ...] = (_lose, _gain, _halve, _grow)
_EVENTS: tuple[Callable[[Story, int], int], ...] = (
    *_LATE_EVENTS,
    _lose,
    _gain,
    _break_percent,
    _break_percent,
    _pack,
    _sell,
)
