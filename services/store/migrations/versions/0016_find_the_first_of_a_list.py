"""Find the first of a list in its order; say on the line whether a case was red at the baseline."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ORDERED = {
    "ix_cases_late": "late_actions > 0",
    "ix_cases_climbed": "step IS NOT NULL",
    "ix_cases_red": "rag = 'red'",
}
_TURNING = "rag = 'red' AND start = since"


def _index(name: str, columns: list[str], which: str) -> None:
    op.create_index(
        name, "cases", columns, sqlite_where=sa.text(which), postgresql_where=sa.text(which)
    )


def upgrade() -> None:
    op.add_column(
        "cases", sa.Column("at_baseline", sa.String(), nullable=False, server_default="")
    )
    for name in ("ix_cases_late", "ix_cases_climbed"):
        op.drop_index(name, "cases")
    for name, which in _ORDERED.items():
        _index(name, ["urgency", "waiting_since", "person"], which)
        _index(name.replace("cases_", "cases_service_"), ["service", "until", "start"], which)
    _index("ix_cases_turning", ["start", "person"], _TURNING)
    op.execute("UPDATE marks SET value = '' WHERE name = 'derived_by'")


def downgrade() -> None:
    op.drop_index("ix_cases_turning", "cases")
    for name in _ORDERED:
        op.drop_index(name, "cases")
        op.drop_index(name.replace("cases_", "cases_service_"), "cases")
    for name in ("ix_cases_late", "ix_cases_climbed"):
        _index(name, ["until", "start"], _ORDERED[name])
    op.drop_column("cases", "at_baseline")
