"""The log of events, append-only, and what was refused."""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from services.store.columns import Json, Utc
from services.store.tables.base import Serial, metadata

events = Table(
    "events",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("name", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("person", String, nullable=False, index=True),
    Column("reaches", String, index=True),
    Column("time", Utc, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("doubts", Json),
    Column("stored_at", Utc, nullable=False),
)
"""The log: each content of each event once, as first received. `reaches` is whom a merge merges
into, or the id that a retraction takes back."""

resendings = Table(
    "resendings",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("time", Utc, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("stored_at", Utc, nullable=False),
)
"""The same content sent at another moment, where that widens the span of moments known."""

grants = Table(
    "grants",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("permission", String, primary_key=True),
    Column("stored_at", Utc, nullable=False),
)
"""What the sender of a content had leave for, of what it needs (`schemas/permissions.py`)."""

links = Table(
    "links",
    metadata,
    Column("one", String, primary_key=True),
    Column("other", String, primary_key=True, index=True),
)
"""Subjects whose events can bear on one another: a merge names both, or one event's contents do."""

refused = Table(
    "refused",
    metadata,
    Column("number", Serial, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("raw", LargeBinary, nullable=False),
    Column("headers", Json),
    Column("reason", Text, nullable=False),
    Column("faults", Json, nullable=False),
    Column("source", String, nullable=False),
    Column("event_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("broker_subject", String, nullable=False, server_default=""),
    Column("person", String, nullable=False, index=True),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("times", Integer, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("settled_at", Utc),
    Column("note", Text),
)
"""What was refused, kept whole with its reason. `broker_subject` is the subject that it came on;
`state` is open, sent_again or dismissed."""
