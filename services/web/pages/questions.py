"""Data questions by source and team, and key activity that is pending."""

from collections import Counter

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.work_due import pending
from services.store import questions
from services.store.questions import QuestionFilter
from services.web.kit.pagination import PAGE_SIZE, page_number
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

routes = Routes()


@routes.get("/questions", Permission.SEE_QUESTIONS)
async def open_questions(request: PageRequest) -> Response:
    """The open questions by source and team, and each by itself."""
    query = request.http.query_params
    wanted = QuestionFilter(*(query.get(name, "") for name in ("team", "source", "field")))
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        view = requested.all_concerns
        counts = await questions.counts(connection, view)
        total, people = await questions.total(connection, view)
        found, _ = await questions.total(connection, view, wanted)
        number, pages = page_number(query, found)
        shown = await questions.listed(
            connection, view, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
        )
        to_do = await pending(connection, requested.view)
    sources: Counter[tuple[str, str]] = Counter()
    teams: Counter[str] = Counter()
    for item in counts:
        sources[item.source, item.field] += item.questions
        teams[item.team] += item.questions
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="questions")
    return page(
        request, "questions.html.j2", total=total, found=found, people=people,
        sources=sorted(sources.items()), teams=sorted(teams.items()), shown=shown, number=number,
        pages=pages, team=wanted.team, source=wanted.source, field=wanted.field, pending=to_do,
    )  # fmt: skip
