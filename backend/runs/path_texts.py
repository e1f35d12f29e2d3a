"""The way to a step as a text to put elsewhere: Markdown, or a LaTeX document.

What models and people wrote is shown as they wrote it: in either language, nothing of it is markup.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.runs.view import TreeView
from storage.records import NodeRecord, RunRecord

_RATINGS: Final = {1: "good", 0: "neutral", -1: "bad"}


class PathFormat(StrEnum):
    """What to write a path in."""

    MARKDOWN = "markdown"
    LATEX = "latex"


@dataclass(frozen=True, slots=True)
class _Language:
    """`escaped`: a text of one or more lines, so that it is read as it is. `strong`, `quiet` and
    `quote` take what is escaped already; `page` the title and the paragraphs below it.
    """

    escaped: Callable[[str], str]
    heading: str
    strong: str
    quiet: str
    quote: str
    page: str


def path_text(view: TreeView, node_id: int, wanted: PathFormat) -> str:
    """The problem, what came of the search, and each step down to the node `node_id`: text, scores,
    label, flag, and what it corrects.
    """
    words = _LANGUAGES[wanted]

    def inline(text: str) -> str:
        return words.escaped(" ".join(text.split()))

    parts = [words.strong % "Problem:", words.escaped(view.nodes[0].text)]
    parts += [words.quiet % inline(about) for about in _about(view.run)]
    for number, node in enumerate(view.path(node_id), 1):
        title = f"{_words(node.action)} (step {node.id})"
        parts.append(words.heading % (number, inline(title)))
        parts.append(words.quiet % inline("; ".join(_facts(node))))
        if node.corrects is not None:
            corrected = view.nodes[node.corrects]
            parts.append(words.quote % inline(f"Corrects step {corrected.id}: {corrected.text}"))
        parts.append(words.escaped(node.text))
        if node.answer is not None:
            parts.append(words.strong % inline(f"Answer: {node.answer}"))
    return words.page % "\n\n".join(part for part in parts if part)


def _about(run: RunRecord) -> Iterable[str]:
    verdict = {True: ", right", False: ", wrong", None: ""}[run.correct]
    yield f"Answer: {run.answer}{verdict}" if run.answer is not None else "No answer found"
    if run.reference_answer is not None:
        yield f"Reference answer: {run.reference_answer}"
    models = ", ".join((run.generator, *run.verifiers))
    yield f"Search: {_words(run.strategy)} with {models}; seed {run.seed}; run {run.id}"


def _facts(node: NodeRecord) -> Iterable[str]:
    yield "not valued" if node.value is None else f"value {node.value:.2f}"
    yield f"{node.visits} visit{'' if node.visits == 1 else 's'}"
    for verifier, score in node.scores.items():
        yield f"{_words(verifier)}: {'no score' if score is None else f'{score:.2f}'}"
    if node.label is not None:
        yield f"labelled {_RATINGS[node.label]}"
    if node.origin == "person":
        yield "by a person"
    if node.pruned:
        yield "pruned"
    if node.flagged:
        yield "flagged"


def _words(name: str) -> str:
    return name.replace("_", " ")


# Everything that CommonMark or GitHub's dialect may read as markup inside a line …
_MARKDOWN: Final = re.compile(r"[\\`*_\[\]<>|~$&@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# … and at the beginning of one.
_MARKDOWN_START: Final = re.compile(r"^([#+=-]|\d{1,9}(?=[.)]))")


def _markdown_line(line: str) -> str:
    escaped = _MARKDOWN.sub(r"\\\g<0>", line)
    start = _MARKDOWN_START.match(escaped)
    if start is None:
        return escaped
    at = start.end() if start[0][0].isdigit() else 0
    return f"{escaped[:at]}\\{escaped[at:]}"


def _lines(text: str, escaped: Callable[[str], str], line_break: str) -> str:
    """Lines stay lines, and a blank one stays the end of a paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            paragraphs[-1].append(escaped(line.strip()))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join(line_break.join(lines) for lines in paragraphs if lines)


_TEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%",
    "&": r"\&", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
}  # fmt: skip
_TEX_MATH: Final = {
    "×": r"\times", "÷": r"\div", "·": r"\cdot", "±": r"\pm", "≤": r"\leq", "≥": r"\geq",
    "≠": r"\neq", "≈": r"\approx", "√": r"\surd", "π": r"\pi", "∞": r"\infty", "→": r"\to",
    "−": "-", "²": "^2", "³": "^3", "½": r"\frac12", "°": r"^\circ", "∑": r"\sum", "∈": r"\in",
}  # fmt: skip
_TEX_ALL: Final = {
    **{sign: f"\\ensuremath{{{name}}}" for sign, name in _TEX_MATH.items()},
    **_TEX,
    **{chr(code): "?" for code in (*range(0x20), 0x7F)},
    "\t": " ",
}
_TEX_PAGE: Final = r"""%% Other scripts than Latin need LuaLaTeX or XeLaTeX.
\documentclass{article}
\usepackage{iftex}
\iftutex\usepackage{fontspec}\else\usepackage[T1]{fontenc}\usepackage{textcomp}\fi
\setlength{\parindent}{0pt}\setlength{\parskip}{6pt}
\begin{document}
\section*{A path of reasoning}

%s

\end{document}
"""


def _tex_line(line: str) -> str:
    escaped = "".join(_TEX_ALL.get(sign, sign) for sign in line)
    # Two of these would become one sign.
    return re.sub(r"([-,])(?=\1)", r"\1{}", escaped)


_LANGUAGES: Final = {
    PathFormat.MARKDOWN: _Language(
        escaped=lambda text: _lines(text, _markdown_line, "\\\n"),
        heading="## %d. %s",
        strong="**%s**",
        quiet="*%s*",
        quote="> %s",
        page="# A path of reasoning\n\n%s\n",
    ),
    PathFormat.LATEX: _Language(
        escaped=lambda text: _lines(text, _tex_line, "\\newline\n"),
        heading="\\subsection*{%d. %s}",
        strong="\\textbf{%s}",
        quiet="{\\small\\itshape %s\\par}",
        quote="\\begin{quote}%s\\end{quote}",
        page=_TEX_PAGE,
    ),
}
