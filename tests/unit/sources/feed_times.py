"""Feeds as they are heard: at which times of which days, but for those when they are not."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from schemas.days import LONDON
from schemas.policy import Policy
from services.assessment.calendar import is_working_day
from services.sources.rhythm import WEEKS_KEPT, Silence, silences
from services.store.feeds import Feed

CMS = "/council/cms"
Moments = Sequence[datetime]

NIGHT = time(2, 10)


def london(text: str) -> datetime:
    """A moment of the London clock."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def every_day(_: date) -> bool:
    return True


def working_days(on: date) -> bool:
    return is_working_day(on)


def times_received(
    first: str,
    last: str,
    *times: time,
    on: Callable[[date], bool] = every_day,
    late: Callable[[date], timedelta] = lambda _: timedelta(),
) -> list[datetime]:
    """When a feed was heard: at these times of the London clock, on such days, up to `last`."""
    ended = london(last)
    found = []
    day = date.fromisoformat(first)
    while day <= ended.astimezone(LONDON).date():
        if on(day):
            for clock in times or (NIGHT,):
                moment = datetime.combine(day, clock, LONDON).astimezone(UTC) + late(day)
                if moment <= ended:
                    found.append(moment)
        day += timedelta(days=1)
    return sorted(found)


def hourly(*hours: int) -> tuple[time, ...]:
    return tuple(time(hour, 20) for hour in hours or range(24))


def silence(
    moments: Moments, now: datetime, policy: Policy | None = None, source: str = CMS
) -> Silence | None:
    """Whether a feed that was heard then is silent beyond its rhythm now."""
    known = [moment for moment in moments if moment <= now]
    since = now - timedelta(weeks=WEEKS_KEPT)
    hours = sorted({m.replace(minute=0, second=0) for m in known})
    feed = Feed(source, known[0], known[-1], known[-1], len(known), 0, 0)
    hours_by_source = {source: [hour for hour in hours if hour >= since]}
    return next(iter(silences([feed], hours_by_source, policy or Policy(), now)), None)


def hours_between(first: str, last: str) -> Iterator[datetime]:
    now, end = london(first), london(last)
    while now <= end:
        yield now
        now += timedelta(minutes=30)


def alarms_between(
    moments: Moments, first: str, last: str, policy: Policy | None = None
) -> list[str]:
    """When, looked at each half hour, a feed was silent beyond its rhythm, by the London clock."""
    return [
        f"{now.astimezone(LONDON):%a %d %b %H:%M}"
        for now in hours_between(first, last)
        if silence(moments, now, policy)
    ]


def without(moments: Moments, first: str, last: str) -> list[datetime]:
    """The same, but for a time in which nothing was heard."""
    return [m for m in moments if not london(first) <= m < london(last)]
