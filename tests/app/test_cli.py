"""The command line: output, exit codes, wrong usage."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def treewright(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_solve_prints_the_tree_as_json() -> None:
    done = treewright(
        "solve", "Use 4, 7, 8 and 13 to make 24.", "--json", "--seed", "1",
        "--budget", "generated_tokens=600",
    )  # fmt: skip
    view = json.loads(done.stdout)
    assert view["run"]["status"] == "finished"
    assert len(view["nodes"]) > 10
    assert done.returncode == (0 if view["run"]["answer"] else 3)
    again = treewright(
        "solve", "Use 4, 7, 8 and 13 to make 24.", "--json", "--seed", "1",
        "--budget", "generated_tokens=600",
    )  # fmt: skip
    assert json.loads(again.stdout)["nodes"] == view["nodes"], "same seed, same tree"


def test_solve_takes_settings_and_verifiers() -> None:
    done = treewright(
        "solve", "Use 4, 7, 8 and 13 to make 24.", "--json", "--seed", "1",
        "--strategy", "beam_search:width=3,aggregate=last",
        "--judge", "symbolic", "--judge", "treewright-prm", "--budget", "generated_tokens=300",
    )  # fmt: skip
    run = json.loads(done.stdout)["run"]
    assert (run["strategy"], run["settings"]["width"]) == ("beam_search", 3)
    assert run["settings"]["aggregate"] == "last"
    assert run["verifiers"] == ["symbolic", "treewright-prm"]


def test_solve_keeps_the_run_when_told_where(tmp_path: Path) -> None:
    arguments = (
        "solve",
        "Make 24 from 4, 7, 8 and 13.",
        "--data",
        str(tmp_path),
        "--budget",
        "nodes=5",
        "--seed",
        "1",
    )
    done = treewright(*arguments, "--strategy", "best_of_n", "--reference", "1")
    assert done.returncode == 3
    assert "Answer:" in done.stderr
    assert (tmp_path / "treewright.db").exists()


def test_migrate_makes_and_keeps_a_database(tmp_path: Path) -> None:
    for _ in range(2):
        done = treewright("migrate", "--data", str(tmp_path))
        assert (done.returncode, "up to date" in done.stdout) == (0, True)


def test_purge_says_how_much_is_gone(tmp_path: Path) -> None:
    done = treewright("purge", "--data", str(tmp_path), "--days", "0")
    assert (done.returncode, done.stdout) == (0, "runs removed for good: 0\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("solve", ""), "the problem is empty"),
        (("solve", "What is the capital of France?"), "games of 24"),
        (("solve", "x", "--strategy", "magic"), "choose one of: mcts"),
        (("solve", "x", "--strategy", "mcts:children"), "name=value"),
        (("solve", "x", "--judge", "nobody"), "choose one of: treewright-prm"),
        (("solve", "x", "--budget", "tokens"), "key=number"),
        (("solve", "x", "--budget", "nodes=-3"), "above 0"),
        (("serve", "--port", "99999999"), "port"),
        (("serve", "--host", "0.0.0.0"), "TREEWRIGHT_OWNER_TOKEN"),
    ],
)
def test_wrong_usage_is_explained(arguments: tuple[str, ...], said: str) -> None:
    done = treewright(*arguments)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_models_that_are_not_there_are_named() -> None:
    done = treewright("solve", "x", "--generator", "no address")
    assert (done.returncode, "http://host:8000" in done.stderr) == (1, True)
    down = treewright("solve", "x", "--generator", "http://127.0.0.1:9", "--budget", "nodes=5")
    assert down.returncode == 1
    assert "failed" in down.stderr
    assert "127.0.0.1:9" in down.stderr


def test_commands_without_a_page_do_not_load_it() -> None:
    script = (
        "import sys, app.cli, app.solve, app.compare.command, app.check_models, app.trials; "
        "sys.exit('gradio' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
