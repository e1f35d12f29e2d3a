"""The contract of generators, kept by the embedded one in real vLLM."""

from collections.abc import Iterator

import pytest

from backend.models.protocols import Generator
from backend.models.servers.connect import connect_generator
from tests.contracts import test_generator
from tests.vllm.conftest import Servers

# The suite itself, with the generator of this module.
globals().update({k: v for k, v in vars(test_generator).items() if k.startswith("test_")})


@pytest.fixture
def generator(servers: Servers) -> Iterator[Generator]:
    """The embedded generator behind vLLM."""
    served = connect_generator(servers.generator, "served")
    yield served
    served.close()
