"""Keep what it takes to ask the provider of a session again, and what reading tokens may see."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json, Utc

revision = "0007"
down_revision = "0006"

_TEXTS = ("refresh", "provider_subject", "provider_session")
_TIMES = ("checked_at", "check_due_at")
_READ = ("services", "teams")


def upgrade() -> None:
    with op.batch_alter_table("sessions") as table:
        for name in _TEXTS:
            table.add_column(sa.Column(name, sa.Text, nullable=False, server_default=""))
        for name in _TIMES:
            table.add_column(sa.Column(name, Utc(timezone=True)))
    for name in _READ:
        op.add_column("tokens", sa.Column(name, Json, nullable=False, server_default="[]"))
    op.create_index("sessions_by_subject", "sessions", ["provider_subject"])


def downgrade() -> None:
    op.drop_index("sessions_by_subject", "sessions")
    for name in _READ:
        op.drop_column("tokens", name)
    with op.batch_alter_table("sessions") as table:
        for name in (*_TEXTS, *_TIMES):
            table.drop_column(name)
