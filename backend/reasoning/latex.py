"""LaTeX as text: the box around an answer, and what is wrong with how it is written."""

import re
from typing import Final

_BOXED: Final = "\\boxed{"
_WORDS: Final = re.compile(r"\\(?:text|textbf|textrm|mbox|mathrm)\s*\{([^{}]*)\}")
_BRACES: Final = re.compile(r"(?<!\\)(?:\\\\)*([{}])")
_DOLLAR: Final = re.compile(r"(?<!\\)\$")
_LEFT: Final = re.compile(r"\\left(?![A-Za-z])")
_RIGHT: Final = re.compile(r"\\right(?![A-Za-z])")


def boxed(text: str) -> str | None:
    """What the last \\boxed{} of a solution holds; None without one, or if it is never closed."""
    start = text.rfind(_BOXED)
    if start < 0:
        return None
    depth = 1
    for end in range(start + len(_BOXED), len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if not depth:
            return text[start + len(_BOXED) : end].strip()
    return None


def plain_words(text: str) -> str:
    """The text with words as they are where LaTeX marks them as words."""
    return _WORDS.sub(r"\1", text)


def fault(text: str) -> str | None:
    """Why a text cannot be read as LaTeX, as far as its shape says so; None for plain text too."""
    if "\\" not in text and "$" not in text:
        return None
    open_braces = 0
    for brace in _BRACES.findall(text):
        open_braces += 1 if brace == "{" else -1
        if open_braces < 0:
            return "a } closes nothing"
    if open_braces:
        return "a { is never closed"
    # One sign alone is money.
    if len(_DOLLAR.findall(text)) % 2 and "\\" in text:
        return "a $ is never closed"
    if len(_LEFT.findall(text)) != len(_RIGHT.findall(text)):
        return "\\left and \\right do not pair up"
    return "it ends in a \\" if text.endswith("\\") else None
