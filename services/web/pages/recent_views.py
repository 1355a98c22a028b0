"""Who looked at a case page: the newest, from the audit log, with this view added at once.

The log is read again every few seconds at most; what this process recorded meanwhile is added here.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from services.access.audit import Act
from services.store import audit_log
from services.store.audit_log import Entry
from services.web.kit.request import PageRequest
from services.web.kit.templates import fragment

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


async def looked(request: PageRequest, names: list[str]) -> str:
    """Who looked, as rows of HTML, once it is recorded that this visitor does; own name first."""
    entry = await request.app.audit.record(request.user, Act.SAW_CASE, names[0])
    key = request.app.watch.number, names[0]
    now = asyncio.get_running_loop().time()
    found = _LOOKS.get(key)
    if found is None or now - found.at > _READ_SECONDS:
        async with request.app.database.glancing() as connection:
            entries = await audit_log.about(connection, names, _ACTS, _SHOWN)
        found = _LOOKS[key] = _Read([_row(request, item) for item in entries], now)
        if len(_LOOKS) > _MOST:
            _LOOKS.popitem(last=False)
    else:
        found.rows = [_row(request, entry), *found.rows[: _SHOWN - 1]]
    return "".join(found.rows)


def look_again(request: PageRequest, person: str) -> None:
    """Read the log anew next time: something else was recorded about the young person."""
    _LOOKS.pop((request.app.watch.number, person), None)


def _row(request: PageRequest, entry: Entry) -> str:
    return fragment("view_row.html.j2", e=entry, display_name=request.app.directory.display_name)
