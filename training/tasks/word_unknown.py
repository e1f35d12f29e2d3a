"""Backward stories of equal parts: a price, a size or a daily amount is unknown, the total told."""

from __future__ import annotations

from training.tasks.word_story import Story
from training.tasks.word_undo import MONEY, Aside, Change, undo


def bill(story: Story) -> None:
    """Some things at the same unknown price and something else."""
    hero, it, n = story.hero, story.item, story.pick(2, 9)
    other = story.rng.choice(("cake", "lamp", "map", "ball", "watch", "kite"))
    extra = story.pick(2, 40)
    story.tell(
        f"{hero} buys {n} {it}, all at the same price.",
        f"[In a shop|At the market] {hero} buys {n} {it} that [all|] cost the same.",
        f"{hero} [takes|orders] {n} {it}, and each of them has the same price.",
        f"A shop sells {it} at one price, and {hero} takes {n} of them.",
    )
    story.tell(
        f"{hero} also buys a {other} for {extra} dollars.",
        f"A {other} that {hero} buys as well costs {extra} dollars.",
        f"{hero} pays another {extra} dollars for a {other}.",
        f"With them {hero} takes a {other} for {extra} dollars.",
        glued=True,
    )
    steps = [
        Change("*", n),
        Change("+", extra, f"the cost of the {it}", f"Without the {other} it is {{eq}} dollars."),
    ]
    off = story.pick(2, 15) if story.chance(0.45) else 0
    if off:
        text = "Without the coupon it is {eq} dollars."
        steps.append(Change("-", off, "the cost without the coupon", text))
    back = story.pick(2, 30) if not off or story.chance(0.4) else 0
    if back:
        steps.append(Change("+", back, "the cost", "The shop keeps {eq} dollars."))
    found = ("the price of one", "Each one costs {eq} dollars.")
    end = undo(story, story.pick(2, 20), steps, found)
    _pay_bill(story, end, off, back)
    story.ask(
        f"the price of one of the {it}",
        f"How much does each of the {it} cost?",
        f"What is the price of one of the {it}?",
        f"How many dollars does one of the {it} cost?",
        f"[Find|Calculate] the price of each of the {it}.",
    )


def _pay_bill(story: Story, end: int, off: int, back: int) -> None:
    hero = story.hero
    if off:
        story.tell(
            f"A coupon takes {off} dollars off the bill.",
            f"{hero} has a coupon for {off} dollars off.",
            f"With a coupon {hero} pays {off} dollars less.",
            f"The bill is {off} dollars lower with a coupon.",
        )
    if back:
        story.tell(
            f"{hero} [pays with|gives] {end} dollars and gets {back} dollars back.",
            f"Of {end} dollars, {hero} gets {back} dollars back.",
            f"{hero} gives {end} dollars, and the shop gives back {back} dollars.",
            f"{hero} gets {back} dollars back from {end} dollars.",
        )
        return
    story.tell(
        f"{hero} pays {end} dollars [in all|for everything].",
        f"In the end everything costs {end} dollars.",
        f"In the end {hero} pays {end} dollars.",
        f"That makes {end} dollars to pay.",
        glued=True,
    )


def packs(story: Story) -> None:
    """Packs of an unknown size and loose ones."""
    hero, it = story.hero, story.item
    n, loose, gone = story.pick(2, 9), story.pick(2, 30), story.pick(2, 30)
    pack = story.rng.choice(("boxes", "bags", "packs", "jars", "crates", "baskets"))
    story.tell(
        f"{hero} [has|buys|owns] {n} {pack} with the same number of {it} in each.",
        f"There are {n} {pack} of {it} in the [kitchen|room|shop] of {hero}, all equally full.",
        f"Each of {n} {pack} of {hero} holds the same number of {it}.",
        f"{hero} opens {n} {pack} of {it}. All of them hold the same number.",
    )
    story.tell(
        f"{hero} also has {loose} loose {it}.",
        f"Another {loose} {it} lie on the table of {hero}.",
        f"{story.friend} brings {loose} more {it}.",
        f"There are {loose} more {it} outside the {pack}.",
    )
    steps = [
        Change("*", n),
        Change("+", loose, f"what the {pack} hold", f"All the {pack} together hold {{eq}} {it}."),
    ]
    if story.chance(0.85):
        story.tell(
            f"[Then|Later] {hero} gives {gone} {it} to {story.other}.",
            f"[Then|Later] {story.other} takes {gone} {it} away.",
            f"After that, {gone} of all the {it} get lost.",
            f"The next day, {gone} of all the {it} are sold.",
        )
        text = f"Before the {gone} went there were {{eq}} {it}."
        steps.append(Change("-", gone, f"the {it} before the {gone} went", text))
    found = (f"the {it} in each", f"Each of the {pack} holds {{eq}} {it}.")
    end = undo(story, story.pick(3, 24), steps, found)
    story.tell(
        f"[Now|In the end] {hero} has {end} {it}.",
        f"[Now|In the end] there are {end} {it} [in all|altogether].",
        f"That makes {end} {it}.",
        f"{hero} counts {end} {it} in the end.",
        glued=True,
    )
    _ask_packs(story, pack)


def _ask_packs(story: Story, pack: str) -> None:
    it = story.item
    story.ask(
        f"the {it} in each of the {pack}",
        f"How many {it} were in each of the {pack}?",
        f"How many {it} did each of the {pack} hold?",
        f"[Find|Calculate] the number of {it} in each of the {pack}.",
        f"What was the number of {it} in each of the {pack}?",
    )


def scale(story: Story) -> None:
    """Equal bags and other things on a scale."""
    story.avoid = ("kg",)
    n, box, cat = story.pick(2, 9), story.pick(2, 30), story.pick(2, 9)
    bags = story.rng.choice(("bags", "sacks", "stones", "bricks", "melons", "books"))
    story.tell(
        f"{story.hero} puts {n} {bags} of the same weight on a scale.",
        f"On [a|the] scale of {story.hero} there are {n} {bags}, all of the same weight.",
        f"{n} equally heavy {bags} [stand|are] on the scale of {story.hero}.",
        f"{story.hero} weighs {n} {bags} that are all equally heavy.",
    )
    story.tell(
        f"With them there is a box of {box} kg.",
        f"A box of {box} kg stands beside them on the scale.",
        f"With them {story.hero} weighs a box of {box} kg.",
        f"A box on the same scale weighs {box} kg.",
        glued=True,
    )
    text = "Without the box it is {eq} kg."
    steps = [Change("*", n), Change("+", box, f"the weight of the {bags}", text)]
    if story.chance(0.85):
        animal = story.rng.choice(("cat", "dog", "hen", "goose", "rabbit"))
        story.tell(
            f"Then a {animal} of {cat} kg jumps on the scale.",
            f"A {animal} that weighs {cat} kg sits on the scale as well.",
            f"{story.friend} puts a {animal} of {cat} kg on top.",
            f"On top of it all sits a {animal} of {cat} kg.",
            glued=True,
        )
        text = f"Without the {animal} it is {{eq}} kg."
        steps.append(Change("+", cat, f"the weight without the {animal}", text))
    each = bags[:-1]
    found = (f"the weight of one {each}", f"Each {each} weighs {{eq}} kg.")
    end = undo(story, story.pick(2, 20), steps, found)
    _ask_scale(story, each, end)


def _ask_scale(story: Story, each: str, end: int) -> None:
    story.tell(
        f"The scale shows {end} kg.",
        f"Together that is {end} kg.",
        f"All of it weighs {end} kg.",
        f"In all the scale shows {end} kg.",
        glued=True,
    )
    story.ask(
        f"the weight of one {each}",
        f"How much does each {each} weigh?",
        f"How many kg does one {each} weigh?",
        f"What is the weight of one {each} in kg?",
        f"[Find|Calculate] the weight of each {each}.",
    )


def pages(story: Story) -> None:
    """A book read with the same number of pages each day."""
    story.avoid = ("pages",)
    hero, n = story.hero, story.pick(2, 9)
    kind = story.rng.choice(("new", "thick", "good", "funny", "red", "blue", "long", "small"))
    first, rest = story.pick(3, 40), story.pick(3, 60)
    steps = [
        Change("*", n),
        Change("+", first, f"the pages of the {n} days", f"In the {n} days it is {{eq}} pages."),
        Change("+", rest, "the pages read", f"So far {hero} has read {{eq}} pages."),
    ]
    found = ("the pages a day", "On each day it is {eq} pages.")
    end = undo(story, story.pick(3, 24), steps, found)
    story.tell(
        f"{hero} reads a [{kind}|] book of {end} pages.",
        f"The {kind} book that {hero} reads has {end} pages.",
        f"There are {end} pages in the {kind} book of {hero}.",
        f"{hero} has a {kind} book with {end} pages.",
    )
    story.tell(
        f"On Sunday {hero} reads {first} pages.",
        f"{hero} reads the first {first} pages on Sunday.",
        f"{hero} starts with {first} pages on Sunday.",
        f"The first {first} pages are read on Sunday.",
    )
    story.tell(
        f"Then {hero} reads the same number of pages on each of {n} days.",
        f"For the next {n} days {hero} reads equally many pages a day.",
        f"On each of the next {n} days {hero} reads the same number of pages.",
        f"After that, {hero} reads for {n} days, always the same number of pages a day.",
    )
    story.tell(
        f"Now {rest} pages are left.",
        f"After that, {rest} pages are still to be read.",
        f"That leaves {rest} pages of the book.",
        f"Now {hero} has {rest} more pages to read.",
        glued=True,
    )
    _ask_pages(story, n)


def _ask_pages(story: Story, n: int) -> None:
    hero = story.hero
    story.ask(
        f"the pages a day on the {n} days",
        f"How many pages does {hero} read on each of the {n} days?",
        f"How many pages a day does {hero} read after Sunday?",
        f"What is the number of pages {hero} reads on each day after Sunday?",
        f"[Find|Calculate] the pages {hero} reads each day after Sunday.",
    )


def machine(story: Story) -> None:
    """A machine that makes the same unknown number each hour."""
    it, n = story.make_things(), story.pick(2, 9)
    more, bad = story.pick(3, 40), story.pick(2, 20)
    story.tell(
        f"A machine [of|that belongs to] {story.hero} makes the same number of {it} every hour.",
        f"{story.hero} has a machine that makes {it}, every hour the same number.",
        f"In the factory of {story.hero}, a machine makes equally many {it} every hour.",
        f"{it} come out of a machine of {story.hero}, always the same number an hour.",
    )
    story.tell(
        f"The machine runs for {n} hours.",
        f"Today it runs for {n} hours.",
        f"It [works|is on] for {n} hours today.",
        f"It is on for {n} hours.",
        glued=True,
    )
    story.tell(
        f"{story.friend} makes {more} {it} by hand.",
        f"Another {more} {it} are made by hand.",
        f"By hand, {story.friend} makes {more} more {it}.",
        f"{story.friend} adds {more} {it} made by hand.",
    )
    text = f"The machine makes {{eq}} {it} in all."
    steps = [Change("*", n), Change("+", more, "what the machine makes", text)]
    if story.chance(0.85):
        story.tell(
            f"Of all the {it}, {bad} are bad and are thrown away.",
            f"{bad} of all the {it} are broken and have to go.",
            f"{story.other} finds {bad} bad ones among all the {it} and throws them away.",
            f"Later {bad} of all the {it} [get lost|are thrown away].",
            glued=True,
        )
        text = f"Before the {bad} went there were {{eq}} {it}."
        steps.append(Change("-", bad, f"the {it} before the {bad} went", text))
    found = (f"the {it} an hour", f"In one hour the machine makes {{eq}} {it}.")
    end = undo(story, story.pick(3, 24), steps, found)
    _ask_machine(story, end)


def _ask_machine(story: Story, end: int) -> None:
    it = story.item
    story.tell(
        f"In the end there are {end} {it}.",
        f"That gives {end} {it} [in all|to sell].",
        f"Now {story.hero} has {end} {it}.",
        f"At night {story.hero} counts {end} {it}.",
        glued=True,
    )
    story.ask(
        f"the {it} an hour",
        f"How many {it} does the machine make in [one|an] hour?",
        f"How many {it} an hour does the machine make?",
        f"What is the number of {it} the machine makes every hour?",
        f"[Find|Calculate] how many {it} the machine makes each hour.",
    )


def cinema(story: Story) -> None:
    """Tickets for adults at a known and for children at an unknown price."""
    story.avoid = MONEY
    hero, adults, children = story.hero, story.pick(2, 6), story.pick(2, 9)
    price, snack = story.pick(3, 15), story.pick(2, 25)
    place = story.rng.choice(("cinema", "zoo", "circus", "museum", "pool", "theatre", "fair"))
    story.tell(
        f"At the {place} {hero} pays for {adults} adults and {children} children.",
        f"{hero} buys {place} tickets for {adults} adults and {children} children.",
        f"{adults} adults and {children} children [go to|visit] the {place}, and {hero} pays.",
        f"At the {place} {hero} [buys|orders] {adults} adult and {children} child tickets.",
    )
    story.tell(
        f"An adult ticket costs {price} dollars.",
        f"The price for an adult is {price} dollars.",
        f"Each adult pays {price} dollars.",
        f"For an adult the {place} takes {price} dollars.",
    )
    side = Aside(adults, price, "the adult tickets", "The adult tickets cost {eq} dollars.")
    text = "Without the adults it is {eq} dollars."
    steps = [Change("*", children), Change("+", adults * price, "the child tickets", text, side)]
    if story.chance(0.6):
        story.tell(
            f"{hero} also pays {snack} dollars for snacks.",
            f"Snacks for all cost another {snack} dollars.",
            f"For {snack} dollars more they get snacks, too.",
            f"There are snacks, too, for {snack} dollars.",
        )
        text = "Without the snacks it is {eq} dollars."
        steps.append(Change("+", snack, "the cost without the snacks", text))
    found = ("the price for a child", "Each child ticket costs {eq} dollars.")
    end = undo(story, story.pick(2, 12), steps, found)
    story.tell(
        f"In all {hero} pays {end} dollars.",
        f"Everything costs {end} dollars.",
        f"That makes {end} dollars in all.",
        f"{hero} pays {end} dollars for everything.",
        glued=True,
    )
    _ask_cinema(story)


def _ask_cinema(story: Story) -> None:
    story.ask(
        "the price of a child ticket",
        "How much does a child ticket cost?",
        "What is the price for a child?",
        "How many dollars does each child ticket cost?",
        "[Find|Calculate] the price of a child ticket.",
    )
