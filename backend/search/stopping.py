"""Rules that end a search before its budget does."""

from backend.search.strategy import StrategySettings
from backend.search.tree import SearchTree


def reason_to_stop(tree: SearchTree, settings: StrategySettings) -> str | None:
    """Why nothing more needs to be asked, for people; None while there is no such reason."""
    wanted = settings.stop_at_agreement
    if wanted and tree.votes.agreed >= wanted:
        return f"{wanted} solutions agree on an answer"
    if tree.answer_node is not None:
        value = tree.worth(tree.nodes[tree.answer_node])
        if value is not None and value > settings.stop_at_value:
            return f"an answer is valued above {settings.stop_at_value:g}"
    return None
