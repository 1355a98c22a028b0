"""The annual return as it would be sent on any day. Derived from the log, and derived again."""

from sqlalchemy import Column, Date, Index, Integer, String, Table

from services.store.columns import Json
from services.store.tables.base import metadata

return_care_leavers = Table(
    "return_care_leavers",
    metadata,
    Column("person", String, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("start", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("age", Integer),
    Column("about", Date),
    Column("born", Date),
    Column("in_touch", String, nullable=False),
    Column("activity", String, nullable=False),
    Column("accommodation", String, nullable=False),
    Column("suitability", String, nullable=False),
    Column("rules", String, nullable=False),
    Column("flaws", Json, nullable=False),
    Index("ix_return_care_leavers_year", "year", "start"),
)
"""Care leavers (OC3): a row for each year and run of days on which it would be sent so, up to, not
including, `until`. `year` is the one in which the collection year begins. `rules` are those that
would fail, each with its column, between spaces."""

return_episodes = Table(
    "return_episodes",
    metadata,
    Column("person", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("start", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("began", Date, nullable=False),
    Column("ended", Date),
    Column("reason", String, nullable=False),
    Column("legal_status", String, nullable=False),
    Column("placement", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("urn", String, nullable=False),
    Column("ceased", String, nullable=False),
    Column("rules", String, nullable=False),
    Column("flaws", Json, nullable=False),
    Index("ix_return_episodes_until", "until", "start"),
)
"""Episodes of care, likewise: from DECOM (`began`) to DEC (`ended`)."""
