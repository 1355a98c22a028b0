"""What a digest is composed from: this report and earlier ones, and what is known beside them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.digest import Basis
from schemas.policy import Policy
from schemas.status import Concern, Period, Rag
from services.assessment.resolution import survivors
from services.oversight.statuses import statuses_on
from services.store import event_log, published, staff, timelines, weekly_reports
from services.store.published import Told
from services.store.timelines import Document
from services.store.weekly_reports import Report, Reported

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
    known: Mapping[Case, Told]
    left: Collection[str] = ()
    last_week: Earlier | None = None
    four_weeks: Earlier | None = None
    baseline: Earlier | None = None
    last_week_now: Mapping[Case, Reported] = field(default_factory=dict)

    def known_on(self, case: Case, status: Reported) -> date:
        """The day on which it was first known here that this case is red."""
        told = self.known.get(case)
        return london_day(told.known_at) if told and told.rag is Rag.RED else status.since


async def gather(
    connection: AsyncConnection, policy: Policy, report: Report, statuses: list[Reported]
) -> Material:
    """Read everything that this week's digests say."""
    as_of = report.as_of
    tracked = {concern: concern.value in report.tracked for concern in Concern}
    turning = await timelines.turning_red(
        connection, as_of, as_of + timedelta(days=policy.digest.horizon_days)
    )
    made = [item for item in await weekly_reports.reports_made(connection) if item.as_of < as_of]
    previous = made[-1] if made else None
    now = _by_case(statuses, tracked)
    earlier = _Earlier(connection, policy, made, tracked)
    last_week = await earlier.reported(previous) if previous else None
    people = {person for person, _ in (*now, *(last_week.statuses if last_week else ()))}
    people |= {person for person, _ in turning}
    told = await published.last_told(connection, {person for person, _ in now})
    return Material(
        policy=policy,
        report=report,
        now=now,
        tracked=tracked,
        facts=await timelines.facts_of(connection, people),
        turning=turning,
        known={(item.person, item.concern): item for item in told},
        left=await staff.left(connection, as_of),
        last_week=last_week,
        last_week_now=_by_case(await statuses_on(connection, previous.as_of), tracked)
        if previous
        else {},
        four_weeks=await earlier.on(as_of - timedelta(days=28), near=_NEAR_DAYS),
        baseline=await earlier.on(policy.baseline)
        if policy.baseline and policy.baseline < as_of
        else None,
    )


def _by_case(statuses: list[Reported], tracked: Mapping[Concern, bool]) -> dict[Case, Reported]:
    return {(item.person, item.concern): item for item in statuses if tracked[item.concern]}


class _Earlier:
    """Earlier days, as they were reported or as they are now known."""

    def __init__(
        self,
        connection: AsyncConnection,
        policy: Policy,
        made: list[Report],
        tracked: Mapping[Concern, bool],
    ) -> None:
        self.connection = connection
        self.policy = policy
        self.made = made
        self.tracked = tracked

    async def on(self, day: date, near: int = 0) -> Earlier:
        """How it was on a day: as reported where a report was made about then; else as known."""
        close = [item for item in self.made if abs((item.as_of - day).days) <= near]
        if close:
            return await self.reported(min(close, key=lambda item: abs((item.as_of - day).days)))
        told = _by_case(await statuses_on(self.connection, day), self.tracked)
        return Earlier(day, "as now known", told)

    async def reported(self, report: Report) -> Earlier:
        """What a report said of the concerns that it counted, each under who they are now."""
        told = await weekly_reports.reported_in(self.connection, report.week)
        counted = {concern: concern in report.tracked for concern in Concern}
        became = await self._became({item.person for item in told})
        statuses: dict[Case, Reported] = {}
        for item in told:
            case = (became.get(item.person, item.person), item.concern)
            if not counted[item.concern] or not self.tracked[item.concern]:
                continue
            if case not in statuses or statuses[case].rag.severity < item.rag.severity:
                statuses[case] = item
        return Earlier(report.as_of, "as reported", statuses)

    async def _became(self, people: set[str]) -> dict[str, str]:
        """Whom those became who are no young person of their own any more."""
        gone = people - set(await timelines.known_people(self.connection))
        if not gone:
            return {}
        reached = await event_log.connected(self.connection, gone)
        received = await event_log.load(self.connection, reached)
        return survivors(received, self.policy)
