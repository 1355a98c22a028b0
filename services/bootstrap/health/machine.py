"""What is wrong with the disk and the data folder."""

import os
import shutil
import stat

from services.bootstrap.health.ailment import Ailment, Part
from services.settings import Settings

LITTLE_DISK = 1 << 30
"""Bytes of free disk below which something will soon stop."""

_ANYBODY = stat.S_IRWXG | stat.S_IRWXO


def of_machine(settings: Settings) -> list[Ailment]:
    """What is wrong with the disk and the data folder."""
    return [*_disk(settings), *_permissions(settings)]


def _disk(settings: Settings) -> list[Ailment]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    if free >= LITTLE_DISK:
        return []
    what = f"{free // (1 << 20):,} MB are free on the disk of {folder}."
    cure = "Free some: the store and the broker stop where there is none."
    return [Ailment(Part.DISK, what, cure)]


def _permissions(settings: Settings) -> list[Ailment]:
    """Who else on this machine may read the data folder; Windows has no such modes."""
    folder = settings.data_dir
    if os.name != "posix" or not folder.exists():
        return []
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _ANYBODY:
        what = f"Others on this machine may look into {folder}, which holds the store."
        return [Ailment(Part.PERMISSIONS, what, f"chmod 700 {folder}")]
    if not os.access(folder, os.W_OK | os.X_OK):
        what = f"{folder} cannot be written by whoever runs this."
        return [Ailment(Part.PERMISSIONS, what, "Run it as the account that owns the folder.")]
    return []
