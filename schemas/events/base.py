"""What the data of every event share."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from schemas.codes import read_code
from schemas.days import Day

_CONTROL = re.compile(r"[\x00-\x1f]")


def _identifier(value: Any) -> Any:
    """Row keys are often numbers; as ids they are text."""
    return str(value) if type(value) is int else value


def _clean(value: Any) -> Any:
    if isinstance(value, str) and not value.isprintable() and _CONTROL.search(value):
        raise PydanticCustomError("control", "it must be text without control characters")
    return value


Identifier = Annotated[
    str,
    BeforeValidator(_identifier),
    BeforeValidator(_clean),
    StringConstraints(strict=True, min_length=1, max_length=400),
]
"""A row key of the source: any text of at least one character; a whole number is read as text."""

Text = Annotated[str, StringConstraints(strict=True)]
"""Free text. It must hold no names, and it is never put in an e-mail."""

NationalCode = Annotated[
    str,
    BeforeValidator(read_code),
    BeforeValidator(_clean),
    StringConstraints(strict=True, min_length=1, max_length=20),
]
"""A code of a national list; capitals and spaces aside. One the lists do not know is kept."""

DateBasis = Literal["exact", "by_this_date"]
"""Whether a spell began on its date, or is only known to have begun by then."""

Registration = Literal["registered", "applied", "unregistered", "exempt", "unknown"]
"""Whether the setting is registered with Ofsted, or has applied."""

UnsuitableReason = Literal[
    "homeless",
    "custody",
    "bed_and_breakfast",
    "emergency",
    "shared_house",
    "unaffordable",
    "unsafe",
    "other",
]
"""Why accommodation was judged unsuitable."""


class EventData(BaseModel):
    """The data of an event. Unknown fields are kept in the log and ignored here."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    def carries(self, field: str) -> bool:
        """Whether the event has the field at all; one that is null is carried, and clears."""
        return field in self.model_fields_set

    @classmethod
    def required_fields(cls) -> frozenset[str]:
        """The fields without which the event is refused."""
        return frozenset(name for name, field in cls.model_fields.items() if field.is_required())


class Dated(EventData):
    """Data with the day on which it was true in the young person's life."""

    date: Day
