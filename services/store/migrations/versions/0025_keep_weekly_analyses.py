"""Keep the analysis of each week as it was made."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Utc

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "weekly_analyses",
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("is_incomplete", sa.Boolean(), nullable=False),
        sa.Column("workbook", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_weekly_analyses")),
    )


def downgrade() -> None:
    op.drop_table("weekly_analyses")
