"""Sealing what can be opened again with the secret of a session alone, not with the store."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken


def seal(secret: str, text: str) -> str:
    """A text that can be read only with the secret of the session, which is not stored."""
    return _key(secret).encrypt(text.encode()).decode()


def unseal(secret: str, sealed: str) -> str | None:
    """The text; None where it was sealed with another secret, or changed."""
    try:
        return _key(secret).decrypt(sealed).decode()
    except InvalidToken:
        return None


def _key(secret: str) -> Fernet:
    # The secret of a session has 256 random bits already: it needs no slow derivation.
    return Fernet(urlsafe_b64encode(sha256(b"sightline seal\x00" + secret.encode()).digest()))
