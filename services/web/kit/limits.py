"""How much each caller of the interfaces for machines may ask, and each source send."""

import math
import time
from dataclasses import dataclass, field

from schemas.policy import Policy
from services.web.kit.rate_limit import RateLimit

REQUESTS_A_MINUTE = 600
"""Of one token or one signed-in user, on `POST /events` and `/api`; as many at once."""

_MINUTES_A_DAY = 24 * 60
_AN_HOUR = 3600.0


class TooMuchError(Exception):
    """Somebody asked for more than they may; `seconds` is how long to wait."""

    def __init__(self, why: str, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(f"{why} Try again in {self.seconds:,} seconds.")


@dataclass(slots=True)
class Limits:
    """What was asked lately, by caller and by source, in this process."""

    requests: RateLimit = field(
        default_factory=lambda: RateLimit(REQUESTS_A_MINUTE, REQUESTS_A_MINUTE)
    )
    _quotas: dict[str, RateLimit] = field(default_factory=dict)

    def count_request(self, caller: str) -> None:
        """Count a request.

        Raises:
            TooMuchError: it is one too many.
        """
        seconds = self.requests.wait(caller, time.monotonic())
        if seconds:
            why = f"{caller} asks more than {self.requests.each_minute:,.0f} times a minute."
            raise TooMuchError(why, seconds)

    def count_events(self, source: str, many: int, policy: Policy, stored: int) -> None:
        """Count events of a source, where the policy says how many it may send a day.

        `stored` is how many were stored in the last day, whoever took them; those that are on their
        way are known to whoever took them alone.

        Raises:
            TooMuchError: they are more than it may.
        """
        quota = policy.events_a_day(source)
        if quota is None:
            return
        why = f"{source} may send {quota:,} events a day, as the policy says. None was stored."
        if stored and stored + many > quota:
            raise TooMuchError(why, _AN_HOUR)
        limit = self._quotas.get(source)
        if limit is None or limit.burst != quota:
            limit = self._quotas[source] = RateLimit(quota, quota / _MINUTES_A_DAY)
        seconds = limit.wait(source, time.monotonic(), many)
        if seconds:
            raise TooMuchError(why, seconds)

    def give_back_events(self, source: str, many: int) -> None:
        """Events that were counted were not stored."""
        if source in self._quotas:
            self._quotas[source].give_back(source, many)
