"""Paths as Markdown and LaTeX, trees as GraphML: nothing is missing, no text is markup."""

import html
import re
from dataclasses import replace

import hypothesis.strategies as st
import networkx as nx
import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt

from backend.runs.errors import NotFound
from backend.runs.graphml import graphml
from backend.runs.path_texts import PathFormat, path_text
from backend.runs.service import RunService
from backend.runs.view import TreeView
from tests.contracts.samples import a_node, a_run
from tests.runs.driving import request

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What TeX acts on, wherever it stands, and signs that melt into others.
TEX_SPECIAL = re.compile(r"[#$%&_^~<>|\"'`]|--|,,")
TEX_COMMAND = re.compile(r"\\(?:[#$%&_{}]|(?:text\w+|ensuremath|newline|par)\b)|[{}]|\n")
# What stores take: any Unicode but NUL.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


def view(text: str) -> TreeView:
    """A run whose only path is a step and its correction, both saying `text`."""
    nodes = (
        a_node(0, text=text, action="problem"),
        a_node(1, parent=0, text=text, label=-1, scores={text: 0.5, "orm": None},
               flagged=False),
        a_node(2, parent=1, text=text, corrects=1, value=None, origin="person", pruned=True,
               answer=text, terminal=True),
    )  # fmt: skip
    return TreeView(replace(a_run(problem=text), answer=text, correct=True, best_node=2), nodes, 3)


@given(TEXTS)
@example("# a\n- b\n1. c\n    code\n\n> d\n===\n| a |\n|---|\n***")
@example("<b>x</b> &amp; [a](javascript:b) ![i](j) `c` *d* __e__ ~~f~~ https://g.h www.i.j k@l.m")
@example("\\\\ trailing\\")
def test_markdown_says_what_was_written(text: str) -> None:
    rendered = PARSER.render(path_text(view(text), 2, PathFormat.MARKDOWN))
    assert not re.search(r"<(?!/?(?:p|h1|h2|em|strong|blockquote|br /)>)[a-z/]", rendered), rendered
    shown = " ".join(html.unescape(re.sub(r"<br />|</?\w+>", " ", rendered)).split())
    said = " ".join(text.split())
    assert shown.count(said) >= 6, "problem, answer, two steps, what is corrected, answer"


@given(TEXTS)
@example("\\input{x} #1 $a_b^c$ 50% a & b ~ -- ,, `` '' \"q\" <>| {}")
def test_latex_holds_no_command_but_its_own(text: str) -> None:
    document = path_text(view(text), 2, PathFormat.LATEX)
    body = document.split("\\section*{A path of reasoning}")[1].split("\\end{document}")[0]
    body = re.sub(r"\\(?:subsection\*|small|itshape|textbf|(?:begin|end)\{quote\})", "", body)
    body = re.sub(r"\\ensuremath\{[^{}]*\}", "", body)
    assert not TEX_SPECIAL.search(TEX_COMMAND.sub(" ", body).replace("-{}-", "-"))
    assert body.count("{") - body.count(r"\{") == body.count("}") - body.count(r"\}")


def test_a_path_says_all_that_is_known_of_its_steps() -> None:
    said = path_text(view("two"), 2, PathFormat.MARKDOWN)
    assert "*Answer: two, right*" in said
    assert "*Reference answer: 10*" in said
    assert "*value 0.25; 3 visits; two: 0.50; orm: no score; labelled bad*" in said
    assert "*not valued; 3 visits; prm: 0.75; orm: no score; by a person; pruned; flagged*" in said
    assert "> Corrects step 1: two" in said
    assert "**Answer: two**" in said
    assert "(step 2)" not in path_text(view("two"), 1, PathFormat.LATEX)


@given(TEXTS)
def test_graphml_is_read_as_it_was_written(text: str) -> None:
    graph = nx.parse_graphml(graphml(view(text)), node_type=int)
    assert {(*edge, kind) for *edge, kind in graph.edges(data="kind")} == {
        (0, 1, "step"), (1, 2, "step"), (2, 1, "corrects"),
    }  # fmt: skip
    first, second = graph.nodes[1], graph.nodes[2]
    assert (first["label"], first["value"], "score orm" in first) == (-1, 0.25, False)
    assert ("value" in second, second["origin"], second["pruned"]) == (False, "person", True)
    assert (first["flagged"], second["flagged"]) == (False, True)
    if text.isprintable() and text:
        assert (first["text"], first[f"score {text}"]) == (text, 0.5)


async def test_a_path_ends_where_it_is_told_to(service: RunService) -> None:
    run = await service.start(request())
    done = await service.settled(run.id)
    best = await service.exporting.path(run.id, PathFormat.MARKDOWN)
    assert f"(step {done.best_node})" in best
    assert "(step" not in await service.exporting.path(run.id, PathFormat.MARKDOWN, 0)
    with pytest.raises(NotFound, match="no node 999"):
        await service.exporting.path(run.id, PathFormat.MARKDOWN, 999)
