"""Data quality: open questions week by week, and what the last imports found wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from services.access.roles import Permission
from services.oversight.data_quality import NO_TEAM, counted
from services.store import question_counts, questions
from services.store.question_counts import Measured
from services.web.kit.charts import Bars, bars
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page

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
    app = request.app
    board = await app.watch.now(app.clock())
    sight = request.user.sight(Permission.SEE_QUESTIONS)
    async with app.database.reading() as connection:
        asked = await questions.questions_on(connection, board.day)
        measured = await question_counts.measures(connection)
        imported = await question_counts.all_imports(connection)
    own = [
        question
        for question in asked
        if (owned := board.owner(question.person)) is not None and sight.sees(owned)
    ]
    now = counted(_NOW, own, board.facts, board.day)
    if not sight.everything:
        measured = [item for item in measured if item.team in sight.teams]
    with_leavers = Counter[str]()
    for person in board.facts:
        owned = board.owner(person)
        if owned is not None and sight.sees(owned):
            with_leavers.update(board.left & set(owned.staff))
    return page(
        request, "quality.html.j2", now=sorted(now, key=lambda item: -item.questions),
        total=len(own), people=len({question.person for question in own}),
        trend=_trend([*measured, *now]), no_team=NO_TEAM, imported=imported,
        with_leavers=sorted(with_leavers.items()), day=board.day,
    )  # fmt: skip


def _trend(measured: Sequence[Measured]) -> Trend:
    """The sum of each week, the oldest first, and today."""
    questions: Counter[str] = Counter({_NOW: 0})
    for item in measured:
        questions[item.week] += item.questions
    weeks = sorted(week for week in questions if week != _NOW)[-_WEEKS_SHOWN:]
    counts = [(week, questions[week]) for week in (*weeks, _NOW)]
    return Trend(bars(counts), counts)
