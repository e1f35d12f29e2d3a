"""Everyday stories about money that comes in: earned, saved up, spent, and what is missing."""

from __future__ import annotations

from training.tasks.everyday_bills import GOODS, bought
from training.tasks.everyday_voice import Tale
from training.tasks.word_types import UnusableStory

_RATES = (
    ("an hour", "hours", "~work"),
    ("per hour", "hours", "~work"),
    ("a day", "days", "~work"),
    ("a week", "weeks", "~save"),
    ("every week", "weeks", "~do this"),
    ("each month", "months", "~do this"),
    ("a month", "months", "~save"),
    ("per lawn", "lawns", "~mow"),
    ("per car", "cars", "~wash"),
    ("per dog", "dogs", "~walk"),
    ("for each lesson", "lessons", "~give"),
    ("per cake", "cakes", "~sell"),
)


def earned(tale: Tale) -> None:
    """Money comes in regularly or for work; some is spent, the rest is for something."""
    coin, rate, n = tale.coin, tale.pick(3, 40), tale.pick(2, 9)
    what, unit, work = tale.rng.choice(_RATES)
    saves = unit in ("weeks", "months")
    verb = tale.one_of("~save", "~put aside", "~get") if saves else "[~earn|~get|~make|~charge]"
    tale.tell(
        f"@who {verb} {rate} {coin} {what} and {work} for {n} {unit}."
        if work in ("~work", "~save", "~do this")
        else f"@who {verb} {rate} {coin} {what} and {work} {n} {unit}.",
        f"@who {verb} {rate} {coin} {what}. This goes on for {n} {unit}."
        if saves
        else f"@who {verb} {rate} {coin} {what}. [Last week|Today|On Friday] it was {n} {unit}.",
        f"@who {verb} {rate} {coin} {what}, for {n} {unit}.",
        f"For {n} {unit}, @who {verb} {rate} {coin} {what}.",
        f"@who [earned|got|made] {rate} {coin} {what} for {n} {unit}.",
    )
    now = tale.step((rate, "*", n), "the money", f"That brings {{eq}} {coin}.")
    if tale.chance(0.35):
        had = tale.pick(5, 90)
        tale.tell(
            f"@he already [~have|had] {had} {coin}.",
            f"Before that, @he had {had} {coin}.",
            f"@his {tale.one_of('aunt', 'grandma', 'uncle', 'dad')} gives @him {had} {coin} more.",
            f"@he also [got|~get|found] {had} {coin} [as a present|for @his birthday|].",
        )
        now = tale.total((now, "+", had), coin)
    money_left(tale, now)


def purse(tale: Tale) -> None:
    """Money that is there changes a few times."""
    coin, now = tale.coin, tale.pick(20, 300)
    friend = tale.relative()
    tale.tell(
        f"@who ~have {now} {coin} [in @his wallet|in the bank|in @his pocket|saved|].",
        f"@who had {now} {coin} [at first|].",
        f"@who [got|received] {now} {coin} from {friend}.",
        f"@whose [budget|pocket money|allowance|savings] [is|was] {now} {coin}."
        if tale.person.who != "they"
        else f"They have {now} {coin}.",
        f"@who [went|~go] shopping with {now} {coin}.",
    )
    money_left(tale, now, least=1)


def money_left(tale: Tale, now: int, least: int = 0) -> None:
    """Some of the money is spent; what is left is counted, saved up, or shared."""
    for _ in range(tale.rng.choice((least, 1, 1, 2))):
        now = _spend(tale, now)
    _money_asked(tale, now)


def _money_asked(tale: Tale, now: int) -> None:
    roll = tale.rng.random()
    if roll < 0.25:
        _still_missing(tale, now)
    elif roll < 0.45:
        _money_shared(tale, now)
    elif tale.nodes:
        tale.ask(
            "the money that is left",
            "How much [money|] ~do @he have [left|now|in the end|then]?",
            f"How many {tale.coin} ~do @who have [left|now|in the end]?",
            f"How many {tale.coin} are left?",
            "How much [money|] is left [over|in the end|]?",
            "How much is that now?",
            "What is left?",
        )
    else:
        raise UnusableStory


def _still_missing(tale: Tale, now: int) -> None:
    coin = tale.coin
    price = now + tale.pick(5, 150)
    thing = tale.rng.choice(GOODS)
    tale.tell(
        f"@he ~want to buy a {thing} [for|that costs] {price} {coin}.",
        f"A {thing} costs {price} {coin}.",
        f"The {thing} @he ~want [costs|is] {price} {coin}.",
    )
    tale.step((price, "-", now), "what is missing", f"Then {{eq}} {coin} are missing.")
    tale.ask(
        "the missing money",
        f"How many {coin} are [still missing|missing]?",
        "How much more [money|] ~do @he need?",
        f"How many more {coin} ~do @he [need|have to save]?",
    )


def _money_shared(tale: Tale, now: int) -> None:
    coin = tale.coin
    n = tale.divisor(now)
    tale.tell(
        f"The rest is [shared|split|divided] equally [among|between] {n} [people|children].",
        f"@he ~share the rest equally with friends, so that there are {n} shares.",
        f"The money has to last for {n} days, with the same amount [each|every] day.",
        f"@he ~put the rest equally into {n} [envelopes|jars|accounts].",
        glued=True,
    )
    tale.share((now, "/", n), coin)
    tale.ask(
        "each share",
        "How much is each [share|part]?",
        f"How many {coin} is one part?",
        f"How many {coin} are that each?",
    )


def _spend(tale: Tale, now: int) -> int:
    coin, roll = tale.coin, tale.rng.random()
    if roll < 0.45:
        k, good = tale.pick(2, 60), tale.rng.choice(GOODS)
        tale.tell(
            f"@he ~spend {k} {coin} on [food|shoes|clothes|rent|books|a {good}|a present].",
            f"@he [spent|paid|used] {k} {coin} [on|for] [food|lunch|the bus|a film|a {good}].",
            f"{k} {coin} go for [food|rent|the bus|taxes].",
            f"@he [gave|lent] {k} {coin} to {tale.relative()}.",
            f"[A|The] {good} costs @him {k} {coin}.",
        )
        return tale.left((now, "-", k), coin)
    if roll < 0.7:
        n, p, what = tale.pick(2, 9), tale.pick(2, 15), bought(tale)[0]
        tale.tell(
            f"@he ~buy {n} {what} for {p} {coin} each.",
            f"@he bought {n} {what} at {p} {coin} each.",
            f"@he ~spend {p} {coin} on each of {n} {what}.",
            f"For {n} days @he ~spend {p} {coin} a day on lunch.",
            f"@he ~pay {p} {coin} a day for {n} days for the [bus|train|lunch].",
        )
        cost = tale.step((n, "*", p), "what it costs", f"That costs {{eq}} {coin}.")
        return tale.left((now, "-", cost), coin)
    if roll < 0.85:
        tale.tell(
            "@he ~spend half of it [on clothes|on food|].",
            "@he [spent|gave away|saved] half of [it|the money].",
            f"Half of [the money|it] goes to {tale.relative()}.",
            glued=True,
        )
        return tale.left((now, "/", 2), coin)
    p = tale.percent(now)
    tale.tell(
        f"@he ~spend {p} percent of [it|the money] [on food|on rent|].",
        f"@he [gave|spent] {p} percent of it [away|].",
        f"{p} percent of it goes for taxes.",
        glued=True,
    )
    gone = tale.step((now, "%", p), "the part that goes", f"That part is {{eq}} {coin}.")
    return tale.left((now, "-", gone), coin)


def goal(tale: Tale) -> None:
    """Something is saved up for: how many weeks, or how much a week."""
    coin, thing, n = tale.coin, tale.rng.choice(GOODS), tale.pick(2, 12)
    each, had = tale.pick(3, 40), tale.pick(5, 120)
    need = n * each
    price = need + had
    weeks, a_week = tale.rng.choice((("weeks", "a week"), ("months", "a month"), ("days", "a day")))
    tale.tell(
        f"A {thing} costs {price} {coin}. @who already ~have {had} {coin}.",
        f"@who ~want to buy a {thing} for {price} {coin} and ~have {had} {coin} [already|so far].",
        f"@who ~have {had} {coin}. The {thing} @he ~want costs {price} {coin}.",
        f"A {thing} costs {price} {coin}. @who [paid|~pay] {had} {coin} [at once|right away].",
        f"@who ~save for a {thing} that costs {price} {coin}. So far, @he ~have {had}.",
    )
    tale.step((price, "-", had), "what is missing", f"Then {{eq}} {coin} are missing.")
    _saved_up(tale, need, (n, each), (weeks, a_week))


def _saved_up(tale: Tale, need: int, plan: tuple[int, int], spans: tuple[str, str]) -> None:
    coin, (n, each), (weeks, a_week) = tale.coin, plan, spans
    if tale.chance(0.5):
        tale.tell(
            f"@he can save {each} {coin} {a_week}.",
            f"@he ~save {each} {coin} {a_week} [for the rest|].",
            f"@he ~pay {each} {coin} {a_week} [for the rest|].",
        )
        tale.step((need, "/", each), f"the {weeks}", f"That takes {{eq}} {weeks}.")
        tale.ask(
            f"the {weeks}",
            f"How many {weeks} does it take?",
            f"How many {weeks} ~do @he need?",
            f"After how many {weeks} is it [enough|paid]?",
            f"For how many {weeks} ~do @he have to [pay|save]?",
        )
        return
    tale.tell(
        f"The rest is paid in {n} equal [payments|instalments].",
        f"@he ~want to have it [all|] in {n} {weeks}.",
        f"@he ~have {n} {weeks} [left|for the rest].",
    )
    tale.share((need, "/", n), coin)
    tale.ask(
        "each share",
        f"How much is that {a_week}?",
        f"How many {coin} is that each time?",
        f"How much ~do @he have to [save|pay] {a_week}?",
    )


def profit(tale: Tale) -> None:
    """What is sold brings in, less what it cost."""
    coin, (thing, _) = tale.coin, bought(tale)
    n, buy, more = tale.pick(2, 30), tale.pick(2, 9), tale.pick(2, 12)
    sell = buy + more
    if tale.chance(0.5):
        cost = tale.pick(5, 60)
        tale.tell(
            f"@who ~sell {n} {thing} for {sell} {coin} each. The [material|ingredients|stand] cost "
            f"{cost} {coin}.",
            f"@who [sold|made and sold] {n} {thing} at {sell} {coin} each and paid {cost} {coin} "
            "for [the stand|what went into them|everything].",
            f"@who spent {cost} {coin} on [material|supplies] and sold {n} {thing} for {sell} "
            f"{coin} each.",
        )
        now = tale.step((n, "*", sell), "the money", f"They bring {{eq}} {coin}.")
        tale.left((now, "-", cost), coin)
    else:
        tale.tell(
            f"@who ~buy {n} {thing} for {buy} {coin} each and ~sell them for {sell} {coin} each.",
            f"@who [bought|got] {n} {thing} at {buy} {coin} each and sold [them|all of them] at "
            f"{sell} {coin} each.",
        )
        gain = tale.step((sell, "-", buy), "the gain of one", f"One brings {{eq}} {coin} more.")
        tale.step((n, "*", gain), "the profit", f"The profit is {{eq}} {coin}.")
    tale.ask(
        "the profit",
        "How much profit ~do @he make?",
        "What is the profit?",
        "How much did @he [earn|gain|make]?",
        f"How many {coin} of profit is that?",
        "How much money ~do @he [really|] make?",
    )
