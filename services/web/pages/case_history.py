"""The history of a case in one timeline: events, colours, what leaders were told, who looked."""

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from schemas.case_reference import case_path, from_segment
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.case_history import KINDS, case_history, in_words
from services.web.kit.day_asked import day_asked
from services.web.kit.pagination import PAGE_SIZE, page_number
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.pages.case_access import MovedOn, open_file
from services.web.pages.case_page import fact_in_words

routes = Routes()

_WORDS = {
    "event": "What happened and was recorded",
    "colour": "Changes of colour",
    "told": "What leaders were told",
    "seen": "Who looked, and who recorded",
}


@routes.get("/cases/{person}/history", Permission.SEE_CASES)
async def history(request: PageRequest) -> Response:
    """Everything of a case in the order of its days, the newest first; of some kinds, or of all."""
    person = from_segment(request.http.path_params["person"])
    query = request.http.query_params
    kinds = [kind for kind in KINDS if query.get(kind) == "yes"] or list(KINDS)
    asked = day_asked(query, "as_at")
    try:
        async with request.app.database.reading() as connection:
            file = await open_file(request, person, connection)
            file = file.on(asked.day) if asked.day else file
            entries = await case_history(connection, file, kinds)
    except MovedOn as moved:
        return RedirectResponse(f"{case_path(moved.into)}/history", 303)
    await request.app.audit.record(request.user, Act.SAW_CASE, file.person, "history")
    number, pages = page_number(query, len(entries))
    first = (number - 1) * PAGE_SIZE
    chosen: dict[str, str] = {} if len(kinds) == len(KINDS) else dict.fromkeys(kinds, "yes")
    path = f"{case_path(file.person)}/history"
    return page(
        request, "case_history.html.j2", file=file, entries=entries[first : first + PAGE_SIZE],
        first=len(entries) - first, total=len(entries), number=number, pages=pages, kinds=_WORDS,
        chosen=chosen, path=path,
        asked=asked, is_today=file.is_today,
        link=lambda n: f"{path}?{urlencode({**asked.query, **chosen, 'page': n})}",
        day_in_words=in_words, fact=fact_in_words,
    )  # fmt: skip
