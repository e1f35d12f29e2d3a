"""Nodes say which kinds of reasoning they show; those that were stored before say nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0002_patterns"
down_revision = "0001_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("nodes", sa.Column("patterns", sa.Text(), server_default="[]", nullable=False))
