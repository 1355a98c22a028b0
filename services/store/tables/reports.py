"""Weekly reports, the mail queue, and which notices were sent."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from services.store.columns import Json, Utc
from services.store.tables.base import Serial, metadata

reports = Table(
    "reports",
    metadata,
    Column("week", String, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("tracked", Json, nullable=False),
    Column("missing", Json, nullable=False),
    Column("unknown", Json, nullable=False),
    Column("policy", String, nullable=False),
    Column("version", String, nullable=False),
)
"""Each week's report: made once, and the same for every recipient."""

reported = Table(
    "reported",
    metadata,
    Column("week", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("concern", String, primary_key=True),
    Column("rag", String, nullable=False),
    Column("rule_rag", String, nullable=False),
    Column("statutory", String),
    Column("since", Date, nullable=False),
    Column("since_basis", String, nullable=False),
    Column("not_green_since", Date),
    Column("reasons", Json, nullable=False),
    Column("override", Json),
    Column("team", String),
    Column("service", String),
    Column("personal_adviser", String),
    Column("social_worker", String),
    Column("reviewing_officer", String),
    *(
        Index(f"ix_reported_{owner}", "week", owner)
        for owner in ("service", "team", "personal_adviser", "social_worker", "reviewing_officer")
    ),
)
"""The cases of each week's report, kept as they were reported."""

reported_counts = Table(
    "reported_counts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("week", String, nullable=False, index=True),
    Column("service", String),
    Column("team", String),
    Column("concern", String, nullable=False),
    Column("rag", String, nullable=False),
    Column("number", Integer, nullable=False),
)
"""How many cases of each service, team, concern and colour a week's report gave."""

measure_figures = Table(
    "measure_figures",
    metadata,
    Column("week", String, primary_key=True),
    Column("measure", String, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("value", Float),
    Column("numerator", Float),
    Column("denominator", Float),
    Column("state", String, nullable=False),
)
"""The figures of oversight measures of the whole council, kept as each week's report gave them."""

weekly_analyses = Table(
    "weekly_analyses",
    metadata,
    Column("week", String, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("is_incomplete", Boolean, nullable=False),
    Column("workbook", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
)
"""The analysis of each week of the whole council, as it was made. No case stands in it."""

digests = Table(
    "digests",
    metadata,
    Column("week", String, primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("state", String, nullable=False, index=True),
    Column("address", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("message", LargeBinary),
    Column("holder", String),
    Column("lease_until", Utc),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Utc),
    Column("sent_at", Utc),
    Column("error", Text),
)
"""One digest for each recipient and week; `message` is the mail as sent.

A same-day notice of an unlawful red stands here too; its `week` is the name of the notice, which
begins with its week."""

notified = Table(
    "notified",
    metadata,
    Column("source", String, primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("concern", String, primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("notice", String, nullable=False),
)
"""The notice that each recipient was sent of an unlawful red, by the event that began it, so that a
corrected date or a merge does not make it another."""
