"""How many processes this machine, container or unit has room for.

Source: Linux kernel documentation, Control Group v2: memory.max, cpu.max; and v1, where a machine
still has it: memory.limit_in_bytes, cpu.cfs_quota_us, cpu.cfs_period_us.
"""

import os
from pathlib import Path

MEGABYTES_EACH = 160
"""Memory that a process which derives is given room for; most hold 95 to 130."""

_CGROUPS = Path("/sys/fs/cgroup")
_CONTROLLERS = frozenset({"", "memory", "cpu"})
_OWN_CGROUP = Path("/proc/self/cgroup")


def processes_that_fit(
    besides: int = 0, *, cgroups: Path = _CGROUPS, own: Path = _OWN_CGROUP
) -> int:
    """As many as there are cores for them, within the limits of memory and time; at least one.

    `besides` are those that only need memory, such as one that waits for the others.
    """
    fit = float(_cores())
    for folder in _limiting(cgroups, own):
        memory = _read(folder / "memory.max") or _read(folder / "memory.limit_in_bytes")
        if memory.isdigit():
            fit = min(fit, int(memory) / (MEGABYTES_EACH * 1024 * 1024) - besides)
        quota, _, period = _read(folder / "cpu.max").partition(" ")
        quota = quota or _read(folder / "cpu.cfs_quota_us")
        period = period or _read(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit():
            fit = min(fit, int(quota) / int(period))
    return max(int(fit), 1)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _limiting(cgroups: Path, own: Path) -> list[Path]:
    """The control groups of this process and all that they are in: each may limit it."""
    found: list[Path] = []
    for line in _read(own).splitlines():
        _, _, group = line.partition(":")
        controllers, _, path = group.partition(":")
        for controller in set(controllers.split(",")) & _CONTROLLERS:  # version 2 names none
            folder = cgroups / controller / path.removeprefix("/")
            found += [folder, *(it for it in folder.parents if it.is_relative_to(cgroups))]
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""
