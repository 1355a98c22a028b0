"""Write down the annual return as it would be sent on any day, and what would fail its checks."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "return_care_leavers",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("age", sa.Integer()),
        sa.Column("about", sa.Date()),
        sa.Column("born", sa.Date()),
        sa.Column("in_touch", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("accommodation", sa.String(), nullable=False),
        sa.Column("suitability", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("flaws", Json(), nullable=False),
        sa.PrimaryKeyConstraint("person", "year", "start", name=op.f("pk_return_care_leavers")),
    )
    op.create_index("ix_return_care_leavers_year", "return_care_leavers", ["year", "start"])
    op.create_table(
        "return_episodes",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("began", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("legal_status", sa.String(), nullable=False),
        sa.Column("placement", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("urn", sa.String(), nullable=False),
        sa.Column("ceased", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("flaws", Json(), nullable=False),
        sa.PrimaryKeyConstraint("person", "place", "start", name=op.f("pk_return_episodes")),
    )
    op.create_index("ix_return_episodes_until", "return_episodes", ["until", "start"])
    op.execute("UPDATE marks SET value = '' WHERE name = 'derived_by'")


def downgrade() -> None:
    op.drop_table("return_episodes")
    op.drop_table("return_care_leavers")
