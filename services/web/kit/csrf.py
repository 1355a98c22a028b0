"""Protection against cross-site request forgery: a form must come from a page of this session.

Two checks: the browser's own headers (`Sec-Fetch-Site`, `Origin`), and a token in every form that
only pages of the session can hold. The token is new for each form that is shown, and its first
half is the form's id: a form that is sent twice makes one event.
"""

import hmac
from hashlib import sha256
from secrets import token_hex
from urllib.parse import urlsplit

from starlette.requests import Request

_ID_LENGTH = 32
"""Characters of a form's id, and of the MAC that follows it in the token."""


def is_same_origin(http: Request, base_url: str) -> bool:
    """Whether a request that changes something comes from a page of this site."""
    site = http.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = http.headers.get("origin")
    if origin is None:
        return site == "same-origin"
    own = {_origin(base_url), f"{http.url.scheme}://{http.headers.get('host', '')}"}
    return _origin(origin) in own


def new_token(secret: str) -> str:
    """A token for a new form, valid in the session with this secret."""
    id_ = token_hex(_ID_LENGTH // 2)
    return f"{id_}{_mac(id_, secret)}"


def is_valid_token(token: str, secret: str) -> bool:
    """Whether a token was made for the session with this secret."""
    id_, mac = token[:_ID_LENGTH], token[_ID_LENGTH:]
    return bool(id_) and hmac.compare_digest(mac.encode(), _mac(id_, secret).encode())


def form_id(token: str) -> str:
    """The id of the form that carries a token: the same however often the form is sent."""
    return token[:_ID_LENGTH]


def receipt(statement: str, secret: str) -> str:
    """Proof that the server made a statement to this session, such as that its form was sent."""
    return _mac(f"receipt {statement}", secret)


def is_valid_receipt(value: str, statement: str, secret: str) -> bool:
    """Whether a receipt for a statement was given to the session with this secret."""
    return hmac.compare_digest(value.encode(), receipt(statement, secret).encode())


def _mac(message: str, secret: str) -> str:
    return hmac.new(secret.encode(), message.encode(), sha256).hexdigest()[:_ID_LENGTH]


def _origin(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}".lower()
