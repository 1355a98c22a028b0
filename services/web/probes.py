"""Probes: whether the process lives, whether it is ready, and its metrics for Prometheus."""

import asyncio
from collections import Counter

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from schemas.status import Rag
from services.oversight.escalation import LADDER
from services.store import questions, refused_events
from services.web.kit.request import PageRequest
from services.web.kit.routing import PUBLIC, Routes
from services.web.metrics import Metrics

routes = Routes()

_ANSWER_SECONDS = 5.0


@routes.get("/healthz", PUBLIC)
async def healthz(request: PageRequest) -> Response:
    """The process answers."""
    del request
    return PlainTextResponse("ok\n")


@routes.get("/readyz", PUBLIC)
async def readyz(request: PageRequest) -> Response:
    """The database answers, and what waits on the broker is being worked through."""
    app = request.app
    status = {"database": "ok", "tracker": "ok"}
    try:
        async with asyncio.timeout(_ANSWER_SECONDS), app.database.reading() as connection:
            await refused_events.count_open(connection)
    except (SQLAlchemyError, OSError, TimeoutError):
        status["database"] = "does not answer"
    status["tracker"] = app.readiness.status(await app.lag_in_time(), app.clock())
    ready = all(value == "ok" for value in status.values())
    return JSONResponse(status, 200 if ready else 503)


@routes.get("/metrics", PUBLIC)
async def metrics(request: PageRequest) -> Response:
    """Metrics for Prometheus."""
    app = request.app
    registry: Metrics = request.http.app.state.metrics
    board = await app.watch.now(app.clock())
    async with app.database.reading() as connection:
        refused = await refused_events.count_open(connection)
        asked = len(await questions.questions_on(connection, board.day))
    red = Counter(
        case.status.concern.value
        for case in board.cases.values()
        if case.status.rag is Rag.RED and board.tracked[case.status.concern]
    )
    waiting = {role: sum(case.awaits(role) for case in board.cases.values()) for role in LADDER}
    lag = await app.lag_in_time()
    body = registry.render(
        red={concern.value: red[concern.value] for concern in board.tracked},
        waiting={str(role): count for role, count in waiting.items()},
        refused=refused,
        questions=asked,
        behind=lag.total if lag else None,
        feeds={f.source: (f.last_heard.timestamp(), f.accepted) for f in board.feeds},
    )
    return Response(body, media_type=CONTENT_TYPE_LATEST)
