"""Routes of pages, each with the permission that it requires. No page is served without one.

A path that does not exist and a path that is not for the user are answered alike, with 404, so that
nobody learns from an answer whether a case exists.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from schemas.case_reference import from_segment
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.case_file import TooManyEventsError
from services.web.kit.csrf import is_same_origin, is_valid_token
from services.web.kit.errors import csrf_failed, not_found, session_expired, too_many_events
from services.web.kit.request import NotFound, PageRequest, page_request
from services.web.server import BODY_SECONDS

_LONGEST_VALUE = 400
"""Characters of a path or query parameter: as many as an identifier may have."""

_LONGEST_FIELD = 256 * 1024
"""Bytes of one field of a form."""

_MOST_FIELDS = 400

TOKEN_FIELD = "form"  # noqa: S105 (the name of a field)
"""The hidden field that carries a form's CSRF token."""


class Public(Enum):
    """Marks a route that requires no permission, and no sign-in."""

    PUBLIC = "public"


PUBLIC = Public.PUBLIC


Endpoint = Callable[[PageRequest], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One route: its path, its methods, and the permission that it requires."""

    path: str
    requires: Permission | Public
    endpoint: Endpoint
    methods: tuple[str, ...]

    def route(self) -> Route:
        """The same as Starlette serves it, behind the checks of `_respond`."""

        async def guarded(http: Request) -> Response:
            return await _respond(self, http)

        route = Route(self.path, guarded, methods=list(self.methods), name=self.endpoint.__name__)
        route.page_route = self  # type: ignore[attr-defined]
        return route


class Routes:
    """The routes of one module of pages, in the order in which they are matched."""

    def __init__(self) -> None:
        self.all: list[PageRoute] = []

    def get(self, path: str, requires: Permission | Public) -> Callable[[Endpoint], Endpoint]:
        """Serve a page at a path."""
        return self._add(path, requires, ("GET",))

    def post(self, path: str, requires: Permission | Public) -> Callable[[Endpoint], Endpoint]:
        """Accept a form at a path."""
        return self._add(path, requires, ("POST",))

    def _add(
        self, path: str, requires: Permission | Public, methods: tuple[str, ...]
    ) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            self.all.append(PageRoute(path, requires, endpoint, methods))
            return endpoint

        return add


async def _respond(route: PageRoute, http: Request) -> Response:
    """Answer a request once its origin, its session, the permission and its token are checked."""
    request = await page_request(http)
    request.required = route.requires if isinstance(route.requires, Permission) else None
    is_post = http.method == "POST"
    if is_post:
        async with asyncio.timeout(BODY_SECONDS):
            request.form = await http.form(
                max_files=0, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD
            )
        if not is_same_origin(http, request.app.base_url):
            return csrf_failed(request)
    user = request.signed_in
    if isinstance(route.requires, Permission):
        if user is None:
            return session_expired(request) if is_post else _to_sign_in(http)
        if not _is_plain(request):
            return not_found(request)
        if route.requires not in user.permissions:
            person = from_segment(http.path_params.get("person", ""))
            return await _denied(request, person)
    token = request.form_value(TOKEN_FIELD)
    if is_post and user is not None and not is_valid_token(token, request.key):
        return csrf_failed(request)
    try:
        return await route.endpoint(request)
    except NotFound as error:
        return await _denied(request, error.person)
    except TooManyEventsError:
        return too_many_events(request)


async def _denied(request: PageRequest, person: str) -> Response:
    """The answer 404; where it was about a case, the attempt is recorded in the audit log."""
    if person and request.signed_in is not None:
        await request.app.audit.record(request.signed_in, Act.WAS_DENIED, person)
    return not_found(request)


def _is_plain(request: PageRequest) -> bool:
    """Whether each parameter of the address could be a reference, a day or a number.

    The name of a field, which can have a reference in it, must be one that a database can store.
    """
    values = [*map(str, request.http.path_params.values()), *request.http.query_params.values()]
    if any(len(value) > _LONGEST_VALUE for value in values):
        return False
    return not any("\x00" in value for value in (*values, *(request.form or ())))


def _to_sign_in(http: Request) -> Response:
    wanted = http.url.path + (f"?{http.url.query}" if http.url.query else "")
    return RedirectResponse(f"/sign-in?onward={quote(wanted, safe='')}", 303)
