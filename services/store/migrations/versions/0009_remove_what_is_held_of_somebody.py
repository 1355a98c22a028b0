"""Let everything be removed that is held of a case reference whose erasure is kept, and no more."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Utc

revision = "0009"
down_revision = "0008"

_EVENTS = "the log of events can only be appended to"
_ERASURES = "that somebody was erased is kept"
# Its own reference was erased, or that of another content of the same event.
_IS_ERASED = (
    "SELECT 1 FROM erasures WHERE lifted_at IS NULL AND (person = OLD.person OR person IN ("
    "SELECT e.person FROM events e WHERE e.event_id = OLD.event_id AND e.source = OLD.source))"
)
_IS_HELD = (
    "SELECT 1 FROM events WHERE event_id = OLD.event_id AND source = OLD.source "
    "AND digest = OLD.digest"
)

_SQLITE = (
    "DROP TRIGGER events_keep_delete",
    "DROP TRIGGER grants_keep_delete",
    f"CREATE TRIGGER events_keep_delete BEFORE DELETE ON events WHEN NOT EXISTS ({_IS_ERASED}) "
    f"BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END",
    f"CREATE TRIGGER grants_keep_delete BEFORE DELETE ON grants WHEN EXISTS ({_IS_HELD}) "
    f"BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END",
    "CREATE TRIGGER erasures_keep_delete BEFORE DELETE ON erasures "
    f"BEGIN SELECT RAISE(ABORT, '{_ERASURES}'); END",
)
_SQLITE_BEFORE = (
    "DROP TRIGGER erasures_keep_delete",
    *(
        statement
        for table in ("events", "grants")
        for statement in (
            f"DROP TRIGGER {table}_keep_delete",
            f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END",
        )
    ),
)
_POSTGRESQL = (
    "CREATE FUNCTION event_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN IF NOT EXISTS ({_IS_ERASED}) THEN RAISE EXCEPTION '{_EVENTS}'; END IF; "
    "RETURN OLD; END $$",
    "CREATE FUNCTION grant_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN IF EXISTS ({_IS_HELD}) THEN RAISE EXCEPTION '{_EVENTS}'; END IF; "
    "RETURN OLD; END $$",
    "CREATE FUNCTION erasures_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_ERASURES}'; END $$",
    *(
        statement
        for table, function in (("events", "event_is_kept"), ("grants", "grant_is_kept"))
        for statement in (
            f"DROP TRIGGER {table}_stay ON {table}",
            f"CREATE TRIGGER {table}_stay BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()",
            f"CREATE TRIGGER {table}_stay_each BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        )
    ),
    "CREATE TRIGGER erasures_stay BEFORE DELETE OR TRUNCATE ON erasures "
    "FOR EACH STATEMENT EXECUTE FUNCTION erasures_are_kept()",
)
_POSTGRESQL_BEFORE = (
    "DROP TRIGGER erasures_stay ON erasures",
    "DROP FUNCTION erasures_are_kept()",
    *(
        statement
        for table, function in (("events", "event_is_kept"), ("grants", "grant_is_kept"))
        for statement in (
            f"DROP TRIGGER {table}_stay_each ON {table}",
            f"DROP FUNCTION {function}()",
            f"DROP TRIGGER {table}_stay ON {table}",
            f"CREATE TRIGGER {table}_stay BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()",
        )
    ),
)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("person", sa.String, nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("erased_with", sa.String, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("came_again", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_came_at", Utc(timezone=True)),
        sa.Column("lifted_at", Utc(timezone=True)),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_erasures")),
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL if postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL_BEFORE if postgresql else _SQLITE_BEFORE:
        op.execute(statement)
    op.drop_table("erasures")
