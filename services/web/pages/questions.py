"""Data questions by source and team, and key activity that is pending."""

from collections import Counter

from starlette.responses import Response

from services.access.roles import Permission
from services.oversight.summary import mine, pending
from services.store import questions
from services.web.kit.pagination import PAGE_SIZE, page_number
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page

routes = Routes()


@routes.get("/questions", Permission.SEE_QUESTIONS)
async def open_questions(request: PageRequest) -> Response:
    """What a record must still say: by source, by team, and each."""
    app = request.app
    board = await app.watch.now(app.clock())
    query = request.http.query_params
    async with app.database.reading() as connection:
        asked = await questions.questions_on(connection, board.day)
    sight = request.user.sight(Permission.SEE_QUESTIONS)
    own = []
    for question in asked:
        owned = board.owner(question.person)
        if owned is not None and sight.sees(owned):
            own.append((question, owned.team or "none"))
    sources = Counter((q.source, q.field) for q, _ in own)
    teams = Counter(team for _, team in own)
    fields = Counter(q.field for q, _ in own)
    team, source, field = (query.get(name, "") for name in ("team", "source", "field"))
    chosen = [
        (q, of)
        for q, of in own
        if (not team or of == team)
        and (not source or q.source == source)
        and (not field or q.field == field)
    ]
    chosen.sort(key=lambda item: (item[1], item[0].person, item[0].start))
    number, pages = page_number(query, len(chosen))
    return page(
        request, "questions.html.j2", total=len(own), found=len(chosen),
        people=len({q.person for q, _ in own}), sources=sorted(sources.items()),
        teams=sorted(teams.items()), fields=sorted(fields.items()),
        shown=chosen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number=number, pages=pages,
        team=team, source=source, field=field,
        pending=pending(mine(board, sight), board.day),
    )  # fmt: skip
