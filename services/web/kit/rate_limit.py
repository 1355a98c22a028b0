"""A rate limit by client, whatever a client is: a token bucket for each."""

from collections import OrderedDict
from dataclasses import dataclass, field

_MOST_CLIENTS = 10_000
"""How many clients are remembered; the one that tried longest ago is forgotten first."""


@dataclass(slots=True)
class RateLimit:
    """Allows `burst` attempts at once, and `each_minute` more every minute."""

    burst: float
    each_minute: float
    _remaining: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """By client: attempts that remain, and the time at which they did."""

    def allows(self, client: str, now: float) -> bool:
        """Count one attempt of a client, and say whether it is allowed.

        `now` is in seconds of a monotonic clock.
        """
        return self.wait(client, now) == 0

    def wait(self, client: str, now: float, cost: float = 1) -> float:
        """Count an attempt that costs as much as so many; seconds to wait, 0 where it is allowed.

        One that costs more than `burst` is allowed when nothing was used, and paid off afterwards.
        """
        remaining, at = self._remaining.pop(client, (self.burst, now))
        remaining = min(self.burst, remaining + (now - at) * self.each_minute / 60)
        missing = min(cost, self.burst) - remaining
        self._remaining[client] = (remaining if missing > 0 else remaining - cost, now)
        if len(self._remaining) > _MOST_CLIENTS:
            self._remaining.popitem(last=False)
        return max(0.0, missing * 60 / self.each_minute)

    def give_back(self, client: str, cost: float) -> None:
        """What was counted came to nothing."""
        remaining, at = self._remaining.get(client, (self.burst, 0.0))
        self._remaining[client] = (remaining + cost, at)
