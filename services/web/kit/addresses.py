"""Addresses of Sightline's own pages."""

from collections.abc import Mapping
from urllib.parse import urlencode


def address(path: str, query: Mapping[str, object]) -> str:
    """A path with a query; what is empty is left out of it."""
    encoded = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{encoded}" if encoded else path
