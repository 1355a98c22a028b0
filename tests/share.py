"""How many random cases a test tries: all in `make test-real`, half of them in `make test`."""

import os

SHARE = float(os.environ.get("SIGHTLINE_TEST_SHARE", "1"))
"""Between 0 and 1. What is derived from one seed is the same whatever the share."""


def share_of(cases: int) -> int:
    """So many of these cases, and one at least."""
    return max(1, round(cases * SHARE))
