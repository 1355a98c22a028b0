"""The analysis as a document to read and print: PDF, with charts and the figures beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from schemas.days import plain_day, plain_moment
from schemas.status import Concern, Rag
from services.analysis.definitions import definitions
from services.analysis.gather import Analysis
from services.analysis.sheets import Names
from services.assessment.rules import CONCERNS
from services.axes import BREADTH, HIGH, Framed, Turn, Upward, x
from services.oversight.actions_sheet import HEADINGS
from services.oversight.annual_report import year_rows
from services.oversight.annual_return import SUITABILITIES
from services.oversight.measures.measured import in_words
from services.pdf import pdf_of
from services.store.actions import STANDINGS
from services.templating import Environment, template_environment


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One concern's reds over the weeks: told apart by its dashes."""

    concern: Concern
    points: str
    dashes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChart(Framed):
    """Reds by concern over the weeks."""

    lines: list[ReportLine]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a concern's colours, one upon another: where it is, and how high.

    `words` of the concern stand beneath it, one under another.
    """

    x: float
    width: float
    parts: list[tuple[Rag, float, float, int]]
    words: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourChart(Framed):
    """Cases by concern and colour."""

    columns: list[Column]


def document_of(found: Analysis, team_name: Names, staff_name: Names) -> bytes:
    """The analysis as PDF.

    Args:
        found: the analysis.
        team_name: what a team or a service is called.
        staff_name: what a member of staff is called.
    """
    return pdf_of(html_of(found, team_name, staff_name))


def html_of(found: Analysis, team_name: Names, staff_name: Names) -> str:
    """The same as HTML, of which the PDF is made."""
    this, before = found.reviewing.year, found.reviewing.year_before
    return (
        _environment()
        .get_template("analysis/document.html.j2")
        .render(
            it=found,
            counted=[concern for concern in found.concerns if concern.tracked],
            reds=_reds(found),
            colours=_colours(found),
            shown=(Rag.RED, Rag.AMBER, Rag.GREEN),
            team_name=team_name,
            staff_name=staff_name,
            headings={standing: HEADINGS[standing] for standing in STANDINGS},
            in_words=in_words,
            years=list(year_rows(this, before)),
            this=this,
            before=before,
            suitabilities=SUITABILITIES,
            definitions=definitions(),
        )
    )


def _reds(found: Analysis) -> ReportChart:
    points = found.trend
    concerns: Sequence[Concern] = [c for c in Concern if points and c in points[0].red]
    upward = Upward(max((n for point in points for n in point.red.values()), default=0))
    last = max(len(points) - 1, 1)
    first = points[0].on
    days = max((points[-1].on - first).days, 1)
    return ReportChart(
        lines=[
            ReportLine(
                concern,
                " ".join(f"{x(n, last)},{upward.y(p.red[concern])}" for n, p in enumerate(points)),
                CONCERNS[concern].dashes,
            )
            for concern in concerns
        ],
        up=upward.lines(),
        across=[(x(n, last), point.on) for n, point in enumerate(points) if n % 5 == 0],
        turns=[Turn(x((it.on - first).days, days), it.on, it.name) for it in found.begun],
    )


def _colours(found: Analysis) -> ColourChart:
    counted = [item for item in found.concerns if item.tracked]
    shown = (Rag.RED, Rag.AMBER, Rag.GREEN)
    upward = Upward(max((sum(it.now[rag] for rag in shown) for it in counted), default=0))
    step = BREADTH / max(len(counted), 1)
    columns = []
    for place, item in enumerate(counted):
        parts, beneath = [], 0
        for rag in shown:
            number = item.now[rag]
            height = round(HIGH * number / upward.top, 1)
            beneath += number
            parts.append((rag, upward.y(beneath), height, number))
        left = x(step * (place + 0.15), BREADTH)
        columns.append(Column(left, round(step * 0.7, 1), parts, item.concern.heading.split()))
    return ColourChart(columns=columns, up=upward.lines(), across=[])


@cache
def _environment() -> Environment:
    environment = template_environment()
    environment.filters.update(day=_day, moment=plain_moment)
    return environment


def _day(value: date | None) -> str:
    return plain_day(value) if value else ""
