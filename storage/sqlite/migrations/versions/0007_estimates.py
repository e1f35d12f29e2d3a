"""Nodes know what was expected of them before any visit; of those stored before it is unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0007_estimates"
down_revision = "0006_answer_values"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: no table is copied, so nothing that hangs on a run is touched."""
    op.add_column("nodes", sa.Column("estimate", sa.Float()))
