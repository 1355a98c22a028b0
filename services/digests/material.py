"""What a digest is composed from: this report and earlier ones, and what is known beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.digest import Basis
from schemas.policy import Policy
from schemas.recipients import Recipient
from schemas.status import Concern, Period, Rag
from services.digests.report import statuses_on, tracked_concerns
from services.records import event_log, lines, reports
from services.records.event_log import Key
from services.records.lines import Document
from services.records.reports import Report, Reported

_NEAR_DAYS = 3
Case = tuple[str, Concern]


@dataclass(frozen=True, slots=True)
class Earlier:
    """How it was on another day, and whether that is what was told then."""

    on: date
    basis: Basis
    statuses: Mapping[Case, Reported]


@dataclass(slots=True)
class Material:
    """Everything that the week's digests are composed from, read once for all recipients."""

    policy: Policy
    report: Report
    now: Mapping[Case, Reported]
    tracked: Mapping[Concern, bool]
    facts: Mapping[str, Document]
    turning: list[tuple[str, Period]]
    stored: Mapping[Key, datetime]
    last_week: Earlier | None = None
    four_weeks: Earlier | None = None
    baseline: Earlier | None = None
    last_week_now: Mapping[Case, Reported] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)

    def known_on(self, status: Reported) -> date:
        """The day on which what made it red was stored."""
        moments = [
            self.stored[event["source"], event["id"]]
            for reason in status.reasons
            if reason.rag is Rag.RED
            for event in reason.facts.get("events", ())
            if (event["source"], event["id"]) in self.stored
        ]
        return london_day(max(moments)) if moments else status.since


async def gather(
    connection: AsyncConnection, policy: Policy, report: Report, statuses: list[Reported]
) -> Material:
    """Read everything that this week's digests say."""
    as_of = report.as_of
    tracked = await tracked_concerns(connection, policy)
    turning = await lines.turning_red(
        connection, as_of, as_of + timedelta(days=policy.digest.horizon_days)
    )
    made = [item for item in await reports.reports_made(connection) if item.as_of < as_of]
    previous = made[-1] if made else None
    now = _by_case(statuses, tracked)
    last_week = await _as_reported(connection, previous, tracked) if previous else None
    people = {person for person, _ in now} | {person for person, _ in turning}
    if last_week:
        people |= {person for person, _ in last_week.statuses}
    events = {
        event["id"]
        for status in now.values()
        if status.rag is Rag.RED
        for reason in status.reasons
        for event in reason.facts.get("events", ())
    }
    return Material(
        policy=policy,
        report=report,
        now=now,
        tracked=tracked,
        facts=await lines.facts_of(connection, people),
        turning=turning,
        stored=await event_log.stored_moments(connection, events),
        last_week=last_week,
        last_week_now=_by_case(await statuses_on(connection, previous.as_of), tracked)
        if previous
        else {},
        four_weeks=await _on(connection, as_of - timedelta(days=28), made, tracked),
        baseline=await _on(connection, policy.baseline, made, tracked)
        if policy.baseline and policy.baseline < as_of
        else None,
    )


def in_scope(status: Reported, recipient: Recipient) -> bool:
    """Whether a case is this recipient's to oversee.

    A case without a service is every head of service's: it may not fall between them.
    """
    if recipient.scope == "all":
        return True
    if recipient.scope == "services":
        return status.service in recipient.services or (
            status.service is None and recipient.role == "head_of_service"
        )
    if recipient.scope == "teams":
        return status.team in recipient.teams
    workers = {status.personal_adviser, status.social_worker}
    return bool(workers & set(recipient.workers))


def _by_case(statuses: list[Reported], tracked: Mapping[Concern, bool]) -> dict[Case, Reported]:
    return {(item.person, item.concern): item for item in statuses if tracked[item.concern]}


async def _as_reported(
    connection: AsyncConnection, report: Report, tracked: Mapping[Concern, bool]
) -> Earlier:
    told = await reports.reported_in(connection, report.week)
    return Earlier(report.as_of, "as reported", _by_case(told, tracked))


async def _on(
    connection: AsyncConnection,
    day: date,
    made: list[Report],
    tracked: Mapping[Concern, bool],
) -> Earlier:
    """How it was on a day: as reported where a report was made about then, else as now known."""
    near = [item for item in made if abs((item.as_of - day).days) <= _NEAR_DAYS]
    if near:
        nearest = min(near, key=lambda item: abs((item.as_of - day).days))
        return await _as_reported(connection, nearest, tracked)
    return Earlier(day, "as now known", _by_case(await statuses_on(connection, day), tracked))
