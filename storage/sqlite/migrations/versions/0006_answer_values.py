"""Runs know what their answer is worth to the verifiers; of those stored before it is unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0006_answer_values"
down_revision = "0005_beginnings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: no table is copied, so nothing that hangs on a run is touched."""
    op.add_column("runs", sa.Column("answer_value", sa.Float()))
