"""Everyday stories of work and ways: so much a day or an hour, in parts, and what is left of it."""

from __future__ import annotations

from training.tasks.everyday_voice import Tale

_WORK = (
    ("~read", "read", "pages", "book", "a day", "days"),
    ("~read", "read", "pages", "novel", "every evening", "evenings"),
    ("~run", "ran", "km", "plan", "a day", "days"),
    ("~walk", "walked", "km", "trail", "an hour", "hours"),
    ("~ride", "rode", "km", "tour", "per hour", "hours"),
    ("~drive", "drove", "km", "trip", "an hour", "hours"),
    ("~swim", "swam", "laps", "training", "a day", "days"),
    ("~type", "typed", "words", "text", "a minute", "minutes"),
    ("~write", "wrote", "pages", "report", "a week", "weeks"),
    ("~paint", "painted", "metres", "fence", "an hour", "hours"),
    ("~dig", "dug", "metres", "ditch", "a day", "days"),
    ("~make", "made", "toys", "order", "an hour", "hours"),
    ("~bake", "baked", "loaves", "order", "an hour", "hours"),
    ("~lay", "laid", "bricks", "wall", "an hour", "hours"),
    ("~pick", "picked", "apples", "harvest", "a day", "days"),
    ("~learn", "learned", "words", "list", "a day", "days"),
    ("~solve", "solved", "problems", "homework", "a day", "days"),
    ("~knit", "knitted", "rows", "scarf", "an hour", "hours"),
    ("~plant", "planted", "trees", "field", "a day", "days"),
    ("~print", "printed", "copies", "job", "per minute", "minutes"),
)


def pace(tale: Tale) -> None:
    """So many a day, hour or week, for some time: done, left, or how long it takes."""
    verb, past, thing, whole, per, times = tale.rng.choice(_WORK)
    rate, n = tale.pick(3, 60), tale.pick(2, 9)
    tale.tell(
        f"@who {verb} {rate} {thing} {per} for {n} {times}.",
        f"@who {past} {rate} {thing} {per} for {n} {times}.",
        f"@who {verb} {rate} {thing} {per}. @he ~do this for {n} {times}.",
        f"For {n} {times} @who {past} {rate} {thing} {per}.",
        f"@who can {verb.removeprefix('~')} {rate} {thing} {per} and ~do so for {n} {times}.",
        f"@who {verb} at {rate} {thing} {per}, for {n} {times}.",
    )
    done = tale.step((rate, "*", n), "what is done", f"That is {{eq}} {thing}.")
    if tale.chance(0.3):
        k = tale.pick(3, 60)
        tale.tell(
            f"Then @he {past} another {k} {thing}.",
            f"On top of that come {k} {thing}.",
            f"The next day it was {k} [{thing}|] more.",
        )
        done = tale.total((done, "+", k), thing)
    _rest_of_it(tale, done, (thing, whole, verb.removeprefix("~"), times, per))


def _rest_of_it(tale: Tale, done: int, words: tuple[str, str, str, str, str]) -> None:
    thing, whole, plain, times, per = words
    if tale.chance(0.35):
        tale.ask(
            f"all the {thing}",
            f"How many {thing} is that [in all|altogether|in total|]?",
            f"How many {thing} did @he {plain} [in all|in total|altogether|]?",
            f"How many {thing} are that?",
            f"What is the number of {thing}?",
        )
        return
    _still_to_do(tale, done, (thing, whole, times, per))


def _still_to_do(tale: Tale, done: int, words: tuple[str, str, str, str]) -> None:
    thing, whole, times, per = words
    n, speed = tale.pick(2, 9), tale.pick(3, 40)
    finish = tale.chance(0.4)
    all_of_it = done + (n * speed if finish else tale.pick(5, 150))
    tale.tell(
        f"The {whole} has {all_of_it} {thing} [in all|].",
        f"The {whole} is {all_of_it} {thing} [long|in all|].",
        f"[In all|Altogether] there are {all_of_it} {thing}.",
        f"@he ~have to do {all_of_it} {thing} [in all|].",
    )
    rest = tale.left((all_of_it, "-", done), thing)
    if not finish:
        tale.ask(
            f"the {thing} that are left",
            f"How many {thing} are left?",
            f"How many {thing} are [still to go|still to do|missing]?",
            f"How many {thing} ~do @he still have [to go|to do|left]?",
            "How much is left?",
        )
        return
    tale.tell(
        f"From now on @he {'does' if tale.person.alone else 'do'} {speed} {per}.",
        f"The rest is done at {speed} {thing} {per}.",
        f"For the rest it is {speed} [{thing}|] {per}.",
        glued=True,
    )
    tale.step((rest, "/", speed), f"the {times} left", f"That takes {{eq}} {times}.")
    tale.ask(
        f"the {times} for the rest",
        f"How many [more|] {times} does [the rest|it] take?",
        f"How many {times} ~do @he [still need|need for the rest]?",
        f"How long does the rest take, in {times}?",
    )


def legs_of_a_trip(tale: Tale) -> None:
    """A way in parts: each told, or by speed and hours."""
    a, b, c = tale.pick(5, 120), tale.pick(5, 120), tale.pick(5, 90)
    unit = tale.one_of("km", "miles", "km", "kilometres", "metres")
    did = tale.one_of("drove", "walked", "ran", "cycled", "rode", "hiked")
    tale.tell(
        f"@who {did} {a} {unit} [on Monday|in the morning|on the first day] and {b} {unit} [on "
        "Tuesday|in the afternoon|on the second day].",
        f"@who {did} {a} {unit} [to the lake|to school|to town|north] and then {b} {unit} [more|].",
        f"On the first day @who {did} {a} {unit}, on the second {b} {unit}.",
        f"@who first {did} {a} {unit}, then {b} {unit}.",
    )
    now = tale.step((a, "+", b), "both parts", f"Both parts are {{eq}} {unit}.")
    roll = tale.rng.random()
    if roll < 0.3:
        tale.tell(
            f"Then @he {did} another {c} {unit}.",
            f"On the third day it was {c} {unit}.",
        )
        now = tale.total((now, "+", c), unit)
    if roll > 0.8:
        times = tale.pick(2, 6)
        tale.tell(f"@he did this {times} times.", f"@he did that on {times} days.", glued=True)
        now = tale.step((now, "*", times), "all of it", f"All of it is {{eq}} {unit}.")
        tale.ask(
            "the whole way",
            f"How many {unit} is that [in all|]?",
            f"How far did @he go [in all|], in {unit}?",
        )
        return
    _way_asked(tale, now, unit)


def _way_asked(tale: Tale, now: int, unit: str) -> None:
    if tale.chance(0.5):
        whole = now + tale.pick(5, 150)
        tale.tell(
            f"The [whole|] [trip|way|trail|road|tour] is {whole} {unit} [long|].",
            f"It is {whole} {unit} [in all|to the end].",
            f"@he ~want to go {whole} {unit} [in all|].",
        )
        tale.left((whole, "-", now), unit)
        tale.ask(
            f"the {unit} that are left",
            f"How many {unit} are left?",
            f"How far is it still, in {unit}?",
            f"How many {unit} ~do @he still have to go?",
        )
        return
    n = tale.divisor(now)
    tale.tell(f"It took {n} hours [in all|].", f"@he needed {n} [hours|days] for it.")
    text = f"That is {{eq}} {unit} each time."
    tale.step((now, "/", n), "the average", text)
    tale.ask(
        "the average",
        f"How many {unit} is that [per hour|an hour|on average]?",
        "What was the average [speed|]?",
    )
