"""How often each caller of the interfaces for machines may ask."""

import math
import time
from dataclasses import dataclass, field

from services.web.kit.rate_limit import RateLimit

REQUESTS_A_MINUTE = 600
"""Of one token or one signed-in user, on `POST /events` and `/api`; as many at once."""


class TooMuchError(Exception):
    """Somebody asked for more than they may; `seconds` is how long to wait."""

    def __init__(self, why: str, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(f"{why} Try again in {self.seconds:,} seconds.")


@dataclass(slots=True)
class Limits:
    """What was asked lately, by caller, in this process."""

    requests: RateLimit = field(
        default_factory=lambda: RateLimit(REQUESTS_A_MINUTE, REQUESTS_A_MINUTE)
    )

    def count_request(self, caller: str) -> None:
        """Count a request.

        Raises:
            TooMuchError: it is one too many.
        """
        seconds = self.requests.wait(caller, time.monotonic())
        if seconds:
            why = f"{caller} asks more than {self.requests.each_minute:,.0f} times a minute."
            raise TooMuchError(why, seconds)
