"""A feed's usual rhythm, learnt from when events came from it, and silence beyond it.

At one hour of the week a source has usually been silent for about as long as in other weeks. So a
feed of every night is missed the next morning, one of working days is not missed on a Sunday, and
nobody has to say which it is. A bank holiday counts no time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from schemas.days import LONDON, london_day
from schemas.permissions import PAGES_SOURCE
from schemas.policy import Policy
from services.assessment.calendar import is_working_day
from services.assessment.rights import permissions
from services.store.feeds import Feed

WEEKS = 6
"""How many weeks back the rhythm of a week is learnt from."""
WEEKS_KEPT = 20
"""How many weeks back a feed that sends less than weekly is looked at."""
_FEWEST_WEEKS = 3
"""Weeks that must be known before there is a rhythm."""
_OUTAGES = 2
"""How many of the longest silences are ignored, where enough weeks are known."""
_RARE = timedelta(days=8)
"""A feed with a longer median pause is one that sends less than weekly."""
_GRACE = timedelta(hours=2)
"""How much later than ever before a feed may be."""
_HOUR = timedelta(hours=1)
_SATURDAY = 5

RETURN_PREFIX = "/return/"
"""Sources with this prefix send once, as for an annual return: their silence means nothing."""


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
        silence = f"The feed {self.source} has been silent for {duration_words(self.lasted)}"
        if self.usual is None:
            return f"{silence}: what happened there since is not known here."
        return (
            f"{silence}; at this hour of the week it is usually silent for no more than "
            f"{duration_words(self.usual)}. What happened there since is not known here."
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
        if not is_regular(policy, feed.source):
            continue
        usual = usual_silence(hours.get(feed.source, ()), policy, now)
        lasted = now - feed.last_heard
        if usual is None:
            silent = lasted >= timedelta(days=policy.digest.quiet_days)
        else:
            elapsed = _without_holidays(feed.last_heard, now, policy.bank_holidays)
            silent = elapsed > usual + _GRACE
        if silent:
            found.append(Silence(feed.source, feed.last_heard, lasted, usual))
    return found


def is_regular(policy: Policy, source: str) -> bool:
    """Whether a source is one whose silence would mean something."""
    regular = source != PAGES_SOURCE and not source.startswith(RETURN_PREFIX)
    return regular and not permissions(policy, source).retired


def usual_silence(hours: Sequence[datetime], policy: Policy, now: datetime) -> timedelta | None:
    """How long a feed is usually silent at this hour of the week; None while that is unknown.

    The longest silences are ignored where enough weeks are known: one outage must not hide the
    next. A feed that sends less than weekly goes by its longest pause, whatever the weekday.
    `hours` are the hours in which it was heard, oldest first.
    """
    if (pause := _longest_pause(hours, now)) is not None:
        return pause
    local = now.astimezone(LONDON)
    reference = _reference(local, policy.bank_holidays)
    usual = _usual_at(hours, policy, local)
    # Around a bank holiday the longer counts: of the day itself, and of the one that applies to it.
    return (
        usual if reference == local or usual is None else _longer(usual, hours, policy, reference)
    )


def _longer(
    usual: timedelta, hours: Sequence[datetime], policy: Policy, reference: datetime
) -> timedelta:
    by_reference = _usual_at(hours, policy, reference)
    return usual if by_reference is None else max(usual, by_reference)


def _usual_at(hours: Sequence[datetime], policy: Policy, local: datetime) -> timedelta | None:
    """The same for the hour and weekday of a moment in London."""
    pauses = []
    for back in range(1, WEEKS + 1):
        then = (local - timedelta(days=7 * back)).astimezone(UTC) - _GRACE
        heard = [hour for hour in hours if hour + _HOUR <= then]
        if not heard:
            break
        if not _is_near_holiday(london_day(then), policy.bank_holidays):
            pauses.append(_without_holidays(heard[-1], then, policy.bank_holidays) + _GRACE)
    if len(pauses) < _FEWEST_WEEKS:
        return None
    pauses.sort(reverse=True)
    return pauses[min(len(pauses) - _FEWEST_WEEKS, _OUTAGES)]


def _longest_pause(hours: Sequence[datetime], now: datetime) -> timedelta | None:
    """The longest pause of a feed that sends less than weekly; None for any other."""
    pauses = [later - earlier for earlier, later in pairwise(hours) if later <= now]
    if len(pauses) < _FEWEST_WEEKS - 1 or sorted(pauses)[len(pauses) // 2] < _RARE:
        return None
    return max(pauses) + _GRACE


def _reference(local: datetime, extra: Collection[date]) -> datetime:
    """The moment of the week whose rhythm applies to this one.

    Nothing is expected on a bank holiday, so the midnight before it applies; to the working day
    after one, a Monday.
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


def _without_holidays(started: datetime, ended: datetime, extra: Collection[date]) -> timedelta:
    """The time between two moments, without the bank holidays in it."""
    lasted = ended - started
    day, last = london_day(started), london_day(ended)
    while day <= last:
        if _is_holiday(day, extra):
            midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
            following = datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)
            lasted -= max(min(ended, following) - max(started, midnight), timedelta())
        day += timedelta(days=1)
    return max(lasted, timedelta())


def duration_words(lasted: timedelta) -> str:
    """A duration in words: 26 hours, 3 days."""
    hours = max(round(lasted / _HOUR), 1)
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{lasted.days} days"
