"""A tree as GraphML, for programs that draw and measure graphs (Gephi, Cytoscape, yEd, igraph)."""

import re
from typing import Any, Final

from backend.runs.view import TreeView
from storage.records import NodeRecord

# What XML 1.0 cannot hold, even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(view: TreeView) -> str:
    """The tree as a directed graph: an edge of the kind "step" from each step to those that follow
    it, and one of the kind "corrects" from a correction to what it corrects. What is not known (no
    score, no label) is left out.
    """
    # Importing it takes a good part of a second, which nobody should wait for who does not need it.
    import networkx as nx

    run = view.run
    about = {"run": run.id, "strategy": run.strategy, "status": run.status, "answer": run.answer}
    graph = nx.DiGraph(**_known(about))
    for node in view.nodes:
        graph.add_node(node.id, **_known(_attributes(node)))
    for node in view.nodes:
        if node.parent is not None:
            graph.add_edge(node.parent, node.id, kind="step")
        if node.corrects is not None:
            graph.add_edge(node.id, node.corrects, kind="corrects")
    return "\n".join(nx.generate_graphml(graph)) + "\n"


def _attributes(node: NodeRecord) -> dict[str, Any]:
    return {
        "action": node.action,
        "text": node.text,
        "value": node.value,
        "visits": node.visits,
        "prior": node.prior,
        "mean_logprob": node.mean_logprob,
        "tokens": node.tokens,
        "terminal": node.terminal,
        "answer": node.answer,
        "origin": node.origin,
        "model": node.model,
        "temperature": node.temperature,
        "samples": node.samples,
        "pruned": node.pruned,
        "label": node.label,
        "flagged": node.flagged,
        "patterns": ", ".join(node.patterns) or None,
        **{f"score {verifier}": score for verifier, score in node.scores.items()},
    }


def _known(attributes: dict[str, Any]) -> dict[str, Any]:
    """Without what GraphML has no word for, and texts as XML can hold them."""
    known = {name: value for name, value in attributes.items() if value is not None}
    return {_xml(name): _xml(value) for name, value in known.items()}


def _xml(value: Any) -> Any:
    return _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value
