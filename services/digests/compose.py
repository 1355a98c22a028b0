"""Composing one recipient's digest of a week from the case line and the reports before it."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.digest import CaseLine, Digest, StoppedLine, TurningLine
from schemas.recipients import Recipient
from schemas.status import Rag
from services.access.scope import scope_of
from services.assessment.escalation import step_named
from services.digests.campaigns import open_campaigns
from services.digests.case_lines import Reference, case_line, reference_of
from services.digests.escalated import escalated
from services.digests.figures import concern_figures
from services.digests.gather import ReportInputs
from services.digests.links import Links
from services.digests.list_links import ListLinks
from services.digests.measured import measure_lines
from services.digests.promised import promised
from services.digests.report import not_known_of
from services.oversight.cases import Case, cases_listed, horizon, view_of
from services.oversight.escalation import has_climbed_to, why_climbed
from services.oversight.outcomes import OVERSEEN_ELSEWHERE, what_became
from services.store import reported_cases
from services.store.case_filter import Filter
from services.store.cases import cases_at, count_cases
from services.store.reported_cases import StoppedRed, reported_concerns
from services.store.scope import Scope

_LONGEST_LIST = 200
_NEEDS_LISTED = 5
_PROMISED = 20


async def compose(
    connection: AsyncConnection,
    inputs: ReportInputs,
    recipient: Recipient,
    links: Links,
    notes: tuple[str, ...],
    now: datetime,
    scope: Scope | None = None,
) -> Digest:
    """One recipient's digest of a week.

    Args:
        connection: reads the store.
        inputs: what every recipient's digest of the week has in common.
        recipient: whom it is for; their scope decides which cases are in it.
        links: where its links lead.
        notes: sentences that stand first.
        now: the time at which it is made (UTC).
        scope: what of it may be shown to whoever else looks; the recipient's without.
    """
    within = links.within(inputs.report.week, recipient.id)
    composer = _Composer(connection, inputs, recipient, within, scope or scope_of(recipient))
    return await composer.digest(notes, now)


class _Composer:
    """One recipient's digest while it is composed."""

    def __init__(
        self,
        connection: AsyncConnection,
        inputs: ReportInputs,
        recipient: Recipient,
        links: Links,
        scope: Scope,
    ) -> None:
        self.connection = connection
        self.inputs = inputs
        self.recipient = recipient
        self.links = links
        self.as_of = inputs.report.as_of
        self.last = inputs.last_week
        self.last_concerns = reported_concerns(self.last) if self.last else None
        self.view = view_of(scope, self.as_of, tracked=inputs.counted)
        self.listed = recipient.shows != "totals"
        self.turning_by = self.as_of + timedelta(days=inputs.policy.digest.horizon_days)
        self.horizon = horizon(inputs.policy, self.as_of)
        baseline = inputs.policy.baseline
        self.lists = ListLinks(
            links,
            self.as_of,
            named=recipient.shows == "cases",
            last_week=self.last.week if self.last else None,
            baseline=baseline if baseline and baseline < self.as_of else None,
        )

    async def digest(self, notes: tuple[str, ...], now: datetime) -> Digest:
        newly = Filter(rag=Rag.RED, newly_red=self.last_concerns)
        still = Filter(rag=Rag.RED, reported_red_in=self.last_concerns) if self.last else None
        concerns, baseline = await concern_figures(
            self.connection, self.view, self.inputs, self.lists
        )
        needing = self._needing()
        unowned = Filter(rag=Rag.RED, unowned=True)
        gone = await self._no_longer_red()
        stopped = [item for item in gone if not item.rated_down]
        rated_down = [item for item in gone if item.rated_down]
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
            concerns=concerns,
            newly_red=await self._lines(newly, new=self.last is not None) if self.listed else (),
            newly_red_count=await count_cases(self.connection, self.view, newly),
            still_red=await self._lines(still) if self.listed and still else (),
            still_red_count=await count_cases(self.connection, self.view, still) if still else 0,
            stopped=await self._stopped(stopped[:_LONGEST_LIST]) if self.listed else (),
            stopped_count=len(stopped),
            rated_down=await self._stopped(rated_down[:_LONGEST_LIST]) if self.listed else (),
            rated_down_count=len(rated_down),
            turning=await self._turning() if self.listed else (),
            turning_count=await count_cases(self.connection, self.view, self.horizon),
            horizon_days=self.inputs.policy.digest.horizon_days,
            unowned=await self._lines(unowned) if self.listed else (),
            unowned_count=await count_cases(self.connection, self.view, unowned),
            promised=await promised(
                self.connection, self.view, self._reference, _PROMISED if self.listed else 0
            ),
            escalated=await escalated(
                self.connection,
                self.view,
                self.inputs.rules,
                self._reference,
                _PROMISED if self.listed else 0,
            ),
            campaigns=await open_campaigns(self.connection, self.view, self.lists.campaign),
            measures=measure_lines(
                self.inputs.measures, self.inputs.comparators, self.inputs.policy.published_as
            ),
            baseline=baseline,
            unknown=self.inputs.unknown,
            unknown_here=tuple(await not_known_of(self.connection, self.view)),
            overview=self.links.overview(),
            links=self.lists.of_sections(self.recipient.role, self.turning_by),
            names=self.inputs.names,
        )

    def _needing(self) -> Filter | None:
        """Which cases need the recipient; for an adviser those with no action or a late one."""
        step = step_named(self.recipient.role)
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

    async def _no_longer_red(self) -> list[StoppedRed]:
        """Cases that the last report gave as red and that no longer are."""
        if self.last is None:
            return []
        counted = tuple(c for c in self.view.tracked if c.value in self.last.tracked)
        view = view_of(self.view.scope, self.as_of, tracked=counted)
        return await reported_cases.no_longer_red(self.connection, self.last.week, view)

    async def _stopped(self, found: list[StoppedRed]) -> tuple[StoppedLine, ...]:
        """Some of them as lines, with why."""
        if self.last is None:
            return ()
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
            self.connection, self.view, self.horizon, "turning", limit=_LONGEST_LIST
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
