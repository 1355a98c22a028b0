"""Readiness of the tracker: whether events are processed, not only whether it is connected."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.stream import Lag

_LONGEST_STALL = timedelta(seconds=60)


@dataclass(slots=True)
class Readiness:
    """Remembers how far the tracker had got when it was last asked, and since when."""

    _done: int = -1
    _since: datetime | None = None
    _asked_at: datetime | None = None

    def status(self, lag: Lag | None, now: datetime) -> str:
        """`ok`, or what is wrong; `lag` is None where the broker does not answer.

        Events that wait while none is worked through for a minute are wrong. A minute without a
        question begins anew, since nothing is known of it.
        """
        if lag is None:
            return "the broker does not answer"
        before, self._asked_at = self._asked_at, now
        long_ago = before is None or now - before > _LONGEST_STALL
        if self._since is None or long_ago or not lag.total or lag.done > self._done:
            self._done, self._since = lag.done, now
            return "ok"
        if now - self._since < _LONGEST_STALL:
            return "ok"
        return f"{lag.total} events wait, and none was worked through since {self._since:%H:%M} UTC"
