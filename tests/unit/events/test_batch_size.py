"""How many messages the tracker takes at once: the usual number, and more while it is behind."""

from types import SimpleNamespace
from typing import Any

import pytest

from events.subscriber import BATCH, MOST_BEHIND, next_size


def batch(waiting: int, size: int = 500, of: int = 400) -> list[Any]:
    """Messages of so many bytes, after which so many more wait."""
    item = SimpleNamespace(data=b"x" * of, metadata=SimpleNamespace(num_pending=waiting))
    return [item] * size


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [(0, BATCH), (499, BATCH), (501, 501), (3000, 3000), (50_000, MOST_BEHIND)],
)
def test_the_next_batch_is_all_that_waits_within_bounds(waiting: int, expected: int) -> None:
    assert next_size(batch(waiting), BATCH) == expected


def test_after_a_fetch_without_messages_it_is_the_usual_number() -> None:
    assert next_size([], BATCH) == BATCH


def test_large_messages_are_taken_in_the_usual_number() -> None:
    assert next_size(batch(50_000, size=20, of=1024 * 1024), BATCH) == BATCH
