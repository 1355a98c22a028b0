"""Keep the figures of measures as each week's report gave them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "measure_figures",
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("numerator", sa.Float()),
        sa.Column("denominator", sa.Float()),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("week", "measure", name=op.f("pk_measure_figures")),
    )


def downgrade() -> None:
    op.drop_table("measure_figures")
