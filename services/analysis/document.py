"""The analysis as a document to read and print: PDF, with charts and the figures beneath."""

from dataclasses import dataclass
from functools import cache

from schemas.days import plain_moment
from schemas.status import Rag
from services.analysis.definitions import definitions
from services.analysis.gather import Analysis
from services.analysis.sheets import Names
from services.axes import BREADTH, Framed, Upward, x
from services.oversight.actions_sheet import HEADINGS
from services.oversight.annual_report import year_rows
from services.oversight.annual_return import SUITABILITIES
from services.oversight.measures.measured import in_words
from services.oversight.trend_chart import reds_over_time
from services.pdf import pdf_of
from services.store.actions import STANDINGS
from services.templating import Environment, template_environment


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
            reds=reds_over_time(found.trend, found.begun),
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
            beneath += number
            parts.append((rag, upward.y(beneath), upward.height(number), number))
        left = x(step * (place + 0.15), BREADTH)
        columns.append(Column(left, round(step * 0.7, 1), parts, item.concern.heading.split()))
    return ColourChart(columns=columns, up=upward.lines(), across=[])


@cache
def _environment() -> Environment:
    environment = template_environment()
    environment.filters["moment"] = plain_moment
    return environment
