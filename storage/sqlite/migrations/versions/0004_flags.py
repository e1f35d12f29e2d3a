"""People flag steps; those that were stored before have no flag."""

import sqlalchemy as sa
from alembic import op

revision = "0004_flags"
down_revision = "0003_library"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: no table is copied, so nothing that hangs on a node is touched."""
    op.add_column(
        "nodes", sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
