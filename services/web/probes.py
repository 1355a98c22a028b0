"""Probes: liveness, readiness, and metrics for Prometheus, on a listener of their own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from schemas.days import london_day
from services.oversight.cases import view_of
from services.oversight.tracked import counted, tracked_concerns
from services.oversight.work_due import waiting_for
from services.store import (
    case_counts,
    case_measures,
    feeds,
    questions,
    refused_events,
    weekly_reports,
)
from services.store.database import ReadOnlyError
from services.store.scope import EVERYTHING
from services.web.kit.request import PageRequest
from services.web.kit.routing import PUBLIC, Routes
from services.web.metrics import NOT_ANSWERED, Figures, Metrics
from services.web.state import AppState

routes = Routes()
"""On the listener of the pages and on that of the probes."""

metrics_routes = Routes()
"""On the listener of the probes alone: they count every feed, and are for nobody outside."""

_ANSWER_SECONDS = 5.0
_FIGURES_SECONDS = 3.0
"""Prometheus waits ten seconds as a rule for all of them, the broker's and the parts' included."""


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
            today = london_day(app.clock())
            await refused_events.count_open(connection, view_of(EVERYTHING, today))
            await app.database.check_writable()
    except ReadOnlyError:
        status["database"] = "can only be read"
    except (SQLAlchemyError, OSError, TimeoutError):
        status["database"] = "does not answer"
    status["tracker"] = app.readiness.status(await app.lag_in_time(), app.clock())
    ready = all(value == "ok" for value in status.values())
    return JSONResponse(status, 200 if ready else 503)


@metrics_routes.get("/metrics", PUBLIC)
async def metrics(request: PageRequest) -> Response:
    """Metrics for Prometheus; where the database does not answer they say so, and no figure."""
    app = request.app
    registry: Metrics = request.http.app.state.metrics
    figures = NOT_ANSWERED
    with suppress(SQLAlchemyError, OSError, TimeoutError):
        async with asyncio.timeout(_FIGURES_SECONDS):
            figures = await _figures(app)
    wrong, lag = await app.wrong_parts(), None
    if figures is NOT_ANSWERED:
        wrong = {**wrong, "database": True}
    else:  # half of it is asked of the database
        lag = await app.lag_in_time()
    body = registry.render(figures, behind=lag.total if lag else None, wrong=wrong)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


async def _figures(app: AppState) -> Figures:
    today = london_day(app.clock())
    async with app.database.reading() as connection:
        tracked = await tracked_concerns(connection, app.policy)
        view = view_of(EVERYTHING, today, tracked=counted(tracked))
        red = await case_counts.counts(connection, view)
        known = await feeds.all_feeds(connection)
        report = await weekly_reports.last_before(connection, today + timedelta(days=1))
        asked, _ = await questions.total(connection, view)
        return Figures(
            red={concern.value: red.get((concern, case_measures.RED), 0) for concern in tracked},
            waiting=await waiting_for(connection, view),
            refused=await refused_events.count_open(connection, view),
            questions=asked,
            feeds={f.source: (f.last_heard.timestamp(), f.accepted) for f in known},
            reported=report.made_at.timestamp() if report else None,
        )


def make_role_probe_app(is_serving: Callable[[], bool]) -> Starlette:
    """The application that answers probes of a process without pages.

    `/healthz` says that the process answers, `/readyz` that its role is at work: connected, with
    everybody derived where that had to be done first.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        ready = is_serving()
        return JSONResponse({"role": "ok" if ready else "not at work"}, 200 if ready else 503)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz)])


def make_probe_app(pages: Starlette) -> Starlette:
    """The application that answers probes, beside that of the pages, whose state it shares.

    It is answered however many wait for pages.
    """
    app = Starlette(routes=[it.route() for it in (*routes.all, *metrics_routes.all)])
    app.state.app_state = pages.state.app_state
    app.state.metrics = pages.state.metrics
    return app
