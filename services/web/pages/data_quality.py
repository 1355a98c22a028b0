"""Data quality: open questions week by week, and what the last imports found wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from schemas.recipients import can_be_written_to
from schemas.weeks import week_words
from services.access.audit import Act
from services.access.roles import Permission
from services.store import assignments, question_counts, questions, staff, underived
from services.store.case_filter import NONE
from services.store.cases import visible_without_file
from services.store.question_counts import Measured
from services.store.restrictions import hidden_from
from services.web.kit.charts import Bars, bars
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

routes = Routes()

_WEEKS_SHOWN = 26
_NOW = "now"


@dataclass(frozen=True, slots=True)
class Trend:
    """Questions by week: as a chart, and as the table beneath it."""

    chart: Bars
    weeks: list[tuple[str, int]]


@routes.get("/quality", Permission.SEE_QUESTIONS)
async def data_quality(request: PageRequest) -> Response:
    """Questions by source, team and field, their trend, and what imports found wrong."""
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        view = requested.all_concerns
        counts = await questions.counts(connection, view)
        total, people = await questions.total(connection, view)
        measured = await question_counts.measures(connection)
        imported = await question_counts.all_imports(connection)
        failed = await underived.failed(connection)
        own = await visible_without_file(connection, view, {person for person, _ in failed})
        unreached = [
            item.id
            for item in await staff.everybody(connection)
            if item.gone_on is None
            and item.role in request.app.policy.digest.staff
            and not can_be_written_to(item.address)
        ]
        leavers = await assignments.with_leavers(connection, view)
        hidden = await hidden_from(connection, view.scope)
    now = [Measured(_NOW, c.source, c.team, c.field, c.questions, c.people) for c in counts]
    if not view.scope.everything:
        measured = [item for item in measured if item.team in view.scope.teams]
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="data quality")
    return page(
        request, "quality.html.j2", now=sorted(now, key=lambda item: -item.questions),
        total=total, people=people, leaves_out=bool(hidden), week_words=week_words,
        trend=_trend([*measured, *now]), no_team=NONE,
        imported=imported, with_leavers=leavers, day=view.day,
        unreached=unreached if view.scope.everything else [],
        failed=[item for item in failed if item[0] in own],
    )  # fmt: skip


def _trend(measured: Sequence[Measured]) -> Trend:
    """The sum of each week, the oldest first, and today."""
    questions: Counter[str] = Counter({_NOW: 0})
    for item in measured:
        questions[item.week] += item.questions
    weeks = sorted(week for week in questions if week != _NOW)[-_WEEKS_SHOWN:]
    counts = [(week, questions[week]) for week in (*weeks, _NOW)]
    return Trend(bars(counts), counts)
