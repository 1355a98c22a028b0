"""How many processes this machine, container or unit has room for.

Source: Linux kernel documentation, Control Group v2: memory.max, cpu.max.
"""

import os
from pathlib import Path

MEGABYTES_EACH = 160
"""Memory that a process which derives is given room for; most hold 95 to 130."""

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def processes_that_fit(
    besides: int = 0, *, cgroups: Path = _CGROUPS, own: Path = _OWN_CGROUP
) -> int:
    """As many as there are cores for them, within the limits of memory and time; at least one.

    `besides` are those that only need memory, such as one that waits for the others.
    """
    fit = float(_cores())
    for folder in _limiting(cgroups, own):
        memory = _read(folder / "memory.max")
        if memory.isdigit():
            fit = min(fit, int(memory) / (MEGABYTES_EACH * 1024 * 1024) - besides)
        quota, _, period = _read(folder / "cpu.max").partition(" ")
        if quota.isdigit() and period.isdigit():
            fit = min(fit, int(quota) / int(period))
    return max(int(fit), 1)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _limiting(cgroups: Path, own: Path) -> list[Path]:
    """The control group of this process and all that it is in: each may limit it."""
    line = next((line for line in _read(own).splitlines() if line.startswith("0::/")), "")
    if not line:
        return []
    folder = cgroups / line.removeprefix("0::/")
    return [folder, *(above for above in folder.parents if above.is_relative_to(cgroups))]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""
