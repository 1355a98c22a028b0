"""Sessions, sign-ins under way, tokens of machines, and the audit log."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from services.store.columns import Json, Utc
from services.store.tables.base import Serial, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", String, nullable=False),
    Column("roles", Json, nullable=False),
    Column("begun_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("refresh", Text, nullable=False, server_default=""),
    Column("provider_subject", Text, nullable=False, server_default=""),
    Column("provider_session", Text, nullable=False, server_default=""),
    Column("checked_at", Utc),
    Column("check_due_at", Utc),
    Index("sessions_by_subject", "provider_subject"),
)
"""Who is signed in; `digest` is the hash of the cookie, which is not stored. `refresh` is sealed
with the cookie: with it the identity provider is asked again whether the session still stands."""

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("nonce", String, nullable=False),
    Column("verifier", String, nullable=False),
    Column("onward", String, nullable=False),
    Column("begun_at", Utc, nullable=False),
)
"""Sign-ins under way at the identity provider; `state` is a hash, each is used once."""

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("source", String),
    Column("made_at", Utc, nullable=False),
    Column("revoked_at", Utc),
    Column("may", Json, nullable=False, server_default="[]"),
    Column("concerns", Json, nullable=False, server_default="[]"),
    Column("subjects", String, nullable=False, server_default=""),
    Column("expires_at", Utc),
    Column("used_at", Utc),
    Column("services", Json, nullable=False, server_default="[]"),
    Column("teams", Json, nullable=False, server_default="[]"),
)
"""Tokens of machines; `digest` is the hash of the token, which is not stored. One with a `source`
publishes for that source and reads nothing: beyond telling facts it may do what `may` lists, for
`concerns` (all, where none are listed), about cases whose reference begins with `subjects`. One
without a source publishes nothing, and reads the cases of its `services` and `teams` (all, where it
names neither)."""

audit = Table(
    "audit",
    metadata,
    Column("number", Serial, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False, index=True),
    Column("who", String, nullable=False, index=True),
    Column("roles", String, nullable=False),
    Column("act", String, nullable=False, index=True),
    Column("person", String, nullable=False, index=True),
    Column("detail", Text, nullable=False),
    Column("link", String(64), nullable=False, server_default=""),
)
"""Who saw and who changed what. The database lets nobody change or delete a row; `link` is a hash
of the row and of the link before it, so that a row that was changed all the same shows."""

sent_hours = Table(
    "sent_hours",
    metadata,
    Column("source", String, primary_key=True),
    Column("hour", Utc, primary_key=True),
    Column("events", Integer, nullable=False),
)
"""How many events each source that is limited sent over HTTP, by hour, of the last day."""
