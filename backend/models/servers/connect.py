"""Connects to a server that writes. Nothing is sent before the first call of a model."""

from pathlib import Path

from backend.models.embedded.loader import shipped_weights
from backend.models.embedded.text import StepTokenizer
from backend.models.errors import ModelUnavailable
from backend.models.servers.client import ServerClient
from backend.models.servers.connected_generator import ConnectedGenerator
from backend.models.servers.generators.route import Profile
from backend.models.servers.transport import DEADLINE


def connect_generator(
    url: str,
    name: str,
    profile: Profile | None = None,
    api_key: str | None = None,
    deadline: float = DEADLINE,
    tokenizer_json: Path | None = None,
) -> ConnectedGenerator:
    """A generator that the server at `url` serves: any that speaks OpenAI's API.

    `profile`: how a general model is used. `deadline`: seconds for each request to the server.
    `tokenizer_json`: of models in Treewright's own step format, by default the one that comes with
    it. Errors: ValueError for a URL or key that cannot be used, ModelUnavailable when the tokenizer
    cannot be read.
    """
    path = tokenizer_json or shipped_weights("generator") / "tokenizer.json"
    client = ServerClient(url, api_key, deadline)
    return ConnectedGenerator(client, name, _tokenizer(path), profile)


def _tokenizer(path: Path) -> StepTokenizer:
    try:
        return StepTokenizer(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, why: Exception) -> ModelUnavailable:
    return ModelUnavailable(
        f"the tokenizer {path} cannot be used ({why}): give the tokenizer.json of the served model."
    )
