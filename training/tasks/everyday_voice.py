"""Who tells an everyday story: I, we, my sister, a baker, Nora; with the pronouns and verbs to fit.

Templates name the person as `@who`, `@whose`, `@he`, `@him`, `@his`, and write a verb in the
present as `~buy`: it becomes "buy" or "buys".
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from training.tasks.everyday_slips import slipped
from training.tasks.word_names import words
from training.tasks.word_story import Story

_TOKEN = re.compile(r"@(whose|who|he|him|his)\b")
_VERB = re.compile(r"~([a-z]+)")
_HISSING = ("s", "sh", "ch", "x", "z", "o")
_MALE = words(
    "brother dad father grandpa uncle son nephew husband grandfather boss neighbour friend cousin "
    "teacher coach roommate"
)
_FEMALE = words(
    "sister mum mom mother grandma aunt daughter niece wife boss neighbour friend cousin teacher"
)
_WORKERS = words(
    "baker farmer gardener teacher shopkeeper driver cook waiter carpenter tailor painter student "
    "librarian florist fisherman coach girl boy man woman runner builder nurse mechanic"
)
_TITLES = ("Mr", "Mrs", "Ms", "Mr.", "Mrs.")
_SURNAMES = words("Lee Khan Garcia Smith Brown Rossi Tanaka Novak Okafor Silva Jones Patel Weber")
_CROWDS = (
    "my parents",
    "the children",
    "the kids",
    "my friends",
    "some students",
    "the neighbours",
    "two friends",
    "the girls",
    "the boys",
)
_COINS = ("dollars",) * 6 + ("euros", "euros", "pounds", "rupees", "pesos", "coins", "francs")
_WHEN = ("Then", "After that", "Now", "In the end", "At last")
_CLOSE = words("brother sister friend cousin mother father neighbour aunt uncle classmate")


@dataclass(frozen=True, slots=True)
class Person:
    """How a person is spoken of: as subject, object and owner, and which verbs go with that."""

    who: str
    whose: str
    he: str
    him: str
    his: str
    alone: bool

    def voiced(self, template: str) -> str:
        """A template with the person and the verbs filled in."""
        text = _TOKEN.sub(lambda found: str(getattr(self, found[1])), template)
        return _VERB.sub(lambda found: self._verb(found[1]), text)

    def _verb(self, verb: str) -> str:
        if verb == "be":
            return "is" if self.alone else "am" if self.who == "I" else "are"
        if verb == "was":
            return "was" if self.alone or self.who == "I" else "were"
        return _third(verb) if self.alone else verb


def _third(verb: str) -> str:
    if verb == "have":
        return "has"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(_HISSING) else f"{verb}s"


_I = Person("I", "my", "I", "me", "my", alone=False)
_WE = Person("we", "our", "we", "us", "our", alone=False)
_YOU = Person("you", "your", "you", "you", "your", alone=False)


def _single(who: str, male: bool) -> Person:
    he, him, his = ("he", "him", "his") if male else ("she", "her", "her")
    return Person(who, f"{who}'s", he, him, his, alone=True)


def _many(who: str) -> Person:
    whose = f"{who}'" if who.endswith("s") else f"{who}'s"
    return Person(who, whose, "they", "them", "their", alone=False)


class Tale(Story):
    """An everyday story while it is being told, in somebody's voice and somebody's money."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.person = self._somebody()
        self.coin = rng.choice(_COINS)
        self._told = 0

    def prompt(self, distractions: Sequence[str]) -> str:
        """The whole problem, as somebody types it."""
        return slipped(self.rng, super().prompt(distractions))

    def relative(self) -> str:
        """Another person, as a template: a name or somebody close."""
        if self.chance(0.6):
            return self.name()
        return f"@his {self.rng.choice(_CLOSE)}"

    def one_of(self, *options: str) -> str:
        """One of some words."""
        return self.rng.choice(options)

    def left(self, operation: tuple[int, str, int], what: str) -> int:
        """A step that finds what is left; each in other words than the one before it."""
        return self._amount(operation, "what is left", "{when} {{eq}} {what} are left.", what)

    def total(self, operation: tuple[int, str, int], what: str) -> int:
        """A step that adds up."""
        return self._amount(operation, "the total", "{when} there are {{eq}} {what} in all.", what)

    def lots(self, operation: tuple[int, str, int], what: str) -> int:
        """A step that multiplies a number of groups."""
        return self.step(operation, f"the {what} at first", f"The whole number is {{eq}} {what}.")

    def share(self, operation: tuple[int, str, int], what: str) -> int:
        """A step that divides equally."""
        return self.step(operation, "each share", f"Each share is {{eq}} {what}.")

    def _amount(self, operation: tuple[int, str, int], name: str, text: str, what: str) -> int:
        when = _WHEN[min(self._told, len(_WHEN) - 1)]
        self._told += 1
        later = name if when == _WHEN[0] else f"{name} {when.lower()}"
        return self.step(operation, later, text.format(when=when, what=what))

    def _somebody(self) -> Person:
        rng, roll = self.rng, self.rng.random()
        if roll < 0.25:
            return rng.choice((_I, _I, _I, _WE, _YOU))
        if roll < 0.4:
            male = self.chance(0.5)
            owner = rng.choice(("my", "my", "my", "our", self.hero + "'s"))
            return _single(f"{owner} {rng.choice(_MALE if male else _FEMALE)}", male)
        if roll < 0.5:
            return _single(f"{rng.choice(('a', 'the'))} {rng.choice(_WORKERS)}", self.chance(0.5))
        if roll < 0.54:
            title = rng.choice(_TITLES)
            return _single(f"{title} {rng.choice(_SURNAMES)}", male="s" not in title)
        if roll < 0.62:
            return _many(rng.choice((*_CROWDS, f"{self.hero} and {self.friend}", "they")))
        return _single(self.hero, self.chance(0.5))

    def _render(self, template: str) -> str:
        return super()._render(self.person.voiced(template))
