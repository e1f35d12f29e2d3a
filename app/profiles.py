"""The model servers of this machine: one entry each, as options, environment or a file say."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class _Entry(BaseModel):
    """A model behind an address. `name`: what runs call it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # Names are joined by + and , where several are written on the command line.
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    url: str
    api_key: SecretStr | None = None

    @property
    def key(self) -> str | None:
        """The key, for the connection only."""
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
