"""A feed's usual rhythm, learnt from when it was heard, and silence beyond it.

At one hour of the week a source has usually been silent for about as long as in other weeks. So a
feed of every night is missed the next morning, one of working days is not missed on a Sunday, and
nobody has to say which it is. A bank holiday counts no time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from schemas.days import LONDON, london_day
from schemas.events.catalogue import PAGES_SOURCE
from schemas.policy import Policy
from services.assessment.calendar import is_working_day
from services.assessment.resolution import permissions
from services.store.feeds import Feed

WEEKS = 6
"""How many weeks back the rhythm of a week is learnt from."""
WEEKS_KEPT = 20
"""How many weeks back a feed that speaks seldom is looked at."""
_FEWEST = 3
"""Weeks that must be known before a rhythm is."""
_OUTAGES = 2
"""How many of the longest silences are left aside, where enough weeks are known."""
_SELDOM = timedelta(days=8)
"""Pauses that are longer as a rule make a feed one that speaks seldom."""
_GRACE = timedelta(hours=2)
"""How much later than ever before a feed may be."""
_AN_HOUR = timedelta(hours=1)
_SATURDAY = 5

RETURNS = "/return/"
"""Sources that begin so are told once, as an annual return is: their silence means nothing."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A feed that has been silent for longer than it ever is at this hour of the week.

    `usual` is None where no rhythm is learnt yet, and the policy's number of days counts.
    """

    source: str
    since: datetime
    lasted: timedelta
    usual: timedelta | None

    @property
    def sentence(self) -> str:
        """What is wrong, in words."""
        told = f"The feed {self.source} has been quiet for {spoken(self.lasted)}"
        if self.usual is None:
            return f"{told}: what happened there since is not known here."
        return (
            f"{told}; at this hour of the week it is usually quiet for no more than "
            f"{spoken(self.usual)}. What happened there since is not known here."
        )


def silences(
    feeds: Iterable[Feed],
    hours: Mapping[str, Sequence[datetime]],
    policy: Policy,
    now: datetime,
) -> list[Silence]:
    """The feeds that are silent beyond their rhythm. `hours` are when each was heard, in order."""
    found = []
    for feed in feeds:
        if not speaks_regularly(policy, feed.source):
            continue
        usual = usual_silence(hours.get(feed.source, ()), policy, now)
        lasted = now - feed.last_heard
        if usual is None:
            silent = lasted >= timedelta(days=policy.digest.quiet_days)
        else:
            counted = _counted(feed.last_heard, now, policy.bank_holidays)
            silent = counted > usual + _GRACE
        if silent:
            found.append(Silence(feed.source, feed.last_heard, lasted, usual))
    return found


def speaks_regularly(policy: Policy, source: str) -> bool:
    """Whether a source is one whose silence would mean something."""
    regular = source != PAGES_SOURCE and not source.startswith(RETURNS)
    return regular and not permissions(policy, source).retired


def usual_silence(hours: Sequence[datetime], policy: Policy, now: datetime) -> timedelta | None:
    """How long a feed is usually silent at this hour of the week; None while that is unknown.

    The longest silences are left aside where enough weeks are known: one outage must not hide the
    next. One that speaks less than weekly goes by its longest pause, whatever the weekday.
    `hours` are the hours in which it was heard, oldest first.
    """
    if (pause := _seldom(hours, now)) is not None:
        return pause
    local = now.astimezone(LONDON)
    like = _reference(local, policy.bank_holidays)
    usual = _usual_at(hours, policy, local)
    # Around a bank holiday a day is like two: the one it is, and the one it stands for.
    return usual if like == local or usual is None else _longer(usual, hours, policy, like)


def _longer(
    usual: timedelta, hours: Sequence[datetime], policy: Policy, like: datetime
) -> timedelta:
    other = _usual_at(hours, policy, like)
    return usual if other is None else max(usual, other)


def _usual_at(hours: Sequence[datetime], policy: Policy, local: datetime) -> timedelta | None:
    """The same for the moment of the week that a moment in London is."""
    told = []
    for back in range(1, WEEKS + 1):
        then = (local - timedelta(days=7 * back)).astimezone(UTC) - _GRACE
        heard = [hour for hour in hours if hour + _AN_HOUR <= then]
        if not heard:
            break
        if not _is_near_holiday(london_day(then), policy.bank_holidays):
            told.append(_counted(heard[-1], then, policy.bank_holidays) + _GRACE)
    if len(told) < _FEWEST:
        return None
    told.sort(reverse=True)
    return told[min(len(told) - _FEWEST, _OUTAGES)]


def _seldom(hours: Sequence[datetime], now: datetime) -> timedelta | None:
    """The longest pause of a feed that speaks less than weekly; None for any other."""
    pauses = [later - earlier for earlier, later in pairwise(hours) if later <= now]
    if len(pauses) < _FEWEST - 1 or sorted(pauses)[len(pauses) // 2] < _SELDOM:
        return None
    return max(pauses) + _GRACE


def _reference(local: datetime, extra: Collection[date]) -> datetime:
    """The moment of the week that this one is like.

    Nothing is expected on a bank holiday: it is like the midnight before it. The working day after
    one is like a Monday.
    """
    day = local.date()
    while _is_holiday(day, extra):
        day -= timedelta(days=1)
    if day != local.date():
        return datetime.combine(day + timedelta(days=1), time(), LONDON)
    if day.weekday() < _SATURDAY and _is_holiday(day - timedelta(days=1), extra):
        return local - timedelta(days=day.weekday())
    return local


def _is_holiday(day: date, extra: Collection[date]) -> bool:
    return day.weekday() < _SATURDAY and not is_working_day(day, extra)


def _is_near_holiday(day: date, extra: Collection[date]) -> bool:
    return _is_holiday(day, extra) or _is_holiday(day - timedelta(days=1), extra)


def _counted(begun: datetime, ended: datetime, extra: Collection[date]) -> timedelta:
    """The time between two moments, without the bank holidays in it."""
    lasted = ended - begun
    day, last = london_day(begun), london_day(ended)
    while day <= last:
        if _is_holiday(day, extra):
            midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
            following = datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)
            lasted -= max(min(ended, following) - max(begun, midnight), timedelta())
        day += timedelta(days=1)
    return max(lasted, timedelta())


def spoken(lasted: timedelta) -> str:
    """A length of time in words: 26 hours, 3 days."""
    hours = max(round(lasted / _AN_HOUR), 1)
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{lasted.days} days"
