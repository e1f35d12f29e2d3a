"""A served PRM in the step-token format with a tokenizer of its own, as little models have."""

from pathlib import Path

from backend.models.embedded.text import StepTokenizer
from backend.models.servers.client import ServerClient
from backend.models.servers.step_token_prm import StepTokenPRM


def served_prm(url: str, name: str, tokenizer_json: Path) -> StepTokenPRM:
    """The PRM that the server at `url` serves."""
    return StepTokenPRM(ServerClient(url), StepTokenizer(tokenizer_json.read_text("utf-8")), name)
