"""Review campaigns, and who is in them: kept as they were begun, and derived from nothing."""

from sqlalchemy import Column, Date, String, Table, Text

from services.store.columns import Json, Utc
from services.store.tables.base import metadata

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("query", Json, nullable=False),
    Column("cohort_on", Date, nullable=False),
    Column("begun_on", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("begun_by", String, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("ended_on", Date),
    Column("ended_by", String),
    Column("ended_why", Text),
)
"""Each campaign: the filter that made its cohort, from when to when, and who began it."""

campaign_members = Table(
    "campaign_members",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("person", String, primary_key=True, index=True),
    Column("concerns", Json, nullable=False),
)
"""The cohort of each campaign, by the reference of the day on which it was fixed."""
