"""How many random cases a test tries: all in `make test-real`, a twentieth in `make test`."""

import os
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

SHARE = float(os.environ.get("SIGHTLINE_TEST_SHARE", "1"))
"""Between 0 and 1. What is derived from one seed is the same whatever the share."""


def by_turn(items: Sequence[Item], place: int) -> Sequence[Item]:
    """All of these cases; where only a share is tried, the one whose turn it is at this place."""
    return items if SHARE >= 1 else [items[place % len(items)]]


def share_of(cases: int) -> int:
    """So many of these cases, and one at least."""
    return max(1, round(cases * SHARE))
