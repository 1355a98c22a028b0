"""The application: every door, the static files, the interface for machines."""

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.web import probes
from services.web.api import make_api
from services.web.forms import catalogue
from services.web.ingest.endpoint import OTHER_METHODS, PATH, EventsEndpoint, method_not_allowed
from services.web.kit import errors
from services.web.kit.middleware import Edge
from services.web.kit.request import visit_of
from services.web.kit.routing import Door
from services.web.kit.templates import STATIC
from services.web.metrics import Measures
from services.web.pages import (
    audit_log,
    case_list,
    case_page,
    contract,
    data_quality,
    digest_archive,
    feeds,
    overview,
    questions,
    refused_events,
    sign_in,
)
from services.web.state import Parts

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_A_YEAR = 365 * 24 * 3600


class _Static(StaticFiles):
    """Static files: the address holds a hash of the content, so they can be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if scope["query_string"]:
            answer.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
        return answer


def all_doors() -> list[Door]:
    """Every door, forms before the page of the case that they stand on."""
    return [
        door
        for module in (
            probes, sign_in, overview, case_list, catalogue, case_page, feeds, questions,
            data_quality, refused_events, digest_archive, audit_log, contract,
        )
        for door in module.doors.all
    ]  # fmt: skip


def make_app(parts: Parts) -> Starlette:
    """The application over these parts."""
    measures = Measures()
    host = urlsplit(parts.base_url).hostname or "localhost"
    api = make_api()
    api.state.parts = parts
    app = Starlette(
        routes=[
            *(door.route() for door in all_doors()),
            Route(PATH, EventsEndpoint(parts.database, parts.send_all).receive, methods=["POST"]),
            Route(PATH, method_not_allowed, methods=list(OTHER_METHODS)),
            Mount("/api", api),
            Mount("/static", _Static(directory=STATIC)),
        ],
        middleware=[
            Middleware(Edge, hosts=(*_LOOPBACK, host), measures=measures, secure=parts.is_secure)
        ],
        exception_handlers={HTTPException: _not_here},
    )
    app.router.redirect_slashes = False
    app.state.parts = parts
    app.state.measures = measures
    return app


async def _not_here(request: Request, error: Exception) -> Response:
    """No such path, or not by this method: as for everything that is not one's own."""
    del error
    return errors.not_here(await visit_of(request))
