"""What people are told of the models they choose from."""

from backend.models.servers.verifiers.connect import connect_verifier
from backend.reasoning.symbolic import SymbolicVerifier
from backend.runs.menu import VerifierInfo, verifier_info
from tests.scripted import ScriptedVerifier


def test_a_verifier_says_what_its_scores_mean() -> None:
    judge = connect_verifier("http://127.0.0.1:9", "judge", "yes-no")
    info = verifier_info(judge)
    assert (info.name, info.uncalibrated) == ("judge", True)
    assert "no checked probability (convention yes-no)" in info.about
    assert not verifier_info(SymbolicVerifier()).uncalibrated
    assert "equation" in verifier_info(SymbolicVerifier()).about


def test_one_that_says_nothing_is_listed_by_its_name() -> None:
    assert verifier_info(ScriptedVerifier()) == VerifierInfo("scripted-prm", "", False)
