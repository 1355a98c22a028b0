"""Sign-in by OpenID Connect: the authorisation code flow with PKCE, roles from the `roles` claim.

OpenID Connect Core 1.0, RFC 7636 (PKCE, S256), RFC 9207 (issuer in the answer). Made for Entra ID's
app roles; any provider that names roles in a claim will do.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import AsyncClient, HTTPError
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import ClaimsOption

from services.access.directory import Identity
from services.access.provider_tokens import FAULTS, is_logout, verified
from services.access.roles import Role, read_roles
from services.store.sessions import SignInUnderWay

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_ENDED = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
"""What a provider says where a session no longer stands; all else may pass."""

_ANSWER_SECONDS = 10.0
_KEYS_REFRESH_SECONDS = 60.0
"""How soon the provider's keys may be fetched again for a key that is not known."""


class SignInError(Exception):
    """Sign-in failed; the message says why, for the person who tried.

    `account` is whose it was, where the provider named them.
    """

    def __init__(self, why: str, account: str = "") -> None:
        super().__init__(why)
        self.account = account


class ProviderUnavailableError(SignInError):
    """The identity provider does not answer, or answers that it cannot just now.

    `refresh` is with what it is to be asked next, where it gave something new: the old is spent.
    """

    def __init__(self, why: str, refresh: str = "") -> None:
        super().__init__(why)
        self.refresh = refresh


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider that is set, and how it names people."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    identity_claim: str = "preferred_username"
    staff_claim: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who signed in, and in which roles, as the ID token claims.

    Attributes:
        identity: as the directory looks people up.
        roles: the roles of Sightline that the provider names.
        provider_subject: the `sub` of the token.
        provider_session: its `sid`; empty where the provider names no sessions.
        refresh: with what the provider can be asked again; empty where it gave nothing.
    """

    identity: Identity
    roles: tuple[Role, ...]
    provider_subject: str
    provider_session: str
    refresh: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Who signed out at the provider (`sub`), and of which session (`sid`); one may be empty."""

    subject: str
    session: str


class OpenIdConnect:
    """One identity provider, by its discovery document."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._keys_at = float("-inf")
        self._lock = asyncio.Lock()

    async def begin(self, under_way: SignInUnderWay, state: str) -> str:
        """The address at the identity provider to send the user to.

        Raises:
            SignInError: the provider does not answer.
        """
        metadata = await self._discovery()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=state,
                nonce=under_way.nonce,
                code_verifier=under_way.verifier,
            )
        return str(url)

    async def complete(self, under_way: SignInUnderWay, answer: Mapping[str, str]) -> Claimed:
        """The user whom the identity provider sent back with this answer.

        Raises:
            SignInError: the answer cannot be trusted, or the user has no role here.
        """
        metadata = await self._discovery()
        if answer.get("error"):
            raise SignInError("The identity provider did not let you sign in.")
        names_issuer = metadata.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", "" if names_issuer else self.provider.issuer) != self.provider.issuer:
            raise SignInError("The answer came from another identity provider.")
        try:
            async with self._client() as client:
                tokens = await client.fetch_token(
                    metadata["token_endpoint"],
                    code=answer.get("code", ""),
                    code_verifier=under_way.verifier,
                )
        except (AuthlibBaseError, HTTPError, ValueError, KeyError) as error:
            raise SignInError("The identity provider did not confirm your sign-in.") from error
        claims = await self._verified(
            tokens.get("id_token"),
            sub={"essential": True},
            nonce={"essential": True, "value": under_way.nonce},
        )
        return self._claimed(claims, tokens)

    async def renew(self, refresh: str, subject: str) -> Claimed:
        """What the provider says now of somebody who signed in before.

        Raises:
            ProviderUnavailableError: it does not answer.
            SignInError: it no longer stands by the session, or the user has no role any more.
        """
        metadata = await self._discovery()
        try:
            async with self._client() as client:
                tokens = await client.refresh_token(
                    metadata["token_endpoint"], refresh_token=refresh
                )
        except HTTPError as error:
            raise ProviderUnavailableError("The identity provider does not answer.") from error
        except AuthlibBaseError as error:
            if getattr(error, "error", "") in _ENDED:
                raise SignInError("The identity provider has ended the session.") from error
            raise ProviderUnavailableError("The identity provider cannot just now.") from error
        except (ValueError, KeyError) as error:
            raise ProviderUnavailableError("The identity provider's answer is odd.") from error
        if not tokens.get("id_token"):
            raise SignInError("The identity provider does not say who is signed in.")
        try:
            claims = await self._verified(tokens["id_token"], sub={"essential": True})
        except SignInError as error:  # its keys may just be changing
            refreshed = str(tokens.get("refresh_token") or "")
            raise ProviderUnavailableError(str(error), refreshed) from error
        if claims["sub"] != subject:
            raise SignInError("The identity provider speaks of somebody else.")
        return self._claimed(claims, tokens)

    async def logged_out(self, token: str) -> LoggedOut:
        """Whom a logout token of the provider is about.

        Raises:
            SignInError: it is no logout token of this provider.
        """
        claims = await self._verified(token)
        if not is_logout(claims):
            raise SignInError("This is no logout token.")
        return LoggedOut(str(claims.get("sub") or ""), str(claims.get("sid") or ""))

    async def sign_out_url(self, onward: str) -> str:
        """Where to end the session at the identity provider; `onward` where it has no such page."""
        try:
            metadata = await self._discovery()
        except SignInError:
            return onward
        ending = metadata.get("end_session_endpoint")
        if not ending:
            return onward
        query = {"client_id": self.provider.client_id, "post_logout_redirect_uri": onward}
        return f"{ending}?{urlencode(query)}"

    def _claimed(self, claims: Mapping[str, Any], tokens: Mapping[str, Any]) -> Claimed:
        claim = claims.get("roles", ())
        roles = read_roles(claim if isinstance(claim, list) else ())
        if not roles:
            raise SignInError(
                "You have no role in Sightline yet. Ask whoever runs it in your council to assign "
                "you one of its app roles.",
                account=str(claims["sub"]),
            )
        sign_in = str(claims.get(self.provider.identity_claim) or "")
        subject = str(claims.get("oid") or claims["sub"])
        staff = claims.get(self.provider.staff_claim) if self.provider.staff_claim else None
        return Claimed(
            Identity(sign_in, subject, str(staff or "")),
            roles,
            str(claims["sub"]),
            str(claims.get("sid") or ""),
            str(tokens.get("refresh_token") or ""),
        )

    async def _verified(self, token: object, **required: ClaimsOption) -> Mapping[str, Any]:
        """The claims of a token of the provider; keys that it has changed are fetched again.

        Raises:
            SignInError: the token cannot be trusted.
        """
        refused = SignInError("The identity provider's answer could not be verified.")
        if not isinstance(token, str):
            raise refused
        of_provider = self.provider.issuer, self.provider.client_id
        try:
            keys = await self._known_keys(refresh=False)
            try:
                return verified(token, keys, *of_provider, required)
            except (JoseError, ValueError):
                keys = await self._known_keys(refresh=True)
                return verified(token, keys, *of_provider, required)
        except FAULTS as error:
            raise refused from error

    async def _discovery(self) -> Mapping[str, Any]:
        """The provider's discovery document, which must name the issuer that is set."""
        async with self._lock:
            if not self._metadata:
                issuer = self.provider.issuer.rstrip("/")
                metadata = await _json(f"{issuer}/.well-known/openid-configuration")
                if metadata.get("issuer") != self.provider.issuer:
                    raise SignInError("The identity provider calls itself by another name.")
                if not all(isinstance(metadata.get(name), str) for name in _ENDPOINTS):
                    raise SignInError("The identity provider does not answer as it should.")
                self._metadata = metadata
        return self._metadata

    async def _known_keys(self, *, refresh: bool) -> KeySet:
        metadata = await self._discovery()
        async with self._lock:
            may_refresh = time.monotonic() - self._keys_at > _KEYS_REFRESH_SECONDS
            if self._keys is None or (refresh and may_refresh):
                key_set = await _json(metadata["jwks_uri"])
                self._keys = KeySet.import_key_set({"keys": key_set.get("keys", [])})
                self._keys_at = time.monotonic()
            return self._keys

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret,
            scope="openid profile email offline_access",
            redirect_uri=self.provider.redirect_uri,
            code_challenge_method="S256",
            timeout=_ANSWER_SECONDS,
        )


def new_sign_in(onward: str, now: datetime) -> tuple[str, SignInUnderWay]:
    """A new sign-in: its state, and what is kept of it until the provider sends the user back."""
    return token_urlsafe(32), SignInUnderWay(token_urlsafe(24), token_urlsafe(48), onward, now)


async def _json(url: str) -> dict[str, Any]:
    try:
        async with AsyncClient(timeout=_ANSWER_SECONDS) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            document = answer.json()
    except (HTTPError, ValueError) as error:
        raise ProviderUnavailableError(
            "The identity provider does not answer. Try again later."
        ) from error
    if not isinstance(document, dict):
        raise SignInError("The identity provider does not answer as it should.")
    return document
