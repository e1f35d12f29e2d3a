"""The tables as the program expects them; migrations bring a file to this shape."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
)
from sqlalchemy.types import TypeDecorator


class JsonText(TypeDecorator[Any]):
    """JSON kept as readable text; values were checked by `storage.checks` before."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class JsonTuple(JsonText):
    """A JSON list that the records hold as a tuple."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else tuple(json.loads(value))


class UtcTime(TypeDecorator[datetime]):
    """An aware time as ISO text in UTC, all of one width, so that text order is time order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


# Batch migrations can only change constraints that have names.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("problem", Text, nullable=False),
    Column("strategy", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("settings", JsonText, nullable=False),
    Column("generator", Text, nullable=False),
    Column("verifiers", JsonTuple, nullable=False),
    Column("budget", JsonText, nullable=False),
    Column("usage", JsonText, nullable=False),
    Column("reference_answer", Text),
    Column("reason", Text),
    Column("answer", Text),
    Column("correct", Boolean),
    Column("best_node", Integer),
    Column("seq", Integer, nullable=False),
    Column("tags", JsonTuple, nullable=False, server_default="[]"),
    # No foreign key: the run that it began from may be deleted.
    Column("from_run", Text),
    Column("from_node", Integer),
    Column("answer_value", Float),
    Column("caution", Text),
    # When it was put into the bin; null: it was not.
    Column("binned_at", UtcTime),
    Index(None, "created_at", "id"),
)

events = Table(
    "events",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payload", JsonText, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# A projection of the events: rows are replaced as nodes change.
nodes = Table(
    "nodes",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("node_id", Integer, primary_key=True),
    Column("parent", Integer),
    Column("action", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("value", Float),
    Column("visits", Integer, nullable=False),
    Column("prior", Float),
    Column("mean_logprob", Float),
    Column("tokens", Integer, nullable=False),
    Column("scores", JsonText, nullable=False),
    Column("terminal", Boolean, nullable=False),
    Column("answer", Text),
    Column("corrects", Integer),
    Column("origin", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("temperature", Float),
    Column("samples", Integer, nullable=False),
    Column("pruned", Boolean, nullable=False),
    Column("label", Integer),
    Column("patterns", JsonTuple, nullable=False, server_default="[]"),
    Column("flagged", Boolean, nullable=False, server_default=false()),
    Column("estimate", Float),
)

# Append-only. Only deleting the run removes labels: a node that has labels cannot be deleted alone,
# so no slip in the projection can take a person's work with it.
labels = Table(
    "labels",
    metadata,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("node_id", Integer, nullable=False),
    Column("rating", Integer),
    Column("at", UtcTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("seconds", Float),
    Column("visible", JsonText, nullable=False),
    ForeignKeyConstraint(["run_id", "node_id"], ["nodes.run_id", "nodes.node_id"]),
    Index(None, "run_id", "node_id"),
)

shares = Table(
    "shares",
    metadata,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("snapshot_seq", Integer),
    Column("revoked_at", UtcTime),
)
