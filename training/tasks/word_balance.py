"""Backward stories of money and water: what was there at first, what comes at a time, how long."""

from __future__ import annotations

from training.tasks.word_story import Story
from training.tasks.word_undo import MONEY, Aside, Change, undo


def _buy(story: Story) -> Change:
    hero, x = story.hero, story.pick(3, 40)
    thing = story.rng.choice(("ball", "kite", "game", "lamp", "coat", "watch"))
    story.tell(
        f"Then {hero} buys a {thing} for {x} dollars.",
        f"After that, {hero} [pays|spends] {x} dollars for a {thing}.",
        f"Then {hero} gives {x} dollars for a [new|] {thing}.",
        f"Then {hero} needs a {thing} and pays {x} dollars for it.",
    )
    text = f"Before buying the {thing} {hero} had {{eq}} dollars."
    return Change("-", x, f"the money before buying the {thing}", text)


def _present(story: Story) -> Change:
    hero, x = story.hero, story.pick(3, 40)
    story.tell(
        f"Then {hero} gets {x} dollars as a present.",
        f"After that, {story.friend} gives {hero} {x} dollars as a present.",
        f"For a birthday {hero} then gets {x} dollars as a present.",
        f"Then {hero} gets a present of {x} dollars from {story.friend}.",
    )
    text = f"Before the present {hero} had {{eq}} dollars."
    return Change("+", x, "the money before the present", text)


def _more_changes(story: Story) -> list[Change]:
    """Mostly something is bought or somebody gives a present of money, or both."""
    count = story.rng.choices((0, 1, 2), (1, 5, 4))[0]
    return [tell(story) for tell in story.rng.sample((_buy, _present), count)]


def purse(story: Story) -> None:
    """Unknown money at first, then a known sum is saved each week."""
    story.avoid = MONEY
    hero, week, n = story.hero, story.pick(2, 15), story.pick(2, 9)
    story.tell(
        f"{hero} has some money [in a drawer|in a box|in a bag|in a jar|].",
        f"There is some money in the [purse|drawer|box|old jar|red bag|desk] of {hero}.",
        f"{hero} keeps some money [at home|in a jar|in a box|in a sock|under the bed].",
        f"[Nobody knows|We do not know] how much money {hero} [has|keeps] [at home|in a jar|].",
    )
    story.tell(
        f"[For|During] {n} weeks {hero} adds {week} dollars a week.",
        f"{hero} saves another {week} dollars [a|every|each] week for {n} weeks.",
        f"Each week {hero} adds {week} dollars to it, and does so for {n} weeks.",
        f"In each of {n} weeks, {hero} saves {week} dollars more.",
        glued=True,
    )
    side = Aside(n, week, "what the weeks bring", f"In {n} weeks {hero} saves {{eq}} dollars.")
    steps = [Change("+", n * week, side=side)]
    steps += _more_changes(story)
    found = ("the money at first", f"At first {hero} had {{eq}} dollars.")
    end = undo(story, story.pick(5, 90), steps, found)
    _now(story, end)
    story.ask(
        "the money at first",
        f"How much money did {hero} have [at first|at the start]?",
        f"How many dollars did {hero} have [at first|in the beginning]?",
        f"With how many dollars did {hero} start?",
        f"[Find|Calculate] the money {hero} had at first.",
    )


def weekly(story: Story) -> None:
    """Known money at first, then the same unknown sum is saved each week."""
    story.avoid = MONEY
    hero, first, n = story.hero, story.pick(5, 80), story.pick(2, 9)
    story.tell(
        f"{hero} has {first} dollars [at home|in a jar|in a bag|].",
        f"There are {first} dollars in the [purse|drawer|box|old jar|red bag|desk] of {hero}.",
        f"{hero} [starts|begins] [to save|saving] with {first} dollars.",
        f"[At first|In the beginning|At the start] {hero} has {first} dollars [at home|in a jar|].",
    )
    story.tell(
        f"[For|During] {n} weeks {hero} adds the same sum every week.",
        f"{hero} saves the same sum [every|each] week for {n} weeks.",
        f"Each week {hero} adds the same sum, and does so for {n} weeks.",
        f"In each of {n} weeks, {hero} saves the same sum of money.",
    )
    text = f"In {n} weeks {hero} saved {{eq}} dollars."
    steps = [Change("*", n), Change("+", first, "what the weeks bring", text)]
    steps += _more_changes(story)
    found = ("the money a week", f"Each week {hero} saved {{eq}} dollars.")
    end = undo(story, story.pick(2, 20), steps, found)
    _now(story, end)
    story.ask(
        "the money saved each week",
        f"How much money did {hero} save each week?",
        f"How many dollars a week did {hero} save?",
        f"What sum did {hero} save every week?",
        f"[Find|Calculate] the dollars {hero} saved each week.",
    )


def _now(story: Story, end: int) -> None:
    story.tell(
        f"Now {story.hero} has {end} dollars.",
        f"In the end {story.hero} has {end} dollars.",
        f"That makes {end} dollars.",
        f"Now there are {end} dollars.",
        glued=True,
    )


def barrel(story: Story) -> None:
    """A tank with unknown water, or with an unknown inflow, that is also used."""
    tank = story.rng.choice(("tank", "barrel", "pool", "tub", "pond"))
    n, used, start, flow = (story.pick(*r) for r in ((2, 12), (3, 60), (10, 120), (2, 15)))
    unknown_flow = story.chance(0.5)
    water = f"{start} litres of" if unknown_flow else "some"
    story.tell(
        f"The [old|big|new|] {tank} of {story.hero} has {water} water in it.",
        f"The {tank} of {story.hero} holds {water} water.",
        f"{story.hero} has a {tank} with {water} water in it.",
        f"{story.hero} finds {water} water in a {tank}.",
    )
    much = "the same amount of water" if unknown_flow else f"{flow} litres"
    story.tell(
        f"For {n} minutes a pump brings {much} a minute.",
        f"A pump adds {much} every minute, and it runs for {n} minutes.",
        f"In each of {n} minutes, {story.friend} pours in {much}.",
        f"{story.friend} lets {much} a minute run in for {n} minutes.",
    )
    if unknown_flow:
        text = f"In {n} minutes it was {{eq}} litres."
        steps = [Change("*", n), Change("+", start, f"the water of the {n} minutes", text)]
        found = ("the water a minute", "Each minute brought {eq} litres.")
    else:
        text = f"In {n} minutes {{eq}} litres come in."
        steps = [Change("+", n * flow, side=Aside(n, flow, "what comes in", text))]
        found = ("the water at first", f"At first the {tank} held {{eq}} litres.")
    if story.chance(0.85):
        story.tell(
            f"Then {used} litres are used.",
            f"After that, {story.other} takes out {used} litres.",
            f"Then {used} litres [run out|are lost].",
            f"After that, {story.hero} uses {used} litres.",
        )
        text = f"Before the {used} went the {tank} held {{eq}} litres."
        steps.append(Change("-", used, f"the water before the {used} went", text))
    end = undo(story, flow if unknown_flow else start, steps, found)
    _ask_barrel(story, tank, end, unknown_flow)


def _ask_barrel(story: Story, tank: str, end: int, unknown_flow: bool) -> None:
    story.tell(
        f"Now there are {end} litres in the {tank}.",
        f"Now the {tank} holds {end} litres.",
        f"In the end the {tank} holds {end} litres.",
        f"That makes {end} litres in the {tank}.",
        glued=True,
    )
    if unknown_flow:
        story.ask(
            "the litres a minute",
            "How many litres a minute came in?",
            "How many litres came in each minute?",
            "What amount of water came every minute, in litres?",
            "[Find|Calculate] the litres that came in each minute.",
        )
        return
    story.ask(
        "the water at first",
        "How many litres were there [at first|at the start]?",
        f"How many litres did the {tank} hold [at first|in the beginning]?",
        f"How much water was in the {tank} at first, in litres?",
        f"[Find|Calculate] the litres in the {tank} at the start.",
    )


def taxi(story: Story) -> None:
    """A fixed fee and so much for each km; the price or the way is unknown."""
    story.avoid = ("km", *MONEY)
    hero, fee, tip = story.hero, story.pick(2, 15), story.pick(2, 9)
    km, price, far = story.pick(3, 25), story.pick(2, 9), story.chance(0.5)
    each = f"{price} dollars for each km" if far else "the same price for each km"
    story.tell(
        f"{hero} takes a taxi that costs a fee of {fee} dollars and {each}.",
        f"A taxi costs a fee of {fee} dollars and {each}. {hero} takes it.",
        f"For a ride {hero} pays a fee of {fee} dollars and {each}.",
        f"The taxi of {hero} costs {each} and a fee of {fee} dollars.",
    )
    if not far:
        story.tell(
            f"The ride is {km} km long.",
            f"The way is {km} km.",
            f"The taxi drives {km} km.",
            f"It is a ride of {km} km.",
            glued=True,
        )
    text = "Without the fee it is {eq} dollars."
    steps = [Change("*", price if far else km), Change("+", fee, "the price of the way", text)]
    if story.chance(0.85):
        story.tell(
            f"The driver also gets a tip of {tip} dollars.",
            f"There is a tip of {tip} dollars on top.",
            f"A tip of {tip} dollars is added.",
            f"With that goes a tip of {tip} dollars.",
            glued=True,
        )
        text = "Without the tip it is {eq} dollars."
        steps.append(Change("+", tip, "the price without the tip", text))
    found = ("the price of a km", "Each km costs {eq} dollars.")
    if far:
        found = ("the length of the way", "The way is {eq} km long.")
    end = undo(story, km if far else price, steps, found)
    _ask_taxi(story, far, end)


def _ask_taxi(story: Story, far: bool, end: int) -> None:
    story.tell(
        f"In all that is {end} dollars.",
        f"Together it costs {end} dollars.",
        f"All of it costs {end} dollars.",
        f"That makes {end} dollars in all.",
        glued=True,
    )
    if far:
        story.ask(
            "the length of the ride in km",
            "How many km long is the ride?",
            "How long is the ride in km?",
            "How many km does the taxi drive?",
            "[Find|Calculate] the length of the ride in km.",
        )
        return
    story.ask(
        "the price of each km",
        "How much does each km cost?",
        "What is the price of one km?",
        "How many dollars does each km cost?",
        "[Find|Calculate] the price of each km.",
    )


def shift(story: Story) -> None:
    """An hourly wage, a bonus and costs; the hours are unknown."""
    story.avoid = MONEY
    hero, rate, bonus, cost = story.hero, story.pick(3, 12), story.pick(5, 40), story.pick(2, 30)
    story.tell(
        f"{hero} [earns|makes|gets] {rate} dollars an hour.",
        f"The [pay|wage] of {hero} is {rate} dollars [per|an] hour.",
        f"For each hour of work {hero} [earns|is paid] {rate} dollars.",
        f"At work {hero} [earns|makes] {rate} dollars [for every|per] hour.",
    )
    story.tell(
        f"Today there is also a bonus of {bonus} dollars.",
        f"Today {hero} gets a bonus of {bonus} dollars as well.",
        f"For good work there is a bonus of {bonus} dollars.",
        f"A bonus of {bonus} dollars comes on top.",
    )
    steps = [
        Change("*", rate),
        Change("+", bonus, "the money without the bonus", "Without the bonus it is {eq} dollars."),
    ]
    if story.chance(0.85):
        story.tell(
            f"{hero} spends {cost} dollars [of it|] on [food|the way home|a meal].",
            f"Of this {hero} [pays|gives] {cost} dollars for [food|a meal].",
            f"{cost} dollars of it go for [food|a meal].",
            f"Then {hero} pays {cost} dollars for [food|a meal].",
            glued=True,
        )
        text = f"Before spending the {cost} {hero} had {{eq}} dollars."
        steps.append(Change("-", cost, f"the money before spending the {cost}", text))
    found = ("the hours", f"So {hero} worked {{eq}} hours.")
    end = undo(story, story.pick(2, 12), steps, found)
    _ask_shift(story, end)


def _ask_shift(story: Story, end: int) -> None:
    hero = story.hero
    story.tell(
        f"That leaves {end} dollars of the pay.",
        f"Of the pay, {end} dollars are left.",
        f"What is left of the pay is {end} dollars.",
        f"In the end {end} dollars of the pay are left.",
        glued=True,
    )
    story.ask(
        f"the hours {hero} worked",
        f"How many hours did {hero} work?",
        f"For how many hours did {hero} work?",
        f"How long did {hero} work, in hours?",
        f"[Find|Calculate] the hours {hero} worked.",
    )
