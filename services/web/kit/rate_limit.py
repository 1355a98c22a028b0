"""A rate limit by client address: a token bucket for each."""

from collections import OrderedDict
from dataclasses import dataclass, field

_MOST_CLIENTS = 10_000
"""How many clients are remembered; the one that tried longest ago is forgotten first."""


@dataclass(slots=True)
class RateLimit:
    """Allows `burst` attempts at once, and `each_minute` more every minute."""

    burst: float = 60.0
    each_minute: float = 60.0
    _remaining: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """By client: attempts that remain, and the time at which they did."""

    def allows(self, client: str, now: float) -> bool:
        """Count one attempt of a client, and say whether it is allowed.

        `now` is in seconds of a monotonic clock.
        """
        remaining, at = self._remaining.pop(client, (self.burst, now))
        remaining = min(self.burst, remaining + (now - at) * self.each_minute / 60)
        allowed = remaining >= 1
        self._remaining[client] = (remaining - 1 if allowed else remaining, now)
        if len(self._remaining) > _MOST_CLIENTS:
            self._remaining.popitem(last=False)
        return allowed
