"""Say on the line of visits who is placed with parents, or in an unlawful placement."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_ARRANGED = sa.text("arrangement <> ''")


def upgrade() -> None:
    op.add_column(
        "cases", sa.Column("arrangement", sa.String(), nullable=False, server_default="")
    )
    op.add_column("cases", sa.Column("arranged_since", sa.Date()))
    op.add_column("cases", sa.Column("approved_by", sa.String()))
    op.create_index(
        "ix_cases_arrangement",
        "cases",
        ["arrangement", "until", "start"],
        sqlite_where=_ARRANGED,
        postgresql_where=_ARRANGED,
    )
    op.execute("UPDATE marks SET value = '' WHERE name = 'derived_by'")


def downgrade() -> None:
    op.drop_index("ix_cases_arrangement", "cases")
    for name in ("approved_by", "arranged_since", "arrangement"):
        op.drop_column("cases", name)
