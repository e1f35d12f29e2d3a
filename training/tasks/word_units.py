"""Stories with units: metres to centimetres, litres to cl, hours to minutes; and a garden."""

from __future__ import annotations

from training.tasks.word_story import Story
from training.tasks.word_types import UnusableStory


def rope(story: Story) -> None:
    """Pieces are cut from a rope given in metres."""
    hero, long, n, c = story.hero, story.pick(2, 6), story.pick(2, 9), story.pick(10, 60, 5)
    what = story.rng.choice(("rope", "ribbon", "wire", "string", "cloth", "pipe"))
    story.tell(
        f"{hero} has {long} m of {what} and cuts off {n} pieces of {c} cm.",
        f"From {long} m of {what}, {hero} cuts {n} pieces of {c} cm each.",
        f"{hero} buys {long} m of {what}. {n} pieces, each {c} cm long, are cut off.",
        f"A {what} of {long} m is on the table. {hero} cuts off {n} pieces, each {c} cm long.",
    )
    whole = story.step((long, "*", 100), "the length in cm", "The whole length is {eq} cm.")
    gone = story.step((n, "*", c), "what is cut off", "The pieces are {eq} cm.")
    left = story.step((whole, "-", gone), "what is left", "Then {eq} cm are left.")
    if story.chance(0.6):
        x = story.pick(5, 60)
        story.tell(
            f"Then {x} cm [are thrown away|are lost].",
            f"Then {story.other} takes {x} cm [of the rest|].",
            f"After that, another {x} cm are used for a [box|parcel].",
            f"Then {hero} gives {x} cm of the rest to {story.friend}.",
        )
        left = story.step((left, "-", x), "the rest", "After that {eq} cm are left.")
    _rope_end(story, left, what)


def _rope_end(story: Story, left: int, what: str) -> None:
    hero = story.hero
    if story.chance(0.6):
        x = story.divisor(left)
        story.tell(
            f"The rest is cut into {x} equal parts.",
            f"{hero} cuts the rest into {x} parts of the same length.",
            f"The remaining part is divided equally among {x} children.",
            f"What is left is cut into {x} parts that are equally long.",
            glued=True,
        )
        story.step((left, "/", x), "each part", "Each part is {eq} cm long.")
        story.ask(
            "the length of each part",
            "How many cm long is each part?",
            "How long is each [of these parts|part], in cm?",
            "What is the length of each part in cm?",
            "[Find|Calculate] the length of one part in cm.",
        )
        return
    story.ask(
        "the cm left",
        "How many cm are left?",
        f"How many cm of {what} are left?",
        f"How much {what} is left, in cm?",
        f"How many cm does {hero} still have?",
    )


def juice(story: Story) -> None:
    """A drink mixed in litres and served in cl."""
    hero, a, b, n = story.hero, story.pick(2, 4), story.pick(1, 3), story.pick(4, 30)
    cup = story.pick(5, 40, 5)
    drink, mix = story.rng.choice(
        (("lemonade", "water"), ("punch", "juice"), ("soup", "water"), ("cocoa", "milk"))
    )
    litres = f"{b} litres" if b > 1 else "1 litre"
    if story.chance(0.6):
        story.tell(
            f"{hero} [makes|prepares] {a} litres of {drink} and adds {litres} of {mix}.",
            f"{hero} [stirs|pours] {litres} of {mix} into {a} litres of {drink}.",
            f"For a party {hero} adds {litres} of {mix} to {a} litres of {drink}.",
            f"There are {a} litres of {drink}, and {hero} adds {litres} of {mix}.",
        )
        a = story.step((a, "+", b), "the litres", "There are {eq} litres.")
    else:
        story.tell(
            f"{hero} [makes|prepares|cooks] {a} litres of {drink}.",
            f"There are {a} litres of {drink} for the guests of {hero}.",
            f"For a party {hero} [makes|needs] {a} litres of {drink}.",
            f"{hero} has a [pot|bowl] with {a} litres of {drink}.",
        )
    if story.chance(0.4):
        story.tell("One litre is 100 cl.")
    whole = story.step((a, "*", 100), "the cl", "That is {eq} cl.")
    story.tell(
        f"{n} guests drink {cup} cl each.",
        f"Each of {n} guests drinks {cup} cl [of it|].",
        f"{n} cups of {cup} cl are [filled|served].",
        f"{hero} fills {n} cups with {cup} cl each.",
    )
    out = story.step((n, "*", cup), "what is drunk", "The cups take {eq} cl.")
    left = story.step((whole, "-", out), "what is left", "Then {eq} cl are left.")
    _juice_end(story, left, drink)


def _juice_end(story: Story, left: int, drink: str) -> None:
    if story.chance(0.55):
        x = story.divisor(left)
        story.tell(
            f"The rest is shared equally by {x} [children|neighbours].",
            f"What is left goes into {x} bottles, the same amount in each.",
            f"{story.hero} divides the rest equally among {x} [friends|children].",
            f"The remaining {drink} is split into {x} equal parts.",
            glued=True,
        )
        story.step((left, "/", x), "each part", "Each part is {eq} cl.")
        story.ask(
            "the cl in each part",
            "How many cl are in each part?",
            "How many cl is each part?",
            "How much is each part, in cl?",
            "[Find|Calculate] the cl in one part.",
        )
        return
    story.ask(
        "the cl left",
        "How many cl are left?",
        f"How many cl of {drink} are left?",
        f"How much {drink} is left, in cl?",
        "What is left, in cl?",
    )


def time(story: Story) -> None:
    """Hours and minutes of a working day."""
    hero, h, m = story.hero, story.pick(2, 6), story.pick(10, 50, 5)
    n, pause = story.pick(2, 5), story.pick(5, 20, 5)
    story.avoid = ("minutes",)
    work = story.rng.choice(("works", "practises", "studies", "is in the workshop"))
    story.tell(
        f"{hero} {work} for {h} hours and {m} minutes, with {n} breaks of {pause} minutes.",
        f"One day {hero} {work} for {h} hours and {m} minutes. In this time there are {n} breaks "
        f"of {pause} minutes each.",
        f"{hero} {work} for {h} hours and {m} minutes, but takes {n} breaks, each {pause} minutes "
        "long.",
        f"In {h} hours and {m} minutes at work, {hero} takes {n} breaks of {pause} minutes each.",
    )
    hours = story.step((h, "*", 60), "the hours in minutes", "The hours are {eq} minutes.")
    whole = story.step((hours, "+", m), "the whole time", "The whole time is {eq} minutes.")
    off = story.step((n, "*", pause), "the breaks", "The breaks take {eq} minutes.")
    left = story.step((whole, "-", off), "the time without breaks", "Then {eq} minutes are left.")
    if story.chance(0.4):
        x = story.pick(10, 60, 5)
        story.tell(
            f"{x} minutes are [needed|used] for a phone call.",
            f"{hero} also [loses|spends] {x} minutes on cleaning.",
            f"A meeting takes {x} minutes more.",
            f"Apart from the breaks, {x} minutes go for cleaning.",
        )
        left = story.step((left, "-", x), "the rest", "After that {eq} minutes are left.")
    _time_end(story, left)


def _time_end(story: Story, left: int) -> None:
    hero = story.hero
    if story.chance(0.65):
        x = story.divisor(left, 3)
        story.make_things()
        story.tell(
            f"In the rest of the time {hero} makes {story.item}, one every {x} minutes.",
            f"All the other time is for making {story.item}, and each takes {x} minutes.",
            f"The remaining time is used to make {story.item}: each takes {x} minutes.",
            f"{hero} makes {story.item} in the time that is left and needs {x} minutes for each.",
            glued=True,
        )
        text = f"In this time {{eq}} {story.item} are made."
        story.step((left, "/", x), f"the {story.item}", text)
        story.ask(
            f"the {story.item} {hero} makes",
            f"How many {story.item} does {hero} make?",
            f"How many {story.item} are made [that day|]?",
            f"What is the number of {story.item} {hero} makes?",
            f"[Find|Calculate] how many {story.item} {hero} makes.",
        )
        return
    story.ask(
        "the minutes left",
        "How many minutes are left for the work itself?",
        f"For how many minutes does {hero} really work?",
        "How many minutes of this time are left?",
        "[Find|Calculate] the minutes that are left for work.",
    )


def garden(story: Story) -> None:
    """Rows of trees, some die, the others give fruit."""
    hero, rows, each = story.hero, story.pick(3, 9), story.pick(4, 20)
    new, price = story.pick(3, 20), story.pick(2, 6)
    tree = story.rng.choice(("trees", "bushes", "vines"))
    story.tell(
        f"{hero} plants {rows} rows of {each} {tree}.",
        f"{hero} [plants|grows] {tree} in {rows} rows with {each} in each row.",
        f"There are {rows} rows of {tree} in the garden of {hero}, {each} in each row.",
        f"In a garden {hero} plants {each} {tree} in each of {rows} rows.",
    )
    now = story.step((rows, "*", each), f"the {tree}", f"The rows have {{eq}} {tree}.")
    dead = _losses(story, now, tree)
    now = story.step((now, "-", dead), f"the {tree} left", f"After that {{eq}} {tree} are left.")
    if story.chance(0.5):
        story.tell(
            f"[Then|Next year] {hero} plants {new} new ones.",
            f"[Then|In spring] {new} new {tree} are planted.",
            f"[Then|Next year] {story.friend} brings {new} more {tree} and plants them there.",
            f"{hero} adds {new} more {tree} in spring.",
        )
        now = story.step((now, "+", new), f"the {tree} now", f"Now there are {{eq}} {tree}.")
    story.tell(
        f"[In autumn,|] each of the {tree} gives {price} kg of fruit.",
        f"Every one of the {tree} [then|] gives {price} kg of fruit.",
        f"{hero} picks {price} kg of fruit from each of the {tree}.",
        f"The {tree} that are there in autumn give {price} kg of fruit each.",
    )
    fruit = story.step((now, "*", price), "the fruit", "They give {eq} kg of fruit.")
    _fruit(story, fruit)


def _losses(story: Story, now: int, tree: str) -> int:
    """How many are lost, as a number or as a percentage."""
    if story.chance(0.5):
        p = story.percent(now)
        story.tell(
            f"{p} percent of them die.",
            f"[Of these,|In winter] {p} percent die.",
            f"A storm breaks {p} percent of the {tree}.",
            f"[In winter|One night] {p} percent of the {tree} [freeze|are eaten by deer].",
            glued=True,
        )
        return story.step((now, "%", p), "those that are lost", f"The lost ones are {{eq}} {tree}.")
    dead = story.pick(3, 30)
    story.tell(
        f"{dead} of them die.",
        f"[Of these,|In winter] {dead} die.",
        f"A storm breaks {dead} of the {tree}.",
        f"[In winter|One night] {dead} of the {tree} [freeze|are eaten by deer].",
        glued=True,
    )
    return dead


def _fruit(story: Story, fruit: int) -> None:
    if fruit < 10:
        raise UnusableStory
    if story.chance(0.5):
        x = story.divisor(fruit)
        story.tell(
            f"The fruit is packed into boxes of {x} kg.",
            f"[All|] the fruit goes into boxes that hold {x} kg.",
            f"A box holds {x} kg of fruit.",
            f"{story.hero} packs all the fruit, {x} kg to a box.",
        )
        story.step((fruit, "/", x), "the boxes", "That fills {eq} boxes.")
        story.ask(
            "the boxes",
            "How many boxes are filled?",
            "How many boxes does the fruit fill?",
            f"How many boxes does {story.hero} need [for the fruit|]?",
            "What is the number of boxes?",
        )
        return
    story.ask(
        "the fruit",
        "How many kg of fruit are there?",
        f"How much fruit does {story.hero} get, in kg?",
        "How many kg of fruit is that [in all|]?",
        "[Find|Calculate] the kg of fruit.",
    )
