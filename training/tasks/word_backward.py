"""Backward stories told from the end: what things, a number or people came to is known."""

from __future__ import annotations

from collections.abc import Callable

from training.tasks.word_story import Story
from training.tasks.word_types import UnusableStory
from training.tasks.word_undo import Aside, Change, undo

_HOTTEST = 38


def _come(story: Story) -> Change:
    x, it = story.pick(3, 60), story.item
    story.tell(
        f"[Then|Later|Next,] {story.hero} gets {x} more {it}.",
        f"[Then|Later] {story.other} brings {x} more {it}.",
        f"After that, {story.hero} [finds|receives|buys] {x} more {it}.",
        f"[Then|Later] {x} [new|more] {it} are added.",
        f"The next day, {story.friend} gives {story.hero} {x} {it}.",
    )
    return Change("+", x, f"the {it} before the {x} came", _before(story, f"the {x} came"))


def _go(story: Story) -> Change:
    x, it = story.pick(3, 60), story.item
    story.tell(
        f"[Then|Later|Next,] {story.hero} gives away {x} {it}.",
        f"[Then|Later] {x} [of the|] {it} [are lost|get lost|disappear].",
        f"After that, {story.hero} [gives|sells] {x} {it} to {story.other}.",
        f"[Then|Later] {story.other} takes {x} [of the|] {it} [away|home].",
        f"The next day, {x} of the {it} are [gone|missing].",
    )
    return Change("-", x, f"the {it} before the {x} went", _before(story, f"the {x} went"))


def _grow(story: Story) -> Change:
    k, it = story.pick(2, 5), story.item
    many = story.times(k)
    verb = {2: "doubles", 3: "triples"}.get(k, f"becomes {k} times as large")
    story.tell(
        f"[Then|Later] the number of {it} {verb}.",
        f"[Soon|Later] there are {many} {it} as before.",
        f"A [week|month] later {story.hero} has {many} {it} as before.",
        f"Then {story.hero} gets enough {it} to have {many} as before.",
    )
    return Change("*", k, f"the {it} before they grew", _before(story, "they grew in number"))


def _halve(story: Story) -> Change:
    it = story.item
    story.tell(
        f"[Then|Later] {story.hero} loses half of the {it}.",
        f"[Then|Later] half of the {it} are [sold|given away|lost].",
        f"Then {story.hero} gives half of all the {it} to {story.other}.",
        f"The next day, half of the {it} are gone.",
    )
    return Change("/", 2, f"the {it} before half went", _before(story, "half of them went"))


def _present(story: Story) -> Change:
    n, each, it = story.pick(2, 9), story.pick(2, 9), story.item
    who = story.rng.choice(("children", "neighbours", "guests"))
    story.tell(
        f"[Then|Later] {story.hero} gives {each} {it} to each of {n} {who}.",
        f"After that, {n} {who} take {each} {it} each.",
        f"[Then|Later] each of {n} {who} gets {each} of the {it}.",
        f"The next day, {n} {who} come and [get|take] {each} {it} each.",
    )
    side = Aside(n, each, f"what the {who} get", f"The {who} get {{eq}} {it}.")
    name = f"the {it} before the {who} came"
    return Change("-", n * each, name, _before(story, f"the {who} came"), side)


def _before(story: Story, event: str) -> str:
    return f"Before {event} there were {{eq}} {story.item}."


_EVENTS: tuple[Callable[[Story], Change], ...] = (
    _come,
    _come,
    _go,
    _go,
    _grow,
    _halve,
    _present,
)


def changes(story: Story) -> None:
    """Two to four events change a number of things that nobody has told."""
    it, hero = story.item, story.hero
    story.tell(
        f"{hero} [has|owns|keeps] some {it}.",
        f"There are some {it} in [a box|a bag|the room] of {hero}.",
        f"{hero} has [a box of|a bag full of|a number of] {it}.",
        f"Some {it} [belong to|are in the bag of] {hero}.",
        f"[Nobody knows|We do not know] how many {it} {hero} has.",
    )
    count = story.rng.choices((2, 3, 4), (1, 4, 5))[0]
    events = [story.rng.choice(_EVENTS)(story) for _ in range(count)]
    found = (f"the {it} at first", f"At first there were {{eq}} {it}.")
    end = undo(story, story.pick(4, 90), events, found)
    story.tell(
        f"[Now|In the end|At last] there are {end} {it}.",
        f"[Now|In the end|At last] {hero} has {end} {it}.",
        f"That leaves {hero} with {end} {it}.",
        f"[Now|In the end] {hero} counts {end} {it}.",
        glued=True,
    )
    story.ask(
        f"the {it} at first",
        f"How many {it} did {hero} have [at first|at the start|in the beginning]?",
        f"How many {it} were there [at first|at the start|in the beginning]?",
        f"[Find|Calculate] the number of {it} at the start.",
        f"What was the number of {it} [at first|at the start]?",
        f"With how many {it} did {hero} start?",
    )


def riddle(story: Story) -> None:
    """A number that somebody thinks of and works on."""
    hero = story.hero
    k, x, y = story.pick(2, 9), story.pick(2, 40), story.pick(2, 40)
    doing = [
        ("*", k, f"multiplies it by {k}", f"it was multiplied by {k}"),
        ("+", x, f"adds {x}", f"{x} was added"),
        ("-", y, f"[takes away|subtracts] {y}", f"{y} was taken away"),
        ("/", 2, "takes half of that", "it was halved"),
    ]
    doing = story.rng.sample(doing, story.rng.choices((2, 3, 4), (1, 4, 3))[0])
    first = doing[0][2].replace("half of that", "half of it")
    story.tell(
        f"{hero} thinks of a number and {first}.",
        f"{hero} [takes|is given] a number and first {first}.",
        f"A number is in the head of {hero}, who {first}.",
        f"{hero} [picks|chooses|has|writes down] a [secret|] number and {first}.",
        f"{hero} [plays|likes] a game with numbers: {hero} takes a number and {first}.",
    )
    for _, _, does, _ in doing[1:]:
        story.tell(
            f"Then {hero} {does}.",
            f"After that, {hero} {does}.",
            f"Next, {hero} {does}.",
            f"To go on, {hero} {does}.",
            glued=True,
        )
    steps = [
        Change(op, n, f"the number before {done}", f"Before {done} it was {{eq}}.")
        for op, n, _, done in doing
    ]
    end = undo(story, story.pick(2, 40), steps, ("the number", "The number at first was {eq}."))
    story.tell(
        f"The result is {end}.",
        f"That [gives|makes] {end}.",
        f"[Now|In the end] {hero} [has|gets] {end}.",
        f"What comes out is {end}.",
        glued=True,
    )
    _ask_riddle(story, hero)


def _ask_riddle(story: Story, hero: str) -> None:
    story.ask(
        "the number",
        f"What is the number {hero} started with?",
        f"Which number did {hero} start with?",
        "What was the number at first?",
        "[Find|Calculate] the number at the start.",
    )


def temperature(story: Story) -> None:
    """A temperature that rises and falls through the day."""
    story.avoid = ("degrees",)
    place = story.rng.choice(("room", "garden", "kitchen", "cellar", "school", "barn", "town"))
    story.tell(
        f"{story.hero} measures how warm it is in the {place} [early|] in the morning.",
        f"A thermometer hangs in the {place} of {story.hero}.",
        f"[Early|] in the morning {story.hero} reads the thermometer in the {place}.",
        f"{story.hero} [forgets|does not know] how warm it was in the {place} in the morning.",
        f"How warm it is in the {place} changes [all day|through the day].",
    )
    steps = []
    times = story.rng.choice((("noon", "evening"), *[("noon", "evening", "night")] * 3))
    for time in times:
        x, up = story.pick(2, 19), story.chance(0.5)
        does = "rises" if up else "falls"
        when = "At noon" if time == "noon" else f"In the {time}"
        story.tell(
            f"[By {time}|Until {time}] it gets {x} degrees {'warmer' if up else 'colder'}.",
            f"{when} it is {x} degrees {'warmer' if up else 'colder'} than before.",
            f"Before {time} the temperature {does} by {x} degrees.",
            f"Then, by {time}, the temperature {does} by {x} degrees.",
        )
        change = "rise" if up else "fall"
        name = f"the temperature before the {change} by {x}"
        text = f"Before the {change} by {x} it was {{eq}} degrees."
        steps.append(Change("+" if up else "-", x, name, text))
    found = ("the temperature in the morning", "At first it was {eq} degrees.")
    end = undo(story, story.pick(4, 26), steps, found)
    if end > _HOTTEST:
        raise UnusableStory
    story.tell(
        f"Now it is {end} degrees.",
        f"Now the thermometer shows {end} degrees.",
        f"That makes {end} degrees [now|in the end].",
        f"The temperature is now {end} degrees.",
        glued=True,
    )
    _ask_temperature(story)


def _ask_temperature(story: Story) -> None:
    story.ask(
        "the temperature in the morning",
        "How many degrees was it in the morning?",
        "What was the temperature in the morning?",
        "How warm was it in the morning, in degrees?",
        "[Find|Calculate] the temperature in the morning.",
    )


def bus(story: Story) -> None:
    """Passengers who get on and off."""
    story.avoid = ("bus",)
    ride = story.rng.choice(("bus", "train", "boat", "tram", "ferry"))
    story.tell(
        f"{story.hero} [drives|takes|rides on] a {ride} with some passengers.",
        f"There are some passengers on the {ride} [of|with] {story.hero}.",
        f"A {ride} leaves with some passengers, and {story.hero} is [the driver|driving it].",
        f"Some passengers [sit|are] on a {ride} that {story.hero} drives.",
    )
    steps: list[Change] = []
    for stop in ("first", "next")[: story.rng.choice((1, 2, 2, 2))]:
        off, on = story.pick(2, 20), story.pick(2, 20)
        story.tell(
            f"At the {stop} stop {off} passengers get off and {on} get on.",
            f"{off} passengers get off at the {stop} stop, and {on} [new ones|more] get on.",
            f"At the {stop} stop {off} passengers leave and then {on} get on.",
            f"The {stop} stop comes: {off} passengers get off, then {on} get on.",
        )
        for op, n, what in (("-", off, "off"), ("+", on, "on")):
            name = f"the passengers before {n} got {what}"
            text = f"Before {n} got {what} there were {{eq}} passengers."
            steps.append(Change(op, n, name, text))
    if story.chance(0.4):
        story.tell(*(f"{text} half of the passengers get off." for text in _THEN))
        text = "Before half got off there were {eq} passengers."
        steps.append(Change("/", 2, "the passengers before half got off", text))
    found = ("the passengers at first", "At first there were {eq} passengers.")
    end = undo(story, story.pick(5, 60), steps, found)
    story.tell(
        f"[Now|After that] {end} passengers are on the {ride}.",
        f"Then the {ride} goes on with {end} passengers.",
        f"Now there are {end} passengers.",
        f"That makes {end} passengers on the {ride}.",
        glued=True,
    )
    _ask_bus(story, ride)


def _ask_bus(story: Story, ride: str) -> None:
    story.ask(
        "the passengers at first",
        "How many passengers were there at first?",
        f"How many passengers were on the {ride} [at the start|in the beginning|at first]?",
        "[Find|Calculate] the number of passengers at the start.",
        f"With how many passengers did the {ride} start?",
    )


_THEN = ("Then", "Later", "In the town", "At the market")


def trail(story: Story) -> None:
    """Who has how many is told from the last person back to the first."""
    it, hero, friend, other = story.item, story.hero, story.friend, story.other
    k, d, e = story.pick(2, 5), story.pick(2, 15), story.pick(2, 20)
    up, more = story.chance(0.5), story.chance(0.5)
    steps = [
        Change("+" if up else "-", d),
        Change("*", k, f"the {it} of {friend}", f"{friend} has {{eq}} {it}."),
    ]
    if with_rest := story.chance(0.8):
        name, text = (
            f"{k} times the {it} of {friend}",
            f"What {friend} has, {k} times, is {{eq}} {it}.",
        )
        steps.append(Change("+" if more else "-", e, name, text))
    found = (f"the {it} of {hero}", f"{hero} has {{eq}} {it}.")
    end = undo(story, story.pick(3, 40), steps, found)
    word = "more" if up else "fewer"
    many = story.times(k)
    if with_rest:
        many = f"{e} {'more' if more else 'fewer'} than {many}"
    story.facts(
        (
            f"{other} has {end} {it}, which is {many} as {friend} has.",
            f"{other} has {end} {it}. That is {many} as {friend} has.",
            f"With {end} {it}, {other} has {many} as {friend}.",
            f"The {end} {it} of {other} are {many} as {friend} has.",
        ),
        (
            f"{friend} has {d} {word} {it} than {hero}.",
            f"{friend} [owns|has got] {d} {it} {word} than {hero}.",
            f"Compared with {hero}, {friend} has {d} {word} {it}.",
            f"{d} {word} {it} belong to {friend} than to {hero}.",
        ),
    )
    _ask_trail(story)


def _ask_trail(story: Story) -> None:
    it, hero = story.item, story.hero
    story.ask(
        f"the {it} of {hero}",
        f"How many {it} does {hero} have?",
        f"How many {it} belong to {hero}?",
        f"[Find|Calculate] the number of {it} {hero} has.",
        f"What is the number of {it} of {hero}?",
    )


def elders(story: Story) -> None:
    """Ages told from the oldest person back to the youngest."""
    story.avoid = ("years old", "years ago")
    hero, friend, other = story.hero, story.friend, story.other
    k, d, e = story.pick(2, 5), story.pick(2, 9), story.pick(2, 9)
    old, up, more = story.chance(0.8), story.chance(0.5), story.chance(0.5)
    steps = [
        Change("+" if up else "-", d),
        Change("*", k, f"the age of {friend}", f"{friend} is {{eq}} years old."),
    ]
    if old:
        text = f"That many times the age of {friend} is {{eq}} years."
        steps.append(Change("+" if more else "-", e, f"{k} times the age of {friend}", text))
    found = (f"the age of {hero}", f"{hero} is {{eq}} years old.")
    end = undo(story, story.pick(3, 16), steps, found)
    times = "twice" if k == 2 else f"{k} times"
    many = f"{e} years {'more' if more else 'less'} than {times}" if old else times
    word = "older" if up else "younger"
    story.facts(
        (
            f"{other} is {end} years old. That is {many} the age of {friend}.",
            f"{other} is {end}, which is {many} the age of {friend}.",
            f"The age of {other} is {end} years, which is {many} the age of {friend}.",
            f"{other} has turned {end}, and that is {many} the age of {friend}.",
        ),
        (
            f"{friend} is {d} years {word} than {hero}.",
            f"{friend} is {word} than {hero} by {d} years.",
            f"Compared with {hero}, {friend} is {d} years {word}.",
            f"Between {friend} and {hero} lie {d} years, and {friend} is {word}.",
        ),
    )
    story.ask(
        f"the age of {hero}",
        f"How old is {hero}?",
        f"What is the age of {hero}?",
        f"[Find|Calculate] the age of {hero}.",
        f"How many years old is {hero}?",
    )
