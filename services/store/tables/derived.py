"""What is derived from the log, and can be derived again; the outbox of what follows from it."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    text,
)

from services.store.columns import Json, Utc
from services.store.tables.base import Serial, metadata

people = Table(
    "people",
    metadata,
    Column("person", String, primary_key=True),
    Column("lines", Json, nullable=False),
    Column("derived_by", String, nullable=False, server_default="", index=True),
)
"""Everybody who is a young person of their own; `lines` has the hash of each part derived of them,
so that only what changed is written. `derived_by` says by which policy and version: a version that
knows no such column leaves it empty."""

underived = Table(
    "underived",
    metadata,
    Column("person", String, primary_key=True),
    Column("marks", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Column("failed_at", Integer),
    Column("error", String),
    Column("trace", String),
)
"""Young people who are still to be derived from events that are stored; `marks` counts how often
they were marked so. Whoever could not be derived has the `marks` at which that failed and the kind
of error, and is tried again once they are marked again. `trace` is that of the first event that
waits."""

merged = Table(
    "merged",
    metadata,
    Column("subject", String, primary_key=True),
    Column("survivor", String, nullable=False, index=True),
)
"""Subjects that are no young person of their own any more, with whom they became."""

assignments = Table(
    "assignments",
    metadata,
    Column("person", String, primary_key=True),
    Column("start", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("team", String, index=True),
    Column("service", String, index=True),
    Column("personal_adviser", String, index=True),
    Column("social_worker", String, index=True),
    Column("team_manager", String),
    Column("reviewing_officer", String, index=True),
)
"""Whose each young person is over time: what a reader may see starts here."""

_LISTED = {"late": "late_actions > 0", "climbed": "step IS NOT NULL", "red": "rag = 'red'"}
"""Cases that have lists of their own: everybody's in their order, and a service's on a day."""


def _of_some(name: str, which: str, *columns: str) -> Index:
    """An index of those rows alone of which a condition holds."""
    return Index(name, *columns, sqlite_where=text(which), postgresql_where=text(which))


cases = Table(
    "cases",
    metadata,
    Column("person", String, primary_key=True),
    Column("concern", String, primary_key=True),
    Column("start", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("period", Date, nullable=False),
    Column("rag", String, nullable=False),
    Column("rule_rag", String, nullable=False),
    Column("rated_down", Boolean(create_constraint=False), nullable=False),
    Column("statutory", String),
    Column("urgency", Integer, nullable=False),
    Column("category", String, nullable=False),
    Column("rules", String, nullable=False),
    Column("family_id", String),
    Column("since", Date, nullable=False),
    Column("since_basis", String, nullable=False),
    Column("waiting_since", Date, nullable=False),
    Column("not_green_since", Date),
    Column("next_change", Date),
    Column("red_since", Date),
    Column("known_on", Date),
    Column("team", String),
    Column("service", String),
    Column("personal_adviser", String),
    Column("social_worker", String),
    Column("team_manager", String),
    Column("reviewing_officer", String),
    Column("owned", Boolean(create_constraint=False), nullable=False),
    Column("actions", Json, nullable=False),
    Column("open_actions", Integer, nullable=False),
    Column("late_actions", Integer, nullable=False),
    Column("action_due", Date),
    Column("review_due", Date),
    Column("step", String),
    Column("step_line", String),
    Column("step_counted_from", Date),
    Column("step_reached_on", Date),
    Column("acknowledged", Json, nullable=False),
    Column("awaiting", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("red_ended_on", Date),
    Column("reviewed_on", Date),
    Column("at_baseline", String, nullable=False, server_default=""),
    Column("arrangement", String, nullable=False, server_default=""),
    Column("arranged_since", Date),
    Column("approved_by", String),
    Column("explained", Json),
    Index("ix_cases_rag_until_start", "rag", "until", "start"),
    Index("ix_cases_concern_rag_until", "concern", "rag", "until"),
    Index("ix_cases_rag_start", "rag", "start"),
    Index("ix_cases_team", "team", "rag", "until", "start"),
    Index("ix_cases_urgency", "urgency", "waiting_since", "person"),
    Index("ix_cases_review_due", "review_due", "until", "start"),
    *(
        index
        for name, which in _LISTED.items()
        for index in (
            _of_some(f"ix_cases_{name}", which, "urgency", "waiting_since", "person"),
            _of_some(f"ix_cases_service_{name}", which, "service", "until", "start"),
        )
    ),
    _of_some("ix_cases_arrangement", "arrangement <> ''", "arrangement", "until", "start"),
    _of_some("ix_cases_turning", "rag = 'red' AND start = since", "start", "person"),
)
"""The case line: a row for each stretch of days on which nothing that a list shows of one concern
of one young person changes; it holds up to, not including, `until`. `rules` and `awaiting` are
words between spaces."""

for _name in ("red", "climbed"):
    Index(
        f"ix_cases_{_name}_days",
        func.daterange(cases.c.start, cases.c.until),
        postgresql_using="gist",
        postgresql_where=text(_LISTED[_name]),
    ).ddl_if(dialect="postgresql")


def _counted(*, once: bool) -> list[Column[Any]]:
    """The columns of a change of counts; `once` makes those that say of what its key."""
    of_what = (
        ("grain", String(1)), ("level", String(1)), ("owner", String), ("concern", String),
        ("measure", String), ("day", Date),
    )  # fmt: skip
    keys = [Column(name, kind, primary_key=once, nullable=False) for name, kind in of_what]
    return [*keys, Column("change", Integer, nullable=False)]


case_counts = Table("case_counts", metadata, *_counted(once=True))
"""How many cases there are of each kind, as changes: summed up to a day they are the count on it.

`level` is a (everything) or s (one service; `owner` empty: of no service). `grain` is d for the
change on a day, m for the change of a whole month, under its first day: a count reads whole months
and then days."""

case_count_changes = Table("case_count_changes", metadata, *_counted(once=False))
"""Changes that are not folded into `case_counts` yet: rows of the same kind, a key any number of
times."""

recount = Table("recount", MetaData(), *_counted(once=False))
"""The same while everybody is counted again: it is made by that transaction, and goes with it."""

actions = Table(
    "actions",
    metadata,
    Column("person", String, primary_key=True),
    Column("action_id", String, primary_key=True),
    Column("start", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("concern", String, nullable=False),
    Column("agreed", Date, nullable=False),
    Column("first_due", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("owner", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("what", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("closed_on", Date),
    Column("moves", Json, nullable=False),
    Index("ix_actions_state_due", "state", "due"),
    Index("ix_actions_closed_on", "closed_on"),
)
"""The lines of actions: a row for each stretch of days on which nothing about an action changes; it
holds up to, not including, `until`. `moves` is every other due date that it was given so far."""

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

published = Table(
    "published",
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
    Column("number", Serial, primary_key=True, autoincrement=True),
    Column("subject", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("message_id", String, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc, index=True),
    Column("trace", String),
)
"""Events of our own on the way out, written in the transaction that made them true."""

marks = Table(
    "marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Single facts about the store itself, such as the policy that its periods were derived by."""
