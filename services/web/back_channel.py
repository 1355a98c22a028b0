"""`POST /sign-out/back-channel`: the identity provider says that somebody signed out there.

Source: OpenID Connect Back-Channel Logout 1.0.
"""

import asyncio
import logging
import time
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from services.access.audit import Act
from services.access.oidc import ProviderUnavailableError, SignInError
from services.web.kit.request import address_of
from services.web.server import BODY_SECONDS
from services.web.state import AppState

log = logging.getLogger(__name__)

PATH = "/sign-out/back-channel"
_PROVIDER = "the identity provider"
_NOT_KEPT = {"Cache-Control": "no-store"}


async def sign_out_at_provider(request: Request) -> Response:
    """End the sessions that a logout token names: 200, or 400 where it cannot be trusted."""
    app: AppState = request.app.state.app_state
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.body()
    except (TimeoutError, ClientDisconnect):
        return _refused("invalid_request", "The request did not come whole.", 408)
    sent = parse_qs(body.decode("latin-1")).get("logout_token", [""])[0]
    if app.provider is None or not sent:
        return _refused("invalid_request", "Send a logout token, as logout_token.")
    if not app.logout_limit.allows(address_of(request), time.monotonic()):
        return _refused("temporarily_unavailable", "Too many at once; try again in a minute.", 429)
    try:
        logged_out = await app.provider.logged_out(sent)
    except ProviderUnavailableError as error:
        return _refused("temporarily_unavailable", str(error), 503)
    except SignInError as error:
        log.warning("A logout token was refused: %s", error)
        return _refused("invalid_request", str(error))
    for person in await app.sessions.end_at_provider(logged_out):
        await app.audit.record_stranger(_PROVIDER, Act.ENDED_SESSIONS, person)
    return Response(status_code=200, headers=_NOT_KEPT)


def _refused(error: str, why: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": why}, status, headers=_NOT_KEPT)
