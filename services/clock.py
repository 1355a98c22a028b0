"""The clock: read at the edge alone; whatever is called from there is given the time."""

from datetime import UTC, datetime


def now_utc() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)
