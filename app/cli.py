"""The command line: `treewright serve`, `solve`, `compare`, `check-models` and the rest."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from app.errors import CannotStart
from app.settings import Settings
from storage.errors import StorageError

# One thread per matrix product: ours are too small for more, and threads would only wait.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

EXIT_USAGE: Final = 2
EXIT_FAILED: Final = 1
EXIT_NO_ANSWER: Final = 3

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Grow, watch, judge and share reasoning trees.",
)  # fmt: skip
_GENERATOR_HELP: Final = (
    "Address of a model server (vLLM, SGLang, llama.cpp, Ollama, …) that writes the steps."
)
_VERIFIER_HELP: Final = "Address of a vLLM server that judges them."
_PROFILE_HELP: Final = "Models of this table of treewright.toml; the options come before it."
_ERRORS: Final = Console(stderr=True)
models = typer.Typer(no_args_is_help=True, help="Model servers on this machine.")
cli.add_typer(models, name="models")


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
    generator: Annotated[str | None, typer.Option(help=_GENERATOR_HELP)] = None,
    verifier: Annotated[str | None, typer.Option(help=_VERIFIER_HELP)] = None,
    profile: Annotated[str | None, typer.Option(help=_PROFILE_HELP)] = None,
) -> None:
    """Serve the page and the API on one port, with the embedded models unless told otherwise."""
    models = {"generator": generator, "verifier": verifier, "profile": profile}
    settings = _settings(host=host, port=port, data=data, **models)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "httpx", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    typer.echo("Treewright is starting …")
    from app.server import serve as serve_now  # importing Gradio takes seconds: say so first

    try:
        serve_now(settings)
    except (StorageError, CannotStart) as error:
        _fail(str(error), EXIT_FAILED)


@cli.command()
def solve(
    problem: Annotated[str, typer.Argument(help="The problem, in words.")],
    strategy: Annotated[
        str, typer.Option(help="For example mcts, or beam_search:width=8,aggregate=last.")
    ] = "mcts",
    budget: Annotated[
        list[str] | None, typer.Option(help="key=limit, e.g. generated_tokens=2000; repeatable.")
    ] = None,
    judge: Annotated[
        list[str] | None, typer.Option(help="Name of a verifier, e.g. symbolic; repeatable.")
    ] = None,
    reference: Annotated[str | None, typer.Option(help="Grade the answer against this.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same tree.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Keep the run in this folder's database.")
    ] = None,
    generator: Annotated[str | None, typer.Option(help=_GENERATOR_HELP)] = None,
    verifier: Annotated[str | None, typer.Option(help=_VERIFIER_HELP)] = None,
    profile: Annotated[str | None, typer.Option(help=_PROFILE_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the tree as JSON.")] = False,
) -> None:
    """Search for an answer, showing the tree as it grows.

    Exit codes: 0 an answer (right, where a reference says so), 1 the run failed, 2 wrong usage,
    3 no answer or a wrong one.
    """
    from app.solve import SolveRequest, solve_problem  # numpy and the models load here

    name, chosen = _strategy(strategy)
    judges = tuple(judge) if judge else None
    request = SolveRequest(problem, name, chosen, judges, _limits(budget), reference, seed, as_json)
    try:
        settings = _settings(data=data, generator=generator, verifier=verifier, profile=profile)
        view = asyncio.run(solve_problem(request, settings, keep=data is not None))
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    except (StorageError, CannotStart) as error:
        _fail(str(error), EXIT_FAILED)
    if view is None:
        raise typer.Exit(EXIT_USAGE)
    if as_json:
        sys.stdout.write(json.dumps(view, ensure_ascii=False) + "\n")
    raise typer.Exit(_outcome(view["run"]))


@cli.command()
def compare(
    problems: Annotated[
        str, typer.Argument(help="JSON lines (GSM8K, MATH fields), or game24, word, linear.")
    ],
    strategies: Annotated[
        list[str],
        typer.Option("--strategy", "-s", help="Name, or name:setting=value,…; repeatable."),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the report; an unfinished one goes on.")],
    budget: Annotated[list[str] | None, typer.Option(help="As for solve; per search.")] = None,
    seeds: Annotated[list[int] | None, typer.Option("--seed", help="Repeatable.")] = None,
    count: Annotated[int, typer.Option(help="Problems to take at most.", min=1)] = 200,
    generator: Annotated[str | None, typer.Option(help=_GENERATOR_HELP)] = None,
    verifier: Annotated[str | None, typer.Option(help=_VERIFIER_HELP)] = None,
    profile: Annotated[str | None, typer.Option(help=_PROFILE_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Search a file of problems by several strategies at equal cost; a table and a page."""
    from app.compare.command import Comparison
    from app.compare.command import compare as compare_now

    limits = _limits(budget) or {"generated_tokens": 2000.0}
    plan = Comparison(problems, tuple(strategies), limits, tuple(seeds or (1,)), count, out)
    try:
        settings = _settings(generator=generator, verifier=verifier, profile=profile)
        report = compare_now(plan, settings)
    except KeyboardInterrupt:
        _fail("interrupted; the same command goes on", 130)
    except CannotStart as error:
        _fail(str(error))
    else:
        if as_json:
            sys.stdout.write(json.dumps(report) + "\n")


@cli.command("check-models")
def check_models(
    urls: Annotated[
        list[str] | None,
        typer.Argument(help="Servers that write steps; those of the settings unless given."),
    ] = None,
    verifier: Annotated[
        list[str] | None, typer.Option(help="A server that judges them; repeatable.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Check the models of this table of treewright.toml too.")
    ] = None,
    deadline: Annotated[float, typer.Option(help="Seconds for each model.", min=0.1)] = 20.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Ask model servers what they can do, and try it.

    Exit codes: 0 all can be used, 1 one cannot, 2 wrong usage.
    """
    # The report says what is wrong; the tries that led there are noise.
    logging.getLogger("backend.models.servers").setLevel(logging.ERROR)
    settings = _settings(profile=profile)
    from app.check_models import ModelsToCheck, show
    from app.check_models import as_json as written
    from app.check_models import check_models as check_now

    writers = [settings.generator_at(u, f"generator-{i}") for i, u in enumerate(urls or (), 1)]
    judges = [settings.verifier_at(u, f"verifier-{i}") for i, u in enumerate(verifier or (), 1)]
    if profile is not None or not (writers or judges):
        writers += settings.served_generators
        judges += settings.served_verifiers
    if not (writers or judges):
        _fail("nothing to check: give the address of a model server, or --verifier and one")
    try:
        asked = ModelsToCheck(tuple(writers), tuple(judges), deadline)
        reports = check_now(asked, settings)
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    else:
        if as_json:
            sys.stdout.write(json.dumps(written(reports), ensure_ascii=False) + "\n")
        else:
            show(reports, Console())
        if not all(report.usable for report in reports):
            raise typer.Exit(EXIT_FAILED)


@models.command("start")
def start_models(
    profile: Annotated[str, typer.Argument(help="A table of treewright.toml.")],
    data: Annotated[Path | None, typer.Option(help="Folder of the logs.")] = None,
    patience: Annotated[float, typer.Option(help="Seconds for each to come up.", min=1)] = 900.0,
) -> None:
    """Start the vLLM servers of a profile one after the other, and stop them on Ctrl+C."""
    settings = _settings(profile=profile, data=data)
    from app.local_servers.plan import plan_servers
    from app.local_servers.start import run_servers

    ready = f"All are ready (Ctrl+C stops them): treewright serve --profile {profile}"
    try:
        planned = plan_servers(settings)
        run_servers(planned, settings.data / "logs", patience, Console(), ready)
    except CannotStart as error:
        _fail(str(error), EXIT_FAILED)


@cli.command()
def migrate(
    data: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
) -> None:
    """Bring the database to this version's schema (`serve` does so too), keeping a backup."""
    settings = _settings(data=data)
    from app.parts import open_store

    try:
        store = open_store(settings)
    except StorageError as error:
        _fail(str(error), EXIT_FAILED)
    else:
        asyncio.run(store.close())
        typer.echo(f"the database in {settings.data} is up to date")


@cli.command()
def purge(
    days: Annotated[float, typer.Option(help="Keep what was deleted in these days.", min=0)] = 30,
    data: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
) -> None:
    """Remove deleted runs for good, with their labels and links. Nothing else ever does."""
    settings = _settings(data=data)
    from app.parts import open_store

    async def purged() -> int:
        store = open_store(settings)
        try:
            return await store.purge_bin(datetime.now(UTC) - timedelta(days=days))
        finally:
            await store.close()

    try:
        count = asyncio.run(purged())
    except StorageError as error:
        _fail(str(error), EXIT_FAILED)
    else:
        typer.echo(f"runs removed for good: {count}")


@cli.command()
def improve(
    out: Annotated[Path, typer.Option(help="Folder for everything that is made.")],
    weights: Annotated[Path | None, typer.Option(help="Models to start from.")] = None,
    problems: Annotated[int, typer.Option(help="Training problems to search.", min=1)] = 300,
    tokens: Annotated[int, typer.Option(help="Generated tokens per search.", min=50)] = 3000,
    steps: Annotated[int, typer.Option(help="Steps of each retraining.", min=1)] = 400,
    held_out: Annotated[int, typer.Option(help="Held-out problems per family.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="Of problems, searches and training.")] = 0,
) -> None:
    """One round of expert iteration on the embedded models (needs the `train` extra)."""
    try:
        from app.improve import Improvement
        from app.improve import improve as improve_now
        from app.trials import shipped_models
    except ImportError as error:
        _fail(f"{error.name} is missing: install treewright with the extra `train`", EXIT_FAILED)
        raise AssertionError from error
    source = weights or shipped_models()
    try:
        improve_now(Improvement(out, source, problems, tokens, steps, held_out, seed))
    except (CannotStart, ValueError) as error:
        _fail(str(error), EXIT_FAILED)


def _strategy(written: str) -> tuple[str, dict[str, Any]]:
    from app.compare.contenders import read_strategy

    try:
        return read_strategy(written)
    except ValueError as error:
        _fail(str(error))
        raise AssertionError from error


def _outcome(run: Mapping[str, Any]) -> int:
    """The exit code that a run ends with."""
    if run["status"] == "failed":
        return EXIT_FAILED
    return EXIT_NO_ANSWER if run["answer"] is None or run["correct"] is False else 0


def _limits(budget: list[str] | None) -> dict[str, float] | None:
    if not budget:
        return None
    limits = {}
    for part in budget:
        key, _, limit = part.partition("=")
        try:
            limits[key.strip()] = float(limit)
        except ValueError:
            _fail(f"--budget {part}: write key=number, for example generated_tokens=2000")
    return limits


def _settings(**options: object) -> Settings:
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, f['loc']))} {f['msg']}" for f in error.errors())
        _fail(faults.strip())
        raise AssertionError from error
    except (SettingsError, CannotStart) as error:
        _fail(str(error))
        raise AssertionError from error


def _fail(message: str, code: int = EXIT_USAGE) -> None:
    _ERRORS.print(f"treewright: {message}", style="red", markup=False, highlight=False)
    raise typer.Exit(code)


def main() -> None:
    """Entry point of the `treewright` command."""
    # It logs that something is tried again, but not what: backend.models.servers does.
    logging.getLogger("stamina").setLevel(logging.ERROR)
    cli()


if __name__ == "__main__":
    main()
