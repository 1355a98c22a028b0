"""Composing one recipient's digest out of the week's material. Pure."""

from datetime import date, datetime

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
from schemas.status import Concern, Period, Rag
from services.access.scope import sight_of
from services.assessment.case_facts import open_actions
from services.digests.action_lines import action_lines
from services.digests.gather import Case, Earlier, Material
from services.digests.links import Links
from services.oversight.escalation import LADDER, Climbed, climbed, is_owned, red_of
from services.oversight.outcomes import why_stopped
from services.oversight.statuses import reported_of
from services.oversight.wording import category
from services.store.weekly_reports import Reported

_LONGEST_LIST = 200
_NEEDS_LISTED = 5


def compose(
    material: Material, recipient: Recipient, links: Links, notes: tuple[str, ...], now: datetime
) -> Digest:
    """What this week's digest says to one recipient."""
    within = links.within(material.report.week, recipient.id)
    return _Composer(material, recipient, within).digest(notes, now)


class _Composer:
    """One recipient's view of the material."""

    def __init__(self, material: Material, recipient: Recipient, links: Links) -> None:
        self.material = material
        self.recipient = recipient
        self.sight = sight_of(recipient)
        self.links = links
        self.as_of = material.report.as_of
        self.mine = {case: item for case, item in material.now.items() if self.sight.sees(item)}
        self.red = {case: item for case, item in self.mine.items() if item.rag is Rag.RED}
        self.before = self._scoped(material.last_week)
        self.needing = {case: self._why_it_needs(case, item) for case, item in self.red.items()}

    def digest(self, notes: tuple[str, ...], now: datetime) -> Digest:
        material = self.material
        told = material.last_week
        newly = {
            case: item
            for case, item in self.red.items()
            if told is None or case not in told.statuses or told.statuses[case].rag is not Rag.RED
        }
        still = {case: item for case, item in self.red.items() if case not in newly}
        listed = self.recipient.shows != "totals"
        return Digest(
            council=material.policy.council,
            week=material.report.week,
            as_of=self.as_of,
            made_at=now,
            recipient=self.recipient,
            first=told is None,
            notes=(*notes, *material.report.missing),
            needs_you=self._needs_you() if listed else (),
            needs_you_count=sum(map(bool, self.needing.values())),
            concerns=tuple(self._summary(concern) for concern in Concern),
            newly_red=self._lines(newly, new=told is not None) if listed else (),
            newly_red_count=len(newly),
            still_red=self._lines(still) if listed else (),
            still_red_count=len(still),
            stopped=self._stopped() if listed else (),
            turning=self._turning() if listed else (),
            horizon_days=material.policy.digest.horizon_days,
            unowned=self._unowned() if listed else (),
            baseline=self._baseline(),
            unknown=tuple(material.report.unknown),
            overview=self.links.overview(),
        )

    def _scoped(self, earlier: Earlier | None) -> dict[Case, Reported]:
        if earlier is None:
            return {}
        return {case: item for case, item in earlier.statuses.items() if self.sight.sees(item)}

    def _summary(self, concern: Concern) -> ConcernSummary:
        mine = [item for case, item in self.mine.items() if case[1] is concern]
        colours = [item.rag for item in mine]
        return ConcernSummary(
            concern=concern,
            tracked=self.material.tracked[concern],
            red=colours.count(Rag.RED),
            amber=colours.count(Rag.AMBER),
            green=colours.count(Rag.GREEN),
            rated_down=sum(item.rule_rag is Rag.RED and item.rag is not Rag.RED for item in mine),
            unlawful=sum(item.statutory == "unlawful" for item in mine),
            families=self._families(concern),
            last_week=self._figure(self.material.last_week, concern),
            four_weeks=self._figure(self.material.four_weeks, concern),
            baseline=self._figure(self.material.baseline, concern),
        )

    def _families(self, concern: Concern) -> int | None:
        """Families among the reds of pre-proceedings: children of one family count once."""
        if concern is not Concern.PRE_PROCEEDINGS:
            return None
        families = set()
        for (person, about), item in self.red.items():
            if about is concern:
                told = next(
                    (r.facts["family_id"] for r in item.reasons if "family_id" in r.facts), None
                )
                families.add(told or f"of {person}")
        return len(families)

    def _figure(self, earlier: Earlier | None, concern: Concern) -> Figure | None:
        if earlier is None:
            return None
        red = sum(
            item.rag is Rag.RED and case[1] is concern
            for case, item in self._scoped(earlier).items()
        )
        return Figure(on=earlier.on, red=red, basis=earlier.basis)

    def _reference(self, person: str) -> tuple[str | None, str | None, str | None]:
        if self.recipient.shows != "cases":
            return None, None, None
        return person, self.links.page(person), self.links.case(person)

    def _line(self, case: Case, item: Reported, *, new: bool = False) -> CaseLine:
        person, concern = case
        reference, link, case_link = self._reference(person)
        facts = self.material.facts.get(person)
        last = self.material.last_week
        return CaseLine(
            reference=reference,
            link=link,
            case_link=case_link,
            concern=concern,
            reason=category(item.reasons, item.rag),
            unlawful=item.statutory == "unlawful",
            since=item.since,
            at_least=item.since_basis == "at_least",
            weeks_red=_weeks(item.since, self.as_of),
            weeks_not_green=_weeks(item.not_green_since or item.since, self.as_of),
            recorded_late=new and last is not None and item.since < last.on,
            moved_in=not new and last is not None and case not in self.before,
            actions=action_lines(
                open_actions(facts, concern, self.as_of) if facts else (), facts, self.as_of
            ),
            why=self.needing.get(case, ""),
        )

    def _lines(self, cases: dict[Case, Reported], *, new: bool = False) -> tuple[CaseLine, ...]:
        ranked = sorted(
            cases.items(), key=lambda c: (c[1].not_green_since or c[1].since, c[1].since, c[0])
        )
        return tuple(self._line(case, item, new=new) for case, item in ranked[:_LONGEST_LIST])

    def _climbed(self, case: Case, item: Reported) -> Climbed | None:
        facts = self.material.facts.get(case[0])
        actions = open_actions(facts, case[1], self.as_of) if facts else []
        known_on = self.material.known_on(case, item)
        return climbed(
            red_of(item, known_on, actions, self.material.left), self.as_of, self.material.policy
        )

    def _why_it_needs(self, case: Case, item: Reported) -> str:
        """Why a red has climbed to this recipient; for an adviser, no plan or a late one."""
        role = self.recipient.role
        if role in LADDER:
            step = self._climbed(case, item)
            climbed_here = step and LADDER.index(step.to) >= LADDER.index(role)
            return step.why if step and climbed_here else ""
        if role == "personal_adviser":
            facts = self.material.facts.get(case[0])
            actions = open_actions(facts, case[1], self.as_of) if facts else []
            if not actions:
                return "no open action"
            return "an action is late" if any(action.late for action in actions) else ""
        return ""

    def _needs_you(self) -> tuple[CaseLine, ...]:
        """The first of those that need this recipient: unlawful first, then the longest."""
        needing = [(case, self.red[case]) for case, why in self.needing.items() if why]
        needing.sort(
            key=lambda n: (n[1].statutory != "unlawful", n[1].not_green_since or n[1].since, n[0])
        )
        return tuple(self._line(case, item) for case, item in needing[:_NEEDS_LISTED])

    def _stopped(self) -> tuple[StoppedLine, ...]:
        last = self.material.last_week
        if last is None:
            return ()
        stopped = []
        for case, item in sorted(self.before.items()):
            current = self.material.now.get(case)
            if item.rag is not Rag.RED or case in self.red:
                continue
            elsewhere = current is not None and current.rag is Rag.RED
            reference, link, case_link = self._reference(case[0])
            stopped.append(
                StoppedLine(
                    reference=reference,
                    link=link,
                    case_link=case_link,
                    concern=case[1],
                    why="Now overseen by another team"
                    if elsewhere
                    else why_stopped(
                        item,
                        current,
                        self.material.last_week_now.get(case),
                        self.material.facts.get(case[0]),
                        last.on,
                        self.as_of,
                    ),
                    now=str(current.rag) if current else "none",
                )
            )
        return tuple(stopped)

    def _turning(self) -> tuple[TurningLine, ...]:
        turning = []
        for person, period in self.material.turning:
            current = self.material.now.get((person, period.concern))
            if not self.material.tracked[period.concern]:
                continue
            if not self.sight.sees(current or self._nobody_yet(person, period)):
                continue
            reference, link, case_link = self._reference(person)
            turning.append(
                TurningLine(
                    reference=reference,
                    link=link,
                    case_link=case_link,
                    concern=period.concern,
                    on=period.since,
                    reason=category(period.reasons, period.rag),
                )
            )
        return tuple(turning)

    def _nobody_yet(self, person: str, period: Period) -> Reported:
        """A case to which the concern does not apply yet, with whose it is on the day it turns."""
        return reported_of(person, period, self.material.facts[person], period.start)

    def _unowned(self) -> tuple[CaseLine, ...]:
        return self._lines(
            {
                case: item
                for case, item in self.red.items()
                if not is_owned(item, self.material.left)
            }
        )

    def _baseline(self) -> Baseline | None:
        earlier = self.material.baseline
        if earlier is None:
            return None
        red = [case for case, item in self._scoped(earlier).items() if item.rag is Rag.RED]
        now = [
            self.material.now[case].rag if case in self.material.now else Rag.NONE for case in red
        ]
        return Baseline(
            on=earlier.on,
            basis=earlier.basis,
            red=len(red),
            still_red=now.count(Rag.RED),
            amber=now.count(Rag.AMBER),
            green=now.count(Rag.GREEN),
            no_longer=now.count(Rag.NONE),
        )


def _weeks(since: date, on: date) -> int:
    return (on - since).days // 7
