"""Everyday stories of what is enough for whom: seats, recipes, stocks that last, copies for all."""

from __future__ import annotations

from training.tasks.everyday_voice import Tale

_MEMBERS = (
    ("classes", "pupils", "sheets"),
    ("teams", "players", "bottles"),
    ("tables", "guests", "plates"),
    ("rooms", "windows", "screws"),
    ("houses", "doors", "keys"),
    ("floors", "flats", "lamps"),
    ("trays", "cupcakes", "cherries"),
    ("shelves", "boxes", "toys"),
    ("rows", "plants", "tomatoes"),
    ("cages", "hens", "eggs"),
)

_USERS = (
    ("kg", "cows", "eat"),
    ("cups", "dogs", "eat"),
    ("litres", "horses", "drink"),
    ("cans", "cats", "eat"),
    ("pills", "patients", "take"),
    ("slices of bread", "children", "eat"),
    ("sheets of paper", "students", "use"),
    ("litres", "trucks", "use"),
    ("bottles", "hikers", "drink"),
    ("biscuits", "kids", "eat"),
)

_ROOMS = (
    ("buses", "seats"),
    ("halls", "chairs"),
    ("tents", "beds"),
    ("tables", "places"),
    ("vans", "seats"),
    ("rows", "seats"),
    ("cabins", "beds"),
    ("boats", "places"),
)


def seats(tale: Tale) -> None:
    """Room for so many, and groups that come: what stays free, or who has to stand."""
    room, places, n, each = *tale.rng.choice(_ROOMS), tale.pick(2, 9), tale.pick(8, 60)
    m, size, more = tale.pick(2, 9), tale.pick(3, 30), tale.pick(2, 12)
    tale.tell(
        f"@who rented {n} {room} with {each} {places} each.",
        f"There are {n} {room} with {each} {places} [each|].",
        f"@who ~have {n} {room} of {each} {places}.",
        f"[Each|One] of {n} {room} has {each} {places}.",
    )
    whole = tale.step((n, "*", each), f"all the {places}", f"There are {{eq}} {places}.")
    tale.tell(
        f"{m} groups of {size} [people|guests|pupils] [come|are coming|arrive].",
        f"{m} classes with {size} pupils each [come|sit down|arrive].",
        f"@who invited {m} families of {size}.",
    )
    used = tale.step((m, "*", size), "those who come", "Those who come are {eq}.")
    if tale.chance(0.5):
        tale.tell(
            f"{more} teachers [come along|join them|come as well].",
            f"Also, {more} [drivers|helpers|others] [come|are there|need a place].",
        )
        used = tale.total((used, "+", more), "people")
    tale.step((whole, "-", used), f"the free {places}", f"Then {{eq}} {places} are free.")
    tale.ask(
        f"the free {places}",
        f"How many {places} [stay|are|remain] [empty|free]?",
        f"How many {places} are [left|not taken|still free]?",
        f"How many [empty|free] {places} are there?",
    )


def recipe(tale: Tale) -> None:
    """So much for so many people or pieces, and how much for more of them."""
    base, k, each = tale.pick(2, 6), tale.pick(2, 6), tale.pick(2, 80)
    dish, unit, what = tale.rng.choice(
        (
            ("A recipe", "g", "flour"),
            ("A recipe", "cups", "sugar"),
            ("A soup", "potatoes", ""),
            ("A cake", "eggs", ""),
            ("A salad", "tomatoes", ""),
            ("A pancake recipe", "ml", "milk"),
            ("A stew", "grams", "meat"),
            ("A drink", "lemons", ""),
        )
    )
    amount = f"{each} {unit} of {what}" if what else f"{each} {unit}"
    tale.tell(
        f"{dish} for {base} [people|persons] needs {amount}.",
        f"{dish} takes {amount} for {base} [people|guests].",
        f"For {base} [people|portions|servings] @who ~need {amount}.",
        f"{dish} serves {base} and uses {amount}.",
    )
    many = base * k
    tale.tell(
        f"@who ~cook for {many} [people|guests].",
        f"{many} [people|guests] are coming.",
        f"@he ~want to make it for {many} [people|guests].",
    )
    times = tale.step((many, "/", base), "how many times", "That is {eq} times as many.")
    tale.step((times, "*", each), "what is needed", f"For these it is {{eq}} {unit}.")
    thing = what or unit
    tale.ask(
        "what is needed",
        f"How many {unit} ~do @he need?",
        f"How much {thing} is needed?" if what else f"How many {thing} are needed?",
    )


def lasts(tale: Tale) -> None:
    """A stock and what is used of it a day: how long it lasts, or what is left."""
    n, each, days = tale.pick(2, 8), tale.pick(2, 9), tale.pick(2, 12)
    unit, users, use = tale.rng.choice(_USERS)
    daily = n * each
    finish = tale.chance(0.6)
    stock = daily * days + (0 if finish else tale.pick(2, 40))
    tale.tell(
        f"@who ~have {n} {users}. Each {use}s {each} {unit} a day.",
        f"{n} {users} {use} {each} {unit} each [every|a] day.",
        f"Each of {n} {users} {use}s {each} {unit} [a|per] day.",
        f"There are {n} {users}, and each of them {use}s {each} {unit} [a|every] day.",
    )
    tale.tell(
        f"There are {stock} {unit} [in store|there|in all|].",
        f"@who ~have {stock} {unit} [in store|].",
        f"The store has {stock} {unit}.",
    )
    day = tale.step((n, "*", each), "what a day takes", f"A day takes {{eq}} {unit}.")
    if finish:
        tale.step((stock, "/", day), "the days", "It lasts for {eq} days.")
        tale.ask(
            "the days",
            "How many days does it last?",
            "For how many days is it enough?",
            f"How many days [will the {unit} last|is that enough for]?",
            "How long does it last, in days?",
        )
        return
    tale.tell(f"This goes on for {days} days.", f"{days} days go by.")
    used = tale.step((day, "*", days), "what is used", f"What is used is {{eq}} {unit}.")
    tale.left((stock, "-", used), unit)
    tale.ask(f"the {unit} left", f"How many {unit} are left [then|]?", "How much is left [then|]?")


def copies(tale: Tale) -> None:
    """So many for each of so many in each of so many."""
    groups, members, thing = tale.rng.choice(_MEMBERS)
    a, b, c = tale.pick(2, 9), tale.pick(2, 20), tale.pick(2, 6)
    tale.tell(
        f"There are {a} {groups} with {b} {members} each.",
        f"@who ~have {a} {groups} of {b} {members} [each|].",
        f"@who [counted|~see] {a} {groups} with {b} {members} in each.",
    )
    all_of_them = tale.step((a, "*", b), f"the {members}", f"There are {{eq}} {members}.")
    tale.tell(
        f"[Each|Every one] of the {members} [has|gets|needs] {c} {thing}.",
        f"{c} {thing} are needed for each of the {members}.",
        f"All {members} [have|get] {c} {thing} [each|].",
    )
    now = tale.step((all_of_them, "*", c), f"the {thing}", f"In all there are {{eq}} {thing}.")
    if tale.chance(0.4):
        k = tale.pick(3, 60)
        tale.tell(
            f"{k} [of these|of the {thing}] are [missing|broken|gone].",
            f"@who already ~have {k} {thing}.",
        )
        tale.left((now, "-", k), thing)
        tale.ask(f"the other {thing}", f"How many {thing} are [left|still needed|there then]?")
        return
    tale.ask(
        f"the {thing}",
        f"How many {thing} [are there|is that|are needed] [in all|]?",
        f"What is the number of {thing}?",
    )
