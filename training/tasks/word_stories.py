"""The kinds of stories, how often each is told, and the distractions that may be put in."""

from __future__ import annotations

import random
from collections.abc import Callable

from training.tasks import (
    everyday_back,
    everyday_bills,
    everyday_measures,
    everyday_mixed,
    everyday_money,
    everyday_pace,
    everyday_supplies,
    everyday_things,
)
from training.tasks.everyday_voice import Tale
from training.tasks.word_backward import bus, changes, elders, riddle, temperature, trail
from training.tasks.word_balance import barrel, purse, shift, taxi, weekly
from training.tasks.word_chain import chain
from training.tasks.word_money import discount, phone, savings, shop, tickets, wages
from training.tasks.word_people import ages, compare, farm, school
from training.tasks.word_rates import book, factory, machines, tank, trip
from training.tasks.word_shares import cuts, fence, mixture, sharers
from training.tasks.word_story import Story
from training.tasks.word_units import garden, juice, rope, time
from training.tasks.word_unknown import bill, cinema, machine, packs, pages, scale

_FORWARD: dict[Callable[[Story], None], int] = {
    chain: 20,
    shop: 8,
    trip: 4,
    compare: 7,
    discount: 4,
    factory: 4,
    savings: 4,
    garden: 4,
    tank: 4,
    wages: 4,
    rope: 4,
    juice: 4,
    book: 5,
    farm: 4,
    school: 4,
    ages: 4,
    phone: 3,
    time: 4,
    tickets: 4,
    machines: 4,
}
# Stories that tell their end: their answer can be proved.
BACKWARD: dict[Callable[[Story], None], int] = {
    changes: 36,
    riddle: 6,
    temperature: 4,
    bus: 5,
    trail: 6,
    elders: 4,
    purse: 5,
    weekly: 5,
    barrel: 6,
    taxi: 6,
    shift: 4,
    bill: 7,
    packs: 6,
    scale: 4,
    pages: 5,
    machine: 4,
    cinema: 5,
    mixture: 5,
    sharers: 5,
    fence: 4,
    cuts: 4,
}
# Short stories as people tell them, in anybody's voice.
EVERYDAY: dict[Callable[[Tale], None], int] = {
    everyday_things.groups: 12,
    everyday_things.two_lots: 7,
    everyday_things.two_holders: 5,
    everyday_things.legs: 4,
    everyday_things.times_as_many: 8,
    everyday_bills.bill: 9,
    everyday_money.earned: 8,
    everyday_money.purse: 5,
    everyday_money.goal: 4,
    everyday_bills.reduced: 5,
    everyday_money.profit: 3,
    everyday_bills.fares: 4,
    everyday_pace.pace: 7,
    everyday_pace.legs_of_a_trip: 3,
    everyday_measures.ages: 5,
    everyday_measures.minutes: 4,
    everyday_measures.pieces: 5,
    everyday_measures.areas: 4,
    everyday_measures.temperature: 3,
    everyday_measures.fill: 3,
    everyday_back.stock: 8,
    everyday_back.gave_away: 5,
    everyday_back.same_each_time: 3,
    everyday_back.price_of_one: 4,
    everyday_back.parts: 5,
    everyday_back.unknown_number: 2,
    everyday_supplies.seats: 3,
    everyday_supplies.recipe: 3,
    everyday_supplies.lasts: 4,
    everyday_mixed.score: 3,
    everyday_mixed.together: 3,
    everyday_mixed.dozens: 4,
    everyday_mixed.weekly: 3,
    everyday_mixed.halves: 4,
    everyday_supplies.copies: 3,
}
KINDS = _FORWARD | BACKWARD
# The shipped models were trained before there were everyday stories: 0.35 for the next ones.
_EVERYDAY_DRAWS = 0.0
# Of the draws; of the problems that are kept it makes one half.
_BACKWARD_DRAWS = 0.328
# Each with the lowest and the highest number that makes sense.
_DISTRACTIONS = (
    ("It is {k} degrees outside.", 5, 35),
    ("The bus to the market takes {k} minutes.", 5, 50),
    ("{stranger} lives at number {k}.", 3, 90),
    ("{stranger} has {k} cousins.", 3, 15),
    ("{stranger} once counted {k} birds.", 8, 90),
    ("{stranger} weighs {k} kg.", 30, 90),
    ("{stranger} is {k} years old.", 5, 70),
    ("{stranger} once sold {k} {item}, but that was years ago.", 5, 90),
    ("Last year {stranger} had {k} {item}.", 5, 90),
    ("{stranger} has {k} {thing} at home.", 4, 60),
    ("In another shop a hat costs {k} dollars.", 8, 40),
    ("{stranger} has {k} dollars in a money box.", 8, 90),
    ("Last week {stranger} walked {k} km.", 4, 40),
    ("{stranger} reads a book of {k} pages.", 60, 300),
    ("About {k} percent of the people in town like music.", 10, 80),
    ("The house of {stranger} has {k} windows.", 4, 15),
)


def draw_story(rng: random.Random) -> Story:
    """Tell one story of a random kind; raises UnusableStory when the draw does not work out."""
    if _EVERYDAY_DRAWS and rng.random() < _EVERYDAY_DRAWS:
        tale = Tale(rng)
        rng.choices(list(EVERYDAY), list(EVERYDAY.values()))[0](tale)
        return tale
    kinds = BACKWARD if rng.random() < _BACKWARD_DRAWS else _FORWARD
    kind = rng.choices(list(kinds), list(kinds.values()))[0]
    story = Story(rng)
    kind(story)
    return story


def distraction(story: Story) -> str:
    """A sentence with a number that has nothing to do with the question."""
    fitting = [each for each in _DISTRACTIONS if not any(word in each[0] for word in story.avoid)]
    text, low, high = story.rng.choice(fitting)
    return text.format(
        # The same stranger twice would read like a part of the story.
        stranger=story.name(),
        item=story.first_item,
        thing=story.thing(),
        k=story.pick(low, high),
    )
