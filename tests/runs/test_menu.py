"""What people are told of the models they choose from."""

from backend.models.servers.verifiers.connect import connect_verifier
from backend.reasoning.symbolic import SymbolicVerifier
from backend.runs.menu import GeneratorInfo, VerifierInfo, generator_info, verifier_info
from tests.scripted import ACTIONS, ScriptedGenerator, ScriptedVerifier, ScriptedWriter


def test_a_verifier_says_what_its_scores_mean() -> None:
    judge = connect_verifier("http://127.0.0.1:9", "judge", "yes-no")
    info = verifier_info(judge)
    assert (info.name, info.uncalibrated) == ("judge", True)
    assert "no checked probability (convention yes-no)" in info.about
    assert not verifier_info(SymbolicVerifier()).uncalibrated
    assert "equation" in verifier_info(SymbolicVerifier()).about


def test_one_that_says_nothing_is_listed_by_its_name() -> None:
    assert verifier_info(ScriptedVerifier()) == VerifierInfo("scripted-prm", "", False)


def test_a_generator_says_whether_it_can_be_told_in_words() -> None:
    steps_only = GeneratorInfo("scripted-generator", ACTIONS, writes=False)
    assert generator_info(ScriptedGenerator()) == steps_only
    assert generator_info(ScriptedGenerator()).knows == (), "it takes any problem"
    assert generator_info(ScriptedWriter()).writes
