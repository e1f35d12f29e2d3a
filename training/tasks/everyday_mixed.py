"""Everyday stories of all other sorts: games, shared work, dozens, weeks, parts of a whole."""

from __future__ import annotations

from training.tasks.everyday_voice import Tale

_JOBS = (
    ("pages", "A book", "read"),
    ("km", "A trip", "drove"),
    ("pieces", "A puzzle", "placed"),
    ("exercises", "A sheet", "solved"),
    ("litres", "A barrel", "used"),
    ("names", "A list", "checked"),
    ("plants", "A bed", "watered"),
    ("windows", "A house", "cleaned"),
    ("metres", "A wall", "painted"),
    ("candies", "A bag", "ate"),
)

_HABITS = (
    ("~drink", "glasses of water"),
    ("~read", "pages"),
    ("~run", "km"),
    ("~eat", "apples"),
    ("~learn", "words"),
    ("~deliver", "parcels"),
    ("~write", "letters"),
    ("~do", "push-ups"),
    ("~sell", "cakes"),
    ("~swim", "laps"),
)

_SETS = (
    ("dozen", 12, "eggs"),
    ("dozen", 12, "roses"),
    ("dozen", 12, "donuts"),
    ("dozen", 12, "pencils"),
    ("pairs of", 2, "socks"),
    ("pairs of", 2, "shoes"),
    ("pairs of", 2, "gloves"),
)

_CHORES = (
    ("pack", "boxes", "hour"),
    ("wash", "plates", "minute"),
    ("fold", "shirts", "hour"),
    ("pick", "apples", "hour"),
    ("plant", "trees", "day"),
    ("make", "toys", "hour"),
    ("write", "cards", "hour"),
    ("paint", "chairs", "day"),
    ("sort", "letters", "minute"),
    ("lay", "tiles", "hour"),
    ("bake", "pies", "day"),
)


def score(tale: Tale) -> None:
    """Points of a game or a test: what each kind brings, and what mistakes cost."""
    a, p, b, q = tale.pick(2, 12), tale.pick(2, 9), tale.pick(2, 9), tale.pick(2, 6)
    good, bad = tale.rng.choice(
        (
            ("right answer", "wrong answer"),
            ("win", "draw"),
            ("goal", "foul"),
            ("hit", "miss"),
            ("coin", "bomb"),
            ("star", "trap"),
        )
    )
    losing = bad != "draw"
    verb = "loses" if losing else "brings"
    tale.tell(
        f"[Each|Every|A] {good} brings {p} points, [each|every|a] {bad} {verb} {q} points.",
        f"One gets {p} points for each {good} and {'loses' if losing else 'gets'} {q} for each "
        f"{bad}.",
        f"A {good} is worth {p} points and a {bad} {'costs' if losing else 'is worth'} {q}.",
    )
    plural = "misses" if bad == "miss" else f"{bad}s"
    tale.tell(
        f"@who [~have|had] {a} {good}s and {b} {plural}.",
        f"@who [got|made] {a} {good}s and {b} {plural}.",
        f"In the end it was {a} {good}s and {b} {plural} [for @him|].",
    )
    one = tale.step((a, "*", p), f"the points of the {good}s", f"The {good}s bring {{eq}} points.")
    two = tale.step((b, "*", q), f"the points of the {plural}", f"The {plural} are {{eq}} points.")
    text = "The score is {eq} points."
    tale.step((one, "-" if losing else "+", two), "the score", text)
    tale.ask(
        "the score",
        "How many points is that [in all|altogether|]?",
        "How many points ~do @he have [in the end|now|]?",
        "What is the score?",
        "What is @whose score?",
    )


def together(tale: Tale) -> None:
    """Two who work at their own speed, side by side."""
    a, b, n = tale.pick(2, 30), tale.pick(2, 30), tale.pick(2, 9)
    friend = tale.relative()
    verb, thing, span = tale.rng.choice(_CHORES)
    tale.tell(
        f"@who can {verb} {a} {thing} per {span}, {friend} can {verb} {b}.",
        f"@who ~{verb} {a} {thing} per {span} and {friend} {b}.",
        f"In one {span} @who ~{verb} {a} {thing}. {friend} manages {b}.",
        f"Every {span} @who ~{verb} {a} {thing} and {friend} {b}.",
    )
    both = tale.step((a, "+", b), f"both in one {span}", f"In one {span} it is {{eq}} {thing}.")
    _both_asked(tale, both, n, (verb, thing, span))


def _both_asked(tale: Tale, both: int, n: int, words: tuple[str, str, str]) -> None:
    verb, thing, span = words
    if tale.chance(0.55):
        tale.tell(
            f"They work together for {n} {span}s.",
            f"They do this for {n} {span}s.",
            f"Both work for {n} {span}s.",
        )
        tale.step((both, "*", n), f"all the {thing}", f"In all it is {{eq}} {thing}.")
        tale.ask(
            f"all the {thing}",
            f"How many {thing} is that [in all|together|]?",
            f"How many {thing} do they {verb} [together|in all|]?",
        )
        return
    tale.tell(
        f"There are {both * n} {thing} [to {verb}|to do|in all].",
        f"They have to {verb} {both * n} {thing}.",
    )
    tale.step((both * n, "/", both), f"the {span}s", f"That takes {{eq}} {span}s.")
    tale.ask(
        f"the {span}s",
        f"How many {span}s do they need [together|]?",
        f"How many {span}s does it take [them|]?",
        f"How long does it take, in {span}s?",
    )


def dozens(tale: Tale) -> None:
    """Dozens, weeks and pairs: a word that stands for a number."""
    word, size, thing = tale.rng.choice(_SETS)
    n, k = tale.pick(2, 9), tale.pick(2, 30)
    tale.tell(
        f"@who [bought|~buy|got|~have] {n} {word} {thing}.",
        f"There are {n} {word} {thing} [in the kitchen|in the shop|here].",
        f"@who [took|brought|needs] {n} {word} {thing}."
        if tale.person.alone
        else f"@who took {n} {word} {thing}.",
    )
    now = tale.lots((n, "*", size), thing)
    if tale.chance(0.6):
        tale.tell(
            f"{k} [of them|{thing}|] [are broken|are gone|got lost|are used].",
            f"@he [used|gave away|sold|lost] {k} [of them|{thing}|].",
        )
        tale.left((now, "-", k), thing)
        tale.ask(
            f"the {thing} left",
            f"How many {thing} are left?",
            f"How many {thing} ~do @he have [left|now]?",
        )
        return
    m = tale.divisor(now)
    tale.tell(f"{m} people share them equally.", f"@he ~put them into {m} equal [groups|bags].")
    tale.share((now, "/", m), thing)
    tale.ask(
        "each share",
        f"How many {thing} are that each?",
        f"How many {thing} does each get?",
        "How many are in each [group|share]?",
    )


def weekly(tale: Tale) -> None:
    """The same every day of some weeks, less the days off."""
    each, weeks = tale.pick(2, 20), tale.pick(2, 6)
    per, off = tale.pick(2, 6), tale.pick(2, 9)
    verb, thing = tale.rng.choice(_HABITS)
    tale.tell(
        f"@who {verb} {each} {thing} a day, on {per} days a week.",
        f"On {per} days of the week @who {verb} {each} {thing} [each|].",
        f"@who {verb} {each} {thing} on each of {per} days a week.",
        f"{per} times a week, @who {verb} {each} {thing}.",
    )
    week = tale.step((each, "*", per), "one week", f"In one week it is {{eq}} {thing}.")
    tale.tell(
        f"This goes on for {weeks} weeks.",
        f"@he ~do this for {weeks} weeks.",
        f"{weeks} weeks go by like this.",
        glued=True,
    )
    now = tale.step((week, "*", weeks), "all weeks", f"In {weeks} weeks it is {{eq}} {thing}.")
    if tale.chance(0.35):
        tale.tell(
            f"@he [missed|left out] {off} of [these|them|the {thing}].",
            f"Because of a cold it was {off} less.",
        )
        now = tale.step((now, "-", off), "what it really was", f"Really it was {{eq}} {thing}.")
    tale.ask(
        f"all the {thing}",
        f"How many {thing} is that [in all|altogether|in total|]?",
        f"How many {thing} are that [in {weeks} weeks|]?",
        f"How many {thing} is it in the end?",
    )


def halves(tale: Tale) -> None:
    """A part first, some more then, and the rest."""
    whole, k = tale.pick(20, 300), tale.pick(3, 60)
    thing, noun, past = tale.rng.choice(_JOBS)
    part = tale.divisor(whole, 2, 4)
    share = {2: "half", 3: "a third", 4: "a quarter"}[part]
    tale.tell(
        f"{noun} has {whole} {thing}. @who {past} {share} of [it|them] [on the first day|first|].",
        f"{noun} with {whole} {thing}: @who {past} {share} of it [yesterday|on Monday|].",
        f"There were {whole} {thing}. [First|On Monday] @who {past} {share} of them.",
    )
    done = tale.step((whole, "/", part), "the first part", f"The first part is {{eq}} {thing}.")
    tale.tell(
        f"[The next day|Then|After that] @he {past} {k} [more|{thing}|].",
        f"Today @he {past} {k} [more|{thing}].",
        f"And then another {k}.",
        glued=True,
    )
    done = tale.step((done, "+", k), "both parts", f"Both parts are {{eq}} {thing}.")
    tale.left((whole, "-", done), thing)
    tale.ask(
        f"the {thing} left",
        f"How many {thing} are left?",
        "How many are left [now|]?",
        f"How many {thing} ~do @he still have [to do|left]?",
        "How many are still to do?",
    )
