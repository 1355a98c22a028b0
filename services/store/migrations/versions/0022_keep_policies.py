"""Keep the policies that were in force, each from the day on which it was."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json, Utc

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("kept_at", Utc(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("colours", sa.String(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.PrimaryKeyConstraint("kept_at", name=op.f("pk_policies")),
    )


def downgrade() -> None:
    op.drop_table("policies")
