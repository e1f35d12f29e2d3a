"""The step format of general models: `[action] text`, steps apart by a blank line.

Blank lines between steps are what instruction-tuned models write by themselves and what process
reward models were trained on (Qwen2.5-Math-PRM, arXiv 2501.07301, section 3).
"""

import re
from collections.abc import Iterable
from typing import Final

from backend.models.embedded.text import ACTIONS, FINAL_ACTION, FOREIGN_ACTION, one_line
from backend.models.protocols import Finish, ModelStep, Sample, SampledStep, Stop
from backend.models.servers.generators.texts import End, Text

BREAK: Final = "\n\n"
"""What ends a step, and the stop string of a request for a single one."""

BOXED: Final = "\\boxed{"

_TAG: Final = re.compile(r"\s*\**\[([A-Za-z]+)\]\**:?\s*")
_SPECIAL: Final = re.compile(
    r"<[|\uff5c][^<>\n]{1,60}?[|\uff5c]>"  # <|im_start|>, <|eot_id|>, DeepSeek's with wide bars
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<</?SYS>>"  # Mistral
    r"|<(?:start|end)_of_turn>|<extra_[0-9]+>|</?(?:s|bos|eos|pad|unk|think)>"
)
_UNSHOWABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def plain(text: str) -> str:
    """The text without what a chat template could take for its own marks, or no text can hold.

    A mark leaves a space behind: what stood around it must not make a new one.
    """
    return _SPECIAL.sub(" ", _UNSHOWABLE.sub("\ufffd", text))


def tag(action: str) -> str:
    """How a step of that action begins."""
    return f"[{action}]"


def as_text(steps: Iterable[ModelStep]) -> str:
    """Steps as the model would have written them, up to the break after the last one."""
    return "".join(f"{tag(step.action)} {one_line(plain(step.text))}{BREAK}" for step in steps)


def sample_of(text: Text, opening: str, stop: Stop) -> Sample:
    """What a model wrote after `opening` (a tag, the beginning of one, or nothing) as steps.

    A step without a known tag is `solve`. The sample ends with the first answer: a step tagged
    so, or a \\boxed{} where the model ended its text. What comes after it is dropped, and so is,
    for Stop.STEP, what a server wrote beyond the break. A tag before the break, and nothing else,
    is a step without words.
    """
    alone = _TAG.fullmatch(opening + text.text)
    if alone and text.end is End.BREAK and (action := alone[1].lower()) in ACTIONS:
        return Sample((SampledStep(action, "", text.tokens, None),), Finish.STEP)
    if not _TAG.match(opening + text.text):
        # A bracket that the model made no tag of is none of its words.
        opening = ""
    parts = _parts(opening + text.text, len(opening))
    if not parts:
        return Sample((), Finish.LENGTH if text.end is End.LENGTH else Finish.STEP)
    answers = [i for i, (action, _, _) in enumerate(parts) if action == FINAL_ACTION]
    kept = parts[: 1 if stop is Stop.STEP else (answers or [len(parts)])[0] + 1]
    whole = len(kept) == len(parts)
    action, said, ends = kept[-1]
    finish = Finish.STEP
    if whole and text.end is End.LENGTH:
        finish = Finish.LENGTH
    elif action == FINAL_ACTION:
        finish = Finish.ANSWER
    elif whole and text.end is End.TEXT and BOXED in said:
        finish = Finish.ANSWER
        if len(kept) > 1 or _TAG.match(opening) is None:
            kept[-1] = (FINAL_ACTION, said, ends)
    return Sample(tuple(_counted(kept, text, whole)), finish)


def _parts(written: str, skipped: int) -> list[tuple[str, str, int]]:
    """The steps of a text: action, text, and where it ends, counted without `skipped` characters.

    A tag alone belongs to the paragraph after it.
    """
    parts: list[tuple[str, str, int]] = []
    alone = ""
    for found in re.finditer(r"(?:(?!\n\n).)+(?:\n\n+|\Z)", written, re.DOTALL):
        action, said = _step(alone + found[0])
        alone = ""
        if said:
            parts.append((action, said, max(0, found.end() - skipped)))
        elif _TAG.fullmatch(found[0]):
            alone = found[0]
    return parts


def _step(paragraph: str) -> tuple[str, str]:
    action = None
    while (found := _TAG.match(paragraph)) and found[1].lower() in (
        ACTIONS if action is None else (action,)
    ):
        # Some models repeat the tag that they were given.
        action = found[1].lower()
        paragraph = paragraph[found.end() :]
    return action or FOREIGN_ACTION, one_line(plain(paragraph))


def _counted(parts: list[tuple[str, str, int]], text: Text, whole: bool) -> Iterable[SampledStep]:
    """Each part with the tokens that begin in it; the last of a whole text has all the rest.

    Where the server did not tell the tokens apart they are shared out by length.
    """
    done = begun = 0
    for i, (action, said, ends) in enumerate(parts):
        last = whole and i == len(parts) - 1
        if text.pieces is None:
            upto = text.tokens if last else round(text.tokens * ends / max(1, len(text.text)))
            yield SampledStep(action, said, max(1, upto - done), None)
            done = max(upto, done + 1)
            continue
        logprobs = []
        while done < len(text.pieces) and (last or begun < ends):
            piece, logprob = text.pieces[done]
            logprobs.append(logprob)
            begun += len(piece)
            done += 1
        extra = text.tokens - len(text.pieces) if last else 0
        yield SampledStep(action, said, max(1, len(logprobs) + extra), sum(logprobs))
