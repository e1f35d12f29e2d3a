"""How stories about money end: a bill is paid, money that was earned is spent."""

from __future__ import annotations

from training.tasks.word_story import Story
from training.tasks.word_types import UnusableStory

GOODS = ("coat", "lamp", "bike", "phone", "chair", "game", "watch", "tent", "radio", "guitar")


def pay(story: Story, bill: int, of: str = "everything") -> None:
    """A bill with perhaps a coupon or a fee; then change, shares or just the sum."""
    roll = story.rng.random()
    if roll < 0.25:
        bill = _coupon(story, bill)
    elif roll < 0.5:
        bill = _delivery(story, bill)
    elif roll < 0.6:
        bill = _percent_off(story, bill)
    roll = story.rng.random()
    if roll < 0.35:
        _change(story, bill)
    elif roll < 0.65:
        _split(story, bill)
    else:
        story.ask(
            "the bill",
            f"How much does {story.hero} pay [in all|in the end|]?",
            f"How many dollars does {story.hero} [pay|have to pay] [in all|]?",
            f"What does {story.hero} pay for {of}?",
            f"[Find|Calculate] what {story.hero} has to pay.",
            f"What is the [bill|price] for {of}?",
        )


def _coupon(story: Story, bill: int) -> int:
    x = story.pick(2, 30)
    story.tell(
        f"A coupon takes off {x} dollars [at the end|].",
        f"{story.hero} has a coupon [worth|for] {x} dollars.",
        f"With a coupon the bill is {x} dollars lower.",
        f"{story.other} lends {story.hero} a coupon of {x} dollars.",
    )
    text = "With the coupon the bill is {eq} dollars."
    return story.step((bill, "-", x), "the final bill", text)


def _delivery(story: Story, bill: int) -> int:
    x = story.pick(3, 25)
    story.tell(
        f"{story.hero} also pays a fee of {x} dollars [once|].",
        f"There is [a|an extra] fee of {x} dollars on the bill.",
        f"[On top of that|In addition], there is a fee of {x} dollars.",
        f"A fee of {x} dollars is added to the bill.",
    )
    return story.step((bill, "+", x), "the bill with the fee", "With the fee it is {eq} dollars.")


def _percent_off(story: Story, bill: int) -> int:
    off = story.percent(bill)
    story.tell(
        f"{story.hero} gets {off} percent off the [whole|] bill.",
        f"At the end the bill is made {off} percent lower.",
        f"A [club|member] card takes {off} percent off the [whole|] bill.",
        f"There is a discount of {off} percent on the whole bill.",
    )
    less = story.step((bill, "%", off), "what is taken off", "What is taken off is {eq} dollars.")
    return story.step((bill, "-", less), "the final bill", "After that the bill is {eq} dollars.")


def _change(story: Story, bill: int) -> None:
    note = (bill // 50 + 1) * 50 if story.chance(0.6) else (bill // 20 + 1) * 20
    story.tell(
        f"{story.hero} pays with {note} dollars.",
        f"{story.hero} [gives|hands over] {note} dollars.",
        f"To pay, {story.hero} [puts|lays] {note} dollars on the table.",
        f"{story.hero} has {note} dollars and pays with that.",
    )
    story.step((note, "-", bill), "the change", "The change is {eq} dollars.")
    story.ask(
        "the change",
        f"How much change does {story.hero} get [back|]?",
        "What is the change?",
        f"How many dollars does {story.hero} get back?",
        f"How much money does {story.hero} get back?",
    )


def _split(story: Story, bill: int) -> None:
    x = story.divisor(bill)
    story.tell(
        f"{x} friends split the bill equally.",
        f"The bill is split [equally|evenly] among {x} friends.",
        f"{x} people share the bill equally.",
        f"The [whole|] bill is shared equally by {x} people.",
    )
    story.step((bill, "/", x), "each share", "Each of them pays {eq} dollars.")
    story.ask(
        "what each of them pays",
        "How much does each of them pay?",
        "How many dollars does each of them pay?",
        "What is the share of each of them?",
        "How much is each share?",
        "What does each of them have to pay?",
    )


def spend(story: Story, money: int) -> None:
    """Earned money: part of it may go, then what is left is asked for."""
    hero = story.hero
    for event in story.rng.sample((_gift, _buy, _give_half, _tax), story.pick(1, 2)):
        money = event(story, money)
    if story.chance(0.2):
        weeks = story.divisor(money)
        story.tell(
            f"The rest has to last for {weeks} weeks, with the same sum for each week.",
            f"{hero} divides the rest equally over {weeks} weeks.",
            f"The rest is split into equal parts for {weeks} weeks.",
            f"What remains is spent in {weeks} weeks, the same sum in each of them.",
            glued=True,
        )
        story.step((money, "/", weeks), "the sum for a week", "For each week it is {eq} dollars.")
        story.ask(
            "the dollars for each week",
            "How many dollars are there for each week?",
            "How much [money|] is that for each week?",
            "What is the sum for each week?",
            "[Find|Calculate] the money for each week.",
        )
        return
    story.ask(
        "the dollars left",
        "How many dollars are left?",
        f"How much money does {hero} have [now|in the end]?",
        f"How many dollars does {hero} have [now|in the end|left]?",
        f"How much money is left for {hero}?",
        f"[Find|Calculate] the money {hero} has in the end.",
    )


def _gift(story: Story, money: int) -> int:
    x = story.pick(10, 90)
    story.tell(
        f"[Then|Later] {story.friend} gives {story.hero} {x} dollars.",
        f"[Then|Later] {story.hero} gets {x} dollars [from {story.friend}|as a present].",
        f"[Then|Later] {story.hero} finds {x} dollars [in an old bag|in a drawer].",
        f"After that, a [gift|prize] adds {x} dollars.",
    )
    return story.step((money, "+", x), "the money with the gift", "Now there are {eq} dollars.")


def _buy(story: Story, money: int) -> int:
    if money < 20:
        raise UnusableStory
    x, thing = story.pick(8, min(money - 5, 150)), story.rng.choice(GOODS)
    story.tell(
        f"[Then|Later] {story.hero} pays {x} dollars for a {thing}.",
        f"[Then|Later] {story.hero} buys a {thing} for {x} dollars.",
        f"A {thing} for {x} dollars is the next thing {story.hero} buys.",
        f"After that, {story.hero} spends {x} dollars on a {thing}.",
    )
    return story.step((money, "-", x), "what is left", "After that {eq} dollars are left.")


def _give_half(story: Story, money: int) -> int:
    story.tell(
        f"[Then|Later] {story.hero} gives half of the money to {story.other}.",
        f"[Then|Later] {story.hero} spends half of [the|this] money.",
        f"[Then|Later] half of the money goes to {story.other}.",
        f"After that, {story.hero} loses half of the money.",
    )
    return story.step((money, "/", 2), "the half", "Half of it is {eq} dollars.")


def _tax(story: Story, money: int) -> int:
    x = story.percent(money)
    story.tell(
        f"[Then|After that,] {x} percent of the money goes for rent.",
        f"[Then|Later] {story.hero} gives {x} percent of the money to {story.other}.",
        f"[Then|After that,] {story.hero} spends {x} percent of the money.",
        f"{story.hero} pays {x} percent of the money as tax.",
    )
    part = story.step((money, "%", x), "the part that goes", "The part that goes is {eq} dollars.")
    return story.step((money, "-", part), "what is left", "After that {eq} dollars are left.")
