"""The figures of a digest: each concern now, as reported, and as now known of another day."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.digest import Baseline, ConcernSummary, Figure
from schemas.status import Concern, Rag
from services.assessment.rules import CONCERNS
from services.digests.gather import ReportInputs
from services.digests.list_links import ListLinks
from services.oversight import summary
from services.oversight.cases import view_of
from services.store import case_counts, case_figures, case_measures, reported_cases
from services.store.view import View
from services.store.weekly_reports import Report


async def concern_figures(
    connection: AsyncConnection, view: View, inputs: ReportInputs, lists: ListLinks
) -> tuple[tuple[ConcernSummary, ...], Baseline | None]:
    """Each concern in figures, as the overview has them, and what became of the baseline's reds."""
    figures = await summary.summarise(
        connection, view, inputs.tracked, inputs.last_week, inputs.policy.baseline
    )
    families = {item.concern: await _families(connection, view, item) for item in figures}
    four_weeks = await _four_weeks(connection, view, inputs, lists)
    concerns = [
        ConcernSummary(
            concern=item.concern,
            tracked=item.tracked,
            red=item.now[Rag.RED],
            amber=item.now[Rag.AMBER],
            green=item.now[Rag.GREEN],
            rated_down=item.rated_down,
            unlawful=item.unlawful,
            unowned=item.unowned,
            families=families[item.concern],
            last_week=_last_week(item, inputs.last_week, lists),
            four_weeks=four_weeks.get(item.concern),
            baseline=_as_known(item.baseline.on, item.baseline.red, lists.red_on(item.concern))
            if item.baseline
            else None,
            links=lists.of(item.concern),
        )
        for item in figures
    ]
    return tuple(concerns), _baseline([item.baseline for item in figures if item.baseline])


def _last_week(
    item: summary.ConcernSummary, last: Report | None, lists: ListLinks
) -> Figure | None:
    """How many the last report gave as red; None without one."""
    if last is None or item.last_week is None:
        return None
    return _as_reported(item.concern, last, item.last_week[Rag.RED], lists)


def _as_reported(concern: Concern, report: Report, red: int, lists: ListLinks) -> Figure:
    link = lists.reported_red(report.week, concern)
    return Figure(on=report.as_of, red=red, basis="as reported", link=link)


def _as_known(on: date, red: int, link: str | None) -> Figure:
    return Figure(on=on, red=red, basis="as now known", link=link)


async def _families(
    connection: AsyncConnection, view: View, item: summary.ConcernSummary
) -> int | None:
    """Families among the reds of pre-proceedings: children of one family count once."""
    if not CONCERNS[item.concern].counts_families:
        return None
    if not item.tracked or not item.now[Rag.RED]:
        return 0
    return await case_figures.count_families(connection, view, item.concern)


async def _four_weeks(
    connection: AsyncConnection, view: View, inputs: ReportInputs, lists: ListLinks
) -> Mapping[Concern, Figure]:
    """How many were red four weeks ago: as reported about then, else as now known."""
    report, on = inputs.four_weeks, inputs.four_weeks_ago
    if report is not None:
        reported = await reported_cases.counts_reported(connection, report.week, view.scope)
        return {
            concern: _as_reported(concern, report, reported.get((concern, Rag.RED), 0), lists)
            for concern in view.tracked
            if concern.value in report.tracked
        }
    then = view_of(view.scope, view.today, on, view.tracked)
    counts = await case_counts.counts(connection, then)
    return {
        concern: _as_known(on, counts.get((concern, case_measures.RED), 0), lists.red(concern, on))
        for concern in view.tracked
    }


def _baseline(became: list[summary.BaselineFigures]) -> Baseline | None:
    """What became of those who were red on the baseline day, of every concern counted."""
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
