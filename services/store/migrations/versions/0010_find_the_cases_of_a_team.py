"""Find the cases of a team without walking those of everybody."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index("ix_cases_team", "cases", ["team", "rag", "until", "start"])


def downgrade() -> None:
    op.drop_index("ix_cases_team", "cases")
