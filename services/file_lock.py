"""A lock on a file of a folder of data: of several processes on one machine, one at a time."""

import os
from pathlib import Path

from filelock import FileLock


def file_lock(path: Path) -> FileLock:
    """A lock on a file, which belongs to whomever its folder belongs to.

    An administrator's command may be the first to take it; the service has to take it afterwards.
    """
    if os.name == "posix" and os.geteuid() == 0 and path.parent.exists():
        _make_for_its_folder(path)
    # It may be taken in one thread and given back in another.
    return FileLock(path, thread_local=False)


def _make_for_its_folder(path: Path) -> None:
    try:
        made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
    except FileExistsError:
        return
    try:
        folder = path.parent.stat()
        os.fchown(made, folder.st_uid, folder.st_gid)
    finally:
        os.close(made)
