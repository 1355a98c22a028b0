"""The tables. No name of a person stands in any of them.

Append-only: `events`, `resendings`, `reported`, `audit` (the database refuses to change this one).
Disposable, derived from the events: `people`, `periods`, `questions`. The rest is how work is done
once: outbox, reports, digests, notified; how feeds do: feeds, feed_hours, alarms, snapshots,
imports, quality; and who works here: staff, sessions, sign_ins, tokens.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from services.store.columns import Json, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Serial = BigInteger().with_variant(Integer, "sqlite")

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
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("raw", LargeBinary, nullable=False),
    Column("headers", Json),
    Column("reason", Text, nullable=False),
    Column("faults", Json, nullable=False),
    Column("source", String, nullable=False),
    Column("event_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("person", String, nullable=False, index=True),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("times", Integer, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("settled_at", Utc),
    Column("note", Text),
)
"""What was refused, kept whole with its reason. `state` is open, sent_again or dismissed."""

people = Table(
    "people",
    metadata,
    Column("person", String, primary_key=True),
    Column("facts", Json, nullable=False),
    Column("lines", Json, nullable=False),
)
"""The folded facts of a young person, and the digest of each concern's line of periods."""

periods = Table(
    "periods",
    metadata,
    Column("person", String, primary_key=True),
    Column("concern", String, primary_key=True),
    Column("start", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("rag", String, nullable=False),
    Column("rule_rag", String, nullable=False),
    Column("statutory", String),
    Column("override", Json),
    Column("reasons", Json, nullable=False),
    Column("since", Date, nullable=False),
    Column("since_basis", String, nullable=False),
    Column("not_green_since", Date),
    Column("next_change", Date),
    Index("ix_periods_rag_start_until", "rag", "start", "until"),
)
"""The line: a concern's colours over time; a period holds up to, not including, `until`."""

questions = Table(
    "questions",
    metadata,
    Column("person", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("field", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("settle", Text, nullable=False),
    Column("source", String, nullable=False),
    Column("event_id", String, nullable=False),
    Column("start", Date, nullable=False),
    Column("until", Date, nullable=False),
)
"""Doubts that somebody can settle."""

told = Table(
    "told",
    metadata,
    Column("person", String, primary_key=True),
    Column("concern", String, primary_key=True),
    Column("rag", String, nullable=False),
    Column("since", Date),
    Column("known_at", Utc, nullable=False),
)
"""The colour last published for a young person and concern, and when it was first known here."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("subject", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("message_id", String, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc, index=True),
)
"""Events of our own on the way out, written in the transaction that made them true."""

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
"""The last snapshot of each source: what it told is open there, and what was held of it here."""

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
"""Who works here, as an extract told; `gone_on` is the day by which they were no more in it."""

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
)
"""What each week's report said of each young person, kept as it was said."""

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
"""Which unlawful placement each recipient was told of, by the event that began it, and by which
notice: a corrected date or a merge does not make it another."""

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", String, nullable=False),
    Column("roles", Json, nullable=False),
    Column("begun_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
)
"""Who is signed in; `digest` is the hash of the cookie, which is not stored."""

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("nonce", String, nullable=False),
    Column("verifier", String, nullable=False),
    Column("onward", String, nullable=False),
    Column("begun_at", Utc, nullable=False),
)
"""Sign-ins on their way through the identity provider; `state` is a hash, each is used once."""

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("source", String),
    Column("made_at", Utc, nullable=False),
    Column("revoked_at", Utc),
)
"""Tokens of machines; `digest` is the hash of the token, which is not stored. One with a `source`
publishes for that source and reads nothing; one without reads and publishes nothing."""

audit = Table(
    "audit",
    metadata,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False, index=True),
    Column("who", String, nullable=False, index=True),
    Column("roles", String, nullable=False),
    Column("act", String, nullable=False, index=True),
    Column("person", String, nullable=False, index=True),
    Column("detail", Text, nullable=False),
)
"""Who saw and who changed what. The database lets nobody change or delete a row."""

marks = Table(
    "marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Single facts about the store itself, such as the policy that its periods were derived by."""
