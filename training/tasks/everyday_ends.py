"""How everyday stories about things go on and end: some go, some come, the rest is dealt out."""

from __future__ import annotations

from collections.abc import Callable

from training.tasks.everyday_voice import Tale
from training.tasks.word_types import UnusableStory

# Nobody sells these or gives them away.
FOLK = frozenset({"guests", "pupils", "people", "players", "scouts", "seats", "flats", "beds"})
_TAKERS = ("friends", "children", "people", "kids", "neighbours", "guests", "students", "cousins")


def end(tale: Tale, now: int, thing: str) -> None:
    """No, one or two things happen to a number of things; then the question."""
    count = tale.rng.choices((0, 1, 2), (2, 5, 3))[0]
    folk = thing in FOLK
    for happens in tale.rng.sample(_OF_FOLK if folk else _EVENTS, count):
        now = happens(tale, now, thing)
    ends = {_ask_left: 3, _ask_missing: 1} if folk else _ENDS if count else _UNTOUCHED
    tale.rng.choices(list(ends), list(ends.values()))[0](tale, now, thing, count == 0)


def _some_go(tale: Tale, now: int, thing: str) -> int:
    k, friend = tale.pick(2, 40), tale.relative()
    tale.tell(
        f"{k} of them are [broken|bad|missing|gone|empty|damaged|taken|not usable].",
        f"{k} [of the {thing}|of them|] were [sold|lost|broken|given away|thrown away|stolen].",
        f"@he [gave|sold|lent] {k} [of them|] to {friend}.",
        f"@he [lost|used|sold|gave away|threw away] {k} [of them|of these|{thing}].",
        f"[Then|Later] {k} [of them|] [got lost|disappeared|broke|went bad|went missing].",
        f"{friend} took {k} [of them|].",
        f"[Unfortunately|Sadly|But] {k} [of the {thing}|of them] had to go.",
        f"After a [week|day|while], {k} {thing} are gone.",
    )
    return tale.left((now, "-", k), thing)


def _fewer(tale: Tale, now: int, thing: str) -> int:
    k = tale.pick(2, 40)
    tale.tell(
        f"{k} of them are [free|new|late|old|not there].",
        f"{k} [of the {thing}|of them|] are [missing|not there|away].",
        f"[Today|Now|But] {k} [of them|] are [missing|not there|not needed].",
        f"[Unfortunately|Sadly|But] {k} of them [cannot be used|are not there].",
    )
    return tale.left((now, "-", k), thing)


def _more(tale: Tale, now: int, thing: str) -> int:
    k = tale.pick(2, 40)
    tale.tell(
        f"[Then|Later] {k} [more|new|other] {thing} [came|were added].",
        f"[Next year|In May] there will be {k} more.",
        f"{k} more are [expected|planned].",
    )
    return tale.total((now, "+", k), thing)


def _share_missing(tale: Tale, now: int, thing: str) -> int:
    p = tale.percent(now)
    tale.tell(
        f"{p} percent of them are [missing|away|not there|empty].",
        f"{p} percent [of the {thing}|] are [new|not there|away|missing].",
        glued=True,
    )
    gone = tale.step((now, "%", p), "that part", f"That part is {{eq}} {thing}.")
    return tale.left((now, "-", gone), thing)


def _some_come(tale: Tale, now: int, thing: str) -> int:
    k, friend = tale.pick(2, 40), tale.relative()
    tale.tell(
        f"[Then|Later] {k} [more|new|other] {thing} [came|arrived|were added|were brought].",
        f"@he [bought|got|found|received] {k} more [{thing}|].",
        f"{friend} [brought|gave @him|added] {k} more.",
        f"The next day {k} [more|new ones] [came|were added].",
        f"After that {k} {thing} were added.",
        f"[Then|Later] @he [got|found|bought] another {k} [{thing}|].",
    )
    return tale.total((now, "+", k), thing)


def _part_goes(tale: Tale, now: int, thing: str) -> int:
    parts = {2: "half", 3: "a third", 4: "a quarter", 5: "one fifth"}
    k = tale.divisor(now, 2, 5)
    if k == 5 and now < 10:
        raise UnusableStory
    part = parts[k]
    tale.tell(
        f"{part} of them are [broken|sold|eaten|red|old|taken|bad].",
        f"{part} of the {thing} were [sold|lost|given away|thrown away|used].",
        f"@he [sold|gave away|used|lost] {part} of them.",
        f"[Then|Later] {part} of them [got lost|disappeared|were sold].",
        glued=True,
    )
    if k == 2:
        return tale.left((now, "/", 2), thing)
    gone = tale.step((now, "/", k), "those that go", f"That part is {{eq}} {thing}.")
    return tale.left((now, "-", gone), thing)


def _percent_goes(tale: Tale, now: int, thing: str) -> int:
    p = tale.percent(now)
    tale.tell(
        f"{p} percent of them are [broken|bad|sold|old|damaged|not good].",
        f"{p} percent [of the {thing}|] were [sold|lost|burnt|spoiled|given away].",
        f"@he [sold|gave away|used|threw away] {p} percent of them.",
        f"[Unfortunately|But|Later] {p} percent [of these|of them] [broke|got lost|went bad].",
        glued=True,
    )
    gone = tale.step((now, "%", p), "those that go", f"That part is {{eq}} {thing}.")
    return tale.left((now, "-", gone), thing)


def _each_takes(tale: Tale, now: int, thing: str) -> int:
    n, each = tale.pick(2, 9), tale.pick(2, 8)
    who = tale.rng.choice(_TAKERS)
    tale.tell(
        f"@he [gave|~give] {each} [of them|{thing}|] to each of [@his|] {n} {who}.",
        f"{n} {who} [take|took|get|got|ate|used] {each} [of them|] each.",
        f"Each of {n} {who} [takes|took|gets|got|wants] {each} [of them|{thing}|].",
        f"[Every day|Each day|A day] {each} are used, for {n} days.",
        f"@he [used|sold|lost] {each} [of them|{thing}] a day for {n} days.",
    )
    gone = tale.step((n, "*", each), "those that go", f"That takes {{eq}} {thing}.")
    return tale.left((now, "-", gone), thing)


_OF_FOLK: tuple[Callable[[Tale, int, str], int], ...] = (_fewer, _more, _share_missing)
_EVENTS: tuple[Callable[[Tale, int, str], int], ...] = (
    _some_go,
    _some_go,
    _some_come,
    _part_goes,
    _percent_goes,
    _each_takes,
)


def _ask_left(tale: Tale, now: int, thing: str, first: bool) -> None:
    del now
    if first:
        tale.ask(
            f"all the {thing}",
            f"How many {thing} are there [in all|altogether|in total|]?",
            f"How many {thing} ~do @he have [in all|altogether|in total|]?",
            f"How many {thing} is that [in all|altogether|in total|]?",
            f"What is the total number of {thing}?",
            "How many are there [in all|altogether|in total]?",
            f"Find the number of {thing}.",
        )
        return
    tale.ask(
        f"the {thing} that are there in the end",
        f"How many {thing} are left?",
        f"How many {thing} are [there now|there in the end|still there|left over]?",
        f"How many {thing} ~do @he have [now|left|then|in the end]?",
        f"How many [of them|{thing}|] remain?",
        f"How many {thing} were [left|there in the end|there then]?",
        "How many are left [now|in the end|]?",
        f"[What is|Tell me] the number of {thing} now[|, please].",
        f"How many {thing} ~do @who still have?",
        f"So how many {thing} are there now?",
    )


def _ask_share(tale: Tale, now: int, thing: str, first: bool) -> None:
    n, who = tale.divisor(now), tale.rng.choice(_TAKERS)
    rest = "They are" if first else tale.one_of("The rest is", "The rest are", "What is left is")
    tale.tell(
        f"{rest} shared equally [among|between|by] {n} {who}.",
        f"{rest} [divided|split] equally among {n} {who}.",
        f"{n} {who} share [them|the rest|what is left] [equally|fairly].",
        f"@he ~share [them|the rest|what is left] equally [among|with] {n} {who}.",
        f"{rest} put into {n} equal [groups|piles|boxes|parts|rows].",
        f"@he ~want to split [them|all of them|the rest] equally between {n} {who}.",
        glued=True,
    )
    tale.share((now, "/", n), thing)
    tale.ask(
        "each share",
        f"How many {thing} does each [person|one|of them] get?",
        "How many does each [one|of them|] get?",
        "How many [will|does|did] each [person|of them|] [get|have]?",
        f"How many {thing} are there for each [one|of them|]?",
        f"How many {thing} per [person|group|head]?",
        "How big is each share?",
    )


def _ask_pack(tale: Tale, now: int, thing: str, first: bool) -> None:
    del first
    m = tale.divisor(now)
    pack = tale.one_of("bags", "boxes", "packs", "bundles", "groups", "baskets", "cartons", "rows")
    tale.tell(
        f"They are [packed|put] into {pack} of {m}.",
        f"@he ~put [them|the rest|all of them] into {pack} of {m} [each|].",
        f"@he ~make {pack} of {m} [with them|from them|out of the rest|].",
        f"{m} of them make up one of the {pack}.",
        f"@who ~need {m} {thing} for each of the {pack}.",
        f"{m} {thing} fit in [each|one] of the {pack}.",
        glued=True,
    )
    found = tale.step((now, "/", m), f"the {pack}", f"That makes {{eq}} {pack}.")
    if tale.chance(0.3):
        p, coin = tale.pick(2, 9), tale.coin
        tale.tell(
            f"@he ~sell them for {p} {coin} each.",
            f"One of the {pack} [costs|is sold for|brings] {p} {coin}.",
        )
        tale.step((found, "*", p), "the money", f"They bring {{eq}} {coin}.")
        tale.ask("the money", "How much money is that?", f"How many {coin} ~do @he get?")
        return
    tale.ask(
        f"the {pack}",
        f"How many {pack} are there [now|]?",
        f"How many {pack} can @he [make|fill]?",
        f"How many {pack} ~do @he [need|get|fill]?",
        f"How many {pack} [is that|are needed|are filled]?",
    )


def _ask_money(tale: Tale, now: int, thing: str, first: bool) -> None:
    p, coin = tale.pick(2, 9), tale.coin
    them = "them" if first else "the rest"
    tale.tell(
        f"@he ~sell [{them}|all of {them}] for {p} {coin} each.",
        f"[Each|One] [of them|] [costs|is sold for|brings|sells for] {p} {coin}.",
        f"The price is {p} {coin} each.",
        f"@he [sold|sells] {them} at {p} {coin} [each|a piece]."
        if tale.person.alone
        else f"@he sold {them} at {p} {coin} each.",
        glued=True,
    )
    tale.step((now, "*", p), "the money", f"They bring {{eq}} {coin}.")
    tale.ask(
        "the money",
        "How much money is that [in all|]?",
        f"How many {coin} is that [in all|altogether|]?",
        f"How much ~do @he [get|earn|make] for {them}?",
        f"How much do the {thing} bring in [in total|]?",
    )


def _ask_missing(tale: Tale, now: int, thing: str, first: bool) -> None:
    del first
    k = tale.pick(3, 60)
    want = now + k
    tale.tell(
        f"@who ~need {want} [{thing}|of them|] [in all|in total|].",
        f"@who ~want to have {want} [{thing}|of them|].",
        f"But {want} [{thing}|] are needed.",
        f"There should be {want} [{thing}|of them|].",
    )
    tale.step((want, "-", now), "what is missing", f"Then {{eq}} {thing} are missing.")
    tale.ask(
        f"the missing {thing}",
        f"How many {thing} are [missing|still missing|still needed]?",
        f"How many more [{thing}|] ~do @he need?",
        "How many more are needed?",
    )


_ENDS: dict[Callable[[Tale, int, str, bool], None], int] = {
    _ask_left: 10,
    _ask_share: 4,
    _ask_pack: 3,
    _ask_money: 3,
    _ask_missing: 2,
}
_UNTOUCHED = {**_ENDS, _ask_left: 3}
