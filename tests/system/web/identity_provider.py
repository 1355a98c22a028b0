"""An OpenID Connect provider for tests, shaped like Microsoft Entra ID, on a loopback port."""

import base64
import hashlib
import re
import secrets
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

TENANT = "tenant"
OAUTH = f"/{TENANT}/oauth2/v2.0"
LIFETIME = 3600
CODE_SECONDS = 60
LOOPBACK = re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^#\s]*)?")
S256 = re.compile(r"[A-Za-z0-9_-]{43}")
# Both keys go by one kid, so that only the signature tells them apart.
KEY, OTHER_KEY = (
    RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig", "alg": "RS256"}) for _ in range(2)
)
ELSEWHERE = "https://elsewhere.example/v2.0"


@dataclass
class Account:
    """A person who can sign in."""

    sub: str
    preferred_username: str
    roles: tuple[str, ...] = ()
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass
class Faults:
    """What the provider does wrong from now on; each stands alone."""

    wrong_issuer: bool = False
    wrong_audience: bool = False
    wrong_nonce: bool = False
    expired: bool = False
    not_yet: bool = False
    unsigned: bool = False
    other_key: bool = False
    no_id_token: bool = False
    token_error: bool = False
    token_down: bool = False
    discovery_down: bool = False
    access_denied: bool = False
    wrong_state: bool = False
    wrong_iss_parameter: bool = False
    clock_offset: int = 0
    no_refresh: bool = False
    refresh_revoked: bool = False


@dataclass(frozen=True)
class Grant:
    """What a code stands for until it is exchanged."""

    account: Account
    asked: Mapping[str, str]
    issued: float


def refusal(error: str, description: str, status: int = 400) -> Response:
    headers = {"WWW-Authenticate": "Basic"} if status == 401 else None
    return JSONResponse({"error": error, "error_description": description}, status, headers)


def first_refusal(*checks: tuple[bool, str, str]) -> Response | None:
    return next((refusal(error, why) for holds, error, why in checks if not holds), None)


def page(title: str, body: str = "") -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>li { margin: 1rem 0 } button { font: inherit; padding: .75rem }</style>"
        f"</head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )


def with_query(uri: str, query: Mapping[str, str]) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(query)}" if query else uri


async def form_of(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


class IdentityProvider:
    """One tenant with one registered client."""

    def __init__(self, base: str, accounts: Iterable[Account]) -> None:
        self.base = base
        self.issuer = f"{base}/{TENANT}/v2.0"
        self.client_id = "sightline"
        self.client_secret = secrets.token_urlsafe(24)
        self.accounts = {account.preferred_username: account for account in accounts}
        self.faults = Faults()
        self.redirect_uris: set[str] = set()
        self.requests: list[str] = []
        self.grants: dict[str, Grant] = {}
        self.refreshing: dict[str, Grant] = {}
        # The paths are Entra's: none but discovery can be guessed from the issuer.
        routes = [
            Route(f"/{TENANT}/v2.0/.well-known/openid-configuration", self.discovery),
            Route(f"/{TENANT}/discovery/v2.0/keys", self.keys),
            Route(f"{OAUTH}/authorize", self.authorize, methods=["GET", "POST"]),
            Route(f"{OAUTH}/token", self.token, methods=["POST"]),
            Route(f"{OAUTH}/logout", self.end_session, methods=["GET", "POST"]),
        ]
        self.served: ASGIApp = Starlette(routes=routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append(scope["path"])
        await self.served(scope, receive, send)

    async def discovery(self, _: Request) -> Response:
        if self.faults.discovery_down:
            return refusal("temporarily_unavailable", "Discovery is down.", 503)
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.base}{OAUTH}/authorize",
            "token_endpoint": f"{self.base}{OAUTH}/token",
            "jwks_uri": f"{self.base}/{TENANT}/discovery/v2.0/keys",
            "end_session_endpoint": f"{self.base}{OAUTH}/logout",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(document)

    async def keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([KEY]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        query = request.query_params
        if (refused := self.refused(query)) is not None:
            return refused
        if self.faults.access_denied:
            description = "AADSTS65004: User declined to consent to access the app."
            return self.answer(query, error="access_denied", error_description=description)
        if request.method == "GET":
            account = self.accounts.get(query.get("login_hint", ""))
        else:
            account = self.accounts.get((await form_of(request)).get("account", ""))
        if account is None:
            return self.choice(query)
        code = secrets.token_urlsafe(32)
        self.grants[code] = Grant(account, query, time.monotonic())
        return self.answer(query, code=code)

    def refused(self, query: Mapping[str, str]) -> Response | None:
        parameters = {"response_mode": "query", "scope": "", "code_challenge": "", **query}
        invalid = "invalid_request"
        return first_refusal(
            (parameters.get("client_id") == self.client_id, "unauthorized_client", "client_id"),
            (self.may_return_to(parameters.get("redirect_uri")), invalid, "redirect_uri"),
            (
                parameters.get("response_type") == "code",
                "unsupported_response_type",
                "response_type",
            ),
            (parameters["response_mode"] == "query", invalid, "response_mode"),
            ("openid" in parameters["scope"].split(), "invalid_scope", "scope"),
            (parameters.get("code_challenge_method") == "S256", invalid, "code_challenge_method"),
            (bool(S256.fullmatch(parameters["code_challenge"])), invalid, "code_challenge"),
        )

    def may_return_to(self, uri: str | None) -> bool:
        allowed = self.redirect_uris
        return uri in allowed if allowed else bool(LOOPBACK.fullmatch(uri or ""))

    def answer(self, query: Mapping[str, str], **parameters: str) -> Response:
        if "state" in query:
            parameters["state"] = (
                secrets.token_urlsafe() if self.faults.wrong_state else query["state"]
            )
        parameters["iss"] = ELSEWHERE if self.faults.wrong_iss_parameter else self.issuer
        return RedirectResponse(with_query(query["redirect_uri"], parameters), 303)

    def choice(self, query: Mapping[str, str]) -> Response:
        buttons = "".join(
            f'<li><button name="account" value="{escape(name)}">Sign in as {escape(name)}</button>'
            for name in self.accounts
        )
        action = escape(f"?{urlencode(query)}")
        body = f'<form method="post" action="{action}"><ul>{buttons}</ul></form>'
        return page("Choose an account", body)

    def is_client(self, request: Request, form: Mapping[str, str]) -> bool:
        header = request.headers.get("Authorization")
        if header is None:
            post = form.get("client_id"), form.get("client_secret")
            return post == (self.client_id, self.client_secret)
        basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return header == f"Basic {basic}"

    async def token(self, request: Request) -> Response:
        if self.faults.token_down:
            return refusal("temporarily_unavailable", "The token endpoint is down.", 503)
        form = await form_of(request)
        if not self.is_client(request, form):
            return refusal("invalid_client", "AADSTS7000215: Invalid client secret.", 401)
        if form.get("grant_type") == "refresh_token":
            return self.renewed(form)
        if form.get("grant_type") != "authorization_code":
            return refusal("unsupported_grant_type", "grant_type must be authorization_code.")
        # Taken out before it is checked: a code is spent by a wrong exchange too.
        grant = self.grants.pop(form.get("code", ""), None)
        if self.faults.token_error or grant is None:
            return refusal("invalid_grant", "AADSTS54005: The code is not known or was redeemed.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same_uri = form.get("redirect_uri") == grant.asked["redirect_uri"]
        refused = first_refusal(
            (time.monotonic() - grant.issued <= CODE_SECONDS, "invalid_grant", "code is too old"),
            (same_uri, "invalid_grant", "redirect_uri"),
            (challenge == grant.asked["code_challenge"], "invalid_grant", "code_verifier"),
        )
        if refused is not None:
            return refused
        return self.tokens(grant)

    def renewed(self, form: Mapping[str, str]) -> Response:
        """New tokens for a refresh token, which can be used once; roles are those of now."""
        grant = self.refreshing.pop(form.get("refresh_token", ""), None)
        if grant is None or self.faults.refresh_revoked:
            return refusal("invalid_grant", "AADSTS50173: The grant has been revoked.")
        account = self.accounts.get(grant.account.preferred_username, grant.account)
        asked = {name: value for name, value in grant.asked.items() if name != "nonce"}
        return self.tokens(replace(grant, account=account, asked=asked))

    def tokens(self, grant: Grant) -> Response:
        tokens = {"token_type": "Bearer", "scope": "openid profile", "expires_in": LIFETIME}
        tokens["access_token"] = secrets.token_urlsafe(32)
        if not self.faults.no_id_token:
            tokens["id_token"] = self.id_token(grant)
        if "offline_access" in grant.asked.get("scope", "") and not self.faults.no_refresh:
            tokens["refresh_token"] = secrets.token_urlsafe(32)
            self.refreshing[str(tokens["refresh_token"])] = grant
        return JSONResponse(tokens, headers={"Cache-Control": "no-store"})

    def logout_token(self, account: Account, **changed: Any) -> str:
        """What the provider sends by the back channel when somebody signs out there."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 120,
            "jti": secrets.token_urlsafe(), "sub": account.sub,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }  # fmt: skip
        key = OTHER_KEY if changed.pop("other_key", False) else KEY
        claims = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": KEY.kid}, claims, key, ["RS256"])

    def id_token(self, grant: Grant) -> str:
        faults, account = self.faults, grant.account
        # The whole lifetime moves, so that a token has one thing wrong with it, not two.
        start = int(time.time()) + faults.clock_offset
        start += LIFETIME * (faults.not_yet - 2 * faults.expired)
        claims: dict[str, Any] = {
            "iss": ELSEWHERE if faults.wrong_issuer else self.issuer,
            "sub": account.sub,
            "oid": account.sub,
            "aud": "another-client" if faults.wrong_audience else self.client_id,
            "iat": start,
            "nbf": start,
            "exp": start + LIFETIME,
            "preferred_username": account.preferred_username,
            "tid": TENANT,
        }
        if account.roles:
            claims["roles"] = list(account.roles)
        if (nonce := grant.asked.get("nonce")) is not None:
            claims["nonce"] = secrets.token_urlsafe() if faults.wrong_nonce else nonce
        algorithm = "none" if faults.unsigned else "RS256"
        header = {"alg": algorithm, "kid": KEY.kid}
        key = OTHER_KEY if faults.other_key else KEY
        return jwt.encode(header, claims | account.claims, key, [algorithm])

    async def end_session(self, request: Request) -> Response:
        parameters = {**request.query_params, **(await form_of(request))}
        uri = parameters.get("post_logout_redirect_uri")
        if uri is None:
            return page("You signed out of your account")
        if not self.may_return_to(uri):
            return refusal("invalid_request", "post_logout_redirect_uri is not registered.")
        state = {"state": parameters["state"]} if "state" in parameters else {}
        return RedirectResponse(with_query(uri, state), 303)


@contextmanager
def identity_provider(accounts: Iterable[Account]) -> Iterator[IdentityProvider]:
    # It listens before uvicorn has it: nobody else can take the port in between.
    listening = socket.create_server(("127.0.0.1", 0))
    provider = IdentityProvider(f"http://127.0.0.1:{listening.getsockname()[1]}", accounts)
    config = uvicorn.Config(provider, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < deadline, "the identity provider did not start"
            time.sleep(0.01)
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
    assert not thread.is_alive(), "the identity provider did not stop"
