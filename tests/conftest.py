"""What every test has: settings of this machine left out, and random lives that are the same."""

import os
from collections.abc import Callable
from itertools import groupby

import pytest
from hypothesis import HealthCheck, settings

from tests.share import SHARE, by_turn

settings.register_profile(
    "sightline", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("sightline")

for name in [name for name in os.environ if name.startswith("SIGHTLINE_")]:
    if name not in {
        "SIGHTLINE_LIVES", "SIGHTLINE_RETURN", "SIGHTLINE_SHOTS", "SIGHTLINE_CHROMIUM",
        "SIGHTLINE_SAMPLE_RETURN", "SIGHTLINE_TEST_SHARE",
    }:  # fmt: skip
        del os.environ[name]


_ON_BOTH = "tests/store/database/test_database.py"
"""Tests of the schema itself: always on both databases."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where only a share is tried, a test of both databases runs on one of them, by turn."""
    if SHARE >= 1:
        return
    left: list[pytest.Item] = []
    for place, (_, group) in enumerate(groupby(items, lambda item: item.nodeid.split("[")[0])):
        alike = list(group)
        kinds = {kind: item for item in alike if (kind := _database_of(item))}
        if len(kinds) > 1 and not alike[0].nodeid.startswith(_ON_BOTH):
            (kept,) = by_turn(sorted(kinds), place)
            left += [item for item in alike if _database_of(item) != kept]
    config.hook.pytest_deselected(items=left)
    gone = set(left)
    items[:] = [item for item in items if item not in gone]


def _database_of(item: pytest.Item) -> str:
    """The database of a test that runs on each; empty where it does not."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    return next((name for name in params.values() if name in ("sqlite", "postgresql")), "")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything logged so far, as one text."""
    return lambda: "\n".join(record.getMessage() for record in caplog.records)
