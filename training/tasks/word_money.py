"""Stories about money: shopping, discounts, wages, savings, phone plans and tickets."""

from __future__ import annotations

from training.tasks.word_pay import GOODS, pay, spend
from training.tasks.word_story import Story


def shop(story: Story) -> None:
    """Two kinds of things are bought; the bill is paid or split."""
    first, second = story.item, story.thing()
    a, p, b = story.pick(2, 9), story.pick(2, 20), story.pick(2, 9)
    q = (_dearer if story.chance(0.35) else _priced)(story, (a, first, p), (b, second))
    one = story.step((a, "*", p), f"the cost of the {first}", f"The {first} cost {{eq}} dollars.")
    two = story.step((b, "*", q), f"the cost of the {second}", f"The {second} cost {{eq}} dollars.")
    pay(story, story.step((one, "+", two), "the bill", "The bill is {eq} dollars."))


def _priced(story: Story, one: tuple[int, str, int], two: tuple[int, str]) -> int:
    hero, (a, first, p), (b, second), q = story.hero, one, two, story.pick(2, 20)
    story.tell(
        f"{hero} buys {a} {first} at {p} dollars each and {b} {second} at {q} dollars each.",
        f"{hero} pays {p} dollars each for {a} {first} and {q} dollars each for {b} {second}.",
        f"In a shop {first} cost {p} dollars each and {second} {q} dollars each. "
        f"{hero} [takes|buys|wants] {b} {second} and {a} {first}.",
        f"{hero} needs {a} {first} and {b} {second}. The {second} [cost|are] {q} dollars each, "
        f"the {first} {p} dollars each.",
        f"{hero} [buys|gets] {a} {first} for {p} dollars each. {hero} also [buys|gets] {b} "
        f"{second} at a price of {q} dollars each.",
    )
    return q


def _dearer(story: Story, one: tuple[int, str, int], two: tuple[int, str]) -> int:
    """The second price is told by its difference to the first."""
    hero, (a, first, p), (b, second), d = story.hero, one, two, story.pick(2, 8)
    story.tell(
        f"{hero} buys {a} {first} and {b} {second}.",
        f"{hero} [needs|orders|takes] {b} {second} and {a} {first}.",
        f"On the list of {hero} are {a} {first} and {b} {second}.",
        f"{hero} goes shopping and gets {b} {second} and {a} {first}.",
    )
    story.tell(
        f"The {first} cost {p} dollars each, and the {second} are {d} dollars dearer.",
        f"The price of the {first} is {p} dollars each. Each of the {second} costs {d} dollars "
        "more than that.",
        f"Each of the {second} costs {d} dollars more than each of the {first}, which cost {p} "
        "dollars each.",
        f"The {first} are {d} dollars cheaper than the {second} and cost {p} dollars each.",
    )
    text = f"Each of the {second} costs {{eq}} dollars."
    return story.step((p, "+", d), f"the price of the {second}", text)


def discount(story: Story) -> None:
    """A good with a percentage off, bought several times."""
    hero, thing = story.hero, story.rng.choice(GOODS)
    price, off, n = story.pick(20, 160, 10), story.pick(10, 50, 10), story.pick(2, 6)
    if story.chance(0.3):
        off = 25
    story.tell(
        f"A {thing} [costs|is sold for] {price} dollars, [but|and] today there is {off} percent "
        "off.",
        f"The price of a {thing} is {price} dollars, but there is a discount of {off} percent.",
        f"In a sale every {thing} is {off} percent cheaper. Before the sale a {thing} costs "
        f"{price} dollars.",
        f"A shop takes {off} percent off the price of a {thing}, which [normally|usually] costs "
        f"{price} dollars.",
    )
    story.tell(
        f"{hero} [buys|wants|orders] {n} of them.",
        f"{hero} [decides to buy|takes] {n} of these.",
        f"{n} of them are what {hero} needs.",
        f"{hero} gets {n} of them [in this sale|at this price].",
        glued=True,
    )
    saved = story.step((price, "%", off), "the discount", "The discount is {eq} dollars.")
    text = f"The sale price of a {thing} is {{eq}} dollars."
    sale = story.step((price, "-", saved), "the sale price", text)
    pay(story, story.step((sale, "*", n), "the cost", f"The {n} cost {{eq}} dollars."))


def wages(story: Story) -> None:
    """Normal hours and better paid extra hours."""
    hero, rate, hours = story.hero, story.pick(6, 20), story.pick(4, 9)
    extra, more = story.pick(2, 6), story.pick(2, 9)
    double = story.chance(0.3)
    better, than = ("twice as much", "as") if double else (f"{more} dollars more", "than")
    story.facts(
        (
            f"{hero} [earns|makes|gets] {rate} dollars an hour.",
            f"The [pay|wage] of {hero} is {rate} dollars [per|an] hour.",
            f"For each normal hour {hero} [earns|is paid] {rate} dollars.",
            f"At work {hero} [earns|makes] {rate} dollars [for every|per] hour.",
        ),
        (
            f"Each hour of overtime [brings|pays] {better} {than} a normal hour.",
            f"For an hour of overtime one gets {better} {than} for a normal one.",
            f"Overtime is paid {better} [per|an] hour {than} normal time.",
            f"An overtime hour pays {better} {than} a normal hour.",
        ),
        (
            f"{hero} works {hours} normal hours and {extra} hours of overtime.",
            f"On [Monday|Friday] {hero} does {extra} hours of overtime after {hours} normal hours.",
            f"After {hours} normal hours {hero} [adds|works] {extra} hours of overtime.",
            f"{hero} [stays|works] for {hours} normal hours and then {extra} hours of overtime.",
        ),
    )
    normal = story.step(
        (rate, "*", hours), "the normal pay", "The normal hours bring {eq} dollars."
    )
    op, by = ("*", 2) if double else ("+", more)
    high = story.step((rate, op, by), "the overtime rate", "One extra hour brings {eq} dollars.")
    over = story.step((high, "*", extra), "the overtime pay", "The overtime brings {eq} dollars.")
    spend(story, story.step((normal, "+", over), "the whole pay", "The whole pay is {eq} dollars."))


def savings(story: Story) -> None:
    """Weekly earnings less weekly costs, saved up over some weeks."""
    hero, earn, cost, weeks = story.hero, story.pick(15, 80), story.pick(3, 25), story.pick(3, 9)
    story.tell(
        f"{hero} earns {earn} dollars a week and spends {cost} dollars a week.",
        f"[Each|Every] week {hero} earns {earn} dollars and spends {cost} dollars.",
        f"{hero} gets {earn} dollars every week, but {cost} dollars of it [go for food|are spent].",
        f"Out of {earn} dollars a week {hero} spends {cost} dollars on [food|books|the bus].",
    )
    story.tell(
        f"This goes on for {weeks} weeks.",
        f"{hero} saves the rest for {weeks} weeks.",
        f"For {weeks} weeks {hero} puts the rest away.",
        f"The rest is saved, for {weeks} weeks [in all|].",
        glued=True,
    )
    week = story.step((earn, "-", cost), "the weekly saving", "In one week {eq} dollars are saved.")
    text = f"In {weeks} weeks {{eq}} dollars are saved."
    saved = story.step((week, "*", weeks), "the savings", text)
    if story.chance(0.5):
        had = story.pick(10, 120)
        story.tell(
            f"[Before that|At the start], {hero} already had {had} dollars.",
            f"{hero} had {had} dollars in a box before [that|the first week].",
            f"There were already {had} dollars in the [bank|money box] before the first week.",
            f"{hero} started with {had} dollars.",
        )
        saved = story.step((saved, "+", had), "the money", "Now there are {eq} dollars.")
    spend(story, saved)


def phone(story: Story) -> None:
    """A fixed fee and a price per gigabyte."""
    hero, fee, price = story.hero, story.pick(5, 30), story.pick(2, 9)
    free, used, months = story.pick(2, 6), story.pick(4, 20), story.pick(2, 9)
    story.facts(
        (
            f"A phone plan [costs|has a fee of] {fee} dollars a month.",
            f"The phone plan of {hero} costs {fee} dollars [each|every] month.",
            f"For a phone plan {hero} pays {fee} dollars a month.",
            f"There is a [fixed|monthly] fee of {fee} dollars a month for the phone of {hero}.",
        ),
        (
            f"[Each|Every] gigabyte of data costs {price} dollars.",
            f"Data costs {price} dollars per gigabyte.",
            f"One pays {price} dollars for each gigabyte of data.",
            f"A gigabyte of data is sold at {price} dollars.",
        ),
    )
    _data_use(story, used)
    paid = used
    if free < used - 1 and story.chance(0.5):
        _free_data(story, free)
        paid = story.step((used, "-", free), "what is paid", "One pays for {eq} gigabytes.")
    data = story.step((paid, "*", price), "the cost of the data", "The data cost {eq} dollars.")
    month = story.step((fee, "+", data), "the cost of a month", "One month costs {eq} dollars.")
    story.tell(
        f"{hero} [keeps|has] the plan for {months} months.",
        f"After {months} months {hero} [stops|changes the plan].",
        f"{hero} pays for {months} months.",
        f"This goes on for {months} months.",
    )
    text = f"In {months} months it is {{eq}} dollars."
    pay(story, story.step((month, "*", months), "the cost", text), of="the phone")


def _data_use(story: Story, used: int) -> None:
    hero = story.hero
    story.tell(
        f"{hero} uses {used} gigabytes [a month|every month|each month].",
        f"Every month {hero} needs {used} gigabytes.",
        f"[Each|In a] month {hero} [uses|needs] {used} gigabytes [of data|].",
        f"The phone of {hero} uses {used} gigabytes [a|per] month.",
    )


def _free_data(story: Story, free: int) -> None:
    story.tell(
        f"The first {free} gigabytes of each month are free.",
        f"{free} gigabytes a month are free.",
        f"Nothing has to be paid for the first {free} gigabytes of a month.",
        f"The fee already covers {free} gigabytes a month.",
    )


def tickets(story: Story) -> None:
    """Tickets for adults and children."""
    adult, cut = story.pick(6, 15), story.pick(2, 5)
    n, many, more = story.pick(4, 25), story.pick(2, 3), story.pick(2, 12)
    place = story.rng.choice(("zoo", "museum", "circus", "theatre", "pool", "cinema"))
    half = adult % 2 == 0 and story.chance(0.4)
    _ticket_prices(story, place, adult, "half as much" if half else f"{cut} dollars less")
    times = story.chance(0.5)
    crowd = f"{story.times(many)} children" if times else f"{more} more children than adults"
    story.tell(
        f"One [day|morning|evening] {n} adults and {crowd} [come|go in].",
        f"On [Sunday|Monday|Friday] {n} adults and {crowd} buy tickets.",
        f"The {place} [counts|has] {n} adults and {crowd} [that day|today].",
        f"{n} adults and {crowd} [go to|visit] the {place}.",
    )
    op, by = ("*", many) if times else ("+", more)
    kids = story.step((n, op, by), "the children", "There are {eq} children.")
    one = story.step((n, "*", adult), "what the adults pay", "The adults pay {eq} dollars.")
    op, by = ("/", 2) if half else ("-", cut)
    child = story.step((adult, op, by), "what a child pays", "One child pays {eq} dollars.")
    two = story.step((kids, "*", child), "what the children pay", "The children pay {eq} dollars.")
    _ticket_sum(story, place, one, two)


def _ticket_prices(story: Story, place: str, adult: int, less: str) -> None:
    story.tell(
        f"A ticket for the {place} costs {adult} dollars for adults and {less} for children.",
        f"At the {place} adults pay {adult} dollars each, and children pay {less}.",
        f"The {place} asks {adult} dollars for an adult. A child pays {less}.",
        f"At the {place} an adult pays {adult} dollars and a child pays {less}.",
    )


def _ticket_sum(story: Story, place: str, one: int, two: int) -> None:
    if story.chance(0.3):
        story.step((one, "-", two), "the difference", "The difference is {eq} dollars.")
        story.ask(
            "the difference",
            "How many dollars more do the adults pay than the children?",
            "How much more do the adults pay [in all|together] than the children?",
            "What is the difference between what the adults and what the children pay?",
            "By how many dollars is the sum of the adults higher than that of the children?",
        )
        return
    story.step((one, "+", two), "the whole sum", "All pay {eq} dollars.")
    story.ask(
        "the whole sum",
        f"How much money does the {place} [get|take in]?",
        "How many dollars do they pay [in all|together]?",
        "What do all of them pay [in all|together]?",
        f"[Find|Calculate] the money the {place} gets.",
    )
