"""The audit log, and the accessibility statement."""

from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.store import audit_log
from services.store.audit_log import Wanted
from services.store.redaction import RESTRICTED, naming
from services.store.restrictions import hidden_from
from services.web.kit.pagination import page_count, requested_page
from services.web.kit.request import PageRequest
from services.web.kit.routing import PUBLIC, Routes
from services.web.kit.templates import page

routes = Routes()

PAGE_SIZE = 100


@routes.get("/audit", Permission.SEE_AUDIT)
async def audit(request: PageRequest) -> Response:
    """Who saw and who changed what, newest first."""
    query = request.http.query_params
    act = query.get("act", "")
    wanted = Wanted(
        who=query.get("who", "").strip(),
        act=act if act in list(Act) else "",
        person=query.get("case", "").strip(),
    )
    number = requested_page(query)
    async with request.app.database.reading() as connection:
        hidden = await hidden_from(connection, request.user.scope(request.permission))
        found, total = await audit_log.entries(
            connection, wanted, most=PAGE_SIZE, skip=(number - 1) * PAGE_SIZE, but_of=hidden
        )
        since = await audit_log.kept_since(connection)

    if hidden:  # what somebody asked for can name them too
        named = naming(hidden)
        found = [replace(item, detail=named.sub(RESTRICTED, item.detail)) for item in found]
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="audit log")

    def link(page_number: int) -> str:
        filters = {"who": wanted.who, "act": wanted.act, "case": wanted.person}
        query = {name: value for name, value in filters.items() if value}
        return "/audit?" + urlencode({**query, "page": page_number})

    return page(
        request, "audit.html.j2", found=found, total=total, wanted=wanted, acts=list(Act),
        leaves_out=bool(hidden), audited_since=since,
        number=number, pages=page_count(total, PAGE_SIZE), link=link,
    )  # fmt: skip


@routes.get("/accessibility", PUBLIC)
async def accessibility(request: PageRequest) -> Response:
    """The accessibility statement."""
    return page(request, "accessibility.html.j2")
