"""Tokens that an identity provider signed: ID tokens, and logout tokens of the back channel.

Source: OpenID Connect Core 1.0, 3.1.3.7 and 12.2; OpenID Connect Back-Channel Logout 1.0, 2.4.
"""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import ClaimsOption

ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY_SECONDS = 60
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

FAULTS = (JoseError, ValueError, KeyError, TypeError, AttributeError)
"""What a token that cannot be trusted raises here."""


def verified(
    token: str, keys: KeySet, issuer: str, client_id: str, required: Mapping[str, ClaimsOption]
) -> Mapping[str, Any]:
    """The claims of a token, once its signature, issuer, audience and times are checked.

    `required` are further claims that it must have.

    Raises:
        JoseError: it cannot be trusted; also ValueError, KeyError, TypeError, AttributeError.
    """
    claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    options: dict[str, ClaimsOption] = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "exp": {"essential": True},
        "iat": {"essential": True},
        **required,
    }
    jwt.JWTClaimsRegistry(None, LEEWAY_SECONDS, **options).validate(claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if several and claims.get("azp") != client_id:
        raise ValueError("The token is for somebody else.")
    return claims


def is_logout(claims: Mapping[str, Any]) -> bool:
    """Whether claims are those of a logout token, and can be of no ID token."""
    events = claims.get("events")
    names = isinstance(claims.get("sub"), str) or isinstance(claims.get("sid"), str)
    return (
        isinstance(events, dict)
        and isinstance(events.get(_LOGOUT), dict)
        and names
        and "nonce" not in claims
        and isinstance(claims.get("jti"), str)
    )
