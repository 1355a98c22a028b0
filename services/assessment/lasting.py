"""Whether what lasts some days holds on one of them."""

from datetime import date
from typing import Protocol


class Lasting(Protocol):
    """What holds from its start up to, not including, its end; for good where there is none."""

    @property
    def start(self) -> date:
        """The first day."""

    @property
    def end(self) -> date | None:
        """The day after the last."""


def holds_on(item: Lasting, day: date) -> bool:
    """Whether it holds on a day."""
    return item.start <= day and (item.end is None or day < item.end)
