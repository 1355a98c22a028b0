"""Protection against cross-site request forgery: a form must come from a page of this session.

Two checks: the browser's own headers (`Sec-Fetch-Site`, `Origin`), and a token in every form that
only pages of the session can hold. The token is new for each form that is shown. It is proved by a
secret that no browser is told, and so is the id of what a form records: a form that is sent twice
makes one event, and nobody chooses an id.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from urllib.parse import urlsplit

from starlette.requests import Request

_LENGTH = 32
"""Characters of the chosen half of a token, of the MAC that follows it, and of a form's id."""


@dataclass(frozen=True, slots=True)
class SessionKey:
    """What proves that something was said to a session: the pages' secret and the session's."""

    pages: str = ""
    session: str = ""

    def mac(self, message: str) -> str:
        """The proof of a message."""
        key = f"{self.pages}\x1f{self.session}".encode()
        return hmac.new(key, message.encode(), sha256).hexdigest()[:_LENGTH]


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


def new_token(key: SessionKey) -> str:
    """A token for a new form, valid in one session."""
    chosen = token_hex(_LENGTH // 2)
    return f"{chosen}{key.mac(f'token {chosen}')}"


def is_valid_token(token: str, key: SessionKey) -> bool:
    """Whether a token was made for a session."""
    chosen, mac = token[:_LENGTH], token[_LENGTH:]
    proof = key.mac(f"token {chosen}")
    return bool(chosen) and hmac.compare_digest(mac.encode(), proof.encode())


def form_id(token: str, key: SessionKey, what: str) -> str:
    """The id of what the form that carries a token records, the same however often it is sent.

    `what` names the case and the form: about anything else the same token comes to another id.
    """
    return key.mac(f"form {token[:_LENGTH]} {what}")


def receipt(statement: str, key: SessionKey) -> str:
    """Proof that the server made a statement to this session, such as that its form was sent."""
    return key.mac(f"receipt {statement}")


def is_valid_receipt(value: str, statement: str, key: SessionKey) -> bool:
    """Whether a receipt for a statement was given to a session."""
    return hmac.compare_digest(value.encode(), receipt(statement, key).encode())


def _origin(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}".lower()
