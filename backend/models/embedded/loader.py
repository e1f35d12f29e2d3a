"""Loads embedded models from a directory, by default the shipped one."""

from importlib.resources import files
from pathlib import Path

from backend.models.embedded.checkpoint import read_checkpoint
from backend.models.embedded.generator import EmbeddedGenerator
from backend.models.embedded.llama import Llama
from backend.models.embedded.text import StepTokenizer
from backend.models.embedded.verifier import EmbeddedPRM
from backend.models.embedded.wording import Wording
from backend.models.errors import ModelUnavailable

GENERATOR_NAME = "treewright-generator"
PRM_NAME = "treewright-prm"


def shipped_weights(kind: str) -> Path:
    """The directory of the shipped `generator` or `prm`; it may be absent in a bare checkout."""
    return Path(str(files("backend.models.embedded"))) / "weights" / kind


def load_shipped_generator() -> EmbeddedGenerator:
    """Load the generator that comes with Treewright. Errors: ModelUnavailable."""
    return load_generator(shipped_weights("generator"), GENERATOR_NAME)


def load_shipped_prm() -> EmbeddedPRM:
    """Load the reward model that comes with Treewright. Errors: ModelUnavailable."""
    return load_prm(shipped_weights("prm"), PRM_NAME)


def load_generator(directory: Path, name: str) -> EmbeddedGenerator:
    """Load a generator and start its thread; close() it when done. Errors: ModelUnavailable."""
    llama, tokenizer = _load(directory)
    try:
        wording = Wording.read(directory)
    except (ValueError, OSError) as error:
        raise _broken(directory, error) from error
    return EmbeddedGenerator(llama, tokenizer, name, wording=wording)


def load_prm(directory: Path, name: str) -> EmbeddedPRM:
    """Load a reward model and start its thread; close() it when done. Errors: ModelUnavailable."""
    llama, tokenizer = _load(directory)
    try:
        return EmbeddedPRM(llama, tokenizer, name)
    except ValueError as error:
        raise _broken(directory, error) from error


def _load(directory: Path) -> tuple[Llama, StepTokenizer]:
    checkpoint = read_checkpoint(directory)
    try:
        tokenizer = StepTokenizer(checkpoint.tokenizer_json)
        if tokenizer.known > checkpoint.config.vocabulary:
            raise ValueError("tokenizer.json knows more tokens than the model has")
        return Llama(checkpoint), tokenizer
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(directory, error) from error


def _broken(directory: Path, why: Exception) -> ModelUnavailable:
    return ModelUnavailable(f"the model in {directory} is broken ({why}): copy or train it again.")
