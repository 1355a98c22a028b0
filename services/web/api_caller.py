"""Who calls the interface for machines, and what they may see."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from services.access.directory import User
from services.access.roles import Permission
from services.web.kit.bearer import sends_token, sent_token
from services.web.kit.request import page_request
from services.web.state import AppState

UNKNOWN = "There is no such case, or it is not yours to see."


def app_state(request: Request) -> AppState:
    """The state of the web application that the interface is part of."""
    state: AppState = request.app.state.app_state
    return state


async def _caller(request: Request) -> User:
    """Who calls: by token, else by session.

    Raises:
        HTTPException: 401 where neither is right.
    """
    app = app_state(request)
    if sends_token(request):
        token = await sent_token(request, app, "/api")
        if token is not None and token.source is not None:
            raise HTTPException(403, f"This token publishes for {token.source} and reads nothing.")
        if token is not None:
            app.limits.count_request(f"The token {token.name}")
            return app.directory.machine(token.name, token.scope)
    else:
        session = await page_request(request)
        if session.signed_in is not None:
            app.limits.count_request(session.signed_in.id)
            return session.signed_in
    raise HTTPException(401, "Send a token that holds, as Authorization: Bearer, or sign in.")


async def _reader(caller: Annotated[User, Depends(_caller)]) -> User:
    """A caller who may see cases; for anybody else there is nothing here.

    Raises:
        HTTPException: 404.
    """
    if Permission.SEE_CASES not in caller.permissions:
        raise HTTPException(404, UNKNOWN)
    return caller


Reader = Annotated[User, Depends(_reader)]
