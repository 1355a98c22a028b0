"""Faults of the clock: the program's own is set apart from the machine's, and moved under it."""

import asyncio
import signal
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from schemas.policy import Digest
from services.digests.week import latest_due
from tests.faults.fault import Fault, ended_well
from tests.faults.place import RECIPIENTS, Findings, Place

_MAY_GROW = 40
"""Megabytes: what is read in by the first to need it."""


async def ahead_then_right(place: Place) -> Findings:
    """A week ahead, a digest goes for a week that is still to come; then it is set right."""
    place.set_clock(datetime.now(UTC) + timedelta(days=7))
    await place.serve()
    await place.publish(place.made_up(6))
    await place.settled()
    place.set_clock(datetime.now(UTC))
    await place.publish(place.made_up(4))
    place.weeks = 2
    return await ended_well(place)


async def asleep_over_monday(place: Place) -> Findings:
    """The machine sleeps over a Monday: that week's digest is made up."""
    await place.serve()
    await place.publish(place.made_up(6))
    await place.settled()
    place.kill(signal.SIGSTOP)
    place.set_clock(datetime.now(UTC) + timedelta(days=7))
    place.kill(signal.SIGCONT)
    await place.publish(place.made_up(4))
    place.weeks = 2
    return await ended_well(place)


async def a_day_in_a_minute(place: Place) -> Findings:
    """A whole day passes, an hour at a time, with events in each; memory does not grow with it."""
    place.set_clock(datetime.now(UTC))
    began = latest_due(place.now(), Digest())
    await place.serve()
    await place.publish(place.made_up(20))
    await place.settled()
    before = place.memory()
    for _ in range(24):
        place.set_clock(place.now() + timedelta(hours=1))
        await place.publish(place.made_up(4))
        await asyncio.sleep(1.5)
    place.weeks = 1 if latest_due(place.now(), Digest()) == began else 2
    found = await ended_well(place)
    grown = place.memory() - before
    if grown > _MAY_GROW:
        found.wrong += 1
        found.notes.append(f"memory grew by {grown:.0f} MB")
    return found


def over(moment: datetime, weeks: int) -> Fault:
    """The clock goes over a moment of the future; so many weeks' digests have gone by then."""

    async def fault(place: Place) -> Findings:
        place.set_clock(moment - timedelta(minutes=5))
        await place.serve()
        await place.publish(place.made_up(8))
        seconds = await place.settled()
        early = place.mail.taken > RECIPIENTS
        place.weeks = weeks
        place.set_clock(moment - timedelta(seconds=1))
        await place.publish(place.made_up(4))
        found = await ended_well(place)
        if early or seconds == float("inf"):
            found.wrong += 1
            found.notes.append("the digest of the week before did not go, or the next too early")
        return found

    return fault


CLOCKS: Mapping[str, Fault] = {
    "clock a week ahead, then right": ahead_then_right,
    "asleep over a Monday": asleep_over_monday,
    "a day, an hour at a time": a_day_in_a_minute,
    # A digest is due on Mondays at half past seven in London.
    "Monday after summer time begins": over(datetime(2027, 3, 29, 6, 30, tzinfo=UTC), 2),
    "Monday after summer time ends": over(datetime(2027, 11, 1, 7, 30, tzinfo=UTC), 2),
    "the hour that comes twice": over(datetime(2027, 10, 31, 1, tzinfo=UTC), 1),
    "Monday of week 53": over(datetime(2026, 12, 28, 7, 30, tzinfo=UTC), 2),
    "midnight into 29 February": over(datetime(2028, 2, 29, 0, tzinfo=UTC), 1),
}
