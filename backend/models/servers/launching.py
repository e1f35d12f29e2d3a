"""What `vllm serve` has to be told so that a model is served as Treewright asks for it."""

import json
from pathlib import Path

from tokenizers import Tokenizer

from backend.models.servers.verifiers.conventions import (
    Convention,
    StepTagConvention,
    convention_for,
    convention_named,
)


def verifier_arguments(weights: str, convention: str | None) -> tuple[str, ...]:
    """Options of `vllm serve` for a model that judges.

    `convention`: by default that of the weights' name. The step tag of a folder's own tokenizer is
    given; a model of the hub has it in its configuration. Errors: UnknownConvention, ValueError for
    a folder whose tokenizer has no such tag.
    """
    chosen = convention_for(weights) if convention is None else convention_named(convention)
    return (*chosen.serve, *_step_tag(Path(weights), chosen))


def _step_tag(folder: Path, convention: Convention) -> tuple[str, ...]:
    if not isinstance(convention, StepTagConvention) or not folder.is_dir():
        return ()
    path = folder / "tokenizer.json"
    try:
        tag = Tokenizer.from_file(str(path)).token_to_id(convention.tag)
    except Exception as error:  # tokenizers raises nothing more special
        raise ValueError(f"{path} cannot be read: {error}") from error
    if tag is None:
        raise ValueError(f"{path} has no token {convention.tag}, the step tag of {convention.name}")
    return ("--pooler-config", json.dumps({"step_tag_id": tag}))
