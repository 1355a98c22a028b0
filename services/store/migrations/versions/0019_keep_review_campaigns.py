"""Keep review campaigns, and write down the reviews by which they come to an end."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json, Utc

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "reviews_held",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("campaign", sa.String()),
        sa.Column("next_due", sa.Date()),
        sa.PrimaryKeyConstraint("person", "place", name=op.f("pk_reviews_held")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("query", Json(), nullable=False),
        sa.Column("cohort_on", sa.Date(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_by", sa.String()),
        sa.Column("ended_why", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "campaign_members",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("concerns", Json(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "person", name=op.f("pk_campaign_members")),
    )
    op.create_index("ix_campaign_members_person", "campaign_members", ["person"])
    op.execute("UPDATE marks SET value = '' WHERE name = 'derived_by'")


def downgrade() -> None:
    op.drop_table("campaign_members")
    op.drop_table("campaigns")
    op.drop_table("reviews_held")
