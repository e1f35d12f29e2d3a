"""A tiny model directory and the models in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from backend.models.embedded.checkpoint import Checkpoint, read_checkpoint
from backend.models.embedded.generator import EmbeddedGenerator
from backend.models.embedded.loader import load_generator, load_prm
from backend.models.embedded.text import StepTokenizer
from backend.models.embedded.verifier import EmbeddedPRM
from backend.models.servers.transport import ATTEMPTS
from tests.models.tiny import tiny_directory


@pytest.fixture(autouse=True)
def retries_do_not_wait() -> Iterator[None]:
    """What is tried again is tried at once."""
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model directory with random weights."""
    return tiny_directory(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def checkpoint(directory: Path) -> Checkpoint:
    return read_checkpoint(directory)


@pytest.fixture(scope="session")
def tokenizer(checkpoint: Checkpoint) -> StepTokenizer:
    return StepTokenizer(checkpoint.tokenizer_json)


@pytest.fixture
def generator(directory: Path) -> Iterator[EmbeddedGenerator]:
    generator = load_generator(directory, "tiny")
    yield generator
    generator.close()


@pytest.fixture
def prm(directory: Path) -> Iterator[EmbeddedPRM]:
    prm = load_prm(directory, "tiny-prm")
    yield prm
    prm.close()
