"""The annual return as it would be sent on any day. Derived from the log, and derived again."""

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text

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
    Index("ix_return_care_leavers_year", "year", "start"),
)
"""Care leavers (OC3): a row for each year and run of days on which it would be sent so, up to, not
including, `until`. `year` is the one in which the collection year begins."""

return_episodes = Table(
    "return_episodes",
    metadata,
    Column("person", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("start", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", String, nullable=False),
    Column("legal_status", String, nullable=False),
    Column("placement", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("urn", String, nullable=False),
    Column("ceased", String, nullable=False),
    Index("ix_return_episodes_until", "until", "start"),
)
"""Episodes of care: from DECOM (`start`) to DEC (`until`)."""

return_faults = Table(
    "return_faults",
    metadata,
    Column("person", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("block", String, nullable=False),
    Column("key", Integer, nullable=False),
    Column("rule", String, nullable=False),
    Column("field", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Date, nullable=False),
    Column("until", Date, nullable=False),
    Index("ix_return_faults_block", "block", "key"),
)
"""What is missing in those rows or would fail a national rule, and on which days: of a care leaver
`key` is the year, of an episode its place."""
