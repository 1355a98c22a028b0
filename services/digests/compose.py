"""Composing one recipient's digest of a week from the case line and the reports before it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.digest import (
    Baseline,
    CaseLine,
    ConcernSummary,
    Digest,
    Figure,
    StoppedLine,
    TurningLine,
)
from schemas.recipients import Recipient
from schemas.status import Concern, Rag
from services.access.scope import scope_of
from services.assessment.escalation import STEPS
from services.assessment.rules import CONCERNS
from services.digests.case_lines import Reference, case_line, reference_of
from services.digests.gather import ReportInputs
from services.digests.links import Links
from services.digests.report import not_known_of
from services.oversight import summary
from services.oversight.cases import Case, cases_listed, horizon, view_of
from services.oversight.escalation import has_climbed_to, why_climbed
from services.oversight.outcomes import OVERSEEN_ELSEWHERE, what_became
from services.store import case_counts, case_figures, weekly_reports
from services.store.case_filter import Filter
from services.store.cases import cases_at, count_cases
from services.store.weekly_reports import reported_concerns

_LONGEST_LIST = 200
_NEEDS_LISTED = 5
_MOST_STOPPED = 1000


async def compose(
    connection: AsyncConnection,
    inputs: ReportInputs,
    recipient: Recipient,
    links: Links,
    notes: tuple[str, ...],
    now: datetime,
) -> Digest:
    """One recipient's digest of a week.

    Args:
        connection: reads the store.
        inputs: what every recipient's digest of the week has in common.
        recipient: whom it is for; their scope decides which cases are in it.
        links: where its links lead.
        notes: sentences that stand first.
        now: the time at which it is made (UTC).
    """
    within = links.within(inputs.report.week, recipient.id)
    return await _Composer(connection, inputs, recipient, within).digest(notes, now)


class _Composer:
    """One recipient's digest while it is composed."""

    def __init__(
        self, connection: AsyncConnection, inputs: ReportInputs, recipient: Recipient, links: Links
    ) -> None:
        self.connection = connection
        self.inputs = inputs
        self.recipient = recipient
        self.links = links
        self.as_of = inputs.report.as_of
        self.last = inputs.last_week
        self.last_concerns = reported_concerns(self.last) if self.last else None
        self.view = view_of(scope_of(recipient), self.as_of, tracked=inputs.counted)
        self.listed = recipient.shows != "totals"

    async def digest(self, notes: tuple[str, ...], now: datetime) -> Digest:
        newly = Filter(rag=Rag.RED, newly_red=self.last_concerns)
        still = Filter(rag=Rag.RED, reported_red_in=self.last_concerns) if self.last else None
        concerns = await self._concerns()
        needing = self._needing()
        return Digest(
            council=self.inputs.policy.council,
            week=self.inputs.report.week,
            as_of=self.as_of,
            made_at=now,
            recipient=self.recipient,
            first=self.last is None,
            notes=(*notes, *self.inputs.report.missing),
            needs_you=await self._needs_you(needing) if self.listed else (),
            needs_you_count=await count_cases(self.connection, self.view, needing)
            if needing
            else 0,
            concerns=tuple(concerns),
            newly_red=await self._lines(newly, new=self.last is not None) if self.listed else (),
            newly_red_count=await count_cases(self.connection, self.view, newly),
            still_red=await self._lines(still) if self.listed and still else (),
            still_red_count=await count_cases(self.connection, self.view, still) if still else 0,
            stopped=await self._stopped() if self.listed else (),
            turning=await self._turning() if self.listed else (),
            horizon_days=self.inputs.policy.digest.horizon_days,
            unowned=await self._lines(Filter(rag=Rag.RED, unowned=True)) if self.listed else (),
            baseline=self._baseline(),
            unknown=(
                *self.inputs.unknown,
                *await not_known_of(self.connection, self.view),
            ),
            overview=self.links.overview(),
        )

    async def _concerns(self) -> list[ConcernSummary]:
        """Each concern in figures, as the overview has them."""
        self.figures = await summary.summarise(
            self.connection,
            self.view,
            self.inputs.tracked,
            self.last,
            self.inputs.policy.baseline,
        )
        four_weeks = await self._four_weeks()
        return [
            ConcernSummary(
                concern=item.concern,
                tracked=item.tracked,
                red=item.now[Rag.RED] if item.tracked else 0,
                amber=item.now[Rag.AMBER] if item.tracked else 0,
                green=item.now[Rag.GREEN] if item.tracked else 0,
                rated_down=item.rated_down if item.tracked else 0,
                unlawful=item.unlawful if item.tracked else 0,
                families=await self._families(item),
                last_week=self._last_week(item),
                four_weeks=four_weeks.get(item.concern),
                baseline=Figure(on=item.baseline.on, red=item.baseline.red, basis="as now known")
                if item.baseline and item.tracked
                else None,
            )
            for item in self.figures
        ]

    def _last_week(self, item: summary.ConcernSummary) -> Figure | None:
        """How many the last report gave as red; None where it did not count the concern."""
        if self.last is None or item.last_week is None:
            return None
        red = item.last_week[Rag.RED] if item.tracked else 0
        return Figure(on=self.last.as_of, red=red, basis="as reported")

    async def _families(self, item: summary.ConcernSummary) -> int | None:
        """Families among the reds of pre-proceedings: children of one family count once."""
        if not CONCERNS[item.concern].counts_families:
            return None
        if not item.tracked or not item.now[Rag.RED]:
            return 0
        return await case_figures.count_families(self.connection, self.view, item.concern)

    async def _four_weeks(self) -> dict[Concern, Figure]:
        """How many were red four weeks ago: as reported about then, else as now known."""
        report, on = self.inputs.four_weeks, self.inputs.four_weeks_ago
        if report is not None:
            reported = await weekly_reports.reported_counts(
                self.connection, report.week, self.view.scope
            )
            return {
                concern: Figure(on=on, red=reported.get((concern, Rag.RED), 0), basis="as reported")
                for concern in self.view.tracked
                if concern.value in report.tracked
            }
        then = view_of(self.view.scope, self.as_of, on, self.view.tracked)
        counts = await case_counts.counts(self.connection, then)
        return {
            concern: Figure(
                on=on, red=counts.get((concern, case_counts.RED), 0), basis="as now known"
            )
            for concern in self.view.tracked
        }

    def _needing(self) -> Filter | None:
        """Which cases need the recipient; for an adviser those with no action or a late one."""
        step = next((item for item in STEPS if item == self.recipient.role), None)
        if step is not None:
            return Filter(climbed_to=step)
        if self.recipient.role == "personal_adviser":
            return Filter(rag=Rag.RED, no_action_or_late=True)
        return None

    def _why(self, case: Case) -> str:
        """Why a case needs the recipient; empty where it does not."""
        if self.recipient.role == "personal_adviser":
            if not case.actions:
                return "no open action"
            return "an action is late" if case.late else ""
        if has_climbed_to(case, self.recipient.role):
            return why_climbed(case, self.inputs.policy)
        return ""

    async def _needs_you(self, needing: Filter | None) -> tuple[CaseLine, ...]:
        """The first of those that need this recipient: unlawful first, then the longest."""
        if needing is None:
            return ()
        found = await cases_listed(self.connection, self.view, needing, limit=_NEEDS_LISTED)
        return tuple(self._line(case) for case in found)

    async def _lines(self, wanted: Filter, *, new: bool = False) -> tuple[CaseLine, ...]:
        """Reds as lines, the longest not green first."""
        found = await cases_listed(
            self.connection, self.view, wanted, "waiting", limit=_LONGEST_LIST
        )
        moved_in = set()
        if wanted.reported_red_in:
            elsewhere = Filter(
                rag=Rag.RED,
                reported_red_in=wanted.reported_red_in,
                moved_in_since=wanted.reported_red_in,
            )
            moved_in = {
                case.key for case in await cases_listed(self.connection, self.view, elsewhere)
            }
        return tuple(self._line(case, new=new, moved_in=case.key in moved_in) for case in found)

    def _line(self, case: Case, *, new: bool = False, moved_in: bool = False) -> CaseLine:
        return case_line(
            case,
            self._reference(case.person),
            why=self._why(case),
            recorded_late=new and self.last is not None and case.since < self.last.as_of,
            moved_in=moved_in,
        )

    def _reference(self, person: str) -> Reference:
        return reference_of(person, self.recipient, self.links)

    async def _stopped(self) -> tuple[StoppedLine, ...]:
        """Cases that the last report gave as red and that no longer are, with why."""
        if self.last is None:
            return ()
        counted = tuple(c for c in self.view.tracked if c.value in self.last.tracked)
        found = await weekly_reports.no_longer_red(
            self.connection,
            self.last.week,
            view_of(self.view.scope, self.as_of, tracked=counted),
            _MOST_STOPPED,
        )
        elsewhere = {(item.person, item.concern) for item in found if item.elsewhere}
        keys = [(item.person, item.concern) for item in found]
        now = await cases_at(self.connection, keys, self.as_of)
        then = await cases_at(self.connection, keys, self.last.as_of)
        stopped = []
        for key in keys:
            reference = self._reference(key[0])
            current = now.get(key)
            red = current is not None and current.rag is Rag.RED
            stopped.append(
                StoppedLine(
                    reference=reference.reference,
                    link=reference.link,
                    case_link=reference.case_link,
                    concern=key[1],
                    why=OVERSEEN_ELSEWHERE
                    if red or key in elsewhere
                    else what_became(then.get(key), current, "last week"),
                    now=current.rag.value if current else "none",
                )
            )
        return tuple(stopped)

    async def _turning(self) -> tuple[TurningLine, ...]:
        found = await cases_listed(
            self.connection, self.view, horizon(self.inputs.policy, self.as_of), "turning"
        )
        lines = []
        for case in found:
            reference = self._reference(case.person)
            lines.append(
                TurningLine(
                    reference=reference.reference,
                    link=reference.link,
                    case_link=reference.case_link,
                    concern=case.concern,
                    on=case.since,
                    reason=case.category,
                )
            )
        return tuple(lines)

    def _baseline(self) -> Baseline | None:
        """What became of those who were red on the baseline day, of every concern counted."""
        became = [item.baseline for item in self.figures if item.baseline and item.tracked]
        if not became:
            return None
        now = {rag: sum(item.now[rag] for item in became) for rag in Rag}
        return Baseline(
            on=became[0].on,
            basis="as now known",
            red=sum(item.red for item in became),
            still_red=now[Rag.RED],
            amber=now[Rag.AMBER],
            green=now[Rag.GREEN],
            no_longer=now[Rag.NONE],
            unowned_then=sum(item.unowned_then for item in became),
        )
