"""What was removed from the store and why, and what is kept from all but a few."""

from sqlalchemy import Column, Integer, String, Table, Text

from services.store.columns import Utc
from services.store.tables.base import metadata

erasures = Table(
    "erasures",
    metadata,
    Column("person", String, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("who", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("erased_with", String, nullable=False),
    Column("events", Integer, nullable=False),
    Column("came_again", Integer, nullable=False, server_default="0"),
    Column("last_came_at", Utc),
    Column("lifted_at", Utc),
)
"""Case references of which everything was removed, with the one that they were merged into. Events
about them are dropped; `came_again` counts them. From `lifted_at` on none is. The log lets an event
be deleted only while its reference stands here."""

restrictions = Table(
    "restrictions",
    metadata,
    Column("person", String, primary_key=True),
    Column("reader", String, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("who", String, nullable=False),
    Column("why", Text, nullable=False),
)
"""Case references that only named readers may see: a row for each of them, by their id."""
