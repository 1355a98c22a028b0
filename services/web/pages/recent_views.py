"""Who looked at a case page: the newest, from the audit log, with this view added at once.

The log is read again every few seconds at most; what this process recorded meanwhile is added here.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from services.access.audit import Act
from services.store import audit_log
from services.store.audit_log import Entry
from services.web.kit.request import Visit
from services.web.kit.templates import part

_SHOWN = 10
_READ_SECONDS = 5.0
_MOST = 5000
_ACTS = (Act.SAW_CASE, Act.RECORDED)


@dataclass(slots=True)
class _Read:
    """Rows as they are shown, newest first, and when the log was read."""

    rows: list[str]
    at: float


_LOOKS: OrderedDict[tuple[int, str], _Read] = OrderedDict()


async def looked(visit: Visit, names: list[str]) -> str:
    """Who looked, as rows of HTML, once it is recorded that this visitor does; own name first."""
    entry = await visit.parts.audit.record(visit.person, Act.SAW_CASE, names[0])
    key = visit.parts.watch.number, names[0]
    now = asyncio.get_running_loop().time()
    found = _LOOKS.get(key)
    if found is None or now - found.at > _READ_SECONDS:
        async with visit.parts.database.glancing() as connection:
            entries = await audit_log.about(connection, names, _ACTS, _SHOWN)
        found = _LOOKS[key] = _Read([_row(visit, item) for item in entries], now)
        if len(_LOOKS) > _MOST:
            _LOOKS.popitem(last=False)
    else:
        found.rows = [_row(visit, entry), *found.rows[: _SHOWN - 1]]
    return "".join(found.rows)


def look_again(visit: Visit, person: str) -> None:
    """Read the log anew next time: something else was recorded about the young person."""
    _LOOKS.pop((visit.parts.watch.number, person), None)


def _row(visit: Visit, entry: Entry) -> str:
    return part("looked_row.html.j2", e=entry, called=visit.parts.directory.called)
