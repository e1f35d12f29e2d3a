"""Runs have tags, and a bin that they can come back from."""

import sqlalchemy as sa
from alembic import op

revision = "0003_library"
down_revision = "0002_patterns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: no table is copied, so nothing that hangs on a run is touched."""
    op.add_column("runs", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))
    op.add_column("runs", sa.Column("binned_at", sa.Text(), nullable=True))
