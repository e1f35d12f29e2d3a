"""Everyday stories of times, sizes, ages and everything else that is measured."""

from __future__ import annotations

from training.tasks.everyday_voice import Tale
from training.tasks.word_types import UnusableStory

_SITTINGS = (
    "lessons",
    "episodes",
    "exercises",
    "songs",
    "games",
    "calls",
    "classes",
    "rounds",
    "chapters",
    "meetings",
)

_FILLING = (
    ("tank", "litres", "a minute", "minutes"),
    ("pool", "litres", "a minute", "minutes"),
    ("barrel", "litres", "an hour", "hours"),
    ("bath", "litres", "per minute", "minutes"),
    ("pond", "litres", "an hour", "hours"),
    ("bucket", "cups", "a minute", "minutes"),
    ("silo", "kg", "an hour", "hours"),
    ("queue", "people", "a minute", "minutes"),
)

_RISING = (
    ("The temperature", "degrees", "rises by", "falls by"),
    ("The temperature", "degrees", "went up", "dropped by"),
    ("A plant", "cm", "grows by", "is cut by"),
    ("The lift", "floors", "goes up", "goes down"),
    ("The score", "points", "rises by", "falls by"),
    ("A snail", "cm", "climbs", "slips back"),
    ("The battery", "percent points", "gains", "loses"),
    ("The river", "cm", "rises by", "falls by"),
    ("The stack", "cm", "grows by", "shrinks by"),
    ("A candle", "cm", "gains", "loses"),
)

_STUFF = (
    ("metres", "rope"),
    ("m", "cloth"),
    ("cm", "ribbon"),
    ("cm", "wood"),
    ("feet", "wire"),
    ("metres", "cable"),
    ("kg", "flour"),
    ("kg", "rice"),
    ("kilos", "sugar"),
    ("litres", "paint"),
    ("litres", "milk"),
    ("litres", "water"),
    ("cups", "juice"),
    ("grams", "cheese"),
)


def ages(tale: Tale) -> None:
    """How old people are, were and will be."""
    tale.avoid = ("years old", "years ago")
    a, k, d = tale.pick(4, 40), tale.pick(2, 4), tale.pick(2, 30)
    first = tale.relative()
    older = tale.chance(0.6)
    times = "twice" if k == 2 else f"{k} times"
    tale.tell(
        f"@who ~be {a} [years old|].",
        f"@who ~be {a} years old [now|today].",
        f"@who [is|turned] {a} [this year|today]." if tale.person.alone else f"@who turned {a}.",
    )
    if tale.chance(0.5):
        tale.tell(
            f"{first} is {d} years {'older' if older else 'younger'} [than @him|].",
            f"{first} is {d} years {'older' if older else 'younger'}.",
            glued=True,
        )
        b = tale.step((a, "+" if older else "-", d), "the second age", "The second age is {eq}.")
    else:
        tale.tell(
            f"{first} is {times} as old.",
            f"{first} is {times} as old as @he ~be.",
            f"{first} is {times} @his age.",
            glued=True,
        )
        b = tale.step((a, "*", k), "the second age", "The second age is {eq}.")
    _age_asked(tale, first, a, b)


def _age_asked(tale: Tale, first: str, a: int, b: int) -> None:
    roll = tale.rng.random()
    n = tale.pick(2, 20)
    if roll < 0.35:
        tale.step((b, "+", n), "the age then", f"In {n} years it is {{eq}}.")
        tale.ask(
            "the age then",
            f"How old will {first} be in {n} years?",
            f"How old is {first} in {n} years?",
            f"What will be the age of {first} in {n} years?",
        )
    elif roll < 0.5:
        tale.step((b, "-", n), "the age then", f"Then it was {{eq}}, {n} years ago.")
        tale.ask("the age then", f"How old was {first} {n} years ago?")
    elif roll < 0.7:
        tale.step((a, "+", b), "both ages", "Together that is {eq}.")
        tale.ask(
            "both ages",
            "How old are they together?",
            "What is the sum of their ages?",
            "What do their ages add up to?",
        )
    else:
        tale.ask("the second age", f"How old is {first}?", f"What is the age of {first}?")


def minutes(tale: Tale) -> None:
    """Hours, minutes and days that are added, repeated, or left."""
    tale.avoid = ("minutes",)
    n, each, pause = tale.pick(2, 9), tale.pick(5, 50, 5), tale.pick(5, 30, 5)
    what = tale.rng.choice(_SITTINGS)
    roll = tale.rng.random()
    if roll < 0.4:
        tale.tell(
            f"@who ~have {n} {what} of {each} minutes [each|] and {pause} minutes of break.",
            f"@who [watched|did|had] {n} {what} of {each} minutes and then rested {pause} minutes.",
            f"There are {n} {what} of {each} minutes each, and a break of {pause} minutes.",
        )
        one = tale.step((n, "*", each), f"the time of the {what}", "They take {eq} minutes.")
        now = tale.step((one, "+", pause), "the whole time", "Together it is {eq} minutes.")
    elif roll < 0.7:
        h, m = tale.pick(2, 5), tale.pick(10, 50, 5)
        tale.tell(
            f"@who ~have {h} hours and {m} minutes [for that|].",
            f"@who [worked|practised|slept|travelled|played] for {h} hours and {m} minutes.",
            f"A [film|trip|match|concert] takes {h} hours and {m} minutes.",
        )
        one = tale.step((h, "*", 60), "the hours in minutes", "The hours are {eq} minutes.")
        now = tale.step((one, "+", m), "the whole time", "Together it is {eq} minutes.")
    else:
        a, b = tale.pick(5, 90, 5), tale.pick(5, 90, 5)
        tale.tell(
            f"@who [spent|~spend] {a} minutes on [homework|the bus|maths] and {b} minutes on "
            "[reading|the train|music].",
            f"@who [practises|practised] {a} minutes [in the morning|] and {b} minutes [in the "
            "evening|].",
            f"The way there takes {a} minutes, the way back {b} minutes.",
        )
        now = tale.step((a, "+", b), "the time of one day", "One day it is {eq} minutes.")
        d = tale.pick(2, 7)
        tale.tell(
            f"@he ~do this on {d} days.", f"It is the same on {d} days [a week|].", glued=True
        )
        now = tale.step((now, "*", d), "all days", "In all it is {eq} minutes.")
    _minutes_end(tale, now)


def _minutes_end(tale: Tale, now: int) -> None:
    if tale.chance(0.35):
        k = tale.pick(10, 100, 5)
        tale.tell(
            f"@he ~have {now + k} minutes [in all|].",
            f"There are {now + k} minutes of time.",
        )
        tale.left((now + k, "-", now), "minutes")
        tale.ask(
            "the minutes left", "How many minutes are left?", "How many minutes ~do @he have left?"
        )
        return
    if tale.chance(0.3):
        n = tale.divisor(now)
        tale.tell(f"It is split into {n} equal parts.", f"@he ~divide it into {n} equal parts.")
        tale.share((now, "/", n), "minutes")
        tale.ask("each share", "How many minutes is each part?", "How long is one part?")
        return
    tale.ask(
        "the whole time",
        "How many minutes is that [in all|altogether|in total|]?",
        "How long does [it|all that] take, in minutes?",
        "How many minutes does it take [in all|]?",
        "What is the whole time in minutes?",
    )


def pieces(tale: Tale) -> None:
    """Something long is cut, or something in a container is used up."""
    unit, what = tale.rng.choice(_STUFF)
    whole, n, each = tale.pick(20, 300), tale.pick(2, 9), tale.pick(2, 40)
    tale.tell(
        f"@who ~have {whole} {unit} of {what}.",
        f"@who [had|bought|got] {whole} {unit} of {what}.",
        f"There are {whole} {unit} of {what}.",
        f"@who ~have a piece of {what} of {whole} {unit}.",
    )
    used = tale.one_of("uses", "needs", "takes")
    tale.tell(
        f"@he [cut off|used|took|gave away] {n} [parts|portions|pieces] of {each} {unit} [each|].",
        f"{tale.relative()} {used} {each} {unit} a day for {n} days.",
        f"Every day {each} {unit} are used, for {n} days.",
        f"{n} [people|neighbours|friends] take {each} {unit} each.",
        f"For one cake @he ~need {each} {unit}, and @he ~make {n} cakes."
        if unit in ("kg", "kilos", "cups", "litres", "grams")
        else f"For one kite @he ~need {each} {unit}, and @he ~make {n} kites.",
    )
    _pieces_left(tale, whole, (n, each), (unit, what))


def _pieces_left(tale: Tale, whole: int, cut: tuple[int, int], stuff: tuple[str, str]) -> None:
    (n, each), (unit, what) = cut, stuff
    gone = tale.step((n, "*", each), "what is used", f"That takes {{eq}} {unit}.")
    rest = tale.left((whole, "-", gone), unit)
    if tale.chance(0.3):
        k = tale.divisor(rest)
        tale.tell(
            f"The rest is [cut|divided|put] into {k} equal parts.",
            f"@he ~divide the rest into {k} equal parts.",
            f"{k} people share the rest equally.",
            glued=True,
        )
        tale.share((rest, "/", k), unit)
        tale.ask(
            "each share",
            f"How many {unit} is each part?",
            f"How big is each part, in {unit}?",
            f"How many {unit} does each part have?",
        )
        return
    tale.ask(
        f"the {unit} left",
        f"How many {unit} are left?",
        f"How much {what} is left?",
        f"How many {unit} of {what} are left [over|in the end|]?",
        f"How much [{what}|] ~do @he have left?",
    )


def areas(tale: Tale) -> None:
    """Rectangles: the way round, the area, and what a fence or tiles cost."""
    long, wide = tale.pick(3, 60), tale.pick(2, 9)
    thing = tale.one_of("garden", "field", "room", "floor", "yard", "park", "pool", "wall", "table")
    unit = tale.one_of("m", "metres", "feet", "metres")
    tale.tell(
        f"A {thing} is {long} {unit} long and {wide} {unit} wide.",
        f"@whose {thing} is {long} {unit} long and {wide} {unit} wide.",
        f"@who ~have a {thing} of {long} by {wide} {unit}.",
        f"A rectangular {thing} has sides of {long} {unit} and {wide} {unit}.",
        f"A {thing} measures {long} by {wide} {unit}.",
    )
    if tale.chance(0.5):
        half = tale.step((long, "+", wide), "two sides", f"Two sides are {{eq}} {unit}.")
        round_it = tale.step((half, "+", half), "the way round", f"All sides are {{eq}} {unit}.")
        _fenced(tale, round_it, thing, unit)
        return
    area = tale.step((long, "*", wide), "the area", f"The area is {{eq}} square {unit}.")
    p = tale.pick(2, 9)
    if tale.chance(0.5):
        tale.tell(
            f"A square [metre|meter|foot] of [carpet|tiles|grass] costs {p} {tale.coin}.",
            f"[Tiles|Grass|Carpet] costs {p} {tale.coin} per square [metre|foot].",
        )
        tale.step((area, "*", p), "the cost", f"That costs {{eq}} {tale.coin}.")
        tale.ask(
            "the cost",
            "How much does it cost [in all|]?",
            "What is the cost?",
            f"How many {tale.coin} is that?",
        )
        return
    k = tale.pick(3, 60)
    tale.tell(f"{k} square {unit} are [covered|used already|under water].")
    tale.step((area, "-", k), "the rest", f"Then {{eq}} square {unit} are left.")
    tale.ask("the rest", f"How many square {unit} are left?", "How large is the rest?")


def _fenced(tale: Tale, round_it: int, thing: str, unit: str) -> None:
    p = tale.pick(2, 9)
    if tale.chance(0.4):
        tale.tell(
            f"[A|One] [metre|foot] of fence costs {p} {tale.coin}.",
            f"@he ~want a fence [around it|]. It costs {p} {tale.coin} per [metre|foot].",
        )
        tale.step((round_it, "*", p), "the cost", f"That costs {{eq}} {tale.coin}.")
        tale.ask("the cost", "How much does the [whole|] fence cost?", "What does the fence cost?")
    elif tale.chance(0.5):
        n = tale.pick(2, 6)
        tale.tell(f"@who ~run {n} times around it.", f"@he ~go round it {n} times.")
        tale.step((round_it, "*", n), "the way", f"The whole way is {{eq}} {unit}.")
        tale.ask("the way", f"How many {unit} is that?", f"How far is that, in {unit}?")
    else:
        tale.ask(
            "the way round",
            f"How many {unit} of fence ~do @he need [to go around it|]?",
            f"What is the perimeter [of the {thing}|]?",
            f"How long is the way around the {thing}?",
        )


def temperature(tale: Tale) -> None:
    """Temperatures, floors, heights and scores that go up and down."""
    what, unit, up, down = tale.rng.choice(_RISING)
    now = tale.pick(5, 90)
    tale.tell(
        f"{what} is at {now} {unit} [in the morning|at first|].",
        f"{what} starts at {now} {unit}.",
        f"{what} was at {now} {unit} [yesterday|at noon|].",
    )
    for when in tale.rng.sample(("Then", "Later", "In the evening", "The next day"), 2):
        k, rises = tale.pick(2, 30), tale.chance(0.5)
        tale.tell(
            f"{when} it {up if rises else down} {k} {unit}.",
            f"{when} it {up if rises else down} {k}.",
        )
        now = tale.step(
            (now, "+" if rises else "-", k),
            f"where it is {when.lower()}",
            f"{_sentence(when)} it is at {{eq}} {unit}.",
        )
    tale.ask(
        "where it is in the end",
        f"At how many {unit} is it [now|in the end|then]?",
        "What is it [now|in the end]?",
        f"How many {unit} is it at [now|in the end]?",
    )


def _sentence(when: str) -> str:
    return {"Later": "After that", "The next day": "On the next day"}.get(when, when)


def fill(tale: Tale) -> None:
    """Something fills or empties at so much a minute."""
    now, rate, n = tale.pick(10, 150), tale.pick(3, 25), tale.pick(3, 12)
    thing, unit, per, span = tale.rng.choice(_FILLING)
    inward = tale.chance(0.5)
    flow = (
        tale.one_of("come in", "are added", "flow in")
        if inward
        else tale.one_of("leave", "are taken out", "run out")
    )
    tale.tell(
        f"There are {now} {unit} in a {thing}. {rate} {unit} {per} {flow}, for {n} {span}.",
        f"A {thing} has {now} {unit} [in it|]. For {n} {span}, {rate} {unit} {flow} {per}.",
        f"A {thing} [holds|contains] {now} {unit}. [Then|] {rate} {unit} {flow} {per} for {n} "
        f"{span}.",
    )
    _filled(tale, now, (rate, n, inward), (thing, unit))


def _filled(tale: Tale, now: int, flow: tuple[int, int, bool], place: tuple[str, str]) -> None:
    (rate, n, inward), (thing, unit) = flow, place
    gone = tale.step((rate, "*", n), "the change", f"The change is {{eq}} {unit}.")
    now = tale.step(
        (now, "+" if inward else "-", gone), "what is there", f"Then {{eq}} {unit} are there."
    )
    if tale.chance(0.4):
        k = tale.pick(3, 60)
        tale.tell(
            f"After that, {k} {unit} [are used|go away|leave].",
            f"Then {tale.relative()} takes {k} [{unit}|] [out|away].",
        )
        now = tale.left((now, "-", k), unit)
    if now < 2:
        raise UnusableStory
    tale.ask(
        f"the {unit} in the end",
        f"How many {unit} are in the {thing} [then|now|in the end]?",
        f"How many {unit} are there [then|now|in the end]?",
        f"How much is in the {thing} [now|in the end]?",
    )
