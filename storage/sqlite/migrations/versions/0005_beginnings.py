"""Runs know the step of another run that they began from; of those stored before it is unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0005_beginnings"
down_revision = "0004_flags"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: no table is copied, so nothing that hangs on a run is touched."""
    op.add_column("runs", sa.Column("from_run", sa.Text()))
    op.add_column("runs", sa.Column("from_node", sa.Integer()))
