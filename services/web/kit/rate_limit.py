"""A limit on how often something may be tried from one place."""

from collections import OrderedDict
from dataclasses import dataclass, field

_PLACES_REMEMBERED = 10_000


@dataclass(slots=True)
class Rate:
    """So many tries at once, and so many more each minute; times are seconds of any one clock."""

    burst: float = 60.0
    each_minute: float = 60.0
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def takes(self, place: str, now: float) -> bool:
        """Whether one more try is allowed from a place."""
        left, at = self._left.pop(place, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.each_minute / 60)
        allowed = left >= 1
        self._left[place] = (left - 1 if allowed else left, now)
        if len(self._left) > _PLACES_REMEMBERED:
            self._left.popitem(last=False)
        return allowed
