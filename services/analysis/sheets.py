"""The analysis as sheets of a workbook, one a subject, with charts of Excel's own."""

from collections.abc import Callable, Iterator, Sequence

from schemas.status import Concern, Rag
from services.analysis.definitions import definitions
from services.analysis.gather import Analysis
from services.oversight.actions_sheet import HEADINGS
from services.oversight.annual_report import year_rows
from services.oversight.annual_return import SUITABILITIES
from services.oversight.measures.rows import measure_columns, measure_row
from services.store.actions import STANDINGS
from services.store.case_filter import NONE
from services.workbooks import Cell, Sheet, SheetChart, lacking, workbook

Names = Callable[[str], str]
"""What people call a team or a member of staff, by their id."""

_RED, _AMBER, _GREEN = "#B00020", "#F4A300", "#00703C"
_SHOWN = (Rag.RED, Rag.AMBER, Rag.GREEN)


def workbook_of(found: Analysis, team_name: Names, staff_name: Names) -> bytes:
    """The analysis as a workbook; what each column of its sheets means is on the last.

    Args:
        found: the analysis.
        team_name: what a team or a service is called.
        staff_name: what a member of staff is called.
    """
    made = list(_subjects(found, team_name, staff_name))
    names = {sheet.name for sheet in made}
    rows = [row for row in definitions() if row[0] in names]
    meanings = Sheet("Definitions", ("Sheet", "Column", "What it means"), rows)
    return workbook([*made, meanings])


def _subjects(found: Analysis, team_name: Names, staff_name: Names) -> Iterator[Sheet]:
    """A sheet a subject; the council's own weeks for whoever sees the whole of it."""
    yield _about(found)
    yield from lacking(found.not_derived)
    yield _summary(found)
    yield _trend(found)
    yield _teams(found, team_name)
    yield _pending(found, team_name)
    yield _actions_in_time(found)
    yield _actions_by_owner(found, team_name, staff_name)
    yield _workloads(found, team_name, staff_name)
    yield _measures(found)
    if found.is_whole:
        yield _measures_by_week(found)
    yield _published(found)
    this, before = found.reviewing.year, found.reviewing.year_before
    columns = ("Figure", f"{this.first} to {this.last}", f"{before.first} to {before.last}")
    yield Sheet("Reviewing officers", columns, list(year_rows(this, before)))
    yield _care_leavers(found)
    yield _return_flaws(found)
    yield _campaigns(found)


def _about(found: Analysis) -> Sheet:
    rows: list[Sequence[Cell]] = [
        ("Council", found.council),
        ("As at", found.day),
        ("Of", "the whole council" if found.is_whole else "the cases of whoever made it"),
        ("Policy", found.policy or "without a name"),
        ("Made", f"{found.made_at:%Y-%m-%d %H:%M} UTC"),
        ("Note", "No case reference stands in it. Figures are those of the pages of that day."),
    ]
    rows += [("Policy began", f"{it.on}: {it.name}") for it in found.begun]
    return Sheet("About", ("What", "Is"), rows)


def _summary(found: Analysis) -> Sheet:
    columns = (
        "Concern", "Red", "Amber", "Green", "Red in the last report", "Unlawful", "Rated down",
        "Red without an action", "Late action", "Without an owner", "Red at the baseline",
        "Of those still red",
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            it.concern.heading, *(it.now[rag] for rag in _SHOWN),
            it.last_week[Rag.RED] if it.last_week else None, it.unlawful, it.rated_down,
            it.no_action, it.late, it.unowned, it.baseline.red if it.baseline else None,
            it.baseline.now[Rag.RED] if it.baseline else None,
        )
        for it in found.concerns
        if it.tracked
    ]  # fmt: skip
    chart = SheetChart(
        "Cases by concern and colour", "stacked", 0, (1, 2, 3), "Cases", (_RED, _AMBER, _GREEN)
    )
    return Sheet("Summary", columns, rows, (chart,))


def _trend(found: Analysis) -> Sheet:
    concerns = [concern for concern in Concern if concern in found.trend[0].red]
    rows: list[Sequence[Cell]] = [
        (point.on, *(point.red[concern] for concern in concerns)) for point in found.trend
    ]
    columns = ("Day", *(concern.heading for concern in concerns))
    values = range(1, len(concerns) + 1)
    charts = (SheetChart("Reds, week by week, as now known", "line", 0, values, "Reds"),)
    return Sheet("Reds by week", columns, rows, charts if concerns else ())


def _teams(found: Analysis, name: Names) -> Sheet:
    rows: list[Sequence[Cell]] = [
        (
            name(it.service) if it.service else "no service",
            _team(it.team, name), it.concern.heading, it.red, it.amber, it.green,
        )
        for it in found.by_team()
    ]  # fmt: skip
    return Sheet("By team", ("Service", "Team", "Concern", "Red", "Amber", "Green"), rows)


def _team(id_: str, name: Names) -> str:
    return name(id_) if id_ not in ("", NONE) else "no team"


def _pending(found: Analysis, name: Names) -> Sheet:
    kinds = list(dict.fromkeys(kind for of in found.pending.values() for kind in of))
    rows: list[Sequence[Cell]] = [
        (_team(team, name), *(of.get(kind, 0) for kind in kinds))
        for team, of in found.pending.items()
    ]
    charts = (
        SheetChart("Pending, by team", "stacked", 0, range(1, len(kinds) + 1), "Cases"),
    ) if kinds else ()  # fmt: skip
    return Sheet("Pending by team", ("Team", *kinds), rows, charts)


def _actions_in_time(found: Analysis) -> Sheet:
    rows = [
        (
            week.through, week.due, week.in_time,
            None if week.percent is None else round(week.percent, 1),
        )
        for week in found.actions.weeks
    ]  # fmt: skip
    chart = SheetChart("Actions due, and done in time", "column", 0, (1, 2), "Actions")
    columns = ("Seven days to", "Due", "Done in time", "Done in time, per cent")
    return Sheet("Actions in time", columns, rows, (chart,))


def _actions_by_owner(found: Analysis, team_name: Names, staff_name: Names) -> Sheet:
    rows: list[Sequence[Cell]] = [
        (
            _team(it.team, team_name), staff_name(it.owner),
            *(it.of[standing] for standing in STANDINGS),
        )
        for it in found.actions.owners
    ]  # fmt: skip
    columns = ("Team", "Owner", *(HEADINGS[standing] for standing in STANDINGS))
    return Sheet("Actions by owner", columns, rows)


def _workloads(found: Analysis, team_name: Names, staff_name: Names) -> Sheet:
    columns = (
        "Worker", "Teams", "Young people", "Red", "Amber", "Never reviewed", "Overdue",
        "Of those visits", "Of those pathway plans", "Late action", "Last supervision",
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            "nobody" if it.worker == NONE else staff_name(it.worker),
            ", ".join(team_name(team) for team in it.teams if team != NONE),
            it.people, it.red, it.amber, it.never, it.overdue, it.visits, it.plans, it.late,
            it.supervised_on,
        )
        for it in found.workloads
    ]  # fmt: skip
    chart = SheetChart("Young people by worker", "column", 0, (2,), "Young people")
    return Sheet("Work by worker", columns, rows, (chart,))


def _measures(found: Analysis) -> Sheet:
    rows = [measure_row(item) for item, _ in found.measures]
    return Sheet("Measures", measure_columns("Judged"), rows)


def _measures_by_week(found: Analysis) -> Sheet:
    shares = [it for it, _ in found.measures if it.weeks and it.measure.unit == "per cent"]
    weeks = sorted({week.as_of for it in shares for week in it.weeks})
    by_week = {(it.measure.id, week.as_of): week.value for it in shares for week in it.weeks}
    rows: list[Sequence[Cell]] = [
        (week, *(by_week.get((it.measure.id, week)) for it in shares)) for week in weeks
    ]
    charts = (
        SheetChart(
            "Shares of the whole council, as each week's report gave them", "line", 0,
            range(1, len(shares) + 1), "Per cent",
        ),
    ) if shares else ()  # fmt: skip
    columns = ("Report of", *(it.measure.name for it in shares))
    return Sheet("Measures by week", columns, rows, charts)


def _published(found: Analysis) -> Sheet:
    columns = (
        "Measure", "Here", "Of", "Figure", "On, or to", "Counted alike", "What was counted",
        "How it was made", "Rounding", "Publisher", "Publication", "Address",
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            item.measure.name, item.figure.value, it.area, it.figure, it.on,
            "yes" if it.comparator.same else f"no: {it.comparator.differs}",
            it.comparator.definition, it.note, it.comparator.rounding,
            it.comparator.publisher, it.comparator.title, it.comparator.address,
        )
        for item, beside in found.measures
        for it in beside
    ]  # fmt: skip
    return Sheet("Published figures", columns, rows)


def _care_leavers(found: Analysis) -> Sheet:
    rows = [
        (
            band.name, *(band.counts[name] for name in SUITABILITIES), band.total,
            band.unsuitable_share,
        )
        for band in found.leavers.bands
    ]  # fmt: skip
    columns = (
        "Age", *(name.capitalize() for name in SUITABILITIES), "All", "Unsuitable, per cent",
    )  # fmt: skip
    chart = SheetChart(
        f"Care leavers of the return {found.year}", "stacked", 0,
        range(1, len(SUITABILITIES) + 1), "Care leavers",
    )  # fmt: skip
    return Sheet("Annual return", columns, rows, (chart,))


def _return_flaws(found: Analysis) -> Sheet:
    blocks = (("care leavers", found.leavers.flaws), ("episodes", found.of_episodes))
    rows = [
        (block, it.rule, it.field, it.text, it.number) for block, items in blocks for it in items
    ]
    columns = ("Block", "Rule", "Column", "For example", "Rows")
    return Sheet("Return, what would fail", columns, rows)


def _campaigns(found: Analysis) -> Sheet:
    columns = ("Begun on", "Due", "Open", "All", "Assessed", "Left", "Gone")
    rows: list[Sequence[Cell]] = [
        (
            it.campaign.begun_on, it.campaign.due, "yes" if it.is_open else "no", it.all.total,
            it.all.assessed, it.all.left, it.all.gone,
        )
        for it in found.campaigns
    ]  # fmt: skip
    return Sheet("Campaigns", columns, rows)
