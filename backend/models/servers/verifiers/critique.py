"""Generative verifiers: a model writes a critique, and its boxed verdicts are the scores.

What it writes is read and never run: some of these models (GenPRM) write programs.
"""

import re
from typing import Final

from backend.models.protocols import Judgement, ModelStep, Prefix, Writer
from backend.models.servers.client import together
from backend.models.servers.verifiers.chains import Findings, Scores, distinct
from backend.models.servers.verifiers.conventions import CritiqueConvention
from backend.models.servers.verifiers.writing import Reply, Unreadable, ask, conclusion, total

VERDICT: Final = re.compile(
    r"\\boxed\s*\{\s*(?:\\text\s*\{\s*)?(correct|incorrect)\s*\}(?:\s*\})?", re.IGNORECASE
)
INDEX: Final = re.compile(r"\\boxed\s*\{\s*(?:\\text\s*\{\s*)?(-?\d{1,6})\s*\}")


class Critic:
    """Scores 1 and 0 as the critique says, None where it says nothing (Khalifa et al. 2025,
    arXiv:2504.16828, ThinkPRM; Zheng et al. 2024, arXiv:2412.06559, section 4.1).
    """

    def __init__(self, writer: Writer, convention: CritiqueConvention) -> None:
        self._writer = writer
        self._convention = convention
        self._read = _each_step if convention.verdicts == "each_step" else _first_error

    async def score(self, chains: tuple[Prefix, ...]) -> Judgement:
        """Score every step of every chain, by one critique per distinct chain.

        A critique that cannot be read is a reason, and no score. Errors: ModelUnavailable,
        BadReply.
        """
        asked, findings = distinct(chains), Findings()
        replies = await together(self._critique(chain) for chain in asked)
        for chain, reply in zip(asked, replies, strict=True):
            if reply.text is None:
                findings.missing(chain, reply.reason or "")
                continue
            try:
                findings.scores[chain] = self._read(reply.text, len(chain.steps))
            except Unreadable as error:
                findings.missing(chain, str(error))
        return findings.judgement(chains, total([reply.usage for reply in replies]))

    async def _critique(self, chain: Prefix) -> Reply:
        prompt = self._convention.layout.prompt(_unboxed(chain), self._convention.strip)
        return await ask(self._writer, prompt, self._convention.max_tokens)


def _unboxed(chain: Prefix) -> Prefix:
    """The chain without verdicts of its own, which a critic would quote among its own."""
    steps = tuple(ModelStep(step.action, _bracketed(step.text)) for step in chain.steps)
    return Prefix(_bracketed(chain.problem), steps)


def _bracketed(text: str) -> str:
    # In brackets the word is no verdict, even inside a box that was around this one.
    return VERDICT.sub(r"[\1]", text)


def _each_step(text: str, steps: int) -> Scores:
    """The verdicts in their order. A critic that stops at an error says nothing of what follows."""
    said = [verdict.lower() == "correct" for verdict in VERDICT.findall(text)]
    # Some sum all of it up once more at the end.
    if len(said) > steps and said == said[:steps] * (len(said) // steps):
        said = said[:steps]
    stopped = 0 < len(said) < steps and not said[-1]
    if len(said) != steps and not stopped:
        raise Unreadable(f"the critique has {len(said)} verdicts for {steps} steps")
    return tuple(map(float, said)) + (None,) * (steps - len(said))


def _first_error(text: str, steps: int) -> Scores:
    """Right up to the first error, which the last box names from 0; -1 is none."""
    boxes = INDEX.findall(conclusion(text))
    if not boxes:
        raise Unreadable("the critique ends without the number of a paragraph in a box")
    first = int(boxes[-1])
    if not -1 <= first < steps:
        raise Unreadable(f"the critique names paragraph {first} of {steps}, counted from 0")
    if first == -1:
        return (1.0,) * steps
    return (1.0,) * first + (0.0,) + (None,) * (steps - first - 1)
