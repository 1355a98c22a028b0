"""Count what limited sources send over HTTP, for all processes of the pages together."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Utc

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "sent_hours",
        sa.Column("source", sa.String, nullable=False),
        sa.Column("hour", Utc(timezone=True), nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("source", "hour", name=op.f("pk_sent_hours")),
    )


def downgrade() -> None:
    op.drop_table("sent_hours")
