"""A few faults made to happen to the real program, once each; `make faults` makes all of them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_a_few_faults_lose_nothing_double_nothing_and_leave_nothing_wrong(tmp_path: Path) -> None:
    with (tmp_path / "told").open("w+") as told:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.faults", "--short"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT,
            timeout=570, check=False,
        )  # fmt: skip
    assert ended.returncode == 0, (tmp_path / "told").read_text()[-4000:]
