"""What Independent Reviewing Officers escalated, and how their duties were kept, in a year.

The page, its workbook and every digest read it here. Source: IRO Handbook (2010); docs/rules.md,
section 7d.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import year_of
from services.assessment.calendar import working_days_between
from services.assessment.iro_escalation_line import IroEscalationStretch
from services.assessment.lasting import holds_on
from services.assessment.rulebook import Rulebook
from services.assessment.temporal import AsOf
from services.oversight.case_file import CaseFile
from services.store import duties, iro_escalations
from services.store.duties import Caseload, DutyCounts, Heard, ListedDuty
from services.store.iro_escalations import EscalationCounts, ListedEscalation
from services.store.view import View

REASONS = (
    "Care plan not carried out, or drift",
    "No plan for permanence",
    "Placement does not meet the child's needs",
    "Placement not registered, or not lawful",
    "Health, education or contact",
    "The child's wishes not heard",
    "Review not prepared, or decisions not carried out",
    "Legal status or court proceedings",
    "Allocation of a social worker, or visits",
    "Another reason",
)
"""Reasons that the form offers: categories that may be counted, and hold no detail of a case."""


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the annual report, up to a day.

    Attributes:
        first: the first day: 1 April.
        last: the day up to which it is counted.
        escalations: by stage, level and reason.
        reviews: looked-after reviews, held in time or not.
        named: reviewing officers, named in time or not.
    """

    first: date
    last: date
    escalations: Sequence[EscalationCounts]
    reviews: DutyCounts
    named: DutyCounts

    def total(self, what: str, stage: str = "") -> int:
        """How many escalations were raised, resolved, resolved late, or are open or late."""
        return sum(getattr(i, what) for i in self.escalations if stage in ("", i.stage))

    def by_level(self) -> list[EscalationCounts]:
        """The same counts by stage and level, informal first."""
        found: dict[tuple[bool, int], EscalationCounts] = {}
        for item in self.escalations:
            key = (item.stage == "formal", item.level)
            before = found.get(key)
            sums = {n: getattr(item, n) + (getattr(before, n) if before else 0) for n in COUNTED}
            found[key] = replace(item, reason="", **sums)
        return [found[key] for key in sorted(found)]

    def by_reason(self) -> dict[str, dict[str, int]]:
        """The same counts by reason, the one raised most often first."""
        found: dict[str, dict[str, int]] = {}
        for item in self.escalations:
            counts = found.setdefault(item.reason or "No reason given", dict.fromkeys(COUNTED, 0))
            for name in COUNTED:
                counts[name] += getattr(item, name)
        return dict(sorted(found.items(), key=lambda it: (-it[1]["raised"], it[0])))


COUNTED = {
    "raised": "Raised",
    "resolved": "Resolved",
    "resolved_late": "Resolved late",
    "open": "Open",
    "late": "Open and overdue",
}
"""What is counted of escalations, and what it is called wherever it is shown."""


@dataclass(frozen=True, slots=True)
class ReviewingSheet:
    """What reviewing officers and those who answer them read, on a day.

    Attributes:
        open: the escalations that are open, the first due first.
        year: this year up to the day.
        year_before: the year before, up to the same day of it.
        reviews: looked-after reviews that were late this year, or are overdue.
        unnamed: children whose officer was named late this year, or is not named and overdue.
        caseloads: the looked-after children of each officer.
        fewest, most: how many a full-time officer has, as the handbook says.
        heard: whether any source says who the officers are, and what reviews were held.
    """

    open: Sequence[ListedEscalation]
    year: Year
    year_before: Year
    reviews: Sequence[ListedDuty]
    unnamed: Sequence[ListedDuty]
    caseloads: Sequence[Caseload]
    fewest: int
    most: int
    heard: Heard


async def reviewing_sheet(
    connection: AsyncConnection,
    view: View,
    rulebook: Rulebook,
    officer: str = "",
    limit: int | None = None,
) -> ReviewingSheet:
    """The sheet of a day.

    Args:
        connection: where it is read.
        view: whose children, and on which day.
        rulebook: where the handbook's numbers stand.
        officer: the reviewing officer whose children alone are counted; all without.
        limit: how many of each list are read; all without.
    """
    first, on = year_of(view.day).first_day, AsOf(view.day.toordinal())
    before = replace(view, day=_a_year_before(view.day))
    return ReviewingSheet(
        open=await iro_escalations.listed(connection, view, officer, limit=limit),
        year=await _year(connection, view, first, officer),
        year_before=await _year(connection, before, year_of(before.day).first_day, officer),
        reviews=await duties.not_in_time(
            connection, view, "review_held", first, officer, limit=limit
        ),
        unnamed=await duties.not_in_time(
            connection, view, "officer_named", first, officer, limit=limit
        ),
        caseloads=await duties.caseloads(connection, view, officer),
        fewest=rulebook.limits["IR4.fewest"].on(on),
        most=rulebook.limits["IR4.most"].on(on),
        heard=await duties.heard(connection),
    )


async def _year(connection: AsyncConnection, view: View, first: date, officer: str) -> Year:
    return Year(
        first,
        view.day,
        await iro_escalations.counts_since(connection, view, first, officer),
        await duties.counts_since(connection, view, "review_held", first, officer),
        await duties.counts_since(connection, view, "officer_named", first, officer),
    )


def _a_year_before(day: date) -> date:
    """The same day of the year before; of 29 February, the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def escalation_of(file: CaseFile, id_: str) -> IroEscalationStretch | None:
    """An escalation of a case, by its id, as it stands on the day of its file."""
    return next((item for item in escalations_of(file) if item.escalation_id == id_), None)


def escalations_of(file: CaseFile) -> list[IroEscalationStretch]:
    """The escalations of a case as they stand on the day of its file, the last raised first."""
    found = [item for item in file.derivation.iro_escalations if holds_on(item, file.day)]
    return sorted(found, key=lambda item: item.raised, reverse=True)


def days_open(item: ListedEscalation, day: date, rulebook: Rulebook) -> int:
    """For how many working days an escalation has been open, or formal where it is."""
    escalation = item.escalation
    since = escalation.formal_since or escalation.raised
    return working_days_between(since, day, rulebook.bank_holidays)
