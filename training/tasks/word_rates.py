"""Stories about speed and rates: trips, factories, shared work, tanks and books."""

from __future__ import annotations

from training.tasks.word_story import Story
from training.tasks.word_types import UnusableStory


def trip(story: Story) -> None:
    """Two parts of a trip at different speeds."""
    story.avoid = ("km",)
    v, t, w, u = story.pick(10, 80, 5), story.pick(2, 6), story.pick(10, 80, 5), story.pick(2, 6)
    car, hero = story.rng.choice(("train", "bus", "car", "truck", "boat")), story.hero
    related, d = story.chance(0.4), story.pick(5, 20, 5)
    op, faster = ("-", "slower") if v > 40 else ("+", "faster")
    speed = f"{d} km per hour {faster}" if related else f"{w} km per hour"
    at = "" if related else "at "
    story.tell(
        f"A {car} goes {v} km per hour for {t} hours and then {speed} for {u} hours.",
        f"A {car} [drives|travels] {t} hours at {v} km per hour, then {u} hours {at}{speed}.",
        f"For {t} hours a {car} goes {v} km per hour. Then it goes {speed} for {u} hours.",
        f"{hero} takes a {car}. It goes {v} km per hour for {t} hours, and after that {speed} for "
        f"{u} hours.",
    )
    one = story.step((v, "*", t), "the first part", "The first part is {eq} km.")
    if related:
        w = story.step((v, op, d), "the second speed", "The second speed is {eq} km per hour.")
    two = story.step((w, "*", u), "the second part", "The second part is {eq} km.")
    far = story.step((one, "+", two), "the distance", "The whole distance is {eq} km.")
    _trip_end(story, far, (t, u))


def _trip_end(story: Story, far: int, hours: tuple[int, int]) -> None:
    roll = story.rng.random()
    if roll < 0.25:
        story.ask(
            "the distance",
            "How far does it go [in all|]?",
            "How many km does it go in all?",
            "What is the whole distance in km?",
            "[Find|Calculate] how many km it goes.",
        )
    elif roll < 0.5:
        time = story.step((hours[0], "+", hours[1]), "the time", "The time is {eq} hours.")
        text = "The mean speed is {eq} km per hour."
        story.step((far, "/", time), "the mean speed", text)
        story.ask(
            "the mean speed",
            "What is the mean speed?",
            "What is the [average|mean] speed of the [whole|] trip?",
            "How many km per hour is that on average?",
            "[Find|Calculate] the mean speed in km per hour.",
        )
    else:
        whole = far + story.pick(10, 200)
        story.tell(
            f"The [whole|] trip is {whole} km long.",
            f"The whole way is {whole} km.",
            f"It has to go {whole} km [in all|].",
            f"The town at the end is {whole} km from the start.",
        )
        story.step((whole, "-", far), "what is left", "Then {eq} km are left.")
        story.ask(
            "the km left",
            "How many km are left?",
            "How far is it still?",
            "How many km does it still have to go?",
            "What is the distance that is left?",
        )


def factory(story: Story) -> None:
    """A machine makes things for some days; some are bad."""
    r, h, d = story.pick(4, 15), story.pick(2, 9), story.pick(2, 6)
    it = story.make_things()
    story.tell(
        f"A machine makes {r} {it} an hour. It runs {h} hours a day for {d} days.",
        f"A machine runs {h} hours a day for {d} days and makes {r} {it} [an|per|every] hour.",
        f"For {d} days a machine runs {h} hours [each|a] day. In an hour it makes {r} {it}.",
        f"In a factory, {r} {it} are made [every|in an] hour. The factory works {h} hours a day "
        f"and is open for {d} days.",
    )
    day = story.step((r, "*", h), "one day", f"In one day it makes {{eq}} {it}.")
    made = story.step((day, "*", d), "all days", f"In {d} days it makes {{eq}} {it}.")
    made = _faulty(story, made)
    if story.chance(0.6):
        _boxes(story, made)
        return
    story.ask(
        f"the good {it}",
        f"How many good {it} are there?",
        f"How many of the {it} are good?",
        f"What is the number of good {it}?",
        f"[Find|Calculate] the number of good {it}.",
    )


def _boxes(story: Story, made: int) -> None:
    x = story.divisor(made)
    story.tell(
        f"The good ones are packed {x} to a box.",
        f"Each box [takes|holds] {x} of the good ones.",
        f"The good ones go into boxes of {x}.",
        f"A box is full with {x} of the good ones.",
    )
    made = story.step((made, "/", x), "the boxes", "That fills {eq} boxes.")
    if story.chance(0.4):
        price = story.pick(3, 9)
        story.tell(
            f"Each box is sold for {price} dollars.",
            f"A shop pays {price} dollars for each box.",
            f"The price of a box is {price} dollars.",
            f"All the boxes are sold at {price} dollars each.",
        )
        story.step((made, "*", price), "the money", "The boxes bring {eq} dollars.")
        _ask_money(story)
        return
    story.ask(
        "the boxes",
        "How many boxes are filled?",
        "How many boxes does that fill?",
        "How many boxes are needed [for them|]?",
        "What is the number of [full|] boxes?",
    )


def _ask_money(story: Story) -> None:
    story.ask(
        "the money",
        "How much money is that [in all|]?",
        "How many dollars does the sale bring?",
        "How much money [comes in|does that bring]?",
        "[Find|Calculate] the money from the sale.",
    )


def _faulty(story: Story, made: int) -> int:
    it = story.item
    if story.chance(0.5):
        p = story.percent(made)
        story.tell(
            f"[Of these,|But] {p} percent are [faulty|broken].",
            f"{p} percent of the {it} are [faulty|broken].",
            f"[But|Sadly,] {p} percent of them are no good.",
            f"A check shows that {p} percent of these are [faulty|broken].",
            glued=True,
        )
        bad = story.step((made, "%", p), "the bad ones", f"The bad ones are {{eq}} {it}.")
    else:
        bad = story.pick(3, 60)
        story.tell(
            f"[Of these,|But] {bad} are [faulty|broken].",
            f"{bad} of the {it} are [faulty|broken].",
            f"[But|Sadly,] {bad} of them are no good.",
            f"A check shows that {bad} of these are [faulty|broken].",
            glued=True,
        )
    return story.step((made, "-", bad), "the good ones", f"The good ones are {{eq}} {it}.")


def machines(story: Story) -> None:
    """Two machines or people share the work on an order."""
    r, d, t, it = story.pick(4, 20), story.pick(2, 9), story.pick(2, 8), story.make_things()
    hero, friend = story.hero, story.friend
    double = story.chance(0.35)
    more = f"{story.times(2)}" if double else f"{d} more"
    story.tell(
        f"{hero} makes {r} {it} an hour, and {friend} makes {more} [an hour|].",
        f"In an hour {hero} [makes|finishes] {r} {it} and {friend} {more}.",
        f"Every hour, {friend} makes {more} {it} {'as' if double else 'than'} {hero}, who makes "
        f"{r}.",
        f"{hero} can make {r} {it} in one hour. {friend} can make {more}.",
    )
    op, by = ("*", 2) if double else ("+", d)
    text = f"In one hour {friend} makes {{eq}} {it}."
    other = story.step((r, op, by), f"the {it} of {friend} in an hour", text)
    text = f"Together they make {{eq}} {it} in one hour."
    both = story.step((r, "+", other), "both in one hour", text)
    story.tell(
        f"They work together for {t} hours.",
        f"Both [of them|] work for {t} hours.",
        f"They [start together and|] work side by side for {t} hours.",
        f"{hero} and {friend} work together for {t} hours.",
    )
    done = story.step((both, "*", t), "all hours", f"In {t} hours they make {{eq}} {it}.")
    if story.chance(0.25):
        story.ask(
            f"the {it} they make",
            f"How many {it} do they make [together|in all]?",
            f"What is the number of {it} they make?",
            f"How many {it} are made [in this time|]?",
            f"[Find|Calculate] the number of {it} they make together.",
        )
        return
    _order(story, done, both)


def _order(story: Story, done: int, both: int) -> None:
    it, finish = story.item, story.chance(0.5) and both <= 12
    need = done + (both * story.pick(2, 9) if finish else story.pick(10, 150))
    story.tell(
        f"A shop [has ordered|wants] {need} {it}.",
        f"They have to make {need} {it} [in all|].",
        f"The order is for {need} {it}.",
        f"{need} {it} are needed [in all|].",
    )
    left = story.step((need, "-", done), "what is left", f"Then {{eq}} {it} are left to make.")
    if not finish:
        story.ask(
            f"the {it} left to make",
            f"How many {it} are left to make?",
            f"How many {it} are still missing?",
            f"How many more {it} do they [need|have to make]?",
            f"What is the number of {it} still to be made?",
        )
        return
    story.step((left, "/", both), "the hours left", "For these they need {eq} hours.")
    story.ask(
        "the hours left",
        "How many more hours do they need?",
        "How many hours do they still have to work?",
        "For how many more hours do they have to work together?",
        "[Find|Calculate] how many hours of work are left for both.",
    )


def tank(story: Story) -> None:
    """Water runs into a tank and out of it."""
    start, fill, leak = story.pick(10, 150), story.pick(6, 30), story.pick(2, 12)
    t, thing = story.pick(4, 15), story.rng.choice(("tank", "pool", "barrel", "pond"))
    if leak > fill - 2:
        raise UnusableStory
    story.facts(
        (
            f"There are {start} litres of water in a {thing} [at first|at the start].",
            f"A {thing} [holds|contains] {start} litres of water at the start.",
            f"At the start a {thing} has {start} litres of water in it.",
            f"{story.hero} has a {thing} with {start} litres of water in it.",
        ),
        (
            f"A pipe brings {fill} litres [a|per|every] minute, but {leak} litres a minute leak "
            "out.",
            f"Every minute {fill} litres flow in and {leak} litres flow out.",
            f"Through a leak the {thing} loses {leak} litres a minute, while a tap brings {fill} "
            "litres a minute.",
            f"[Each|Every] minute {leak} litres are lost through a hole, and {fill} litres come "
            "in.",
        ),
    )
    story.tell(
        f"This goes on for {t} minutes.",
        f"The water runs [like this|] for {t} minutes.",
        f"{story.friend} waits for {t} minutes.",
        f"After {t} minutes [the tap is closed and the hole is shut|all the water is stopped].",
    )
    net = story.step(
        (fill, "-", leak), "the gain per minute", "In one minute it gains {eq} litres."
    )
    text = f"In {t} minutes it gains {{eq}} litres."
    gain = story.step((net, "*", t), "the gain", text)
    now = story.step((start, "+", gain), "the water", "Then there are {eq} litres.")
    _tank_end(story, now, thing)


def _tank_end(story: Story, now: int, thing: str) -> None:
    roll = story.rng.random()
    if roll < 0.35:
        full = (now // 50 + story.pick(1, 3)) * 50
        story.tell(
            f"The {thing} [can hold|holds] {full} litres [in all|when it is full].",
            f"{full} litres fit into the {thing}.",
            f"The {thing} is full with {full} litres.",
            f"There is room for {full} litres in the {thing}.",
        )
        story.step((full, "-", now), "what is missing", "Then {eq} litres are missing.")
        story.ask(
            "the litres that are missing",
            "How many litres are then missing until it is full?",
            f"How many more litres fit into the {thing} then?",
            "How many litres are still missing for a full one?",
            f"[Find|Calculate] how many litres the {thing} can still take.",
        )
        return
    if roll < 0.7:
        _buckets(story, now)
        return
    story.ask(
        "the litres there are then",
        f"How many litres are in the {thing} then?",
        f"How much water is in the {thing} [then|in the end]?",
        f"How many litres of water does the {thing} hold then?",
        f"[Find|Calculate] the litres in the {thing} at the end.",
    )


def _buckets(story: Story, now: int) -> None:
    x = story.divisor(now)
    story.tell(
        f"Then the water is put into buckets of {x} litres.",
        f"Then {story.hero} fills all [of it|the water] into buckets of {x} litres.",
        f"After that, all the water goes into buckets of {x} litres [each|].",
        f"Then the water is carried away in buckets that hold {x} litres.",
    )
    story.step((now, "/", x), "the buckets", "That fills {eq} buckets.")
    story.ask(
        "the buckets",
        "How many buckets are filled?",
        "How many buckets does that fill?",
        "How many buckets of water is that?",
        "What is the number of buckets?",
    )


def book(story: Story) -> None:
    """Pages read at one pace, then at another."""
    story.avoid = ("pages",)
    hero, a, d, b, e = (
        story.hero,
        story.pick(6, 40),
        story.pick(2, 7),
        story.pick(2, 9),
        story.pick(2, 5),
    )
    story.tell(
        f"{hero} reads {a} pages a day for {d} days. Then {hero} reads {b} more pages a day, for "
        f"{e} days.",
        f"For {d} days {hero} reads {a} pages [a|every] day, and for the next {e} days {b} pages "
        "more a day.",
        f"{hero} starts a book with {a} pages a day for {d} days. In the next {e} days it is {b} "
        "pages more each day.",
        f"In the first {d} days {hero} reads {a} pages each day. For {e} days after that, "
        f"{hero} reads {b} pages more [each|per] day than before.",
    )
    one = story.step((a, "*", d), "the first days", "In the first days {eq} pages are read.")
    fast = story.step((a, "+", b), "the new pace", "After that {eq} pages a day are read.")
    two = story.step((fast, "*", e), "the next days", "In the next days {eq} pages are read.")
    read = story.step((one, "+", two), "the pages read", "In all {eq} pages are read.")
    if story.chance(0.2):
        story.ask(
            "the pages read",
            f"How many pages does {hero} read [in all|]?",
            f"How many pages has {hero} read [by then|in the end]?",
            "What is the number of pages read?",
            "[Find|Calculate] the number of pages read in all.",
        )
        return
    _rest_of_book(story, read)


def _rest_of_book(story: Story, read: int) -> None:
    hero, pace, days = story.hero, story.pick(4, 12), story.pick(2, 9)
    more = story.chance(0.5)
    whole = read + (pace * days if more else story.pick(10, 150))
    story.tell(
        f"The book has {whole} pages.",
        f"The book is {whole} pages long.",
        f"There are {whole} pages in the book.",
        f"In all, the book has {whole} pages.",
    )
    left = story.step((whole, "-", read), "the pages left", "Then {eq} pages are left.")
    if not more:
        story.ask(
            "the pages left",
            "How many pages are left?",
            f"How many pages does {hero} still have to read?",
            "What is the number of pages left?",
            "How many pages of the book are not read yet?",
        )
        return
    _days_left(story, left, pace)


def _days_left(story: Story, left: int, pace: int) -> None:
    hero = story.hero
    story.tell(
        f"{hero} reads the rest at {pace} pages a day.",
        f"For the rest, {hero} reads {pace} pages a day.",
        f"After that, {hero} only [reads|manages] {pace} pages a day.",
        f"From then on, {hero} reads [just|only] {pace} pages a day.",
        glued=True,
    )
    story.step((left, "/", pace), "the days left", "For these {eq} days are needed.")
    story.ask(
        "the days left",
        "How many days does the rest take?",
        f"How many more days does {hero} need [for the book|]?",
        "In how many more days is the book finished?",
        "[Find|Calculate] the days that the rest takes.",
    )
