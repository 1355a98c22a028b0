"""Add the changes of counts, and fold them into the counts at leisure."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "case_count_changes",
        sa.Column("grain", sa.String(1), nullable=False),
        sa.Column("level", sa.String(1), nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("concern", sa.String, nullable=False),
        sa.Column("measure", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.execute(
        "INSERT INTO case_counts (grain, level, owner, concern, measure, day, change) "
        "SELECT grain, level, owner, concern, measure, day, sum(change) FROM case_count_changes "
        "WHERE true GROUP BY grain, level, owner, concern, measure, day "
        "ON CONFLICT (grain, level, owner, concern, measure, day) "
        "DO UPDATE SET change = case_counts.change + excluded.change"
    )
    op.drop_table("case_count_changes")
