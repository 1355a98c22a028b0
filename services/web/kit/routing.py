"""Doors: every route, and who may go through it. A route without a door does not exist.

Whatever is not there, and whatever is there but not for the one who asks, is answered alike: 404.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.access.audit import Act
from services.access.roles import May
from services.web.kit.csrf import is_from_here, is_token
from services.web.kit.errors import not_from_here, not_here, signed_out
from services.web.kit.request import NotHere, Visit, visit_of

_LONGEST = 400
"""Characters of a part of an address: as many as an identifier may have."""

_MOST_TYPED = 256 * 1024

SESSION_FIELD = "form"
"""The hidden field that carries a form's token."""


class Open(Enum):
    """Doors that are open to everybody."""

    OPEN = "open"


OPEN = Open.OPEN


Endpoint = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """One route: its path, its methods, and what a person must be allowed to go through."""

    path: str
    may: May | Open
    endpoint: Endpoint
    methods: tuple[str, ...]

    def route(self) -> Route:
        """The route, guarded."""

        async def guarded(request: Request) -> Response:
            return await _through(self, request)

        route = Route(self.path, guarded, methods=list(self.methods), name=self.endpoint.__name__)
        route.door = self  # type: ignore[attr-defined]
        return route


class Doors:
    """The doors of one module of pages, in the order in which they are tried."""

    def __init__(self) -> None:
        self.all: list[Door] = []

    def get(self, path: str, may: May | Open) -> Callable[[Endpoint], Endpoint]:
        """A page to look at."""
        return self._door(path, may, ("GET",))

    def post(self, path: str, may: May | Open) -> Callable[[Endpoint], Endpoint]:
        """A form that is sent."""
        return self._door(path, may, ("POST",))

    def _door(
        self, path: str, may: May | Open, methods: tuple[str, ...]
    ) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            self.all.append(Door(path, may, endpoint, methods))
            return endpoint

        return add


async def _through(door: Door, request: Request) -> Response:
    visit = await visit_of(request)
    visit.right = door.may if isinstance(door.may, May) else None
    sent = request.method == "POST"
    if sent:
        visit.form = await request.form(max_files=0, max_fields=400, max_part_size=_MOST_TYPED)
        if not is_from_here(request, visit.parts.base_url):
            return not_from_here(visit)
    somebody = visit.somebody
    if isinstance(door.may, May):
        if somebody is None:
            return signed_out(visit) if sent else _to_sign_in(request)
        if not _is_plain(request):
            return not_here(visit)
        if door.may not in somebody.may:
            return await _denied(visit, request.path_params.get("person", ""))
    if sent and somebody is not None and not is_token(visit.answer(SESSION_FIELD), visit.secret):
        return not_from_here(visit)
    try:
        return await door.endpoint(visit)
    except NotHere as tried:
        return await _denied(visit, tried.person)


async def _denied(visit: Visit, person: str) -> Response:
    """There is nothing here for them; that they tried is recorded where it was about a case."""
    if person and visit.somebody is not None:
        await visit.parts.audit.record(visit.somebody, Act.WAS_DENIED, person)
    return not_here(visit)


def _is_plain(request: Request) -> bool:
    """Whether the address holds nothing that no reference, day or number could hold."""
    told = [*map(str, request.path_params.values()), *request.query_params.values()]
    return all(len(value) <= _LONGEST and "\x00" not in value for value in told)


def _to_sign_in(request: Request) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?onward={quote(wanted, safe='')}", 303)
