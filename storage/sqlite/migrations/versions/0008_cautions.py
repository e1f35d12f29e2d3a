"""Runs know why their problem is one that the models are likely to get wrong; old ones do not."""

import sqlalchemy as sa
from alembic import op

revision = "0008_cautions"
down_revision = "0007_estimates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: no table is copied, so nothing that hangs on a run is touched."""
    op.add_column("runs", sa.Column("caution", sa.Text()))
