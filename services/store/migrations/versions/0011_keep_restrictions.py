"""Keep which young people are restricted to named readers."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Utc

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "restrictions",
        sa.Column("person", sa.String, nullable=False),
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person", "reader", name=op.f("pk_restrictions")),
    )


def downgrade() -> None:
    op.drop_table("restrictions")
