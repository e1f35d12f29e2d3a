"""Story templates with a fixed shape (shop, trip, factory and so on), and the choice of one."""

from __future__ import annotations

import random
from collections.abc import Callable

from training.tasks.word_chain import chain
from training.tasks.word_story import ITEMS, Story

_GOODS = ("coat", "lamp", "bike", "phone", "chair", "game")
_MADE = ("lamps", "chairs", "toys", "cups", "clocks")
_VEHICLES = ("train", "bus", "car")


def draw_story(rng: random.Random) -> Story:
    """Tell one story of a random kind; raises UnusableStory when the draw does not work out."""
    kinds = list(_KINDS)
    kind = rng.choices(kinds, [_KINDS[name] for name in kinds])[0]
    story = Story(rng)
    kind(story)
    return story


def _shop(story: Story) -> None:
    rng = story.rng
    first, second = rng.sample(ITEMS, 2)
    a, p, b, q = rng.randint(2, 9), rng.randint(2, 15), rng.randint(2, 9), rng.randint(2, 15)
    story.tell(
        f"{story.hero} buys {a} {first} at {p} dollars each and {b} {second} at {q} dollars each.",
        f"{story.hero} pays {p} dollars each for {a} {first} and {q} dollars each for {b} "
        f"{second}.",
    )
    one = story.step((a, "*", p), f"the cost of the {first}", f"The {first} cost {{eq}} dollars.")
    two = story.step((b, "*", q), f"the cost of the {second}", f"The {second} cost {{eq}} dollars.")
    bill = story.step((one, "+", two), "the bill", "The bill is {eq} dollars.")
    if rng.random() < 0.4:
        x = rng.randint(2, min(40, bill - 1))
        story.tell(f"A coupon takes off {x} dollars.", f"A coupon is worth {x} dollars.")
        bill = story.step((bill, "-", x), "the final price", "With the coupon it is {eq} dollars.")
    if rng.random() < 0.5:
        pay = (bill // 50 + 1) * 50
        story.tell(f"{story.hero} pays with {pay} dollars.")
        story.step((pay, "-", bill), "the change", "The change is {eq} dollars.")
        story.ask("the change", "How much change is given?", "What is the change?")
        return
    x = story.divisor(bill)
    story.tell(f"{x} friends split the bill equally.", f"The bill is split among {x} friends.")
    story.step((bill, "/", x), "each share", "Each friend pays {eq} dollars.")
    story.ask("what each friend pays", "How much does each friend pay?")


def _trip(story: Story) -> None:
    rng = story.rng
    v, t, w, u = (
        5 * rng.randint(4, 20),
        rng.randint(2, 5),
        5 * rng.randint(4, 20),
        rng.randint(2, 5),
    )
    vehicle = rng.choice(_VEHICLES)
    story.tell(
        f"A {vehicle} goes {v} km per hour for {t} hours and then {w} km per hour for {u} hours.",
        f"A {vehicle} drives {t} hours at {v} km per hour, then {u} hours at {w} km per hour.",
    )
    one = story.step(
        (v, "*", t), "the first part", f"In the first part the {vehicle} goes {{eq}} km."
    )
    two = story.step(
        (w, "*", u), "the second part", f"In the second part the {vehicle} goes {{eq}} km."
    )
    far = story.step((one, "+", two), "the distance", "The whole distance is {eq} km.")
    kind = rng.randrange(4)
    if kind == 0:
        story.ask("the distance", "How far does it go?", "How many km does it go in all?")
    elif kind == 1:
        hours = story.step((t, "+", u), "the time", "The time is {eq} hours.")
        story.step((far, "/", hours), "the mean speed", "The mean speed is {eq} km per hour.")
        story.ask("the mean speed", "What is the mean speed?")
    else:
        trip = far + rng.randint(10, 300)
        story.tell(f"The trip is {trip} km long.", f"The whole trip has {trip} km.")
        story.step((trip, "-", far), "what is left", "Then {eq} km are left.")
        story.ask("the km left", "How many km are left?", "How far is it still?")


def _compare(story: Story) -> None:
    rng, it = story.rng, story.item
    hero, friend, other = story.hero, story.friend, story.other
    a, k, d = rng.randint(6, 35), rng.randint(2, 5), rng.randint(3, 30)
    more = rng.random() < 0.5
    word = "more" if more else "fewer"
    story.tell(f"{hero} has {a} {it}. {friend} has {k} times as many as {hero}.")
    story.tell(
        f"{other} has {d} {word} than {friend}.", f"{other} owns {d} {word} than {friend} does."
    )
    b = story.step((a, "*", k), f"the {it} of {friend}", f"{friend} has {{eq}} {it}.")
    c = story.step(
        (b, "+" if more else "-", d), f"the {it} of {other}", f"{other} has {{eq}} {it}."
    )
    if rng.random() < 0.25:
        story.step((c, "-", a), "the difference", f"The difference is {{eq}} {it}.")
        story.ask("the difference", f"How many more {it} does {other} have than {hero}?")
        return
    both = story.step(
        (a, "+", b), f"the {it} of {hero} and {friend}", f"{hero} and {friend} have {{eq}} {it}."
    )
    total = story.step((both, "+", c), "the total", f"All three have {{eq}} {it}.")
    if rng.random() < 0.5:
        x = story.divisor(total)
        story.tell(f"They pack all the {it} into {x} boxes.", f"All the {it} go into {x} boxes.")
        story.step((total, "/", x), "each box", f"Each box holds {{eq}} {it}.")
        story.ask(f"the {it} in each box", f"How many {it} are in each box?")
        return
    story.ask("the total", f"How many {it} do they have in all?")


def _discount(story: Story) -> None:
    rng = story.rng
    thing = rng.choice(_GOODS)
    price, off = 10 * rng.randint(2, 20), rng.choice((10, 20, 25, 30, 40, 50))
    n = rng.randint(2, 8)
    story.tell(
        f"A {thing} costs {price} dollars, with {off} percent off.",
        f"A {thing} costs {price} dollars, but there is a discount of {off} percent.",
    )
    story.tell(f"{story.hero} buys {n} of them.", f"{story.hero} wants {n} of them.")
    saved = story.step((price, "%", off), "the discount", "The discount is {eq} dollars.")
    sale = story.step(
        (price, "-", saved), "the sale price", f"The sale price of a {thing} is {{eq}} dollars."
    )
    cost = story.step((sale, "*", n), "the cost", f"The {n} cost {{eq}} dollars.")
    if rng.random() < 0.7:
        x = rng.randint(4, 25)
        story.tell(f"Delivery costs {x} dollars more.", f"There is a delivery fee of {x} dollars.")
        story.step((cost, "+", x), "the bill", "The bill is {eq} dollars.")
        story.ask("the bill", "How much is that?", "How much is the bill?")
        return
    story.ask("the cost", "How much is that?", "What do they cost?")


def _factory(story: Story) -> None:
    rng = story.rng
    r, h, d = rng.randint(4, 15), rng.randint(3, 9), rng.randint(2, 5)
    it = rng.choice(_MADE)
    story.tell(
        f"A machine makes {r} {it} an hour. It runs {h} hours a day for {d} days.",
        f"A machine runs {h} hours a day for {d} days and makes {r} {it} an hour.",
    )
    day = story.step((r, "*", h), "one day", f"In one day it makes {{eq}} {it}.")
    made = story.step((day, "*", d), "all days", f"In {d} days it makes {{eq}} {it}.")
    if rng.random() < 0.7:
        x = rng.randint(2, min(60, made - 10))
        story.tell(f"Of these, {x} are faulty.", f"But {x} of the {it} are faulty.")
        made = story.step((made, "-", x), "the good ones", f"The good ones are {{eq}} {it}.")
        story.ask(f"the good {it}", f"How many good {it} are there?")
    else:
        story.ask(f"the {it} it makes", f"How many {it} does it make?")
    if rng.random() < 0.5:
        x = story.divisor(made)
        story.tell(f"They are packed {x} to a box.", f"Each box takes {x} of them.")
        story.step((made, "/", x), "the boxes", "That fills {eq} boxes.")
        story.ask("the boxes", "How many boxes are filled?", "How many boxes does that fill?")


def _savings(story: Story) -> None:
    rng, hero = story.rng, story.hero
    earn, spend, weeks = rng.randint(15, 60), rng.randint(3, 14), rng.randint(3, 9)
    story.tell(
        f"{hero} earns {earn} dollars a week and spends {spend} dollars a week.",
        f"Each week {hero} earns {earn} dollars and spends {spend} dollars.",
    )
    story.tell(f"This goes on for {weeks} weeks.", f"{hero} saves the rest for {weeks} weeks.")
    week = story.step(
        (earn, "-", spend), "the weekly saving", "In one week {eq} dollars are saved."
    )
    saved = story.step(
        (week, "*", weeks), "the savings", f"In {weeks} weeks {{eq}} dollars are saved."
    )
    if rng.random() < 0.6:
        gift = rng.randint(10, 90)
        story.tell(f"{story.friend} adds {gift} dollars.", f"A gift adds {gift} dollars.")
        saved = story.step((saved, "+", gift), "the money", "Now {eq} dollars are there.")
    price = rng.randint(10, saved) if saved > 20 else 10
    story.tell(f"Then {hero} pays {price} dollars for a {rng.choice(_GOODS)}.")
    story.step((saved, "-", price), "what is left", "After that {eq} dollars are left.")
    story.ask("the dollars left", "How many dollars are left?", "How much money is left?")


def _garden(story: Story) -> None:
    rng, hero = story.rng, story.hero
    rows, each, dead, price = (
        rng.randint(4, 15),
        rng.randint(4, 15),
        rng.randint(2, 15),
        rng.randint(2, 6),
    )
    story.tell(
        f"{hero} plants {rows} rows of {each} trees.",
        f"{hero} plants trees in {rows} rows with {each} in each row.",
    )
    story.tell(f"{dead} of them die.", f"Of these, {dead} die.")
    planted = story.step((rows, "*", each), "the trees", f"{hero} plants {{eq}} trees.")
    alive = story.step((planted, "-", dead), "the living trees", "After that {eq} trees are left.")
    story.tell(
        f"Each tree gives {price} kg of fruit.", f"Every tree left gives {price} kg of fruit."
    )
    fruit = story.step((alive, "*", price), "the fruit", "They give {eq} kg of fruit.")
    if rng.random() < 0.5:
        x = story.divisor(fruit)
        story.tell(f"The fruit is packed into boxes of {x} kg.")
        story.step((fruit, "/", x), "the boxes", "That fills {eq} boxes.")
        story.ask("the boxes", "How many boxes are filled?")
        return
    story.ask("the fruit", "How many kg of fruit are there?", "How much fruit is that?")


_KINDS: dict[Callable[[Story], None], int] = {
    chain: 8,
    _shop: 2,
    _trip: 2,
    _compare: 2,
    _discount: 2,
    _factory: 2,
    _savings: 2,
    _garden: 2,
}
