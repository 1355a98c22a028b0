"""Sources: when each sent events, its alarms, snapshots, imports, data quality and staff."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Integer,
    String,
    Table,
    Text,
)

from services.store.columns import Json, Utc
from services.store.tables.base import metadata

feeds = Table(
    "feeds",
    metadata,
    Column("source", String, primary_key=True),
    Column("first_heard", Utc, nullable=False),
    Column("last_heard", Utc, nullable=False),
    Column("last_time", Utc),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
)
"""Each source: when it was last heard, and how much came."""

feed_hours = Table(
    "feed_hours",
    metadata,
    Column("source", String, primary_key=True),
    Column("hour", Utc, primary_key=True),
    Column("accepted", BigInteger, nullable=False),
)
"""The hours in which each source was heard: what its rhythm is learnt from."""

alarms = Table(
    "alarms",
    metadata,
    Column("source", String, primary_key=True),
    Column("silent_since", Utc, primary_key=True),
    Column("raised_at", Utc, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_at", Utc),
)
"""Silences beyond a feed's rhythm, each from the moment at which it was last heard."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("source", String, primary_key=True),
    Column("event_id", String, nullable=False),
    Column("as_at", Utc, nullable=False),
    Column("told", Json, nullable=False),
    Column("held", Json, nullable=False),
    Column("compared_at", Utc, nullable=False),
)
"""The last snapshot of each source: what was open there (`told`) and here (`held`)."""

imports = Table(
    "imports",
    metadata,
    Column("source", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("as_at", Utc, nullable=False),
    Column("done_at", Utc, nullable=False),
    Column("faults", Json, nullable=False),
)
"""The last import for each source, and its faults counted by file, column and what became of it."""

quality = Table(
    "quality",
    metadata,
    Column("week", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("team", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("questions", Integer, nullable=False),
    Column("people", Integer, nullable=False),
)
"""Open questions once a week, by source, team and field: the trend of data quality."""

staff = Table(
    "staff",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("address", String, nullable=False),
    Column("role", String, nullable=False),
    Column("team", String, nullable=False),
    Column("gone_on", Date),
    Column("told_at", Utc, nullable=False),
)
"""Staff as the extracts list them; `gone_on` is the day by which an extract left them out."""
