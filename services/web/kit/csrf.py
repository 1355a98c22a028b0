"""Against forged requests: a form must come from a page of ours, made for this very session.

Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`); besides, every form carries a
token that only the session's own pages can hold. The token is new for each form that is shown, and
so also names what the form becomes: sent twice, it is one event.
"""

import hmac
from hashlib import sha256
from secrets import token_hex
from urllib.parse import urlsplit

from starlette.requests import Request

_NAME_LENGTH = 32


def is_from_here(request: Request, base_url: str) -> bool:
    """Whether a request that changes something comes from a page of ours."""
    told = request.headers.get("sec-fetch-site")
    if told is not None and told != "same-origin":
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return told == "same-origin"
    here = {_origin(base_url), f"{request.url.scheme}://{request.headers.get('host', '')}"}
    return _origin(origin) in here


def new_token(secret: str) -> str:
    """A token for a form that is shown now, to the session of this secret."""
    name = token_hex(_NAME_LENGTH // 2)
    return f"{name}{_mac(name, secret)}"


def is_token(token: str, secret: str) -> bool:
    """Whether a token was made for the session of this secret."""
    name, mac = token[:_NAME_LENGTH], token[_NAME_LENGTH:]
    return bool(name) and hmac.compare_digest(mac.encode(), _mac(name, secret).encode())


def form_name(token: str) -> str:
    """What the form is known by: the same however often it is sent."""
    return token[:_NAME_LENGTH]


def receipt(what: str, secret: str) -> str:
    """Proof that this session was told something, such as that its form was sent."""
    return _mac(f"receipt {what}", secret)


def is_receipt(told: str, what: str, secret: str) -> bool:
    """Whether a receipt was given to the session of this secret."""
    return hmac.compare_digest(told.encode(), receipt(what, secret).encode())


def _mac(name: str, secret: str) -> str:
    return hmac.new(secret.encode(), name.encode(), sha256).hexdigest()[:_NAME_LENGTH]


def _origin(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}".lower()
