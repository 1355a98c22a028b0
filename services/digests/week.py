"""Which week, and when its digest is due: Europe/London wall-clock time, whatever the season."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from schemas.days import LONDON
from schemas.policy import Digest
from schemas.weeks import week_name, week_words

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


NOTICE = "-notice-"
"""What the name of a same-day notice has between its week and its moment."""

ANALYSIS = "analysis"
"""What the name of a week's analysis has in place of a moment."""

SILENCE = "silence-"
"""What the name of an alarm has before its moment."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week's digest: when it is due, and until when it waits for what is missing."""

    name: str
    day: date
    due_at: datetime
    deadline: datetime


def mail_title(name: str) -> str:
    """What the mail of a week, or of a notice, is: as pages and the mailbox head it."""
    week, is_notice, rest = name.partition(NOTICE)
    if not is_notice:
        return f"Digest of the {week_words(week)}"
    if rest.startswith(SILENCE):
        return "Alarm of a silent feed"
    if rest == ANALYSIS:
        return f"Analysis of the {week_words(week)}"
    return "Notice of what is unlawful"


def week_of(day: date, policy: Digest) -> Week:
    """The week whose digest is due on a day."""
    return Week(
        week_name(day),
        day,
        datetime.combine(day, policy.at, LONDON).astimezone(UTC),
        datetime.combine(day, policy.deadline, LONDON).astimezone(UTC),
    )


def latest_due(now: datetime, policy: Digest) -> Week:
    """The last week whose digest was due by now."""
    today = now.astimezone(LONDON).date()
    back = (today.weekday() - _WEEKDAYS.index(policy.weekday)) % 7
    week = week_of(today - timedelta(days=back), policy)
    return week if week.due_at <= now else week_of(week.day - timedelta(days=7), policy)
