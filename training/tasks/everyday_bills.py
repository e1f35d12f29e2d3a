"""Everyday stories about what is bought and paid: bills, discounts, change, shares, fares."""

from __future__ import annotations

from training.tasks.everyday_voice import Tale
from training.tasks.word_types import FOUND, LAST

_SERVICES = (
    ("A taxi [ride|]", "km", "km"),
    ("Renting a bike", "hours", "hour"),
    ("Renting a boat", "hours", "hour"),
    ("A phone plan", "gigabytes", "gigabyte"),
    ("Parking", "hours", "hour"),
    ("A plumber", "hours", "hour"),
    ("The hall", "guests", "guest"),
    ("The gym", "visits", "visit"),
    ("A printer", "pages", "page"),
    ("A car", "days", "day"),
)

GOODS = (
    "bike",
    "phone",
    "jacket",
    "tablet",
    "TV",
    "guitar",
    "game",
    "tent",
    "watch",
    "camera",
    "sofa",
    "bed",
    "laptop",
    "dress",
    "skateboard",
    "chair",
    "table",
    "fridge",
    "washing machine",
    "trip",
    "ticket",
    "scooter",
    "pair of shoes",
    "coat",
    "backpack",
)

_BOUGHT = (
    "notebooks",
    "pens",
    "ice creams",
    "sandwiches",
    "coffees",
    "tickets",
    "shirts",
    "T-shirts",
    "books",
    "pizzas",
    "burgers",
    "bottles of water",
    "loaves of bread",
    "kilos of apples",
    "kg of rice",
    "bags of flour",
    "plants",
    "toys",
    "cups of tea",
    "litres of milk",
    "cakes",
    "stamps",
    "lamps",
    "pillows",
    "balls",
    "magazines",
    "boxes of cereal",
    "packs of paper",
)


def bought(tale: Tale) -> tuple[str, str]:
    """Two kinds of things that are bought; now and then the story's own."""
    first, second = tale.rng.sample(_BOUGHT, 2)
    return (tale.item if tale.chance(0.25) else first), second


def bill(tale: Tale) -> None:
    """One or two kinds of things are bought, with change, shares, discounts and instalments."""
    (first, second), coin = bought(tale), tale.coin
    a, p, b, q = tale.pick(2, 12), tale.pick(2, 25), tale.pick(2, 9), tale.pick(2, 25)
    if tale.chance(0.5):
        tale.tell(
            f"@who ~buy {a} {first} at {p} {coin} each.",
            f"@who [bought|ordered|took] {a} {first} for {p} {coin} each.",
            f"@who ~need {a} {first}. [Each|One] costs {p} {coin}.",
            f"{first} cost {p} {coin} [each|a piece]. @who ~buy {a} [of them|].",
            f"@who ~want to buy {a} {first} that cost {p} {coin} each.",
            f"One of the {first} is {p} {coin}. @he [bought|took|got] {a}.",
            f"@who bought {a} {first}, [each for|at|which cost] {p} {coin} each.",
        )
        _paid(tale, tale.step((a, "*", p), "the cost", f"They cost {{eq}} {coin}."))
        return
    single = tale.chance(0.35)
    tale.tell(
        f"@who [bought|got|ordered] a {tale.rng.choice(GOODS)} for {q} {coin} and {a} {first} for "
        f"{p} {coin} each.",
        f"@who ~buy {a} {first} at {p} {coin} each, and something else for {q} {coin}.",
        f"@who ~pay {p} {coin} for each of {a} {first}, plus {q} {coin} for a bag.",
    ) if single else tale.tell(
        f"@who ~buy {a} {first} at {p} {coin} each and {b} {second} at {q} {coin} each.",
        f"@who [bought|ordered] {a} {first} for {p} {coin} each and {b} {second} for {q} {coin} "
        "each.",
        f"{first} cost {p} {coin} each, {second} {q} {coin}. @who ~buy {a} {first} and {b} "
        f"{second}.",
        f"@who [got|bought] {a} {first} ({p} {coin} each) and {b} {second} ({q} {coin} each).",
    )
    one = tale.step((a, "*", p), f"the cost of the {first}", f"The {first} cost {{eq}} {coin}.")
    two = q
    if not single:
        text = f"The {second} cost {{eq}} {coin}."
        two = tale.step((b, "*", q), f"the cost of the {second}", text)
    _paid(tale, tale.step((one, "+", two), "the cost", f"Together it is {{eq}} {coin}."))


def _paid(tale: Tale, cost: int) -> None:
    coin = tale.coin
    roll = tale.rng.random()
    if roll < 0.15:
        k = tale.pick(2, 15)
        tale.tell(
            f"[Delivery|Shipping|The wrapping] costs {k} {coin} [more|extra|].",
            f"There is also a [fee|tip|charge] of {k} {coin}.",
            f"@he also ~leave a tip of {k} {coin}.",
        )
        cost = tale.step((cost, "+", k), "the bill", f"With that it is {{eq}} {coin}.")
    elif roll < 0.3:
        cost = _cheaper(tale, cost)
    roll = tale.rng.random()
    if roll < 0.35:
        _change(tale, cost)
    elif roll < 0.6:
        _split(tale, cost)
    else:
        tale.ask(
            "the bill",
            "How much ~do @he [have to pay|pay|spend] [in all|altogether|in total|]?",
            f"How many {coin} ~do @who [pay|spend|need] [in all|altogether|]?",
            "[What|How much] does [it all|everything|that] cost [together|]?"
            if tale.chance(0.5)
            else "How much is that [altogether|in total|]?",
            "What is the total [cost|price|bill]?",
            "How much did @he [spend|pay] [in all|in total|]?",
        )


def _cheaper(tale: Tale, cost: int) -> int:
    coin = tale.coin
    if tale.chance(0.5):
        p = tale.percent(cost)
        tale.tell(
            f"There is a discount of {p} percent [on everything|].",
            f"@he [gets|got|had] {p} percent off [the whole bill|]."
            if tale.person.alone
            else f"@he got {p} percent off [the whole bill|].",
            f"A coupon takes {p} percent off.",
        )
        off = tale.step((cost, "%", p), "the discount", f"The discount is {{eq}} {coin}.")
    else:
        off = tale.pick(2, 20)
        tale.tell(
            f"@he [~have|used|~use] a coupon for {off} {coin} [off|].",
            f"The [shop|seller] takes {off} {coin} off [the price|].",
            f"There is a discount of {off} {coin} [on everything|].",
        )
    return tale.step((cost, "-", off), "the lower price", f"Then it is {{eq}} {coin}.")


def _change(tale: Tale, cost: int) -> None:
    coin = tale.coin
    notes = [each for each in (10, 20, 50, 100, 200, 500) if each > cost + 1]
    note = tale.rng.choice(notes[:2])
    tale.tell(
        f"@he ~pay with a {note} {coin.removesuffix('s')} [note|bill].",
        f"@he [paid|~pay] with {note} {coin}.",
        f"@he ~give the [seller|cashier|waiter] {note} {coin}.",
        f"@he [~have|had] {note} {coin} [with @him|in @his wallet|].",
        f"@he took {note} {coin} along.",
    )
    tale.step((note, "-", cost), "the change", f"Then {{eq}} {coin} come back.")
    tale.ask(
        "the change",
        "How much change ~do @he get [back|]?",
        f"How many {coin} ~do @he get back?",
        "How much money ~do @he have left [after that|]?",
        "How much change [should @he get|is that|is due]?",
        f"How many {coin} are left?",
        "What is the change?",
    )


def _split(tale: Tale, cost: int) -> None:
    n, coin = tale.divisor(cost), tale.coin
    monthly = tale.chance(0.3)
    if monthly:
        tale.tell(
            f"@he ~pay in {n} equal [monthly|weekly|] [payments|instalments|parts].",
            f"@he ~pay it off in {n} equal [payments|rates].",
            f"It is paid in {n} equal [payments|instalments].",
        )
    else:
        tale.tell(
            f"{n} [friends|people|of us|students] share the cost [equally|].",
            f"The bill is split [equally|evenly] [between|among] {n} [people|friends].",
            f"They split it {n} ways.",
            f"@he ~divide the cost by {n} [people|friends|guests].",
        )
    tale.share((cost, "/", n), coin)
    tale.ask(
        "each share",
        "How much is each payment?" if monthly else "How much does each [person|one|of them] pay?",
        f"How many {coin} is [one|each|every] payment?"
        if monthly
        else f"How many {coin} does [each|every|one] person [pay|owe]?",
        "How much is that each time?" if monthly else "How much is it for each?",
    )


def reduced(tale: Tale) -> None:
    """A price that is cut or raised by a percentage."""
    coin, thing, price = tale.coin, tale.rng.choice(GOODS), tale.pick(20, 400, 10)
    p = tale.percent(price)
    up = tale.chance(0.25)
    if up:
        tale.tell(
            f"A {thing} costs {price} {coin}. [Next year|Then] the price goes up by {p} percent.",
            f"The rent was {price} {coin} and rises by {p} percent.",
            f"A meal costs {price} {coin}, and @who ~add a tip of {p} percent.",
            f"A {thing} costs {price} {coin} plus {p} percent tax.",
        )
    else:
        tale.tell(
            f"A {thing} costs {price} {coin}, [but|and] there is a {p} percent discount.",
            f"@who ~want a {thing} that costs {price} {coin}. [Today|Now] it is {p} percent off.",
            f"The price of a {thing} was {price} {coin}. It is reduced by {p} percent.",
            f"A {thing} [for|of] {price} {coin} is {p} percent cheaper [now|today|in the sale].",
            f"@who [bought|got] a {thing} with {p} percent off. It used to cost {price} {coin}.",
            f"@who ~have a {p} percent coupon for a {thing} that costs {price} {coin}.",
        )
    text = f"The change is {{eq}} {coin}."
    off = tale.step((price, "%", p), "the change of the price", text)
    now = tale.step((price, "+-"[not up], off), "the new price", f"Then it costs {{eq}} {coin}.")
    roll = tale.rng.random()
    if roll < 0.3:
        _change(tale, now) if now < 490 else _split(tale, now)
    elif roll < 0.5:
        _split(tale, now)
    else:
        tale.ask(
            "the new price",
            "What is the new price?",
            "How much does it cost now?",
            "How much ~do @he [pay|have to pay]?",
            f"How many {coin} is it [now|then]?",
            "What does it cost in the end?",
        )


def fares(tale: Tale) -> None:
    """A fixed price and one per unit: a taxi, a rented bike, a plan."""
    coin, base, p, n = tale.coin, tale.pick(3, 40), tale.pick(2, 9), tale.pick(3, 20)
    what, units, unit = tale.rng.choice(_SERVICES)
    tale.tell(
        f"{what} costs {base} {coin} plus {p} {coin} [per|for each|for every] {unit}.",
        f"{what} costs {base} {coin} and then {p} {coin} [per|for each] {unit}.",
        f"{what} has a [fixed|basic] price of {base} {coin}. [Each|Every] {unit} costs {p} {coin} "
        "[more|].",
    )
    if tale.chance(0.25):
        due = base + p * n
        tale.tell(f"@who [paid|~pay|~have to pay] {due} {coin} [in all|].")
        rest = tale.step((due, "-", base), "the rest", f"For the {units} it is {{eq}} {coin}.")
        tale.step((rest, "/", p), f"the {units}", f"That is {{eq}} {units}.")
        tale.prove(due, (FOUND, "*", p), (LAST, "+", base))
        tale.ask(
            f"the {units}",
            f"How many {units} [was it|were that|is that]?",
            f"For how many {units} ~do @he pay?",
        )
        return
    tale.tell(
        f"@who ~need it for {n} {units}.",
        f"@who [had|used|~use|~take|~have] {n} {units}.",
        f"It was {n} {units}.",
        f"@he [paid|~pay] for {n} {units}.",
    )
    more = tale.step((p, "*", n), f"what the {units} cost", f"The {units} cost {{eq}} {coin}.")
    _paid(tale, tale.step((base, "+", more), "the cost", f"Together it is {{eq}} {coin}."))
