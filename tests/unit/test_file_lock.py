"""A lock on a file is everybody's who may use its folder, whoever was first to take it."""

import os
from pathlib import Path

import pytest
from filelock import Timeout

from services.file_lock import file_lock

_SERVICE = 12_345
"""The user that a service runs as."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the service, where an administrator runs this; else one's own."""
    if os.geteuid() == 0:
        os.chown(tmp_path, _SERVICE, _SERVICE)
    return tmp_path


def test_it_belongs_to_whom_its_folder_belongs_to(folder: Path) -> None:
    path = folder / "tracker.lock"
    with file_lock(path):
        assert path.stat().st_uid == folder.stat().st_uid
        assert path.stat().st_gid == folder.stat().st_gid


def test_what_stands_there_already_is_left_to_its_owner(folder: Path) -> None:
    outside = folder / "outside"
    outside.touch()
    if os.geteuid() == 0:
        os.chown(outside, _SERVICE + 1, _SERVICE + 1)
    before = outside.stat().st_uid
    with file_lock(outside):
        assert outside.stat().st_uid == before


def test_one_at_a_time_has_it(folder: Path) -> None:
    path = folder / "tracker.lock"
    with file_lock(path), pytest.raises(Timeout):
        file_lock(path).acquire(blocking=False)
    file_lock(path).acquire(blocking=False)
