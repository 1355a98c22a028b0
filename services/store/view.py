"""A view: which cases a reader may see, and on which day."""

from dataclasses import dataclass
from datetime import date

from schemas.status import Concern
from services.store.scope import Scope


@dataclass(frozen=True, slots=True)
class View:
    """Whose cases are asked about, and on which day.

    `today` is the day by whose assignments it is decided what the reader may see, `day` the day
    that is asked about, `tracked` the concerns that are counted here.
    """

    scope: Scope
    today: date
    day: date
    tracked: tuple[Concern, ...]
