"""The audit log, and the accessibility statement."""

from urllib.parse import urlencode

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import May
from services.store import audit_log
from services.store.audit_log import Wanted
from services.web.kit.request import Visit
from services.web.kit.routing import OPEN, Doors
from services.web.kit.templates import page

doors = Doors()

PAGE = 100


@doors.get("/audit", May.SEE_AUDIT)
async def audit(visit: Visit) -> Response:
    """Who saw and who changed what, newest first."""
    query = visit.request.query_params
    act = query.get("act", "")
    wanted = Wanted(
        who=query.get("who", "").strip(),
        act=act if act in list(Act) else "",
        person=query.get("case", "").strip(),
    )
    told = query.get("page", "")
    number = max(int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 1, 1)
    async with visit.parts.database.reading() as connection:
        found, total = await audit_log.entries(
            connection, wanted, most=PAGE, skip=(number - 1) * PAGE
        )

    def link(page_number: int) -> str:
        kept = {"who": wanted.who, "act": wanted.act, "case": wanted.person}
        query = {name: value for name, value in kept.items() if value}
        return "/audit?" + urlencode({**query, "page": page_number})

    return page(
        visit, "audit.html.j2", found=found, total=total, wanted=wanted, acts=list(Act),
        number=number, pages=max(-(-total // PAGE), 1), link=link,
    )  # fmt: skip


@doors.get("/accessibility", OPEN)
async def accessibility(visit: Visit) -> Response:
    """The accessibility statement."""
    return page(visit, "accessibility.html.j2")
