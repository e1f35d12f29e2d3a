"""Everyday stories about things in boxes, rows and bags: how they come, go and are dealt out."""

from __future__ import annotations

from training.tasks.everyday_ends import FOLK, end
from training.tasks.everyday_voice import Tale

_PARTS = (
    ("legs", ("cows", 4), ("chickens", 2)),
    ("legs", ("tables", 4), ("stools", 3)),
    ("legs", ("dogs", 4), ("birds", 2)),
    ("legs", ("spiders", 8), ("beetles", 6)),
    ("legs", ("sheep", 4), ("farmers", 2)),
    ("wheels", ("cars", 4), ("bikes", 2)),
    ("wheels", ("tricycles", 3), ("scooters", 2)),
    ("wheels", ("trucks", 6), ("cars", 4)),
    ("tickets", ("adults", 3), ("children", 2)),
    ("points", ("long shots", 3), ("short shots", 2)),
    ("buttons", ("coats", 5), ("shirts", 7)),
    ("strings", ("guitars", 6), ("violins", 4)),
    ("petals", ("daisies", 9), ("poppies", 4)),
)

# What holds things, what it holds, and where such things are met.
HOLDERS: tuple[tuple[str, str, str], ...] = (
    ("boxes", "eggs", "in the kitchen"),
    ("trays", "muffins", "in the bakery"),
    ("trays", "rolls", "on the counter"),
    ("rows", "chairs", "in the hall"),
    ("rows", "seats", "in the theatre"),
    ("shelves", "books", "in the library"),
    ("packs", "pens", "on the desk"),
    ("packs", "cards", "in the drawer"),
    ("bags", "oranges", "at the market"),
    ("bags", "apples", "in the cellar"),
    ("crates", "bottles", "in the garage"),
    ("crates", "mangoes", "on the truck"),
    ("boxes", "pencils", "at school"),
    ("boxes", "chocolates", "for the party"),
    ("boxes", "tiles", "in the bathroom"),
    ("packets", "biscuits", "in the cupboard"),
    ("packets", "seeds", "in the shed"),
    ("tables", "guests", "at the wedding"),
    ("buses", "pupils", "on the trip"),
    ("cars", "people", "on the train"),
    ("pages", "photos", "in the album"),
    ("pages", "stamps", "in the collection"),
    ("teams", "players", "in the tournament"),
    ("classes", "pupils", "in the school"),
    ("rooms", "beds", "in the hostel"),
    ("floors", "flats", "in the building"),
    ("beds", "tulips", "in the park"),
    ("rows", "trees", "in the orchard"),
    ("rows", "tomato plants", "in the garden"),
    ("jars", "cookies", "in the pantry"),
    ("baskets", "strawberries", "on the farm"),
    ("bunches", "bananas", "in the shop"),
    ("nests", "eggs", "in the barn"),
    ("tanks", "fish", "in the pet shop"),
    ("piles", "bricks", "on the site"),
    ("sheets", "stickers", "in the folder"),
    ("pizzas", "slices", "on the table"),
    ("decks", "cards", "on the shelf"),
    ("sacks", "potatoes", "in the barn"),
    ("vases", "roses", "in the restaurant"),
    ("bins", "toys", "in the playroom"),
    ("cases", "cans", "in the storeroom"),
    ("pots", "flowers", "on the balcony"),
    ("drawers", "socks", "in the bedroom"),
    ("albums", "songs", "on the phone"),
    ("chapters", "pages", "in the book"),
    ("carts", "boxes", "in the warehouse"),
    ("tents", "scouts", "at the camp"),
)


def held(tale: Tale, owned: bool = True) -> tuple[str, str, str]:
    """A holder, what it holds and where; now and then with the story's own things.

    `owned`: only what somebody can buy and give away.
    """
    fitting = [each for each in HOLDERS if not owned or each[1] not in FOLK]
    holder, thing, where = tale.rng.choice(fitting)
    if tale.chance(0.25):
        holder = tale.one_of("boxes", "bags", "packs", "baskets", "jars", "sets", "bundles")
        thing, where = tale.item, tale.one_of("on the table", "in the room", "in the shop", "")
    tale.item = tale.first_item = thing
    return holder, thing, where


def groups(tale: Tale) -> None:
    """Some groups of the same size, perhaps with some loose ones."""
    holder, thing, where = held(tale, owned=False)
    n, each = tale.pick(2, 9), tale.pick(2, 40)
    if tale.chance(0.4):
        n, each = each, n
    one = _singular(holder)
    tale.tell(
        f"There are {n} {holder} with {each} {thing} each {where}.",
        f"There were {n} {holder} {where}, with {each} {thing} in each.",
        f"There are {n} {holder} {where}. Each {one} has {each} {thing}.",
        f"@who ~have {n} {holder} of {each} {thing} [each|].",
        f"@who [bought|got|ordered|brought|found] {n} {holder} of {each} {thing}.",
        f"@who [had|prepared|counted|set up] {n} {holder} with {each} {thing} [in each|each].",
        f"A {one} holds {each} {thing}. @who ~have {n} [full|] {holder}.",
        f"Each {one} has {each} {thing}, and there are {n} {holder} {where}.",
        f"{n} {holder} {where} hold {each} {thing} each.",
        f"If there are {each} {thing} in [each|every|a] {one} and @who ~have {n} {holder}.",
    )
    now = tale.lots((n, "*", each), thing)
    if tale.chance(0.25):
        k = tale.pick(2, 30)
        tale.tell(
            f"There are also {k} [loose|single|extra] {thing}.",
            f"Another {k} {thing} [lie|stand|are] beside them.",
            f"@who also [~have|found|~get] {k} [loose|other|single] {thing}.",
            f"Besides, there are {k} more {thing}.",
            f"Plus {k} extra {thing}.",
        )
        now = tale.total((now, "+", k), thing)
    end(tale, now, thing)


def two_lots(tale: Tale) -> None:
    """The same things from two times, places or people."""
    _, thing, _ = held(tale)
    a, b = tale.pick(3, 90), tale.pick(3, 90)
    friend = tale.relative()
    first, then = tale.rng.choice(
        (
            ("in the morning", "in the afternoon"),
            ("on Monday", "on Tuesday"),
            ("on Saturday", "on Sunday"),
            ("last week", "this week"),
            ("yesterday", "today"),
            ("before lunch", "after lunch"),
            ("in the first hour", "in the second hour"),
            ("in May", "in June"),
        )
    )
    did = tale.one_of("sold", "made", "picked", "found", "bought", "counted", "collected", "got")
    tale.tell(
        f"@who {did} {a} {thing} {first} and {b} [more|] {then}.",
        f"@who {did} {a} {thing} {first}. {then}, @he {did} {b} [more|].",
        f"{first} @who {did} {a} {thing}, {then} {b}.",
        f"@who {did} {a} {thing} and {friend} {did} {b}. They put them [all|] together.",
        f"@who ~have {a} {thing} and {friend} has {b}. They put all [of them|] together.",
        f"@who {did} {a} [red|big|large|new] {thing} and {b} [blue|small|green|old] ones.",
        f"{a} {thing} came {first} and another {b} [of them|] {then}.",
        f"There are {a} [red|white|large] {thing} and {b} [blue|black|small] {thing}.",
    )
    end(tale, tale.total((a, "+", b), thing), thing)


def two_holders(tale: Tale) -> None:
    """Groups of two sizes: boxes of one size and bags of another."""
    holder, thing, _ = held(tale)
    other = tale.one_of("bags", "boxes", "packs", "baskets", "buckets", "cartons")
    if other == holder:
        other = "tins"
    a, p, b, q = tale.pick(2, 9), tale.pick(3, 25), tale.pick(2, 9), tale.pick(3, 25)
    tale.tell(
        f"@who [bought|~have|packed|got] {a} {holder} of {p} {thing} and {b} {other} of {q} "
        "[each|].",
        f"There are {a} {holder} with {p} {thing} [each|in each] and {b} {other} with {q} [each|].",
        f"@who ~have {a} {holder} with {p} {thing} each. @he also ~have {b} {other} with {q} each.",
        f"{a} {holder} hold {p} {thing} each, {b} {other} hold {q} {thing} each.",
        f"A {_singular(holder)} has {p} {thing}, a {_singular(other)} has {q}. @who ~have {a} "
        f"{holder} and {b} {other}.",
    )
    one = tale.step((a, "*", p), f"what is in the {holder}", f"The {holder} have {{eq}} {thing}.")
    two = tale.step((b, "*", q), f"what is in the {other}", f"The {other} have {{eq}} {thing}.")
    if tale.chance(0.2):
        tale.step((one, "-", two), "the difference", "The difference is {eq}.")
        tale.ask(
            "the difference",
            f"How many more {thing} are in the {holder} than in the {other}?",
            f"How many fewer {thing} are there in the {other}?",
            "What is the difference?",
        )
        return
    end(tale, tale.total((one, "+", two), thing), thing)


def legs(tale: Tale) -> None:
    """Legs, wheels and the like of two kinds of things."""
    part, (first, m), (second, n) = tale.rng.choice(_PARTS)
    a, b = tale.pick(2, 30), tale.pick(2, 30)
    where = tale.one_of("There are", "@who ~see", "@who counted", "In one place there are")
    if tale.chance(0.4):
        tale.tell(f"{where} {a} {first} and {b} {second}.")
        tale.tell(
            f"{first} have {m} {part} [each|] and {second} [have|] {n}.",
            f"A few facts: {first} have {m} {part}, {second} have {n}.",
            f"[Each|Every] one of the {first} has {m} {part}, each of the {second} {n}.",
        )
    else:
        tale.tell(
            f"{where} {a} {first} with {m} {part} each and {b} {second} with {n} {part} each.",
            f"Each of the {first} has {m} {part}, each of the {second} {n}. {where} {a} {first} "
            f"and {b} {second}.",
        )
    one = tale.step((a, "*", m), f"what the {first} have", f"The {first} have {{eq}} {part}.")
    two = tale.step((b, "*", n), f"what the {second} have", f"The {second} have {{eq}} {part}.")
    now = tale.total((one, "+", two), part)
    if part in ("legs", "wheels", "buttons") and tale.chance(0.3):
        k = tale.pick(2, 30)
        tale.tell(f"{k} of [the|all these] {part} are [broken|dirty|missing|new].")
        tale.left((now, "-", k), part)
        tale.ask(
            f"the other {part}", f"How many {part} are not?", f"How many other {part} are there?"
        )
        return
    tale.ask(
        f"all the {part}",
        f"How many {part} are there [in all|altogether|in total|]?",
        f"How many {part} do they have [together|altogether|in all]?",
        f"What is the total number of {part}?",
        f"Count all the {part}.",
    )


def times_as_many(tale: Tale) -> None:
    """People compared with each other, in any direction, and added up."""
    _, thing, _ = held(tale)
    if tale.chance(0.5):
        thing = tale.item = tale.thing()
    first, second = tale.relative(), tale.relative()
    a, k, d = tale.pick(4, 40), tale.pick(2, 5), tale.pick(2, 25)
    times = {2: "twice", 3: "[three|3] times"}.get(k, f"{k} times")
    word = tale.one_of("more", "fewer", "less")
    tale.tell(
        f"@who ~have {a} {thing}.",
        f"@who [found|got|collected|read|sold|made] {a} {thing}.",
        f"@who ~own {a} {thing}.",
    )
    if tale.chance(0.6):
        tale.tell(
            f"{first} has {times} as many.",
            f"{first} has {times} as many {thing}.",
            f"{first} got {times} as many as @him.",
            f"{first} has {times} as many {thing} as @he ~do.",
            f"{first}, on the other hand, has {times} that number.",
            glued=True,
        )
        b = tale.step((a, "*", k), "the second number", "The second number is {eq}.")
    else:
        tale.tell(
            f"{first} has {d} {word} {thing}.",
            f"{first} has {d} {word} than @him.",
            f"{first} has {d} {word} than that.",
            f"{first} got {d} {word} {thing} than @he did.",
            glued=True,
        )
        op = "+" if word == "more" else "-"
        b = tale.step((a, op, d), "the second number", "The second number is {eq}.")
    _third(tale, [a, b], (first, second), thing)


def _third(tale: Tale, found: list[int], people: tuple[str, str], thing: str) -> None:
    first, second = people
    if tale.chance(0.5):
        e, more = tale.pick(2, 25), tale.chance(0.5)
        tale.tell(
            f"{second} has {e} {'more' if more else 'fewer'} than {first}.",
            f"And {second} has {e} {'more' if more else 'less'} than {first}.",
            f"{second} got {e} {'more' if more else 'fewer'} {thing} than {first}.",
            glued=True,
        )
        op = "+" if more else "-"
        found.append(tale.step((found[1], op, e), "the third number", "The third number is {eq}."))
    _compared(tale, found, thing)


def _compared(tale: Tale, found: list[int], thing: str) -> None:
    a, b, *more = found
    if not more and tale.chance(0.25):
        if b < a:
            a, b = b, a
        tale.step((b, "-", a), "the difference", "The difference is {eq}.")
        tale.ask(
            "the difference",
            f"How many more {thing} is that?",
            "What is the difference?",
            "How big is the difference [between them|]?",
        )
        return
    now = tale.total((a, "+", b), thing)
    for third in more:
        now = tale.total((now, "+", third), thing)
    if tale.chance(0.25):
        x = tale.divisor(now, 2, 10)
        tale.tell(f"They share them [all|] equally among {x} [people|friends|children].")
        tale.share((now, "/", x), thing)
        tale.ask("each share", f"How many {thing} does each [person|one] get?", "How many each?")
        return
    tale.ask(
        "the total",
        f"How many {thing} do they have [together|in all|altogether|in total]?",
        "How many [is that|are there|do they have] [together|in all|altogether|in total]?",
        f"How many {thing} are there [altogether|in total|] if we count them all?",
        "What is the total?",
        f"What is the total number of {thing}?",
    )


def _singular(plural: str) -> str:
    special = {
        "boxes": "box",
        "shelves": "shelf",
        "bunches": "bunch",
        "classes": "class",
        "buses": "bus",
    }
    return special.get(plural, plural.removesuffix("s"))
