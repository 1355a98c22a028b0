"""Whether the process lives, whether it is ready, and its measures."""

import asyncio
from collections import Counter

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from schemas.status import Rag
from services.oversight.escalation import LADDER
from services.store import questions, refused_events
from services.web.kit.request import Visit
from services.web.kit.routing import OPEN, Doors
from services.web.metrics import Measures

doors = Doors()

_ANSWER_SECONDS = 5.0


@doors.get("/healthz", OPEN)
async def healthz(visit: Visit) -> Response:
    """The process answers."""
    del visit
    return PlainTextResponse("ok\n")


@doors.get("/readyz", OPEN)
async def readyz(visit: Visit) -> Response:
    """The database answers, and what waits on the broker is being worked through."""
    parts = visit.parts
    told = {"database": "ok", "tracker": "ok"}
    try:
        async with asyncio.timeout(_ANSWER_SECONDS), parts.database.reading() as connection:
            await refused_events.count_open(connection)
    except (SQLAlchemyError, OSError, TimeoutError):
        told["database"] = "does not answer"
    told["tracker"] = parts.progress.said(await parts.lag_soon(), parts.clock())
    ready = all(value == "ok" for value in told.values())
    return JSONResponse(told, 200 if ready else 503)


@doors.get("/metrics", OPEN)
async def metrics(visit: Visit) -> Response:
    """Measures for Prometheus."""
    parts = visit.parts
    measures: Measures = visit.request.app.state.measures
    board = await parts.watch.now(parts.clock())
    async with parts.database.reading() as connection:
        refused = await refused_events.count_open(connection)
        asked = len(await questions.questions_on(connection, board.day))
    red = Counter(
        case.status.concern.value
        for case in board.cases.values()
        if case.status.rag is Rag.RED and board.tracked[case.status.concern]
    )
    waiting = {role: sum(case.awaits(role) for case in board.cases.values()) for role in LADDER}
    lag = await parts.lag_soon()
    body = measures.tell(
        red={concern.value: red[concern.value] for concern in board.tracked},
        waiting={str(role): many for role, many in waiting.items()},
        refused=refused,
        questions=asked,
        behind=lag.total if lag else None,
        feeds={f.source: (f.last_heard.timestamp(), f.accepted) for f in board.feeds},
    )
    return Response(body, media_type=CONTENT_TYPE_LATEST)
