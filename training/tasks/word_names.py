"""Who and what the stories are about: first names, countable things, and invented words."""

from __future__ import annotations

import random


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


NAMES = words(
    "Tom Ann Mia Ben Sam Lily Max Zoe Omar Ivy Aisha Carlos Yuki Priya Ahmed Fatima Elena Igor "
    "Olga Hiro Mei Wei Kofi Amara Lucia Diego Pablo Sofia Marta Jan Piotr Anna Lars Ingrid Sven "
    "Freya Hugo Chloe Pierre Amelie Luca Giulia Marco Nina Petra Klaus Greta Emil Ravi Anita "
    "Arjun Leila Hassan Yusuf Zara Kwame Nia Thabo Zuri Linh Minh Joon Hana Kenji Sakura Maria "
    "Jose Ana Felix Emma Noah Liam Ella Jack Ruby Oscar Rosa Theo Vera Kim Mateo Ines Tariq "
    "Samira Dmitri Katya Milan Jana Aroha Keanu Noor Idris Sana Bruno Alice Peter Julia David "
    "Sarah"
)
THINGS = words(
    "apples pencils stickers cookies marbles books cards beads shells coins pens balloons oranges "
    "pears plums lemons peaches eggs muffins cupcakes candles buttons stamps stones tokens badges "
    "ribbons bracelets flowers tulips roses seeds nuts berries cherries grapes mangoes bananas "
    "carrots onions potatoes tomatoes peppers melons figs olives dates postcards notebooks rulers "
    "erasers crayons markers brushes magnets keys spoons cups plates bowls toys dolls puzzles "
    "kites hats scarves socks gloves mugs bricks tiles feathers acorns leaves chestnuts pancakes "
    "waffles bagels donuts sandwiches pies tarts sweets chocolates lollipops photos posters"
)
# Things that machines and people make, for stories about work.
MADE = words(
    "pencils cookies beads pens balloons muffins cupcakes candles buttons badges bracelets "
    "postcards notebooks rulers crayons markers brushes magnets keys spoons cups plates bowls toys "
    "dolls puzzles kites hats scarves socks gloves mugs bricks tiles waffles bagels donuts posters"
)
_ONSETS = words("b bl br ch d dr f fl g gl gr h j k kl kr l m n p pl qu r s sk t tr v w y z zw")
_INNER = words("b d f g k l m n p r t v z")
_VOWELS = words("a e i o u oo ai ee")
_ENDS = words("b d k l m n p r t x rk lm nd mp")
_NAME_ENDS = words("vik zan dor lin mar bo nix ra tok wen la po")
_THING_ENDS = words("ets ins oms ups ings els ons erks abs obs iles ows")


def invented_name(rng: random.Random) -> str:
    """A name nobody bears, such as `Zorvik`."""
    word = rng.choice(_ONSETS) + rng.choice(_VOWELS)
    if rng.random() < 0.4:
        word += rng.choice(_INNER) + rng.choice(_VOWELS[:5])
    return (word + rng.choice("rlnm") * (rng.random() < 0.5) + rng.choice(_NAME_ENDS)).capitalize()


def invented_thing(rng: random.Random) -> str:
    """Things nobody has seen, in the plural, such as `blimpets`."""
    word = rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_ENDS)
    return word + rng.choice(_THING_ENDS)
