"""How every event that Sightline makes is written: structured mode (CloudEvents 1.0.2, JSON)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

JSON_CONTENT = "application/json"
"""The content type of every event's data."""


def structured_event(
    type_: str,
    data: Mapping[str, Any],
    *,
    id: str,  # noqa: A002 (the attribute's own name)
    source: str,
    time: datetime,
    subject: str = "",
    sequence: int = 0,
) -> dict[str, Any]:
    """A CloudEvent as an object of JSON.

    Args:
        type_: Its CloudEvents type, such as sightline.care.started.v1.
        data: What it says; every value as JSON writes it.
        id: Unique within `source`.
        source: The system that says it, a URI reference.
        time: When `source` recorded it, with its offset; a time of UTC is written with Z.
        subject: The young person's case identifier; left out where empty.
        sequence: Its place among events with one `time`; left out where 0, which is the default.
    """
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": type_,
        "time": time.isoformat().replace("+00:00", "Z"),
        "datacontenttype": JSON_CONTENT,
        "data": dict(data),
    }
    if subject:
        event["subject"] = subject
    if sequence:
        event["sequence"] = sequence
    return event
