"""Reviews that were held, and what Independent Reviewing Officers read: escalations and duties.

Derived from the log as well, and derived again with everything else.
"""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from services.store.tables.base import metadata

iro_escalations = Table(
    "iro_escalations",
    metadata,
    Column("person", String, primary_key=True),
    Column("escalation_id", String, primary_key=True),
    Column("start", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("raised", Date, nullable=False),
    Column("raised_by", String),
    Column("stage", String, nullable=False),
    Column("level", Integer, nullable=False),
    Column("reason", Text),
    Column("formal_since", Date),
    Column("due", Date, nullable=False),
    Column("late_since", Date),
    Column("resolved_on", Date),
    Column("outcome", Text),
    Index("ix_iro_escalations_resolved_on", "resolved_on", "due"),
    Index("ix_iro_escalations_raised", "raised"),
)
"""The lines of reviewing officers' escalations: a row for each stretch of days on which nothing
about one changes; it holds up to, not including, `until`."""

duties = Table(
    "duties",
    metadata,
    Column("person", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("since", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("done_on", Date),
    Column("settled_on", Date),
    Column("told_on_time", Boolean(create_constraint=False)),
    Column("is_exact", Boolean(create_constraint=False), nullable=False),
    Index("ix_duties_settled", "kind", "settled_on"),
    Index("ix_duties_due", "kind", "until", "due"),
)
"""What is to be done for a looked-after child by a day: a reviewing officer named, a review held.
It is owed up to, not including, `until`."""

reviews_held = Table(
    "reviews_held",
    metadata,
    Column("person", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("held_on", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("campaign", String),
    Column("next_due", Date),
)
"""Risk assessments and supervisions, each with its day and the campaign that it was held for."""
