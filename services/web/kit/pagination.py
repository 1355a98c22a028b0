"""Pages of a long list: which one is asked for, and how many there are."""

from collections.abc import Mapping

PAGE = 50


def page_of(query: Mapping[str, str], total: int) -> tuple[int, int]:
    """The number of the page that is asked for, within what there is, and how many pages."""
    told = query.get("page", "")
    pages = max(-(-total // PAGE), 1)
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 1
    return min(max(number, 1), pages), pages
