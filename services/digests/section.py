"""One section of a digest, before it is laid out."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a digest.

    `kind` chooses the layout of `items`; `lead` stands before them, `more` after; `count` is shown
    beside the title, where not None, `link` opens all that it counts, and `then` is where several
    are acknowledged at once.
    """

    title: str
    kind: Literal[
        "figures",
        "cases",
        "stopped",
        "turning",
        "promised",
        "escalated",
        "counts",
        "sentences",
        "empty",
    ]
    items: tuple[Any, ...] = ()
    lead: str = ""
    more: str = ""
    count: int | None = None
    link: str = ""
    then: str = ""
