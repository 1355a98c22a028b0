"""Policies that were in force, and those that were compared with them."""

from sqlalchemy import Column, Date, Integer, String, Table, Text

from services.store.columns import Json, Utc
from services.store.tables.base import metadata

policies = Table(
    "policies",
    metadata,
    Column("kept_at", Utc, primary_key=True),
    Column("since", Date, nullable=False),
    Column("name", String, nullable=False),
    Column("colours", String, nullable=False),
    Column("content", Json, nullable=False),
)
"""The policies that were in force, each kept whole when it was first used."""

policy_comparisons = Table(
    "policy_comparisons",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("parameters", Json, nullable=False),
    Column("in_force", Json, nullable=False),
    Column("state", String, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("heard_at", Utc),
    Column("maker", String, nullable=False),
)
"""Policies that somebody tries: what they change, and who is how far in comparing them."""

policy_changes = Table(
    "policy_changes",
    metadata,
    Column("comparison", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("person", String, nullable=False, index=True),
    Column("concern", String, nullable=False),
    Column("start", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("was", String, nullable=False),
    Column("becomes", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("team", String),
)
"""What differs under a policy that was tried: a run of days on which a case has another colour."""
