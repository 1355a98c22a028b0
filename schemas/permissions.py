"""What a source may do beyond telling facts, and which source nobody else may speak as."""

import unicodedata
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import unquote

SourcePermission = Literal[
    "rate",
    "extend",
    "authorise",
    "acknowledge",
    "explain",
    "merge",
    "close",
    "assign",
    "retract",
]
"""What a source needs leave for: to rate a concern, extend pre-proceedings, authorise a later due
date, acknowledge or explain a red, merge or close cases, say whose a case is, and take back what it
said. The policy gives it by `may_rate` and the like, a token by `--may`."""

ALL_PERMISSIONS: frozenset[SourcePermission] = frozenset(get_args(SourcePermission))

PAGES_SOURCE = "/sightline/pages"
"""The CloudEvents source of what is written on Sightline's own pages."""


@lru_cache(maxsize=1024)
def is_reserved(source: str) -> bool:
    """Whether a source is that of the pages, or would be taken for it.

    Capitals, slashes, spaces, percent-encoding, accents and whatever is not seen make no other
    source of it.
    """
    plain = unicodedata.normalize("NFKD", unquote(source)).casefold()
    letters = "".join(char for char in plain if char.isascii() and char.isalnum())
    return letters.startswith("sightlinepages")
