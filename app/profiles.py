"""Profiles: named sets of model servers, written down in a file with what each needs."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from app.errors import CannotStart

FILE: Final = Path("treewright.toml")
"""Where profiles are looked for, in the working folder, unless TREEWRIGHT_PROFILES says more."""


class BadProfile(CannotStart):
    """A profile cannot be used; the message names file, table and key, and shows no value."""


class Serving(BaseModel):
    """How `treewright models start` serves a model on this machine, with vLLM.

    `weights`: a folder, or a name on the Hugging Face hub; `memory`: the share of the GPU's memory,
    by default an equal part of 90 % for each server on the same `gpus` (a number, or several with
    commas; by default all that there are); `arguments`: more of `vllm serve`, as they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    weights: str = Field(min_length=1)
    memory: float | None = Field(None, gt=0, le=1)
    gpus: str | None = Field(None, pattern=r"^\d+(,\d+)*$")
    arguments: tuple[str, ...] = ()


class _Entry(BaseModel):
    """A model behind an address. `name`: what runs call it; `serve`: who starts it, if we do."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # Names are joined by + and , where several are written on the command line.
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    url: str
    api_key: SecretStr | None = None
    api_key_env: str | None = None
    """The environment variable that holds the key."""
    serve: Serving | None = None

    @property
    def key(self) -> str | None:
        """The key, for the connection only."""
        if self.api_key_env is not None:
            return os.environ.get(self.api_key_env)
        return None if self.api_key is None else self.api_key.get_secret_value()


class GeneratorEntry(_Entry):
    """A model that writes steps. `model`: by default the first that the server lists; `examples`:
    worked ones in its prompt, by default as many as the settings say.
    """

    model: str | None = None
    examples: int | None = Field(None, ge=0, le=3)


class VerifierEntry(_Entry):
    """A model that judges them. `convention`: by default that of the served model; `criteria`:
    what a rubric judge rates.
    """

    convention: str | None = None
    criteria: tuple[str, ...] = ()


class Profile(BaseModel):
    """A table [profiles.NAME]. `deadline`: seconds that one piece of work may take in all."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    generators: tuple[GeneratorEntry, ...] = ()
    verifiers: tuple[VerifierEntry, ...] = ()
    deadline: float | None = Field(None, gt=0)


def read_profile(path: Path, name: str) -> Profile:
    """The profile with that name in a file. Errors: BadProfile."""
    tables = _tables(path)
    if name not in tables:
        known = ", ".join(tables) or "none"
        raise BadProfile(f"{path} has no table [profiles.{name}]; its profiles: {known}")
    where = f"{path}, [profiles.{name}]"
    try:
        profile = Profile.model_validate(tables[name])
    except ValidationError as error:
        faults = [f"{_key(fault['loc'])}: {_said(fault)}" for fault in error.errors()]
        raise BadProfile(f"{where}: {'; '.join(faults)}") from None
    faults = list(_faults(profile))
    if faults:
        raise BadProfile(f"{where}: {'; '.join(faults)}")
    return profile


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadProfile(
            f"{path}: {error.strerror}. Profiles are read from {FILE} in the working folder, or "
            "from the file that TREEWRIGHT_PROFILES names"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadProfile(f"{path} is no TOML file: {error}") from None
    unknown = [key for key in written if key != "profiles"]
    tables = written.get("profiles", {})
    if unknown or not isinstance(tables, dict):
        keys = ", ".join(unknown) or "profiles"
        raise BadProfile(f"{path}: {keys}: write tables [profiles.NAME], and nothing else")
    return tables


def _key(loc: tuple[int | str, ...]) -> str:
    """A place in a table as people write it: generators[0].url."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".") or "the table"


def _said(fault: Any) -> str:
    match fault["type"], fault["loc"]:
        case "extra_forbidden", ("generators", *_):
            kind: type[BaseModel] = GeneratorEntry
        case "extra_forbidden", ("verifiers", *_):
            kind = VerifierEntry
        case "extra_forbidden", _:
            kind = Profile
        case "missing", _:
            return "is missing"
        case _:
            return str(fault["msg"])
    return f"there is no such key; known: {', '.join(kind.model_fields)}"


def _faults(profile: Profile) -> Iterator[str]:
    """What is wrong between the lines."""
    for group, entries in (("generators", profile.generators), ("verifiers", profile.verifiers)):
        seen: set[str] = set()
        for i, entry in enumerate(entries):
            place = f"{group}[{i}]"
            if entry.name in seen:
                yield f"{place}.name: {entry.name!r} is the name of two {group}"
            seen.add(entry.name)
            if not _is_address(entry.url):
                yield (
                    f"{place}.url: write http://host:8000, without user, password and question "
                    "mark; the key has a place of its own, api_key_env"
                )
            if entry.api_key is not None and entry.api_key_env is not None:
                yield f"{place}.api_key: give this or api_key_env, not both"
            elif entry.api_key_env is not None and not entry.key:
                yield f"{place}.api_key_env: the environment has no {entry.api_key_env}"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port_is_one and plain
