"""How a PostgreSQL connection is encrypted, by the words that libpq has for it in its URL.

Source: PostgreSQL documentation, libpq, SSL Support: sslmode, sslrootcert, sslcert, sslkey.
asyncpg takes none of them in a URL that SQLAlchemy hands it.
"""

import ssl
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError

_WORDS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_NOT_ASKED = ""
"""The passphrase of a key: nobody is there to be asked, and OpenSSL would wait for an answer."""
_PLAIN_ALLOWED = _MODES[:3]


def without_tls(url: URL) -> tuple[URL, dict[str, Any]]:
    """The URL without these words, and what the driver is given in their place.

    Raises:
        ArgumentError: a mode is not known, or a file cannot be read.
    """
    said = {word: str(url.query[word]) for word in _WORDS if word in url.query}
    if not said or not url.drivername.startswith("postgresql"):
        return url, {}
    rest = url.difference_update_query(_WORDS)
    mode = said.get("sslmode", "prefer")
    if mode not in _MODES:
        raise ArgumentError(f"Its sslmode is {mode}; it must be one of {', '.join(_MODES)}")
    if mode == "disable":
        return rest, {"ssl": False}
    if mode in _PLAIN_ALLOWED and len(said) == 1:
        return rest, {"ssl": mode}
    return rest, {"ssl": _context(mode, said)}


def _context(mode: str, said: dict[str, str]) -> ssl.SSLContext:
    root = said.get("sslrootcert")
    verified = mode.startswith("verify") or (mode == "require" and root is not None)
    try:
        context = ssl.create_default_context(cafile=None if root in (None, "system") else root)
        context.check_hostname = mode == "verify-full"
        context.verify_mode = ssl.CERT_REQUIRED if verified else ssl.CERT_NONE
        if "sslcert" in said:
            context.load_cert_chain(said["sslcert"], said.get("sslkey"), _NOT_ASKED)
    except OSError as error:  # also what is no certificate
        files = ", ".join(value for word, value in said.items() if word != "sslmode")
        raise ArgumentError(f"Its certificates cannot be read ({files}): {error}") from error
    return context
