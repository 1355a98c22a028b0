"""What a fault is, and how each ends: once everything is worked through, with what was found."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from tests.faults.place import Findings, Place

Fault = Callable[[Place], Awaitable[Findings]]


async def ended_well(place: Place, *, may_double: bool = False) -> Findings:
    """What is found once everything is worked through."""
    seconds = await place.settled()
    found = await place.findings(may_double=may_double)
    if seconds == float("inf"):
        found.notes.append("it did not come to rest")
        found.wrong += 1
    return replace(found, seconds=seconds)
