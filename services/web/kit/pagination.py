"""Pagination of long lists. Pages count from 1."""

from collections.abc import Mapping

PAGE_SIZE = 50
_MOST_DIGITS = 6


def requested_page(query: Mapping[str, str]) -> int:
    """The number of the page that a query asks for; 1 where it asks for none that could be."""
    value = query.get("page", "")
    is_number = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
    return max(int(value) if is_number else 1, 1)


def page_count(total: int, page_size: int = PAGE_SIZE) -> int:
    """How many pages so many rows fill: one at least."""
    return max(-(-total // page_size), 1)


def page_number(query: Mapping[str, str], total: int) -> tuple[int, int]:
    """The page that a query asks for, the last where it is beyond, and how many there are."""
    pages = page_count(total)
    return min(requested_page(query), pages), pages
