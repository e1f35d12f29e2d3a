"""Backward stories of a whole whose parts are unknown: shares, mixtures, a fence, a rope."""

from __future__ import annotations

from training.tasks.word_story import Story
from training.tasks.word_types import FOUND, LAST, Slot
from training.tasks.word_undo import Change, undo


def mixture(story: Story) -> None:
    """Two colours, so many of one for every one of the other; together they are told."""
    it, hero, k, rest = story.item, story.hero, story.pick(2, 8), story.pick(3, 40)
    one, two, three = story.rng.sample(("red", "blue", "green", "white", "yellow", "black"), 3)
    few = story.pick(3, 30)
    other_too = story.chance(0.8)
    total = few * (k + 1) + (rest if other_too else 0)
    colours = f"{one}, {two} and {three}" if other_too else f"{one} and {two}"
    story.tell(
        f"{hero} has {total} {it}, which are {colours}.",
        f"There are {total} {it} in [a box|a bag] of {hero}. They are {colours}.",
        f"The {total} {it} of {hero} are {colours}.",
        f"{hero} counts {total} {it} in all, {colours} ones.",
    )
    story.tell(
        f"For every 1 {one} one there are {k} {two} ones.",
        f"To every 1 of the {one} ones there are {k} {two} ones.",
        f"With every 1 {one} one come {k} {two} ones.",
        f"There are {k} {two} ones for every 1 {one} one.",
        glued=True,
    )
    now = total
    if other_too:
        story.tell(
            f"{rest} of the {it} are {three}.",
            f"The {three} ones are {rest}.",
            f"There are {rest} {three} {it}.",
            f"Of all the {it}, {rest} are {three}.",
            glued=True,
        )
        text = f"Without the {three} ones there are {{eq}} {it}."
        now = story.step((total, "-", rest), f"the {one} and the {two} ones", text)
    parts = story.step((1, "+", k), "the parts", f"Together the {one} and {two} make {{eq}} parts.")
    story.step((now, "/", parts), f"the {one} ones", f"There are {{eq}} {one} {it}.")
    last = ((LAST, "+", rest),) if other_too else ()
    story.prove(total, (FOUND, "*", k), (FOUND, "+", LAST), *last)
    _ask_mixture(story, one)


def _ask_mixture(story: Story, one: str) -> None:
    it = story.item
    story.ask(
        f"the {one} {it}",
        f"How many {one} {it} are there?",
        f"How many of the {it} are {one}?",
        f"What is the number of {one} {it}?",
        f"[Find|Calculate] the number of {one} {it}.",
    )


def sharers(story: Story) -> None:
    """Two or three friends who have more than each other; together they are told."""
    it, hero, friend, other = story.item, story.hero, story.friend, story.other
    d, e, x = story.pick(2, 30), story.pick(2, 30), story.pick(4, 50)
    three = story.chance(0.6)
    total = 3 * x + d + e if three else 2 * x + d
    who = f"{hero}, {friend} and {other}" if three else f"{hero} and {friend}"
    count = 3 if three else 2
    story.tell(
        f"The {count} friends {who} have {total} {it} together.",
        f"{who} are {count} friends. Together they have {total} {it}.",
        f"Together, the {count} friends {who} have {total} {it}.",
        f"{total} {it} belong to the {count} friends {who}.",
    )
    facts = [_more(story, friend, d)]
    if three:
        facts.append(_more(story, other, e))
    story.facts(*facts)
    now = total
    if three:
        text = f"Without the {e} more of {other} it is {{eq}} {it}."
        now = story.step((now, "-", e), f"the {it} without the {e} more of {other}", text)
    text = f"Without the {d} more of {friend} it is {{eq}} {it}."
    now = story.step((now, "-", d), f"the {it} without the {d} more of {friend}", text)
    least = story.step((now, "/", count), f"the {it} of {hero}", f"{hero} has {{eq}} {it}.")
    asked = hero
    if three:
        both = ((FOUND, "+", d), (FOUND, "+", e))
        story.prove(total, *both, (FOUND, "+", Slot(1)), (LAST, "+", Slot(2)))
    elif story.chance(0.7):
        asked = friend
        story.step((least, "+", d), f"the {it} of {friend}", f"{friend} has {{eq}} {it}.")
        story.prove(total, (FOUND, "-", d), (FOUND, "+", LAST))
    else:
        story.prove(total, (FOUND, "+", d), (FOUND, "+", LAST))
    _ask_sharer(story, asked)


def _more(story: Story, who: str, more: int) -> tuple[str, ...]:
    it, hero = story.item, story.hero
    return (
        f"{who} has {more} more than {hero}.",
        f"{who} has {more} more {it} than {hero}.",
        f"{hero} has {more} {it} fewer than {who}.",
        f"Compared with {hero}, {who} has {more} more {it}.",
    )


def _ask_sharer(story: Story, who: str) -> None:
    it = story.item
    story.ask(
        f"the {it} of {who}",
        f"How many {it} does {who} have?",
        f"How many {it} belong to {who}?",
        f"[Find|Calculate] the number of {it} {who} has.",
        f"What is the number of {it} of {who}?",
    )


def fence(story: Story) -> None:
    """A fence around a garden with sides of unknown length."""
    hero, long, short = story.hero, story.pick(5, 40), story.pick(3, 30)
    gate = story.pick(2, 6) if story.chance(0.6) else 0
    place = story.rng.choice(("garden", "field", "yard", "park", "meadow"))
    total = 2 * long + 2 * short - gate
    story.tell(
        f"{hero} [has|owns] a {place} with 4 sides and builds a fence around it.",
        f"A fence goes around the {place} of {hero}, which has 4 sides.",
        f"{hero} [puts|builds] a fence around a {place} with 4 sides.",
        f"The {place} of {hero} has 4 sides. There is a fence around it.",
    )
    story.tell(
        f"2 of the sides are {long} m long each, and the other 2 sides are equal to each other.",
        f"2 sides of the {place} measure {long} m each. The other 2 sides are equal to each other.",
        f"The first 2 sides are {long} m long each, the other 2 sides are as long as each other.",
        f"The {place} has 2 sides of {long} m each, and the other 2 sides are equal to each other.",
        glued=True,
    )
    around = total
    if gate:
        story.tell(
            f"Only the gate of {gate} m needs no fence.",
            f"There is no fence at the gate of {gate} m.",
            f"The gate is {gate} m wide and needs no fence.",
            f"No fence is needed at the gate, which is {gate} m wide.",
        )
        text = f"With the gate it is {{eq}} m around the {place}."
        around = story.step((total, "+", gate), f"the way around the {place}", text)
    known = story.step((2, "*", long), "the known sides", "The 2 known sides are {eq} m.")
    rest = story.step((around, "-", known), "the other sides", "The other 2 sides are {eq} m.")
    story.step((rest, "/", 2), "each other side", "Each of them is {eq} m long.")
    way = ((2, "*", long), (2, "*", FOUND), (Slot(1), "+", LAST))
    story.prove(total, *way, *(((LAST, "-", gate),) if gate else ()))
    _ask_fence(story, total)


def _ask_fence(story: Story, total: int) -> None:
    story.tell(
        f"The fence is {total} m long.",
        f"{story.hero} needs {total} m of fence.",
        f"For this {story.hero} buys {total} m of fence.",
        f"That takes {total} m of fence.",
        glued=True,
    )
    story.ask(
        "the length of the other sides",
        "How long is each of the other sides, in m?",
        "How many m long is each of the other 2 sides?",
        "What is the length of each of the other sides in m?",
        "[Find|Calculate] the length of each of the other 2 sides.",
    )


def cuts(story: Story) -> None:
    """A rope that is cut into equal pieces of unknown length."""
    rope = story.rng.choice(("rope", "ribbon", "cable", "wire", "string", "pipe", "chain", "hose"))
    n, first, rest = story.pick(2, 9), story.pick(2, 30), story.pick(2, 20)
    steps = [
        Change("*", n),
        Change("+", rest, f"the {n} pieces", f"The {n} pieces together are {{eq}} m long."),
    ]
    if used := story.chance(0.85):
        text = f"Without the first {first} m it is {{eq}} m."
        steps.append(Change("+", first, f"the {rope} without the first {first} m", text))
    found = ("each piece", "Each piece is {eq} m long.")
    end = undo(story, story.pick(2, 20), steps, found)
    story.tell(
        f"{story.hero} has a {rope} of {end} m.",
        f"{story.hero} buys a {rope} that is {end} m long.",
        f"The {rope} of {story.hero} is {end} m long.",
        f"There are {end} m of {rope} in the room of {story.hero}.",
    )
    if used:
        story.tell(
            f"First {story.hero} gives {first} m of it to {story.friend}.",
            f"{story.friend} gets the first {first} m of the {rope}.",
            f"First {story.hero} cuts off {first} m for {story.friend}.",
            f"The first {first} m of the {rope} go to {story.friend}.",
            glued=True,
        )
    story.tell(
        f"Then {story.hero} cuts {n} equal pieces from it.",
        f"Then {story.hero} makes {n} pieces of the same length.",
        f"After that, {n} equally long pieces are cut off.",
        f"{story.hero} then cuts off {n} pieces of equal length.",
        glued=True,
    )
    _ask_cuts(story, rope, n, rest)


def _ask_cuts(story: Story, rope: str, n: int, rest: int) -> None:
    story.tell(
        f"Now {rest} m of the {rope} are left.",
        f"That leaves {rest} m of the {rope}.",
        f"In the end {rest} m of the {rope} are left over.",
        f"What is left of the {rope} is {rest} m.",
        glued=True,
    )
    story.ask(
        "the length of each piece",
        "How long is each of the equal pieces, in m?",
        f"How many m long is each of the {n} pieces?",
        "What is the length of each of the equal pieces in m?",
        f"[Find|Calculate] the length of each of the {n} pieces.",
    )
