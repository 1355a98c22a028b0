"""Keep comparisons of a policy with the one in force, and what differs under it."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json, Utc

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "policy_comparisons",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("parameters", Json(), nullable=False),
        sa.Column("in_force", Json(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("heard_at", Utc()),
        sa.Column("maker", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_comparisons")),
    )
    op.create_table(
        "policy_changes",
        sa.Column("comparison", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("concern", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("becomes", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("team", sa.String()),
        sa.PrimaryKeyConstraint("comparison", "place", name=op.f("pk_policy_changes")),
    )
    op.create_index("ix_policy_changes_person", "policy_changes", ["person"])


def downgrade() -> None:
    op.drop_table("policy_changes")
    op.drop_table("policy_comparisons")
