"""Every setting of the server: of the command line, the environment, and a profile."""

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from app.profiles import FILE, GeneratorEntry, VerifierEntry, read_profile

LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
SHORTEST_TOKEN: Final = 16
_FRAMER: Final = r"(?:'self'|'none'|\*|https?:(?://[\w.*:\[\]-]+)?)"
_FRAMERS: Final = rf"^{_FRAMER}(?: {_FRAMER})*$"


class _ProfileSource(PydanticBaseSettingsSource):
    """What the chosen profile says, where neither option nor environment says anything."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not asked for: __call__ gives all fields at once."""
        raise NotImplementedError

    def __call__(self) -> dict[str, Any]:
        """The fields of the profile. Errors: BadProfile."""
        name = self.current_state.get("profile")
        if not name:
            return {}
        profile = read_profile(Path(self.current_state.get("profiles", FILE)), name)
        return {key: getattr(profile, key) for key in profile.model_fields_set}


class Settings(BaseSettings):
    """From TREEWRIGHT_* environment variables; the command line's options come before them, and a
    profile after them.
    """

    model_config = SettingsConfigDict(
        env_prefix="TREEWRIGHT_", extra="ignore", hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=0, le=65535)
    data: Path = Path("data")
    """Folder of the database."""

    in_flight: Annotated[int, Field(ge=1, le=1024)] | Literal["auto"] = 8
    """Pieces of work that one run has out at once; auto: as many as the model servers have room
    for, by the queues that they tell of.
    """

    max_running: int = Field(8, ge=1, le=256)
    """Runs that search at once; more of them wait."""

    reproducible: bool | None = None
    """Same seed, same tree: replies are taken in the order in which they were asked for. On
    unless how much is in flight is left to the servers.
    """

    deadline: float = Field(120.0, gt=0)
    """Seconds that one piece of work may take in all."""

    profile: str | None = None
    """Which table of the file of profiles says what models there are."""

    profiles: Path = FILE
    """The file of profiles."""

    generators: tuple[GeneratorEntry, ...] = ()
    verifiers: tuple[VerifierEntry, ...] = ()
    """Servers by name, as a profile lists them; the first of each is the default."""

    generator: str | None = None
    """Address of a model server that writes steps, such as http://127.0.0.1:8000: vLLM, SGLang,
    llama.cpp, Ollama, or a hosted API.
    """

    generator_model: str | None = None
    """Which of its models; the first that it lists unless given."""

    examples: int = Field(2, ge=0, le=3)
    """Worked examples in the prompt of a general model."""

    cache_salt: str | None = Field(None, max_length=128)
    """Keeps a vLLM server's prefix cache apart from that of its other users."""

    verifier: str | None = None
    """Address of a vLLM server that judges them."""

    verifier_convention: str | None = None
    """How its model judges, a name in docs/guides/verifiers.md; by default found by the model."""

    verifier_criteria: tuple[str, ...] = ()
    """What a rubric judge rates, in words, as a JSON list."""

    model_api_key: SecretStr | None = None
    """What both servers were started with as --api-key."""

    vllm: str | None = None
    """How `treewright models start` calls vLLM; by default the `vllm` beside this Python."""

    owner_token: SecretStr | None = None
    """Needed to use the server from anywhere but this machine."""

    allowed_hosts: list[str] = sorted(LOCAL_NAMES)
    """Names under which a server on a loopback address may be addressed ("*": any)."""

    frame_ancestors: str = Field("'self'", pattern=_FRAMERS)
    """Whose pages may show an embedded tree (?embed=1) in a frame, as Content-Security-Policy has
    it: addresses with spaces between them, such as "'self' https://slides.example".
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options before environment before profile."""
        return init_settings, env_settings, _ProfileSource(settings_cls)

    @property
    def served_generators(self) -> tuple[GeneratorEntry, ...]:
        """The servers that write: that of the option or the environment, else the profile's."""
        if not self.generator:
            return self.generators
        return (self.generator_at(self.generator, "served-generator"),)

    @property
    def served_verifiers(self) -> tuple[VerifierEntry, ...]:
        """The servers that judge: that of the option or the environment, else the profile's."""
        if not self.verifier:
            return self.verifiers
        return (self.verifier_at(self.verifier, "vllm-prm"),)

    def generator_at(self, url: str, name: str) -> GeneratorEntry:
        """A server that writes, used as the environment says."""
        return GeneratorEntry(
            name=name, url=url, api_key=self.model_api_key, model=self.generator_model
        )

    def verifier_at(self, url: str, name: str) -> VerifierEntry:
        """A server that judges, used as the environment says."""
        return VerifierEntry(
            name=name,
            url=url,
            api_key=self.model_api_key,
            convention=self.verifier_convention or None,
            criteria=self.verifier_criteria,
        )

    def origin(self, entry: GeneratorEntry | VerifierEntry) -> str:
        """Where an entry was written down, for messages; nothing for those of no file."""
        if entry not in (*self.generators, *self.verifiers):
            return ""
        return f"{self.profiles}, [profiles.{self.profile}], "

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> list[str]:
        """Names that requests may use. Beyond loopback the owner's token guards, not the name."""
        return [*self.allowed_hosts, self.host] if self.loopback else ["*"]

    @field_validator("owner_token")
    @classmethod
    def _token_is_one(cls, token: SecretStr | None) -> SecretStr | None:
        text = "" if token is None else token.get_secret_value()
        if not text:
            return None
        if len(text) < SHORTEST_TOKEN or not text.isascii() or not text.isprintable():
            raise ValueError(f"needs at least {SHORTEST_TOKEN} plain ASCII characters")
        return token

    @model_validator(mode="after")
    def _refuse_what_cannot_be_reproduced(self) -> "Settings":
        if self.in_flight == "auto" and self.reproducible:
            raise ValueError(
                "the same seed gives the same tree only with a fixed number of calls in flight: "
                "set TREEWRIGHT_IN_FLIGHT to a number, or TREEWRIGHT_REPRODUCIBLE to 0"
            )
        return self

    @model_validator(mode="after")
    def _refuse_open_servers(self) -> "Settings":
        if self.owner_token is not None:
            return self
        how = "set TREEWRIGHT_OWNER_TOKEN to a long random text, and open the page with ?token=…"
        if not self.loopback:
            raise ValueError(f"listening on {self.host} lets others in: {how}")
        if not set(self.allowed_hosts) <= LOCAL_NAMES:
            raise ValueError(f"a server that others reach by name lets them in: {how}")
        return self
