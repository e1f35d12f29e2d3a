"""Every setting of the server; nothing else reads the environment."""

import ipaddress
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """From TREEWRIGHT_* environment variables; the command line's options come before them."""

    model_config = SettingsConfigDict(env_prefix="TREEWRIGHT_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=0, le=65535)
    data: Path = Path("data")
    """Folder of the database."""

    in_flight: int = Field(8, ge=1, le=1024)
    """Pieces of work that one run has out at once."""

    max_running: int = Field(8, ge=1, le=256)
    """Runs that search at once; more of them wait."""

    reproducible: bool = True
    """Same seed, same tree: replies are taken in the order in which they were asked for."""

    deadline: float = Field(120.0, gt=0)
    """Seconds that one piece of work may take in all."""

    owner_token: SecretStr | None = None
    """Needed to use the server from anywhere but this machine."""

    allowed_hosts: list[str] = ["127.0.0.1", "localhost", "[::1]"]
    """Names under which a server on a loopback address may be addressed ("*": any)."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @model_validator(mode="after")
    def _refuse_open_servers(self) -> "Settings":
        if not self.loopback and self.owner_token is None:
            raise ValueError(
                f"listening on {self.host} lets others in: set TREEWRIGHT_OWNER_TOKEN to a long "
                "random text first, and open the page with ?token=… once"
            )
        return self
