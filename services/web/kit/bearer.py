"""The token that a machine sends with its request: looked up, and recorded where it is wrong."""

import time

from starlette.requests import Request

from services.access.audit import Act
from services.store import tokens
from services.store.tokens import Token
from services.web.kit.request import address_of
from services.web.state import AppState


def sends_token(request: Request) -> bool:
    """Whether a request has a token at all."""
    scheme, secret = _authorization(request)
    return scheme == "bearer" and bool(secret)


async def sent_token(request: Request, app: AppState, path: str) -> Token | None:
    """The token of a request, where it holds; that one does not is recorded, with the path.

    Of many from one address only some are: nobody fills the audit log with them.
    """
    scheme, secret = _authorization(request)
    token = None
    if scheme == "bearer" and secret.strip():
        token = await tokens.known_token(app.database, secret.strip(), app.clock())
    if token is None and secret.strip():
        where = address_of(request)
        if app.failure_limit.allows(where, time.monotonic()):
            await app.audit.record_stranger(where, Act.SENT_WRONG_TOKEN, path)
    return token


def _authorization(request: Request) -> tuple[str, str]:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return scheme.lower(), secret
