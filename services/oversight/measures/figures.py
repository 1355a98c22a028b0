"""The figures of measures: counted out of what Sightline holds, for a reader and a day."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import year_of
from services.assessment.annual_return.contact import NOTHING_MORE
from services.oversight.annual_return import IN_SHARE, care_leavers_by_suitability
from services.oversight.measures.definition import Caseload, Measure, Returned
from services.store import actions, duties, iro_escalations, measure_figures
from services.store.annual_return import Wanted, by_contact
from services.store.case_filter import NONE
from services.store.cases import count_cases
from services.store.view import View
from services.store.workloads import teams_by_people, workloads


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's figure: a share with what it is of, or a number.

    Attributes:
        value: in the measure's unit; None where it is not known.
        numerator: of a share, how many.
        denominator: of how many.
        over: of a caseload with a limit, who is over it, with how many.
    """

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    over: Sequence[tuple[str, int]] = ()


async def figure_of(connection: AsyncConnection, view: View, measure: Measure) -> Figure:
    """A measure's figure on a day, of the cases that a reader may see."""
    if measure.cases is not None:
        return await _of_cases(connection, view, measure)
    if measure.duty is not None:
        kept = await duties.counts_since(
            connection, view, measure.duty, year_of(view.day).first_day
        )
        return _share(kept.in_time, kept.total)
    if measure.actions_weeks is not None:
        weeks = await actions.due_weeks(connection, view, measure.actions_weeks)
        return _share(sum(week.in_time for week in weeks), sum(week.due for week in weeks))
    if measure.escalations is not None:
        counts = await iro_escalations.counts_since(connection, view, year_of(view.day).first_day)
        return Figure(float(sum(getattr(item, measure.escalations) for item in counts)))
    if measure.caseload is not None:
        return await _caseload(connection, view, measure.caseload)
    if measure.returned is not None:
        return await _returned(connection, view, measure.returned)
    return await _told(connection, view, measure)


async def _returned(connection: AsyncConnection, view: View, wanted: Returned) -> Figure:
    """A share of care leavers, as the return of the day's year would be counted."""
    if wanted.figure == "in_touch":
        of_year = Wanted(year_of(view.day), wanted.ages)
        contact = await by_contact(connection, view, of_year)
        whole = sum(number for code, number in contact.items() if code not in NOTHING_MORE)
        return _share(contact.get("YES", 0), whole)
    counts = await care_leavers_by_suitability(connection, view, year_of(view.day), wanted.ages)
    return _share(counts["unsuitable"], sum(counts[name] for name in IN_SHARE))


async def _of_cases(connection: AsyncConnection, view: View, measure: Measure) -> Figure:
    assert measure.cases is not None  # noqa: S101 (whoever calls this has seen it)
    whole = await count_cases(connection, view, measure.cases.filter)
    if measure.short is None:
        return Figure(float(whole))
    short = await count_cases(connection, view, measure.short.filter)
    return _share(whole - short, whole)


async def _caseload(connection: AsyncConnection, view: View, wanted: Caseload) -> Figure:
    if wanted.by == "worker":
        found = {item.worker: item.people for item in await workloads(connection, view)}
    else:
        found = await teams_by_people(connection, view)
    found.pop(NONE, None)
    if not found:
        return Figure(None)
    over = [
        (name, number)
        for name, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        if wanted.limit is not None and number > wanted.limit
    ]
    people = sum(found.values())
    value = people / len(found) if wanted.figure == "average" else max(found.values())
    return Figure(float(value), over=over)


async def _told(connection: AsyncConnection, view: View, measure: Measure) -> Figure:
    told = await measure_figures.told_by(connection, measure.told or "", view.day)
    if told is None:
        return Figure(None)
    if told.denominator is not None and told.numerator is not None:
        share = _share(told.numerator, told.denominator)
        return share if measure.unit == "per cent" else Figure(told.numerator)
    return Figure(told.value)


def _share(numerator: float, denominator: float) -> Figure:
    """A share in per cent; not known where there is nothing that it is of."""
    if not denominator:
        return Figure(None, numerator, denominator)
    return Figure(100 * numerator / denominator, numerator, denominator)
