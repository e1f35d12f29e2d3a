"""The contract of verifiers, kept by the embedded PRM in real vLLM."""

from collections.abc import Iterator

import pytest

from backend.models.protocols import Verifier
from backend.models.servers.verifiers.connect import connect_verifier
from tests.contracts import test_verifier
from tests.vllm.conftest import Servers

# The suite itself, with the verifier of this module.
globals().update({k: v for k, v in vars(test_verifier).items() if k.startswith("test_")})


@pytest.fixture
def verifier(servers: Servers) -> Iterator[Verifier]:
    """The embedded PRM behind vLLM, its convention found by asking."""
    served = connect_verifier(servers.prm, "served")
    yield served
    served.close()
