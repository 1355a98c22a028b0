"""What the data of every event share: their field types, and what is true of each event."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from schemas.codes import Code, read_code
from schemas.days import Day
from schemas.permissions import SourcePermission
from schemas.reading import UNREADABLE, AsWritten, digits

_CONTROL = re.compile(r"[\x00-\x1f]")


def without_control_characters(value: Any) -> Any:
    """The value as it is.

    Raises:
        PydanticCustomError: it is text with control characters.
    """
    if isinstance(value, str) and not value.isprintable() and _CONTROL.search(value):
        raise PydanticCustomError("control", "it must be text without control characters")
    return value


Identifier = Annotated[
    str,
    BeforeValidator(digits),
    BeforeValidator(without_control_characters),
    StringConstraints(strict=True, min_length=1, max_length=400),
]
"""A row key of the source: any text of at least one character; a whole number is read as text."""

Text = Annotated[str, BeforeValidator(digits), StringConstraints(strict=True)]
"""Free text, or a number's digits. It must hold no names, and it is never put in an e-mail."""

NationalCode = Annotated[
    str,
    BeforeValidator(read_code),
    BeforeValidator(without_control_characters),
    StringConstraints(strict=True, min_length=1, max_length=400),
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


CodeLists = Mapping[str, Mapping[str, Code]]
"""Field name to the national list that its code is looked up in."""

Example = Mapping[str, Any]
"""The data of an event as JSON."""


class EventData(AsWritten):
    """The data of an event. Unknown fields are kept in the log and ignored here.

    What is true of every event of one name is an attribute of its class, and stands nowhere else.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: ClassVar[str]
    """The name in the contract, such as placement.started."""

    example: ClassVar[Example]
    """The data of one such event, for those who publish; it is accepted as it stands."""

    has_subject: ClassVar[bool] = True
    """Whether it must name a young person."""

    permission: ClassVar[SourcePermission | None] = None
    """What its source must be permitted to do; None where every source may send it."""

    id_field: ClassVar[str | None] = None
    """The field that says which spell, plan, review or action it is about; None where none does."""

    begins: ClassVar[bool] = False
    """Whether it begins the spell, plan, action or escalation of its id, which others refer to."""

    never_retracted: ClassVar[bool] = False
    """Whether a later one of the same day and source is added to it, and never takes its place."""

    cumulative: ClassVar[bool] = False
    """Whether all such events about one thing count, and not just the latest of them.

    One of them is corrected by retracting it; any other is corrected by sending it again.
    """

    code_lists: ClassVar[CodeLists] = {}
    """Fields whose code is questioned, and kept, where the national list does not have it."""

    asked_by_rules: ClassVar[frozenset[str]] = frozenset()
    """Fields whose doubt a rule asks about, while it matters (UA14, UP13)."""

    read_as: ClassVar[Mapping[str, Any]] = {
        "registration": UNREADABLE,
        "suitable": None,
        "unsuitable_reason": "other",
        "eligibility": "qualifying",
        "in_touch": "no",
        "concern": UNREADABLE,
    }
    """What an optional field of that name is read as where it was sent and cannot be read: the
    worse of what it may mean (docs/rules.md, section 1). Any other such field is left out."""

    def carries(self, field: str) -> bool:
        """Whether the event has the field at all; one that is null is carried, and clears."""
        return field in self.model_fields_set

    def needs(self) -> frozenset[SourcePermission]:
        """What its source must be permitted to do, so that all of it counts."""
        return frozenset() if self.permission is None else frozenset({self.permission})

    @classmethod
    def required_fields(cls) -> frozenset[str]:
        """The fields without which the event is refused."""
        return frozenset(name for name, field in cls.model_fields.items() if field.is_required())


class Dated(EventData):
    """Data with the day on which it was true in the young person's life."""

    date: Day
