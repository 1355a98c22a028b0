"""Say what the senders of events, and tokens, may do; keep on which subject a refused event came."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json, Utc

revision = "0005"
down_revision = "0004"

_NEEDED = {
    "merge": "name = 'person.merged'",
    "close": "name = 'person.closed'",
    "extend": "name = 'pre_proceedings.extended'",
    "retract": "name = 'event.retracted'",
    "acknowledge": "name = 'oversight.acknowledged'",
    "explain": "name = 'oversight.explained'",
    "rate": "name = 'review.completed' AND content LIKE '%\"rating\"%'",
    "authorise": "name = 'action.changed' AND content LIKE '%\"authorised_by\"%'",
    "assign": "name = 'person.updated' AND ("
    + " OR ".join(
        f"content LIKE '%\"{field}\"%'"
        for field in ("personal_adviser", "social_worker", "team_manager", "team", "service")
    )
    + ")",
}
"""Which events need what. Until now every source might do all of it: what counted goes on counting."""


def upgrade() -> None:
    op.create_table(
        "grants",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("stored_at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "event_id", "source", "digest", "permission", name=op.f("pk_grants")
        ),
    )
    for permission, needing in _NEEDED.items():
        op.get_bind().exec_driver_sql(
            "INSERT INTO grants (event_id, source, digest, permission, stored_at) "
            f"SELECT event_id, source, digest, '{permission}', stored_at FROM events "
            f"WHERE {needing}".replace("%", "%%" if _is_postgresql() else "%")
        )
    op.add_column("tokens", sa.Column("may", Json(), nullable=False, server_default=_ALL))
    op.add_column("tokens", sa.Column("concerns", Json(), nullable=False, server_default="[]"))
    op.add_column("tokens", sa.Column("subjects", sa.String(), nullable=False, server_default=""))
    op.add_column("tokens", sa.Column("expires_at", Utc(timezone=True), nullable=True))
    op.add_column("tokens", sa.Column("used_at", Utc(timezone=True), nullable=True))
    op.add_column(
        "refused", sa.Column("broker_subject", sa.String(), nullable=False, server_default="")
    )


def _is_postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


_ALL = "[" + ",".join(f'"{permission}"' for permission in sorted(_NEEDED)) + "]"


def downgrade() -> None:
    op.drop_column("refused", "broker_subject")
    for column in ("used_at", "expires_at", "subjects", "concerns", "may"):
        op.drop_column("tokens", column)
    op.drop_table("grants")
