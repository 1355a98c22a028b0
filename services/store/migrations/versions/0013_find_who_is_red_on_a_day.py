"""Find who is red, and what has climbed, on a day without walking what was and what will be.

On PostgreSQL, which has indexes of stretches.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

_INDEXES = {"ix_cases_red_days": "rag = 'red'", "ix_cases_climbed_days": "step IS NOT NULL"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, which in _INDEXES.items():
            op.execute(
                f"CREATE INDEX {name} ON cases USING gist (daterange(start, until)) WHERE {which}"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in _INDEXES:
            op.execute(f"DROP INDEX {name}")
