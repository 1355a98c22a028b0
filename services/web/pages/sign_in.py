"""Sign-in and sign-out: by the identity provider, or in the demo as a made-up user."""

import time
from secrets import compare_digest

from starlette.responses import RedirectResponse, Response

from services.access.audit import Act
from services.access.oidc import Claimed, SignInError, new_sign_in
from services.access.roles import Role
from services.store import sessions
from services.web.kit.request import NotFound, PageRequest, address_of
from services.web.kit.routing import PUBLIC, Routes
from services.web.kit.templates import page

routes = Routes()

_SIGN_IN_SECONDS = 600
_LOOPBACK = {"127.0.0.1", "::1"}


@routes.get("/sign-in", PUBLIC)
async def sign_in(request: PageRequest) -> Response:
    """The sign-in page."""
    onward = _local(request.http.query_params.get("onward", "/"))
    if request.signed_in is not None:
        return RedirectResponse(onward, 303)
    return _sign_in_page(request, onward)


@routes.get("/sign-in/begin", PUBLIC)
async def begin(request: PageRequest) -> Response:
    """Redirect to the identity provider."""
    app = request.app
    onward = _local(request.http.query_params.get("onward", "/"))
    if app.provider is None:
        raise NotFound
    if not app.sign_in_limit.allows(address_of(request.http), time.monotonic()):
        return _too_many(request, onward)
    state, pending = new_sign_in(onward, app.clock())
    try:
        url = await app.provider.begin(pending, state)
    except SignInError as error:
        return _sign_in_page(request, onward, str(error), 503)
    async with app.database.writing() as connection:
        await sessions.begin_sign_in(connection, state, pending)
    answer = RedirectResponse(url, 303)
    # A cookie holds the state too, so that only the browser that began the sign-in can complete it.
    answer.set_cookie(
        _state_cookie(request), state, max_age=_SIGN_IN_SECONDS, path="/", httponly=True,
        secure=app.is_secure, samesite="lax",
    )  # fmt: skip
    return answer


@routes.get("/sign-in/return", PUBLIC)
async def callback(request: PageRequest) -> Response:
    """The identity provider sends the user back here."""
    app = request.app
    if app.provider is None:
        raise NotFound
    answer = dict(request.http.query_params)
    state = answer.get("state", "")
    own_state = request.http.cookies.get(_state_cookie(request), "")
    pending = None
    if state and compare_digest(state.encode(), own_state.encode()):
        async with app.database.writing() as connection:
            pending = await sessions.take_sign_in(connection, state)
    if pending is None or (app.clock() - pending.begun_at).total_seconds() > _SIGN_IN_SECONDS:
        expired = "That sign-in had expired. Sign in again."
        return _too_many_failures(request) or _sign_in_page(request, "/", expired, 400)
    try:
        claimed = await app.provider.complete(pending, answer)
    except SignInError as error:
        if (refusal := _too_many_failures(request, error.account)) is not None:
            return refusal
        await app.audit.record_stranger(address_of(request.http), Act.SIGN_IN_FAILED, str(error))
        return _sign_in_page(request, pending.onward, str(error), 403)
    id_ = app.directory.id_of(claimed.identity)
    return await _signed_in(request, id_, claimed.roles, pending.onward, claimed)


@routes.post("/sign-in/as", PUBLIC)
async def sign_in_as(request: PageRequest) -> Response:
    """Sign in as a made-up user: in the demo only, and only from this machine."""
    app, client = request.app, request.http.client
    chosen = next((item for item in app.demo_users if item.id == request.form_value("id")), None)
    if chosen is None or client is None or client.host not in _LOOPBACK:
        raise NotFound
    return await _signed_in(request, chosen.id, chosen.roles, _local(request.form_value("onward")))


@routes.post("/sign-out", PUBLIC)
async def sign_out(request: PageRequest) -> Response:
    """End the session."""
    if request.signed_in is not None:
        await request.app.audit.record(request.signed_in, Act.SIGNED_OUT)
        await request.app.sessions.end(request.secret)
    answer = RedirectResponse("/signed-out", 303)
    answer.delete_cookie(request.app.cookie, path="/", secure=request.app.is_secure, httponly=True)
    return answer


@routes.post("/sign-out/everywhere", PUBLIC)
async def sign_out_everywhere(request: PageRequest) -> Response:
    """End every session of the user, on this browser and on any other."""
    if request.signed_in is not None:
        ended = await request.app.sessions.end_everywhere(request.user.id)
        detail = f"everywhere: {ended} sessions"
        await request.app.audit.record(request.signed_in, Act.SIGNED_OUT, detail=detail)
    return RedirectResponse("/signed-out", 303)


@routes.get("/signed-out", PUBLIC)
async def signed_out(request: PageRequest) -> Response:
    """The page after sign-out, with a link to end the session at the identity provider too."""
    app = request.app
    elsewhere = ""
    if app.provider is not None:
        elsewhere = await app.provider.sign_out_url(f"{app.base_url.rstrip('/')}/sign-in")
    return page(request, "signed_out.html.j2", elsewhere=elsewhere)


async def _signed_in(
    request: PageRequest,
    id_: str,
    roles: tuple[Role, ...],
    onward: str,
    claimed: Claimed | None = None,
) -> Response:
    app = request.app
    if request.secret:
        await app.sessions.end(request.secret)
    secret = await app.sessions.begin(id_, roles, claimed)
    await app.audit.record(app.directory.user(id_, roles), Act.SIGNED_IN)
    answer = RedirectResponse(_own_work(roles) if onward == "/" else onward, 303)
    answer.set_cookie(
        app.cookie, secret, path="/", httponly=True, secure=app.is_secure, samesite="lax"
    )
    answer.delete_cookie(_state_cookie(request), path="/", secure=app.is_secure, httponly=True)
    return answer


_OWN_WORK = {
    Role.ADMINISTRATOR: "/feeds",
    Role.ANALYST: "/quality",
    Role.REVIEWING_OFFICER: "/reviewing-officers",
}
"""Where whoever works on no case begins, and who reviews them."""


def _own_work(roles: tuple[Role, ...]) -> str:
    """The page on which somebody begins who asked for none: that of their own work."""
    return _OWN_WORK.get(roles[0], "/") if roles else "/"


def _sign_in_page(request: PageRequest, onward: str, why: str = "", status: int = 200) -> Response:
    app = request.app
    return page(
        request,
        "sign_in.html.j2",
        status=status,
        onward=onward,
        why=why,
        demo_users=app.demo_users,
        has_provider=app.provider is not None,
    )


def _too_many_failures(request: PageRequest, account: str = "") -> Response | None:
    """The answer to a failure that is one of too many; a sign-in that succeeds is never one."""
    whose = f"{address_of(request.http)} {account}"
    if request.app.failure_limit.allows(whose, time.monotonic()):
        return None
    return _too_many(request, "/")


def _too_many(request: PageRequest, onward: str) -> Response:
    why = "There were too many sign-ins from here. Wait a minute and try again."
    return _sign_in_page(request, onward, why, 429)


def _state_cookie(request: PageRequest) -> str:
    return f"{request.app.cookie}-sign-in"


def _local(onward: str) -> str:
    """The path to go on to after sign-in: one of this site, never another site."""
    safe = onward.startswith("/") and not onward.startswith(("//", "/\\")) and onward.isprintable()
    return onward if safe and not onward.startswith("/sign-") else "/"
