"""What every test has: settings of this machine left out, and random lives that are the same."""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

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


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything logged so far, as one text."""
    return lambda: "\n".join(record.getMessage() for record in caplog.records)
