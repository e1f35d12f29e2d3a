"""Everyday stories that ask for what was there before, or for one part of a known whole."""

from __future__ import annotations

from training.tasks.everyday_things import held
from training.tasks.everyday_voice import Tale
from training.tasks.word_types import FOUND, LAST

_GROUPS = (
    ("pupils in a class", "girls", "boys"),
    ("animals on a farm", "cows", "sheep"),
    ("people in a room", "adults", "children"),
    ("marbles in a bag", "red ones", "blue ones"),
    ("cars in a car park", "white ones", "black ones"),
    ("books on a shelf", "novels", "comics"),
    ("students at a school", "swimmers", "runners"),
    ("flowers in a garden", "roses", "tulips"),
    ("questions in a test", "easy ones", "hard ones"),
    ("workers in a factory", "men", "women"),
    ("members in a club", "adults", "children"),
    ("cookies in a jar", "dark ones", "light ones"),
)

_PLACES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("bus", "passengers", ("got on",), ("got off", "left")),
    ("train", "people", ("got on", "boarded"), ("got off", "left")),
    ("shop", "melons", ("were delivered", "arrived"), ("were sold",)),
    ("library", "books", ("were returned", "were bought"), ("were borrowed", "were lent")),
    ("car park", "cars", ("arrived", "drove in"), ("left", "drove away")),
    ("pond", "ducks", ("landed", "came"), ("flew away", "left")),
    ("class", "pupils", ("joined", "came"), ("left", "went home")),
    ("fridge", "eggs", ("were added", "were bought"), ("were used", "were eaten")),
    ("box", "sweets", ("were added", "were put in"), ("were eaten", "were taken out")),
    ("farm", "sheep", ("were bought", "were born"), ("were sold", "ran away")),
    ("cinema", "visitors", ("came in", "came late"), ("went home", "left")),
    ("tree", "birds", ("came", "joined them"), ("flew away", "flew off")),
    ("bakery", "muffins", ("were baked", "were added"), ("were sold", "were eaten")),
    ("hotel", "guests", ("arrived", "checked in"), ("checked out", "left")),
    ("warehouse", "boxes", ("were delivered", "came in"), ("were shipped", "went out")),
    ("playground", "children", ("came", "arrived"), ("left", "went home")),
    ("aquarium", "fish", ("were born", "were added"), ("died", "were sold")),
    ("jar", "coins", ("were put in", "were added"), ("were taken out", "were spent")),
    ("team", "players", ("joined", "came"), ("left", "were injured")),
    ("flock", "geese", ("joined", "came"), ("flew off", "left")),
    ("shelf", "cans", ("were put there", "were added"), ("were sold", "were taken")),
    ("inbox", "messages", ("arrived", "came in"), ("were deleted", "were answered")),
)
_STOPS = (
    ("At the first stop", "At the second stop", "At the third stop"),
    ("Then", "Later", "After that"),
    ("In the morning", "At noon", "In the evening"),
    ("On Monday", "On Tuesday", "On Wednesday"),
    ("First", "Then", "Later"),
)

_PRICED = (
    "tickets",
    "pens",
    "shirts",
    "cakes",
    "books",
    "notebooks",
    "pizzas",
    "plants",
    "chairs",
)


def _moves(
    tale: Tale, thing: str, coming: tuple[str, ...], going: tuple[str, ...]
) -> list[tuple[str, int, str]]:
    """Two or three times something comes or goes: the operation, how many, and the words."""
    moves = []
    for _ in range(tale.rng.choice((2, 2, 3))):
        op, k = tale.one_of("+", "-"), tale.pick(2, 40)
        verb = tale.rng.choice(coming if op == "+" else going)
        what = tale.one_of(thing, "more", "more") if op == "+" else thing
        moves.append((op, k, f"{k} {what} {verb}"))
    return moves


def stock(tale: Tale) -> None:
    """What is in a place changes by what comes and goes; told forward or asked backward."""
    place, thing, coming, going = tale.rng.choice(_PLACES)
    stops = _STOPS[0] if place in ("bus", "train") else tale.rng.choice(_STOPS[1:])
    start = tale.pick(8, 120)
    moves = _moves(tale, thing, coming, going)
    now = start + sum(k if op == "+" else -k for op, k, _ in moves)
    told = [f"{when} {text}" for (_, _, text), when in zip(moves, stops, strict=False)]
    backward = tale.chance(0.4)
    if not backward:
        tale.tell(
            f"There [are|were] {start} {thing} in [a|the] {place} [at first|].",
            f"A {place} has {start} {thing}.",
            f"[The|A] {place} [starts|started] with {start} {thing}.",
        )
    elif tale.chance(0.5):
        tale.tell(
            f"There are some {thing} in [a|the] {place}.",
            f"A {place} has some {thing}.",
            f"@who ~know a {place} with [many|some] {thing}.",
        )
    if tale.chance(0.3):
        tale.tell(f"{told[0]} and {told[1][0].lower()}{told[1][1:]}.", glued=True)
        told = told[2:]
    for each in told:
        tale.tell(f"{each}.", glued=True)
    if backward:
        _undone(tale, moves, (place, thing, now))
        return
    for op, k, _ in moves:
        start = (
            tale.left((start, "-", k), thing) if op == "-" else tale.total((start, "+", k), thing)
        )
    tale.ask(
        f"the {thing} now",
        f"How many {thing} are [there|in the {place}] [now|then|in the end]?",
        f"How many {thing} are left [in the {place}|]?",
        f"How many {thing} does the {place} have now?",
        f"How many {thing} were there in the end?",
    )


def _undone(tale: Tale, moves: list[tuple[str, int, str]], end: tuple[str, str, int]) -> None:
    place, thing, now = end
    tale.tell(
        f"Now there are {now} {thing} [in the {place}|].",
        f"In the end there were {now} [{thing}|] [left|].",
        f"After that the {place} had {now} {thing}.",
        f"That left {now} [{thing}|].",
        glued=True,
    )
    value = now
    for index, (op, k, _) in reversed(list(enumerate(moves))):
        back = "-" if op == "+" else "+"
        when = "At first" if index == 0 else ("Before that", "Earlier")[index % 2]
        value = tale.step(
            (value, back, k), f"the {thing} {when.lower()}", f"{when} there were {{eq}} {thing}."
        )
    sums = [((FOUND if index == 0 else LAST), op, k) for index, (op, k, _) in enumerate(moves)]
    tale.prove(now, *sums)
    tale.ask(
        f"the {thing} at first",
        f"How many {thing} were [there|in the {place}] [at first|at the start|at the beginning|"
        "before]?",
        f"How many {thing} did the {place} have [at first|at the start|to begin with]?",
        f"With how many {thing} did it start?",
    )


def gave_away(tale: Tale) -> None:
    """After something was given away, so many are left: how many were there?"""
    _, thing, _ = held(tale)
    k, left, n = tale.pick(2, 60), tale.pick(2, 60), tale.pick(2, 9)
    friend = tale.relative()
    if tale.chance(0.5):
        _given_to_each(tale, thing, left, n)
    else:
        _given_to_one(tale, thing, left, (k, friend))
    tale.ask(
        f"the {thing} at first",
        f"How many {thing} did @he have [at first|at the start|before|to begin with|]?",
        f"How many {thing} were there [at first|at the start|before that]?",
        f"How many [{thing}|] did @he start with?",
        f"How many {thing} were there in all?",
    )


def _given_to_each(tale: Tale, thing: str, left: int, n: int) -> None:
    each = tale.pick(2, 12)
    tale.tell(
        f"@who gave {n} friends {each} {thing} each and [~have|had] {left} left.",
        f"After giving {each} {thing} to each of {n} friends, @who ~have {left} left.",
        f"@who shared {thing} equally among {n} [friends|children]. Each got {each} and {left} "
        "were left over.",
        f"{n} [kids|friends|people] shared some {thing} equally. Each got {each} and "
        f"there were {left} left over.",
    )
    gone = tale.step((n, "*", each), "what was given", f"What was given is {{eq}} {thing}.")
    tale.step((gone, "+", left), f"the {thing} at first", f"At first there were {{eq}} {thing}.")
    tale.prove(left, (n, "*", each), (FOUND, "-", LAST))


def _given_to_one(tale: Tale, thing: str, left: int, gift: tuple[int, str]) -> None:
    k, friend = gift
    more = tale.pick(2, 40)
    tale.tell(
        f"After giving {k} {thing} to {friend}, @who ~have {left} left.",
        f"@who gave {k} {thing} to {friend} and [~have|had] {left} left.",
        f"@who lost {k} {thing} and now ~have {left}.",
    )
    now = tale.step((left, "+", k), "the number before", f"Before that there were {{eq}} {thing}.")
    if tale.chance(0.5):
        tale.tell(
            f"Before that, @he had [bought|found|got] {more} [new|more] {thing}.",
            f"The day before, @he [got|found] {more} [new|] {thing}.",
        )
        tale.step((now, "-", more), f"the {thing} at first", f"At first there were {{eq}} {thing}.")
        tale.prove(left, (FOUND, "+", more), (LAST, "-", k))
    else:
        tale.prove(left, (FOUND, "-", k))


def same_each_time(tale: Tale) -> None:
    """The same amount several times, from a start to an end: how much each time?"""
    n, each, had = tale.pick(2, 12), tale.pick(2, 40), tale.pick(3, 90)
    due = n * each + had
    coin = tale.coin
    roll = tale.rng.random()
    if roll < 0.5:
        weeks = tale.one_of("weeks", "months", "days")
        tale.tell(
            f"@who already had {had} {coin}, then saved the same amount every "
            f"{weeks.removesuffix('s')}. After {n} {weeks} @he had {due} {coin}.",
            f"@who [started|began] with {had} {coin} and put in the same amount each "
            f"{weeks.removesuffix('s')}. After {n} {weeks} there were {due} {coin}.",
            f"After saving the same amount for {n} {weeks}, @who ~have {due} {coin}. @he started "
            f"with {had} [{coin}|].",
        )
        gain = tale.step((due, "-", had), "what was added", f"What was added is {{eq}} {coin}.")
        unit = coin
    else:
        unit = tale.one_of("cm", "points", "kg", "pages")
        tale.tell(
            f"A [plant|child|tree] was {had} cm tall and grew the same each week. After {n} weeks "
            f"it was {due} cm."
            if unit == "cm"
            else f"@who had {had} {unit} and got the same number {n} times. Then @he had {due}.",
        )
        gain = tale.step((due, "-", had), "what was added", f"What was added is {{eq}} {unit}.")
    tale.share((gain, "/", n), unit)
    tale.prove(due, (FOUND, "*", n), (LAST, "+", had))
    tale.ask(
        "each share",
        f"How many {unit} was it each time?",
        "How much was it each time?",
        f"How many {unit} [every|each] time?",
        "How much [was added|was it] each [time|week]?",
    )


def price_of_one(tale: Tale) -> None:
    """The price of one of several things, from a bill or the change."""
    n, p, coin = tale.pick(2, 9), tale.pick(2, 40), tale.coin
    extra = tale.pick(2, 40)
    thing = tale.rng.choice((*_PRICED, tale.item))
    if tale.chance(0.5):
        due = n * p + extra
        tale.tell(
            f"@who [bought|got] {n} {thing} and a bag for {extra} {coin}. Together it was {due} "
            f"{coin}.",
            f"{n} {thing} and a {extra} {coin.removesuffix('s')} fee cost {due} {coin} "
            "[together|in all].",
            f"@who paid {due} {coin} for {n} {thing} and a drink. The drink was {extra} {coin}.",
        )
        rest = tale.step((due, "-", extra), "the rest", f"Without that it is {{eq}} {coin}.")
        sums = ((FOUND, "*", n), (LAST, "+", extra))
        last = due
    else:
        paid = n * p + extra
        tale.tell(
            f"@who bought {n} {thing}, paid with {paid} {coin} and got {extra} {coin} back.",
            f"@who had {paid} {coin}. After buying {n} {thing} @he had {extra} {coin} left.",
            f"After @who bought {n} {thing} for the same price, {extra} of {paid} {coin} were "
            "left.",
        )
        rest = tale.step((paid, "-", extra), "the cost", f"They cost {{eq}} {coin}.")
        sums = ((FOUND, "*", n), (LAST, "+", extra))
        last = paid
    tale.step((rest, "/", n), "the price of one", f"One costs {{eq}} {coin}.")
    tale.prove(last, *sums)
    tale.ask(
        "the price of one",
        "What did one cost?",
        f"How much did each of the {thing} cost?",
        f"What is the price of [one|each] of the {thing}?",
        f"How many {coin} is one of them?",
        "How much is one?",
    )


def parts(tale: Tale) -> None:
    """A whole in parts: the rest, or how the parts differ."""
    whole, a = tale.pick(12, 200), tale.pick(3, 100)
    group, first, second = tale.rng.choice(_GROUPS)
    there = tale.one_of("There are", "There are", "There were")
    percent = tale.chance(0.4)
    if percent:
        p = tale.percent(whole)
        tale.tell(
            f"{there} {whole} {group}. {p} percent [of them|] are {first}.",
            f"Of {whole} {group}, {p} percent are {first}.",
        )
        a = tale.step((whole, "%", p), f"the {first}", f"There are {{eq}} {first}.")
    elif tale.chance(0.3):
        k = tale.divisor(whole, 2, 4)
        part = {2: "half", 3: "a third", 4: "a quarter"}[k]
        tale.tell(
            f"{there} {whole} {group}. {part} of them are {first}.",
            f"{part} of the {whole} {group} are {first}.",
        )
        a = tale.step((whole, "/", k), f"the {first}", f"There are {{eq}} {first}.")
    else:
        tale.tell(
            f"{there} {whole} {group}. {a} [of them|] are {first}.",
            f"Of {whole} {group}, {a} are {first}.",
            f"{there} {whole} {group} and {a} of them are {first}.",
        )
    _other_part(tale, (whole, a), (first, second))


def _other_part(tale: Tale, numbers: tuple[int, int], names: tuple[str, str]) -> None:
    (whole, a), (first, second), k = numbers, names, tale.pick(2, 30)
    third = tale.chance(0.35)
    if third:
        tale.tell(
            f"{k} [of them|] are {second} and the rest are [others|something else].",
            f"{k} are {second}.",
            glued=True,
        )
        both = tale.step((a, "+", k), "both kinds", "Both kinds are {eq}.")
        tale.step((whole, "-", both), "the others", "The others are {eq}.")
        tale.ask(
            "the others",
            "How many are there of the rest?",
            "How many others are there?",
            "How many are neither?",
            f"How many are neither {first} nor {second}?",
        )
        return
    tale.tell(f"The [rest|others] are {second}.", f"All the others are {second}.", glued=True)
    b = tale.step((whole, "-", a), f"the {second}", f"The others are {{eq}} {second}.")
    if tale.chance(0.35):
        more, less = (b, a) if b > a else (a, b)
        tale.step((more, "-", less), "the difference", "The difference is {eq}.")
        names = (second, first) if b > a else (first, second)
        tale.ask(
            "the difference",
            f"How many more {names[0]} than {names[1]} are there?",
            f"How many more {names[0]} are there than {names[1]}?",
        )
        return
    tale.ask(
        f"the {second}",
        f"How many {second} are there?",
        f"How many are {second}?",
        f"What is the number of {second}?",
    )


def unknown_number(tale: Tale) -> None:
    """Somebody thinks of a number, or halves and adds something."""
    k, x, found = tale.pick(2, 9), tale.pick(2, 40), tale.pick(2, 60)
    if tale.chance(0.5):
        due = found * k + x
        tale.tell(
            f"@who ~think of a number, ~multiply it by {k} and ~add {x}. The result is {due}.",
            f"If @he ~multiply @his number by {k} and then ~add {x}, @he ~get {due}.",
            f"{k} times a number plus {x} is {due}.",
            f"When a number is multiplied by {k} and {x} is added, the result is {due}.",
        )
        rest = tale.step((due, "-", x), "the number before", "Before that it was {eq}.")
        tale.step((rest, "/", k), "the number", "The number is {eq}.")
        tale.prove(due, (FOUND, "*", k), (LAST, "+", x))
    else:
        due = found * k - x
        tale.tell(
            f"@who ~think of a number, ~multiply it by {k} and ~subtract {x}. The result is {due}.",
            f"{k} times a number minus {x} is {due}.",
            f"@who ~take {x} away from {k} times @his number and ~get {due}.",
        )
        rest = tale.step((due, "+", x), "the number before", "Before that it was {eq}.")
        tale.step((rest, "/", k), "the number", "The number is {eq}.")
        tale.prove(due, (FOUND, "*", k), (LAST, "-", x))
    tale.ask(
        "the number",
        "What is the number?",
        "What number is it?",
        "Which number is it?",
        "What was the number [at first|]?",
        "Find the number.",
    )
