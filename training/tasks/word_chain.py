"""Chain stories: a start, then two to four events that change one running quantity."""

from __future__ import annotations

from collections.abc import Callable

from training.tasks.word_story import Story
from training.tasks.word_types import UnusableStory

_BRIEF = 0.35
_BOXES = ("boxes", "bags", "packs", "jars", "crates", "baskets", "trays", "bowls")


def _start_boxes(story: Story) -> int:
    it, hero, boxes = story.item, story.hero, story.rng.choice(_BOXES[:5])
    a, b = story.pick(3, 9), story.pick(3, 25)
    story.tell(
        f"{hero} [has|owns|keeps] {a} {boxes} with {b} {it} in each.",
        f"{hero} [has|owns] {a} {boxes}, and each of them [holds|contains] {b} {it}.",
        f"[There are|We see] {b} {it} in each of the {a} {boxes} that {hero} has.",
        f"{hero} buys {a} {boxes} of {it}. There are {b} {it} in every one.",
        f"Each of {a} {boxes} [holds|contains] {b} {it}, and they all belong to {hero}.",
    )
    return story.step((a, "*", b), "the total", f"The {boxes} hold {{eq}} {it}.")


def _start_times(story: Story) -> int:
    it, hero, friend = story.item, story.hero, story.friend
    a, k, d = story.pick(5, 40), story.pick(2, 5), story.pick(3, 15)
    many = story.times(k)
    twist = story.chance(0.5)
    word = story.rng.choice(("more", "fewer"))
    if twist:
        story.tell(
            f"{hero} [has|owns] {a} {it}. {friend} has {d} {word} than {many}.",
            f"{hero} has {a} {it}, and {friend} [has|owns] {d} {word} than {many} as {hero}.",
            f"{friend} has {d} {word} than {many} {it} as {hero}, who has {a}.",
            f"{hero} [collects|finds] {a} {it}. {friend} [collects|finds] {d} {word} than {many}.",
        )
    else:
        story.tell(
            f"{hero} [has|owns] {a} {it} and {friend} has {many}.",
            f"{friend} has {many} {it} as {hero}, who has {a}.",
            f"{hero} [brings|collects] {a} {it}. {friend} [brings|collects] {many}.",
            f"There are {a} {it} in the bag of {hero} and {many} in the bag of {friend}.",
        )
    story.tell(
        "They put them [all|] together.",
        "They [share one big box|put everything in one box].",
        f"All of the {it} go into one [box|bag|basket].",
        "Together they fill one big basket.",
        glued=True,
    )
    theirs = story.step(
        (a, "*", k), f"{k} times the {it} of {hero}", f"That many times {hero} is {{eq}} {it}."
    )
    if twist:
        op = "+" if word == "more" else "-"
        sentence = f"{friend} has {{eq}} {it}."
        theirs = story.step((theirs, op, d), f"the {it} of {friend}", sentence)
    return story.step((a, "+", theirs), "the total", f"Together they have {{eq}} {it}.")


def _start_daily(story: Story) -> int:
    it, hero = story.item, story.hero
    a, b = story.pick(4, 35), story.pick(2, 9)
    verb, verbs = story.rng.choice((("find", "finds"), ("sort", "sorts"), ("collect", "collects")))
    story.tell(
        f"{hero} {verbs} {a} {it} a day for {b} days.",
        f"For {b} days {hero} {verbs} {a} {it} [a day|every day|per day].",
        f"[Each|Every] day {hero} {verbs} {a} {it}, and does so for {b} days.",
        f"{hero} [can|is able to] {verb} {a} {it} a day and does this for {b} days.",
    )
    return story.step((a, "*", b), "the total", f"In {b} days {hero} {verbs} {{eq}} {it}.")


def _start_dozens(story: Story) -> int:
    it, hero, n = story.item, story.hero, story.pick(2, 9)
    story.tell(
        f"{hero} [has|buys|owns] {n} dozen {it}.",
        f"There are {n} dozen {it} in the [kitchen|room] of {hero}.",
        f"{hero} [gets|orders] {it}: {n} dozen [of them|in all].",
        f"{n} boxes with a dozen {it} in each belong to {hero}.",
    )
    return story.step((n, "*", 12), "the total", f"The dozens make {{eq}} {it}.")


def _start_colours(story: Story) -> int:
    it, hero = story.item, story.hero
    a, b, c = story.pick(10, 120), story.pick(10, 120), story.pick(5, 90)
    one, two, three = story.rng.sample(("red", "blue", "green", "white", "yellow", "black"), 3)
    if story.chance(0.5):
        story.tell(
            f"{hero} [has|owns|keeps] {a} {one} {it} and {b} {two} {it}.",
            f"{hero} [has|owns|keeps] {a} {one} and {b} {two} {it}.",
            f"In a box of {hero} there are {a} {one} and {b} {two} {it}.",
            f"The {it} of {hero} are {one} or {two}: {a} {one} and {b} {two} ones.",
        )
        return story.step((a, "+", b), "the total", f"{hero} has {{eq}} {it} in all.")
    story.tell(
        f"{hero} [has|owns|keeps] {a} {one}, {b} {two} and {c} {three} {it}.",
        f"In a box of {hero} there are {a} {one}, {b} {two} and {c} {three} {it}.",
        f"{hero} [counts|sorts] {it}: {a} are {one}, {b} are {two} and {c} are {three}.",
        f"The {it} of {hero} have 3 colours: {a} {one}, {b} {two} and {c} {three} ones.",
    )
    both = story.step((a, "+", b), "the first two", f"The {one} and {two} ones are {{eq}} {it}.")
    return story.step((both, "+", c), "the total", f"{hero} has {{eq}} {it} in all.")


def _start_difference(story: Story) -> int:
    it, hero, friend = story.item, story.hero, story.friend
    a, b = story.pick(20, 150), story.pick(3, 19)
    word = story.rng.choice(("more", "fewer"))
    story.tell(
        f"{hero} [has|owns] {a} {it}. {friend} has {b} {word} than {hero}.",
        f"{hero} [has|owns] {a} {it} and {friend} has {b} {word}.",
        f"{friend} has {b} {word} {it} than {hero}, who has {a}.",
        f"There are {a} {it} in the bag of {hero} and {b} {word} in the bag of {friend}.",
    )
    story.tell(
        "They put them [all|] together.",
        f"All of the {it} go into one [box|bag|basket].",
        "They [share one big box|put everything in one box].",
        "Together they fill one big basket.",
        glued=True,
    )
    op = "+" if word == "more" else "-"
    theirs = story.step((a, op, b), f"the {it} of {friend}", f"{friend} has {{eq}} {it}.")
    return story.step((a, "+", theirs), "the total", f"Together they have {{eq}} {it}.")


def _lose(story: Story, now: int) -> int:
    if now <= 12:
        raise UnusableStory
    x, it, hero = story.pick(3, min(now - 4, 150)), story.item, story.hero
    story.tell(
        f"[Then|Later|Next,] {hero} gives away {x} {it}.",
        f"Then {x} {it} [are lost|get lost|disappear].",
        f"After that, {hero} gives {x} {it} to {story.other}.",
        f"[Later|Then] {story.other} takes {x} [of the|] {it} [away|home].",
        f"The next day, {x} of the {it} [are gone|are missing].",
    )
    return story.step((now, "-", x), "what is left", f"After that {{eq}} {it} are left.")


def _gain(story: Story, now: int) -> int:
    x, it = story.pick(3, 150), story.item
    story.tell(
        f"[Then|Later|Next,] {story.hero} gets {x} more {it}.",
        f"[Then|Later] {story.other} brings {x} more {it}.",
        f"After that, {story.hero} [finds|receives|picks up] {x} more {it}.",
        f"[Then|Later] {x} [new|more|extra] {it} are added.",
        f"The next day, {story.hero} [adds|gets] another {x} {it}.",
    )
    return story.step((now, "+", x), "the new total", f"Now there are {{eq}} {it}.")


def _swap(story: Story, now: int) -> int:
    """First some come, then a few more or fewer than that go."""
    x, d, it = story.pick(12, 60), story.pick(2, 9), story.item
    more = story.chance(0.5)
    word = "more" if more else "fewer"
    story.tell(
        f"[Then|Later] {story.other} brings {x} {it}, but {d} {word} than that get lost.",
        f"{story.hero} gets {x} new {it} and gives away {d} {word} than [that|this].",
        f"After that, {x} {it} are added, and {d} {word} than that are taken away.",
        f"The next day {x} {it} come in and {d} {word} than that [go out|are given away].",
    )
    now = story.step((now, "+", x), "the new total", f"Now there are {{eq}} {it}.")
    gone = story.step((x, "+" if more else "-", d), "what goes", f"The {it} that go are {{eq}}.")
    return story.step((now, "-", gone), "what is left", f"After that {{eq}} {it} are left.")


def _lose_packs(story: Story, now: int) -> int:
    n, each, it = story.pick(2, 9), story.pick(2, 12), story.item
    if n * each >= now - 3:
        raise UnusableStory
    story.tell(
        f"[Then|Later] {story.hero} gives {each} {it} to each of {n} [children|neighbours|guests].",
        f"After that, {n} [children|neighbours|guests] take {each} {it} each.",
        f"[Then|Later] each of {n} [children|friends] gets {each} of the {it}.",
        f"{story.hero} makes {n} presents of {each} {it} each and gives them away.",
    )
    gone = story.step((n, "*", each), "what goes", f"The {it} that go are {{eq}}.")
    return story.step((now, "-", gone), "what is left", f"After that {{eq}} {it} are left.")


def _halve(story: Story, now: int) -> int:
    it = story.item
    story.tell(
        f"[Then|Later] {story.hero} loses half of the {it}.",
        f"[Then|Later] half of the {it} are [sold|given away|lost].",
        f"{story.hero} gives half of [the|all the] {it} to {story.other}.",
        f"After that, {story.other} takes [exactly|] half of the {it}.",
        f"The next day, half of the {it} are gone.",
    )
    return story.step((now, "/", 2), "the half", f"Half of them is {{eq}} {it}.")


def _break_percent(story: Story, now: int) -> int:
    it, x = story.item, story.percent(now)
    story.tell(
        f"[Then|Later] {x} percent of the {it} [break|get lost|are given away].",
        f"[Then|Later] {story.hero} gives {x} percent of the {it} to {story.other}.",
        f"After that, {story.hero} loses {x} percent of them.",
        f"[It turns out that|Sadly,] {x} percent of the {it} [are broken and have to go|are bad].",
    )
    lost = story.step((now, "%", x), "the part that goes", f"The part that goes is {{eq}} {it}.")
    return story.step((now, "-", lost), "what is left", f"After that {{eq}} {it} are left.")


def _grow(story: Story, now: int) -> int:
    x, it = story.pick(2, 4), story.item
    options = [
        f"[Then|Later] the number of {it} grows to {x} times as many.",
        f"[Then|Later] {story.hero} gets enough {it} to have {story.times(x)} [as before|].",
        f"A [week|month] later {story.hero} has {story.times(x)} {it} [as before|].",
        f"Soon there are {story.times(x)} {it} [as before|].",
    ]
    if x == 2:
        options += [f"[Then|Later] the number of {it} doubles."] * 2
    story.tell(*options)
    return story.step((now, "*", x), "the new total", f"Now there are {{eq}} {it}.")


def _pack(story: Story, now: int) -> int:
    x, it = story.divisor(now, 3), story.item
    bags = story.rng.choice(("bags", "boxes", "packs"))
    story.tell(
        f"[Then|Next,] {story.hero} packs [all|] the {it} into {bags} of {x}.",
        f"[Then|Next,] the {it} are put into {bags} of {x}.",
        f"{story.hero} fills {bags} with {x} {it} [each|in each].",
        f"[Then|Next,] [all|] the {it} are packed, {x} to each of the {bags}.",
    )
    story.item = bags
    return story.step((now, "/", x), f"the {bags}", f"That makes {{eq}} {bags}.")


def _sell(story: Story, now: int) -> int:
    x, it = story.pick(2, 9), story.item
    story.tell(
        f"[Then|Next,] {story.hero} sells all the {it} for {x} dollars each.",
        f"[Then|Next,] all the {it} are sold at {x} dollars each.",
        f"{story.hero} sells [all of them|everything] at a price of {x} dollars each.",
        f"A shop buys all the {it} and pays {x} dollars for each.",
    )
    story.item = "dollars"
    return story.step((now, "*", x), "the money", "The sale brings {eq} dollars.")


def chain(story: Story) -> None:
    """Tell a chain story: a start, then two to four events that change one quantity."""
    now = story.rng.choice(_STARTS)(story)
    packed = False
    for _ in range(1 if story.chance(_BRIEF) else story.pick(2, 4)):
        options = _EVENTS if not packed else _LATE_EVENTS
        now = story.rng.choice(options)(story, now)
        if story.item == "dollars":
            break
        packed = packed or story.item in _BOXES
    finish(story, now)


def finish(story: Story, now: int) -> None:
    """Ask for what there is in the end, or share it out first."""
    it, hero = story.item, story.hero
    if story.chance(0.3):
        x = story.divisor(now)
        story.tell(
            f"{hero} shares the {it} equally among {x} friends.",
            f"Then {x} friends share the {it} equally.",
            f"[In the end,|At last] the {it} are [split|divided] equally among {x} friends.",
            f"{hero} [splits|divides] the {it} into equal shares for {x} friends.",
        )
        story.step((now, "/", x), "each share", f"Each friend gets {{eq}} {it}.")
        story.ask(
            f"the {it} each friend gets",
            f"How many {it} does each [friend|of the friends] get?",
            f"[Find|Calculate] the number of {it} for each friend.",
            f"What is the number of {it} [that|] each friend gets?",
            f"How many {it} are there for each friend?",
        )
        return
    if it == "dollars":
        story.ask(
            "the dollars there are now",
            f"How much money does {hero} get?",
            "How many dollars does that bring?",
            f"How many dollars does {hero} [earn|make|get] [from the sale|]?",
            "What does the sale bring in?",
        )
        return
    story.ask(
        f"the {it} there are now",
        f"How many {it} are there [now|in the end]?",
        f"How many {it} does that leave at the end?",
        f"What is the number of {it} now?",
        f"[Find|Calculate] the number of {it} at the end.",
        f"How many {it} does that make in the end?",
    )


_STARTS: tuple[Callable[[Story], int], ...] = (
    _start_boxes,
    _start_times,
    _start_daily,
    _start_dozens,
    _start_colours,
    _start_difference,
)
_LATE_EVENTS: tuple[Callable[[Story, int], int], ...] = (_lose, _gain, _halve, _lose_packs)
_EVENTS: tuple[Callable[[Story, int], int], ...] = (
    *_LATE_EVENTS,
    _grow,
    _swap,
    _break_percent,
    _break_percent,
    _pack,
    _sell,
)
