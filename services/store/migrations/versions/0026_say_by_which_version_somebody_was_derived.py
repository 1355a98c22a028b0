"""Say of each young person by which policy and version theirs was derived."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column(
        "people", sa.Column("derived_by", sa.String(), nullable=False, server_default="")
    )
    op.create_index("ix_people_derived_by", "people", ["derived_by"])


def downgrade() -> None:
    op.drop_index("ix_people_derived_by", "people")
    op.drop_column("people", "derived_by")
