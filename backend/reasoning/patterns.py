"""Reasoning patterns: what kind of thinking a step is, by its thought action and its words.

The six patterns are those of Wu et al. 2024 (A Comparative Study on Reasoning Patterns of OpenAI's
o1 Model), section 3.3.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from backend.models.protocols import ModelStep

_SAME_METHOD: Final = 0.6
_RETOLD: Final = 0.7
_FEWEST_WORDS: Final = 4


class Pattern(StrEnum):
    """A kind of thinking."""

    SYSTEMATIC_ANALYSIS = "systematic_analysis"
    """Looks at the whole first: what is asked, what is given, how to go about it."""

    METHOD_REUSE = "method_reuse"
    """Takes a known method, or one that it has used before."""

    DIVIDE_AND_CONQUER = "divide_and_conquer"
    """Breaks the problem into smaller ones."""

    SELF_REFINEMENT = "self_refinement"
    """Looks for mistakes in its own steps, and corrects them."""

    CONTEXT_IDENTIFICATION = "context_identification"
    """Gathers what the problem says."""

    EMPHASIZING_CONSTRAINTS = "emphasizing_constraints"
    """Recalls a condition that the answer has to meet."""


_BY_ACTION: Final = {
    "restate": Pattern.CONTEXT_IDENTIFICATION,
    "decompose": Pattern.DIVIDE_AND_CONQUER,
    "check": Pattern.SELF_REFINEMENT,
    "correct": Pattern.SELF_REFINEMENT,
}
_WORDING: Final = {
    pattern: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for pattern, words in {
        Pattern.SYSTEMATIC_ANALYSIS: r"goal is|we (?:want|need to (?:find|determine|figure))\b"
        r"|we(?:'re| are) asked|(?:let'?s|let us) (?:first )?(?:analy[sz]e|understand|think)"
        r"|approach\b|strategy\b|to solve (?:this|the)\b",
        Pattern.METHOD_REUSE: r"(?:well-known|classic|classical|standard) \w+|formula\b|theorem\b"
        r"|identity\b|similarly\b|likewise\b|(?:in )?the same (?:way|method|idea|argument|steps)"
        r"|as (?:before|above)\b|(?:apply|applying|using) the \w+ (?:rule|method|algorithm)",
        Pattern.DIVIDE_AND_CONQUER: r"first\b[^.]*\bthen\b|sub-?(?:problems?|questions?|tasks?)\b"
        r"|(?:break|split|divide|decompose)\b[^.]*\b(?:into|down|up)\b|aim for\b|one by one\b"
        r"|case (?:1|one|a|i)\b|(?:two|three|four|separate|smaller) (?:parts|steps|cases|pieces)",
        Pattern.SELF_REFINEMENT: r"wait\b|hmm\b|actually\b|alternatively\b|on second thought"
        r"|(?:double-?|re-?)check|(?:let me|let'?s|to|we) (?:check|verify)|mistake\b"
        r"|(?:is|was|that's|that is) (?:wrong|incorrect|not right)|go(?:ing)? back\b|try again",
        Pattern.CONTEXT_IDENTIFICATION: r"(?:we(?:'re| are)|as|it is) (?:given|told)\b"
        r"|given (?:that|the|:)|we know\b|(?:problem|question|passage|text|context)"
        r" (?:says|states|asks|mentions|tells)|according to the\b"
        r"|the (?:numbers|facts|givens) are\b",
        Pattern.EMPHASIZING_CONSTRAINTS: r"must\b|constraints?\b|requirements?\b|exactly once\b"
        r"|only once\b|at (?:most|least) once\b|make sure|ensure\b|not allowed|(?:is|are) required"
        r"|(?:may|can) only\b|has to be\b|have to be\b|(?:the|this|that) condition\b"
        r"|each (?:number|word|letter|item) (?:once|only)",
    }.items()
}
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[a-z]+)?|\d+(?:\.\d+)?", re.IGNORECASE)


def reasoning_patterns(problem: str, steps: Sequence[ModelStep], index: int) -> tuple[Pattern, ...]:
    """The patterns of the step at `index`, in the order of Pattern; none where it shows none.

    Beside thought action and wording: a step that tells again what the problem says identifies
    context, and one that does as an earlier step did, with other numbers, reuses a method.
    """
    step = steps[index]
    found = {pattern for pattern, words in _WORDING.items() if words.search(step.text)}
    if step.action in _BY_ACTION:
        found.add(_BY_ACTION[step.action])
    words, numbers = _content(step.text)
    if "=" not in step.text and _retells(problem, words, numbers):
        found.add(Pattern.CONTEXT_IDENTIFICATION)
    if Pattern.SELF_REFINEMENT not in found and any(
        _same_method(words, numbers, earlier.text) for earlier in steps[:index]
    ):
        found.add(Pattern.METHOD_REUSE)
    return tuple(pattern for pattern in Pattern if pattern in found)


def _content(text: str) -> tuple[list[str], list[str]]:
    """The words and the numbers of a text."""
    tokens = [token.casefold() for token in _WORD.findall(text)]
    return (
        [token for token in tokens if not token[0].isdigit()],
        [token for token in tokens if token[0].isdigit()],
    )


def _retells(problem: str, words: list[str], numbers: list[str]) -> bool:
    told, known = map(set, _content(problem))
    shared = sum(word in told for word in words)
    enough = len(words) >= _FEWEST_WORDS and shared >= _RETOLD * len(words)
    return enough and known.issuperset(numbers)


def _same_method(words: list[str], numbers: list[str], earlier: str) -> bool:
    other_words, other_numbers = _content(earlier)
    if not numbers or numbers == other_numbers or min(len(words), len(other_words)) < _FEWEST_WORDS:
        return False
    mine, other = set(words), set(other_words)
    return len(mine & other) >= _SAME_METHOD * len(mine | other)
