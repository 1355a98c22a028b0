"""The web application: the routes of all pages, the static files, the API and `POST /events`."""

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.web import back_channel, probes
from services.web.api import make_api
from services.web.forms import (
    acknowledge_several,
    campaign,
    catalogue,
    explain_several,
    policy_trial,
    supervise,
)
from services.web.ingest.endpoint import OTHER_METHODS, PATH, EventsEndpoint, method_not_allowed
from services.web.kit import errors
from services.web.kit.middleware import SecurityMiddleware
from services.web.kit.request import page_request
from services.web.kit.routing import PageRoute
from services.web.kit.templates import STATIC
from services.web.metrics import Metrics
from services.web.pages import (
    actions,
    analysis,
    annual_return,
    audit_log,
    campaigns,
    case_history,
    case_list,
    case_page,
    contract,
    data_quality,
    digest_archive,
    evidence,
    feeds,
    measures,
    overview,
    policies,
    questions,
    refused_events,
    reported,
    reviewing_officers,
    sign_in,
    visits,
    work,
)
from services.web.state import AppState

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_A_YEAR = 365 * 24 * 3600


class _Static(StaticFiles):
    """Static files: the address holds a hash of the content, so they can be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if scope["query_string"]:
            response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
        return response


def all_routes() -> list[PageRoute]:
    """The routes of every page, in the order in which they are matched.

    Forms come before the case page, whose path would match theirs.
    """
    return [
        route
        for module in (
            probes, sign_in, overview, case_list, actions, work, visits, reviewing_officers,
            campaign, campaigns, evidence, measures, policy_trial, policies, annual_return,
            analysis, catalogue, acknowledge_several, explain_several, supervise, case_history,
            case_page, feeds, questions, data_quality, refused_events, digest_archive, reported,
            audit_log, contract,
        )
        for route in module.routes.all
    ]  # fmt: skip


def make_app(state: AppState) -> Starlette:
    """The application with this state."""
    metrics = Metrics()
    host = urlsplit(state.base_url).hostname or "localhost"
    api = make_api()
    api.state.app_state = state
    app = Starlette(
        routes=[
            *(route.route() for route in all_routes()),
            Route(
                PATH,
                EventsEndpoint(state).receive,
                methods=["POST"],
            ),
            Route(PATH, method_not_allowed, methods=list(OTHER_METHODS)),
            Route(back_channel.PATH, back_channel.sign_out_at_provider, methods=["POST"]),
            Mount("/api", api),
            Mount("/static", _Static(directory=STATIC)),
        ],
        middleware=[
            Middleware(
                SecurityMiddleware,
                hosts=(*_LOOPBACK, host),
                metrics=metrics,
                secure=state.is_secure,
            )
        ],
        exception_handlers={HTTPException: _not_found},
    )
    app.router.redirect_slashes = False
    app.state.app_state = state
    app.state.metrics = metrics
    return app


async def _not_found(http: Request, error: Exception) -> Response:
    """404 for a path or a method that does not exist."""
    del error
    return errors.not_found(await page_request(http))
