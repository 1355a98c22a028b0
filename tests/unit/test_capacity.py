"""A process starts no more others than its container, unit or machine has room for."""

from pathlib import Path

import pytest

from services import capacity
from services.capacity import MEGABYTES_EACH, processes_that_fit

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def sixty_four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_cores", lambda: 64)


def fit(folder: Path, limits: dict[str, str], inside: str = "", besides: int = 0) -> int:
    own = folder / "own"
    own.write_text(f"0::/{inside}\n", "utf-8")
    for name, value in limits.items():
        path = folder / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n", "utf-8")
    return processes_that_fit(besides, cgroups=folder / "cgroup", own=own)


def test_without_a_limit_it_is_one_a_core(tmp_path: Path) -> None:
    assert fit(tmp_path, {}) == 64
    assert fit(tmp_path, {"memory.max": "max", "cpu.max": "max 100000"}) == 64


@pytest.mark.parametrize(
    ("megabytes", "expected"),
    [(1024, 6), (2 * MEGABYTES_EACH, 2), (2 * MEGABYTES_EACH - 1, 1), (64, 1)],
)
def test_it_is_no_more_than_the_memory_takes(tmp_path: Path, megabytes: int, expected: int) -> None:
    assert fit(tmp_path, {"memory.max": str(megabytes * MEGABYTE)}) == expected


@pytest.mark.parametrize(
    ("quota", "expected"), [("200000 100000", 2), ("150000 100000", 1), ("50000 100000", 1)]
)
def test_it_is_no_more_than_the_time_takes(tmp_path: Path, quota: str, expected: int) -> None:
    assert fit(tmp_path, {"cpu.max": quota}) == expected


def test_the_limit_of_a_unit_counts_and_that_of_the_slice_around_it(tmp_path: Path) -> None:
    unit = "system.slice/sightline@tracker.service"
    limits = {f"{unit}/memory.max": str(2048 * MEGABYTE), "system.slice/memory.max": "max"}
    assert fit(tmp_path, limits, unit) == 2048 // MEGABYTES_EACH
    limits["system.slice/memory.max"] = str(512 * MEGABYTE)
    assert fit(tmp_path, limits, unit) == 512 // MEGABYTES_EACH


def test_where_there_are_no_control_groups_it_is_one_a_core(tmp_path: Path) -> None:
    assert processes_that_fit(cgroups=tmp_path / "none", own=tmp_path / "nothing") == 64


def test_one_that_waits_for_the_others_needs_memory_and_no_core(tmp_path: Path) -> None:
    assert fit(tmp_path, {"memory.max": str(1024 * MEGABYTE)}, besides=1) == 5
    assert fit(tmp_path, {"memory.max": "max"}, besides=1) == 64


def test_an_older_kernel_says_it_of_each_controller_by_itself(tmp_path: Path) -> None:
    groups, own = tmp_path / "cgroup", tmp_path / "own"
    own.write_text("5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n", "utf-8")
    inside = {
        "memory/docker/abc/memory.limit_in_bytes": str(1024 * MEGABYTE),
        "memory/memory.limit_in_bytes": "9223372036854771712",
        "cpu/docker/abc/cpu.cfs_quota_us": "-1",
        "cpu/docker/abc/cpu.cfs_period_us": "100000",
    }
    for name, value in inside.items():
        path = groups / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n", "utf-8")
    assert processes_that_fit(cgroups=groups, own=own) == 1024 // MEGABYTES_EACH
    (groups / "cpu/docker/abc/cpu.cfs_quota_us").write_text("300000\n", "utf-8")
    assert processes_that_fit(cgroups=groups, own=own) == 3
