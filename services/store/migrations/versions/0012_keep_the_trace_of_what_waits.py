"""Keep which trace it belongs to with what waits to be derived or published."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for table in ("underived", "outbox"):
        op.add_column(table, sa.Column("trace", sa.String))


def downgrade() -> None:
    for table in ("underived", "outbox"):
        op.drop_column(table, "trace")
