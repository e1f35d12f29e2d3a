"""Stories that compare and count: who has more, ages, legs on a farm, parts of a school."""

from __future__ import annotations

from training.tasks.word_story import Story
from training.tasks.word_types import UnusableStory


def compare(story: Story) -> None:
    """Three people, each compared with another one."""
    it, hero, friend, other = story.item, story.hero, story.friend, story.other
    a, k, d, e = story.pick(6, 40), story.pick(2, 5), story.pick(3, 12), story.pick(3, 30)
    twist, word, than = story.chance(0.5), _more(story), _more(story)
    times = f"{d} {word} than {story.times(k)}" if twist else story.times(k)
    story.facts(
        (
            f"{hero} [has|owns|collects] {a} {it}.",
            f"There are {a} {it} [in the room of|in the bag of] {hero}.",
            f"{hero} [counts|keeps] {a} {it}.",
            f"{a} {it} belong to {hero}.",
        ),
        (
            f"{friend} has {times} {it} as {hero}.",
            f"{friend} [owns|has got] {times} {it} as {hero} [does|].",
            f"Compared with {hero}, {friend} has {times} {it}.",
            f"The number of {it} {friend} has is {times.replace(' as many', '')} that of {hero}."
            if k > 2
            else f"{friend} [keeps|owns] {times} {it} as {hero}.",
        ),
        (
            f"{other} has {e} {than} {it} than {friend}.",
            f"{other} [owns|has got] {e} {it} {than} than {friend}.",
            f"Compared with {friend}, {other} has {e} {than} {it}.",
            f"{e} {than} {it} belong to {other} than to {friend}.",
        ),
    )
    text = f"That many times {hero} is {{eq}} {it}." if twist else f"{friend} has {{eq}} {it}."
    name = f"{k} times the {it} of {hero}" if twist else f"the {it} of {friend}"
    b = story.step((a, "*", k), name, text)
    if twist:
        sentence = f"{friend} has {{eq}} {it}."
        b = story.step((b, _sign(word), d), f"the {it} of {friend}", sentence)
    c = story.step((b, _sign(than), e), f"the {it} of {other}", f"{other} has {{eq}} {it}.")
    _compare_end(story, a, b, c)


def _more(story: Story) -> str:
    return story.rng.choice(("more", "fewer"))


def _sign(word: str) -> str:
    return "+" if word == "more" else "-"


def _compare_end(story: Story, a: int, b: int, c: int) -> None:
    it, hero, friend, other = story.item, story.hero, story.friend, story.other
    if story.chance(0.25):
        story.step((c, "-", a), "the difference", f"The difference is {{eq}} {it}.")
        story.ask(
            "the difference",
            f"How many more {it} does {other} have than {hero}?",
            f"By how many {it} does {other} have more than {hero}?",
            f"What is the difference between the {it} of {other} and of {hero}?",
            f"How many {it} does {hero} need to have as many as {other}?",
        )
        return
    both = story.step((a, "+", b), "both", f"{hero} and {friend} have {{eq}} {it}.")
    total = story.step((both, "+", c), "the total", f"All three have {{eq}} {it}.")
    if story.chance(0.4):
        x = story.divisor(total)
        story.tell(
            f"They pack all the {it} into {x} boxes, the same number in each.",
            f"All three put their {it} into {x} boxes, with equal numbers in each.",
            f"All their {it} are shared equally among {x} boxes.",
            f"They fill {x} boxes equally with all their {it}.",
        )
        story.step((total, "/", x), "each box", f"Each box holds {{eq}} {it}.")
        story.ask(
            f"the {it} in each box",
            f"How many {it} are in each box?",
            f"How many {it} does each box hold?",
            f"What is the number of {it} in a box?",
            f"[Find|Calculate] how many {it} go into each box.",
        )
        return
    story.ask(
        "the total",
        f"How many {it} do [they|the 3 of them] have [in all|together]?",
        f"How many {it} do {hero}, {friend} and {other} have together?",
        f"What is the [total|whole] number of {it}?",
        f"[Find|Calculate] how many {it} they have in all.",
    )


def ages(story: Story) -> None:
    """Ages now and in some years."""
    story.avoid = ("years old", "years ago")
    hero, friend, other = story.hero, story.friend, story.other
    a, k, d = story.pick(4, 16), story.pick(2, 4), story.pick(2, 9)
    word = story.rng.choice(("older", "younger"))
    old = "twice" if k == 2 else f"{k} times"
    story.facts(
        (
            f"{hero} is {a} years old.",
            f"{hero} is {a}.",
            f"The age of {hero} is {a} years.",
            f"{hero} has just turned {a}.",
        ),
        (
            f"{friend} is {old} as old as {hero}.",
            f"{friend} is {old} the age of {hero}.",
            f"The age of {friend} is {old} that of {hero}.",
            f"Compared with {hero}, {friend} is {old} as old.",
        ),
        (
            f"{other} is {d} years {word} than {friend}.",
            f"{other} is {word} than {friend} by {d} years.",
            f"Compared with {friend}, {other} is {d} years {word}.",
            f"Between {friend} and {other} lie {d} years, and {other} is {word}.",
        ),
    )
    b = story.step((a, "*", k), f"the age of {friend}", f"{friend} is {{eq}} years old.")
    op = "+" if word == "older" else "-"
    c = story.step((b, op, d), f"the age of {other}", f"{other} is {{eq}} years old.")
    if story.chance(0.3):
        _ages_then(story, a, c)
        return
    both = story.step((a, "+", b), "both", f"{hero} and {friend} are {{eq}} years old.")
    _ages_sum(story, story.step((both, "+", c), "the sum", "All three are {eq} years old."))


def _ages_then(story: Story, a: int, c: int) -> None:
    hero, other, y = story.hero, story.other, story.pick(2, 12)
    then = story.step(
        (c, "+", y), f"the age of {other} then", f"In {y} years {other} is {{eq}} years old."
    )
    soon = story.step(
        (a, "+", y), f"the age of {hero} then", f"In {y} years {hero} is {{eq}} years old."
    )
    story.step((then, "+", soon), "the sum", "Together they are {eq} years old.")
    story.ask(
        "the sum of their ages then",
        f"How old will {hero} and {other} be together in {y} years?",
        f"In {y} years, what will be the sum of the ages of {hero} and {other}?",
        f"What is the sum of the ages of {other} and {hero} in {y} years?",
        f"[Find|Calculate] the ages of {hero} and {other} in {y} years and add them.",
    )


def _ages_sum(story: Story, total: int) -> None:
    hero, friend, other = story.hero, story.friend, story.other
    if story.chance(0.4) and total % 3 == 0:
        story.step((total, "/", 3), "the mean age", "The mean age is {eq} years.")
        story.ask(
            "the mean age",
            "What is the [mean|average] age of the 3?",
            "How old are the 3 on average?",
            "What is the mean of these 3 ages?",
            "[Find|Calculate] the mean age of the 3 people.",
        )
        return
    story.ask(
        "the sum of the ages",
        "How old are they together?",
        f"How old are {hero}, {friend} and {other} together?",
        "What is the sum of their ages?",
        "[Find|Calculate] the sum of all three ages.",
    )


def farm(story: Story) -> None:
    """Legs of animals with two and with four legs."""
    birds = story.rng.choice(("chickens", "ducks", "geese", "hens"))
    beasts = story.rng.choice(("cows", "sheep", "goats", "horses", "pigs"))
    hero, n, m, x = story.hero, story.pick(5, 40), story.pick(4, 30), story.pick(2, 12)
    k = story.pick(2, 3)
    related = story.chance(0.4)
    story.tell(
        f"{hero} has a farm with {m} {beasts} and {n if not related else story.times(k)} {birds}.",
        f"On the farm of {hero} there are {m} {beasts} and "
        f"{n if not related else story.times(k)} {birds}.",
        f"{hero} [keeps|owns] {m} {beasts} and {n if not related else story.times(k)} {birds}.",
        f"{m} {beasts} and {n if not related else story.times(k)} {birds} live with {hero}.",
    )
    if related:
        n = story.step((m, "*", k), f"the {birds}", f"There are {{eq}} {birds}.")
    if story.chance(0.6):
        story.tell(
            f"[Then|Later] {hero} sells {x} of the {birds}.",
            f"[Then|Later] {x} [of the|] {birds} are sold.",
            f"A fox [takes|eats] {x} of the {birds}.",
            f"{story.other} [buys|gets] {x} of the {birds} and takes them away.",
        )
        n = story.step((n, "-", x), f"the {birds} left", f"After that {{eq}} {birds} are left.")
    if story.chance(0.5):
        y = story.pick(2, 15)
        story.tell(
            f"[Then|Later] {y} more {beasts} [arrive|come to the farm].",
            f"[Then|Later] {hero} buys {y} more {beasts}.",
            f"{story.friend} brings {y} more {beasts} to the farm.",
            f"In spring there are {y} new {beasts}.",
        )
        m = story.step((m, "+", y), f"the {beasts} now", f"Now there are {{eq}} {beasts}.")
    _legs(story, (n, birds), (m, beasts))


def _legs(story: Story, some: tuple[int, str], others: tuple[int, str]) -> None:
    (n, birds), (m, beasts) = some, others
    if story.chance(0.5):
        story.tell(f"{birds} have 2 legs and {beasts} have 4.")
    one = story.step((n, "*", 2), f"the legs of the {birds}", f"The {birds} have {{eq}} legs.")
    two = story.step((m, "*", 4), f"the legs of the {beasts}", f"The {beasts} have {{eq}} legs.")
    story.step((one, "+", two), "all legs", "Together they have {eq} legs.")
    story.ask(
        "the legs of all animals",
        f"How many legs do the {birds} and {beasts} have [together|in all]?",
        "How many legs do all the animals [of the farm|] have now?",
        "What is the number of legs [of all animals|on the farm]?",
        "[Find|Calculate] the number of legs of all these animals.",
    )


def school(story: Story) -> None:
    """Percentages and halves of the pupils of a school."""
    n, p = story.pick(40, 200, 20), story.pick(10, 60, 10)
    way, other = story.rng.sample(("by bus", "by bike", "by train", "by car"), 2)
    group = story.rng.choice(("pupils", "students", "children"))
    place = story.rng.choice(("school", "camp", "club"))
    story.tell(
        f"A {place} has {n} {group}. {p} percent of them come {way}.",
        f"There are {n} {group} in a {place}, and {p} percent of them come {way}.",
        f"In a {place} with {n} {group}, {p} percent [of the {group}|] come {way}.",
        f"{p} percent of the {n} {group} of a {place} come {way}.",
    )
    riders = story.step((n, "%", p), f"those who come {way}", f"There are {{eq}} {group} {way}.")
    rest = story.step((n, "-", riders), "the others", f"The others are {{eq}} {group}.")
    if story.chance(0.5):
        story.tell(
            f"Half of the others come {other}, and all the rest walk.",
            f"Of the [others|rest], one half comes {other} and the other half walks.",
            f"The [others|rest] walk or come {other}, half of them each [way|].",
            f"Half of those who are left come {other}, and all the rest walk.",
            glued=True,
        )
        walk = story.step((rest, "/", 2), "those who walk", f"Half of them is {{eq}} {group}.")
    else:
        x = story.pick(5, 60)
        story.tell(
            f"Then {x} [{group}|of them] come {other}, and all the rest walk.",
            f"{x} of the [others|rest] come {other} and all who are left walk.",
            f"Another {x} come {other}, and the others walk.",
            f"Of the rest, {x} come {other}, and the others walk.",
            glued=True,
        )
        walk = story.step((rest, "-", x), "those who walk", f"Then {{eq}} {group} walk.")
    _walkers(story, walk, group)


def _walkers(story: Story, walk: int, group: str) -> None:
    if story.chance(0.5):
        x = story.pick(3, 30)
        if x >= walk:
            raise UnusableStory
        story.tell(
            f"Among the {group} who walk, {x} are new and the others are not.",
            f"{x} of those who walk are new.",
            f"[Just|Only] {x} of the {group} who walk are new.",
            f"Of those who walk, {x} are new.",
        )
        text = f"The walkers who are not new are {{eq}} {group}."
        story.step((walk, "-", x), "the walkers who are not new", text)
        story.ask(
            "those who walk and are not new",
            f"How many of the {group} who walk are not new?",
            f"How many {group} walk and are not new?",
            "How many of those who walk are not new?",
            f"What is the number of {group} who walk and are not new?",
        )
        return
    if story.chance(0.6):
        _groups(story, walk, group)
        return
    story.ask(
        "those who walk",
        f"How many {group} walk?",
        "How many of them walk?",
        f"What is the number of {group} who walk?",
        f"[Find|Calculate] how many {group} walk.",
    )


def _groups(story: Story, walk: int, group: str) -> None:
    x = story.divisor(walk)
    story.tell(
        f"Those who walk go in groups of {x}.",
        f"All who walk form groups of {x}.",
        f"The {group} who walk go in groups of {x}.",
        f"For safety, the {group} who walk go {x} to a group.",
    )
    story.step((walk, "/", x), "the groups", "They form {eq} groups.")
    story.ask(
        "the groups of those who walk",
        "How many groups are there?",
        "How many groups walk?",
        "How many groups of walkers is that?",
        "What is the number of groups?",
    )
