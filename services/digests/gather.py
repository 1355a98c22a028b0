"""Gathering what all digests of a week are composed from: this report and those before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from schemas.recipients import Recipients
from schemas.status import Concern
from services.assessment.derivation import Rules
from services.digests.report import not_known_of_all
from services.oversight.cases import view_of
from services.oversight.comparators.definition import Comparator
from services.oversight.measures.definition import Measure
from services.oversight.measures.measured import Measured, measured
from services.oversight.tracked import counted
from services.store import weekly_reports
from services.store.scope import EVERYTHING
from services.store.weekly_reports import Report

_NEAR = timedelta(days=3)
"""How near to four weeks ago a report must have been made to be compared with."""
_NOBODY = Recipients()


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """What every recipient's digest of a week is composed from.

    `last_week` is the report before this one, `four_weeks` the report that was made about four
    weeks ago, None where none was; `four_weeks_ago` is the day that it is, or else stands for.
    `unknown` are sentences: what is not known, whoever the recipient is. `measures` are those of
    the whole council, `comparators` what is published beside them. `names` are what teams and
    services are called, by their ids.
    """

    rules: Rules
    report: Report
    tracked: Mapping[Concern, bool]
    last_week: Report | None
    four_weeks: Report | None
    four_weeks_ago: date
    unknown: tuple[str, ...]
    measures: Sequence[Measured]
    comparators: Sequence[Comparator]
    names: Mapping[str, str]

    @property
    def policy(self) -> Policy:
        """The council's policy."""
        return self.rules.policy

    @property
    def counted(self) -> tuple[Concern, ...]:
        """The concerns that are counted."""
        return counted(self.tracked)


async def gather(
    connection: AsyncConnection,
    policy: Policy,
    report: Report,
    measures: Iterable[Measure] = (),
    everybody: Recipients = _NOBODY,
    comparators: Sequence[Comparator] = (),
) -> ReportInputs:
    """Find the reports that this week's is compared with, and what is not known."""
    made = [
        item for item in await weekly_reports.reports_made(connection) if item.as_of < report.as_of
    ]
    ago = report.as_of - timedelta(days=28)
    near = [item for item in made if abs(item.as_of - ago) <= _NEAR]
    four_weeks = min(near, key=lambda item: abs(item.as_of - ago), default=None)
    tracked = {concern: concern.value in report.tracked for concern in Concern}
    unknown = await not_known_of_all(connection, policy, tracked, report.made_at, report.as_of)
    view = view_of(EVERYTHING, report.as_of, tracked=counted(tracked))
    return ReportInputs(
        rules=Rules.of(policy),
        report=report,
        tracked=tracked,
        unknown=tuple(unknown),
        measures=await measured(connection, view, measures),
        comparators=comparators,
        names={item.id: item.name for item in (*everybody.team, *everybody.service)},
        last_week=made[-1] if made else None,
        four_weeks=four_weeks,
        four_weeks_ago=four_weeks.as_of if four_weeks else ago,
    )
