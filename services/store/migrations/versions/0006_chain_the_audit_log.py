"""Chain the audit log, and let nobody change an event or put a row in another's place."""

import sqlalchemy as sa
from alembic import op

from services.store.audit_log import FIRST_LINK, Entry, link_of
from services.store.columns import Utc

revision = "0006"
down_revision = "0005"

_BATCH = 1000
_AUDIT = "the audit log can only be appended to"
_EVENTS = "the log of events can only be appended to"
_FIXED = "event_id, source, digest, name, subject, time, sequence, content, doubts, stored_at"
_KEPT = ("events", "grants")

_SQLITE = [
    "CREATE TRIGGER audit_keeps_insert BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{_AUDIT}'); END",
    f"CREATE TRIGGER events_keep_update BEFORE UPDATE OF {_FIXED} ON events "
    f"BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END",
    "CREATE TRIGGER events_keep_insert BEFORE INSERT ON events "
    "WHEN EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id AND source = NEW.source "
    f"AND digest = NEW.digest) BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END",
    "CREATE TRIGGER grants_keep_update BEFORE UPDATE ON grants "
    f"BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END",
    *(
        f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END"
        for table in _KEPT
    ),
]
_POSTGRESQL = [
    "CREATE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_EVENTS}'; END $$",
    f"CREATE TRIGGER events_are_kept BEFORE UPDATE OF {_FIXED} ON events "
    "FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()",
    "CREATE TRIGGER grants_are_kept BEFORE UPDATE ON grants "
    "FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()",
    *(
        f"CREATE TRIGGER {table}_stay BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()"
        for table in _KEPT
    ),
]

_audit = sa.table(
    "audit",
    sa.column("number", sa.Integer),
    sa.column("at", Utc(timezone=True)),
    *(sa.column(name, sa.String) for name in ("who", "roles", "act", "person", "detail", "link")),
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE audit DISABLE TRIGGER audit_is_kept")
    else:
        op.execute("DROP TRIGGER audit_keeps_update")
    op.add_column(
        "audit", sa.Column("link", sa.String(length=64), nullable=False, server_default="")
    )
    _chain()
    if postgresql:
        op.execute("ALTER TABLE audit ENABLE TRIGGER audit_is_kept")
    else:
        op.execute(
            "CREATE TRIGGER audit_keeps_update BEFORE UPDATE ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{_AUDIT}'); END"
        )
    for statement in _POSTGRESQL if postgresql else _SQLITE:
        op.execute(statement)


def _chain() -> None:
    """Link what is in the log already."""
    connection = op.get_bind()
    number, before = 0, FIRST_LINK
    names = [_audit.c[name] for name in Entry.__slots__]
    wanted = sa.select(_audit.c.number, *names).order_by(_audit.c.number).limit(_BATCH)
    while rows := connection.execute(wanted.where(_audit.c.number > number)).all():
        for row in rows:
            number = row.number
            before = link_of(before, number, Entry(*row[1:]))
            connection.execute(
                sa.update(_audit).where(_audit.c.number == number).values(link=before)
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, triggers in (
            ("events", ("events_are_kept", "events_stay")),
            ("grants", ("grants_are_kept", "grants_stay")),
        ):
            for trigger in triggers:
                op.execute(f"DROP TRIGGER {trigger} ON {table}")
        op.execute("DROP FUNCTION events_are_kept()")
    else:
        for statement in _SQLITE:
            op.execute(f"DROP TRIGGER {statement.split()[2]}")
    op.drop_column("audit", "link")
