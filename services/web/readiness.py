"""Whether the tracker gets on: not whether a socket is open, but whether work gets done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.stream import Lag

_PATIENCE = timedelta(seconds=60)


@dataclass(slots=True)
class Progress:
    """Remembers how far the tracker had got, and since when it has got no further."""

    _done: int = -1
    _since: datetime | None = None
    _looked: datetime | None = None

    def said(self, lag: Lag | None, now: datetime) -> str:
        """`ok`, or what is wrong."""
        if lag is None:
            return "the broker does not answer"
        before, self._looked = self._looked, now
        long_ago = before is None or now - before > _PATIENCE
        if self._since is None or long_ago or not lag.total or lag.done > self._done:
            self._done, self._since = lag.done, now
            return "ok"
        if now - self._since < _PATIENCE:
            return "ok"
        return f"{lag.total} events wait, and none was worked through since {self._since:%H:%M} UTC"
