"""Signing in and out: by the identity provider, or in the demo as somebody made up."""

import time
from secrets import compare_digest

from starlette.responses import RedirectResponse, Response

from services.access.audit import Act
from services.access.oidc import SignInError, under_way
from services.access.roles import Role
from services.store import sessions
from services.web.kit.request import NotHere, Visit
from services.web.kit.routing import OPEN, Doors
from services.web.kit.templates import page

doors = Doors()

_BINDING_SECONDS = 600
_LOOPBACK = {"127.0.0.1", "::1"}


@doors.get("/sign-in", OPEN)
async def sign_in(visit: Visit) -> Response:
    """The sign-in page."""
    onward = _local(visit.request.query_params.get("onward", "/"))
    if visit.somebody is not None:
        return RedirectResponse(onward, 303)
    return _sign_in_page(visit, onward)


@doors.get("/sign-in/begin", OPEN)
async def begin(visit: Visit) -> Response:
    """On to the identity provider."""
    parts = visit.parts
    onward = _local(visit.request.query_params.get("onward", "/"))
    if parts.provider is None:
        raise NotHere
    if (refusal := _too_often(visit, onward)) is not None:
        return refusal
    state, told = under_way(onward, parts.clock())
    try:
        url = await parts.provider.begin(told, state)
    except SignInError as error:
        return _sign_in_page(visit, onward, str(error), 503)
    async with parts.database.writing() as connection:
        await sessions.begin_sign_in(connection, state, told)
    answer = RedirectResponse(url, 303)
    # The browser that comes back must be the one that was sent: the state stands in its cookie too.
    answer.set_cookie(
        _binding(visit), state, max_age=_BINDING_SECONDS, path="/", httponly=True,
        secure=parts.is_secure, samesite="lax",
    )  # fmt: skip
    return answer


@doors.get("/sign-in/return", OPEN)
async def come_back(visit: Visit) -> Response:
    """Back from the identity provider."""
    parts = visit.parts
    if parts.provider is None:
        raise NotHere
    if (refusal := _too_often(visit, "/")) is not None:
        return refusal
    answer = dict(visit.request.query_params)
    state = answer.get("state", "")
    bound = visit.request.cookies.get(_binding(visit), "")
    told = None
    if state and compare_digest(state.encode(), bound.encode()):
        async with parts.database.writing() as connection:
            told = await sessions.take_sign_in(connection, state)
    if told is None or (parts.clock() - told.begun_at).total_seconds() > _BINDING_SECONDS:
        return _sign_in_page(visit, "/", "That sign-in had expired. Please sign in again.", 400)
    try:
        claimed = await parts.provider.complete(told, answer)
    except SignInError as error:
        return _sign_in_page(visit, told.onward, str(error), 403)
    id_ = parts.directory.id_of(claimed.identity)
    return await _signed_in(visit, id_, claimed.roles, told.onward)


@doors.post("/sign-in/as", OPEN)
async def sign_in_as(visit: Visit) -> Response:
    """In the demo: sign in as somebody made up. Nowhere else, and from this machine alone."""
    parts, client = visit.parts, visit.request.client
    chosen = next((item for item in parts.made_up if item.id == visit.answer("id")), None)
    if chosen is None or client is None or client.host not in _LOOPBACK:
        raise NotHere
    return await _signed_in(visit, chosen.id, chosen.roles, _local(visit.answer("onward")))


@doors.post("/sign-out", OPEN)
async def sign_out(visit: Visit) -> Response:
    """End the session here."""
    if visit.somebody is not None:
        await visit.parts.audit.record(visit.somebody, Act.SIGNED_OUT)
        await visit.parts.sessions.end(visit.secret)
    answer = RedirectResponse("/signed-out", 303)
    answer.delete_cookie(visit.parts.cookie, path="/", secure=visit.parts.is_secure, httponly=True)
    return answer


@doors.get("/signed-out", OPEN)
async def signed_out(visit: Visit) -> Response:
    """After signing out; the session at the identity provider is another one."""
    parts = visit.parts
    elsewhere = ""
    if parts.provider is not None:
        elsewhere = await parts.provider.sign_out_url(f"{parts.base_url.rstrip('/')}/sign-in")
    return page(visit, "signed_out.html.j2", elsewhere=elsewhere)


async def _signed_in(visit: Visit, id_: str, roles: tuple[Role, ...], onward: str) -> Response:
    parts = visit.parts
    if visit.secret:
        await parts.sessions.end(visit.secret)
    secret = await parts.sessions.begin(id_, roles)
    await parts.audit.record(parts.directory.person(id_, roles), Act.SIGNED_IN)
    answer = RedirectResponse(onward, 303)
    answer.set_cookie(
        parts.cookie, secret, path="/", httponly=True, secure=parts.is_secure, samesite="lax"
    )
    answer.delete_cookie(_binding(visit), path="/", secure=parts.is_secure, httponly=True)
    return answer


def _sign_in_page(visit: Visit, onward: str, why: str = "", status: int = 200) -> Response:
    parts = visit.parts
    return page(
        visit,
        "sign_in.html.j2",
        status=status,
        onward=onward,
        why=why,
        made_up=parts.made_up,
        has_provider=parts.provider is not None,
    )


def _too_often(visit: Visit, onward: str) -> Response | None:
    client = visit.request.client
    if visit.parts.rate.takes(client.host if client else "", time.monotonic()):
        return None
    why = "There were too many sign-ins from here. Wait a minute and try again."
    return _sign_in_page(visit, onward, why, 429)


def _binding(visit: Visit) -> str:
    return f"{visit.parts.cookie}-sign-in"


def _local(onward: str) -> str:
    """Where to go on: a path of ours, never another site."""
    safe = onward.startswith("/") and not onward.startswith(("//", "/\\")) and onward.isprintable()
    return onward if safe and not onward.startswith("/sign-") else "/"
