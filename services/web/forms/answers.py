"""Answers typed into a form, read field by field, with what is wrong in each field."""

from collections.abc import Callable, Collection
from datetime import date

from schemas.days import plain_day
from services.web.forms.free_text import suspected_details, suspected_names
from services.web.kit.typed_days import typed_day

MOST_TEXT = 4000
_CONFIRM_FIELD = "no_names"


class Answers:
    """The answers of one form. `value_of` gives what was typed into a field.

    `faults` are sentences by field, in the order in which the fields are read; `days_asked` are the
    fields that are dates.
    """

    def __init__(self, value_of: Callable[[str], str]) -> None:
        self._value_of = value_of
        self.faults: dict[str, str] = {}
        self.asks_about_names = False
        self.days_asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        """What was typed into a field."""
        return self._value_of(name)

    def anchor(self, name: str) -> str:
        """The id of the input that an error links to: for a date, that of the day."""
        return f"{name}-day" if name in self.days_asked else name

    def fault(self, name: str, sentence: str) -> None:
        """Add what is wrong with a field; the first fault of a field is kept."""
        self.faults.setdefault(name, sentence)

    def add_faults_of(self, other: "Answers", field_of: Callable[[str], str]) -> None:
        """Add what is wrong with other answers; `field_of` gives the field that each is of here."""
        self.asks_about_names |= other.asks_about_names
        self.days_asked |= other.days_asked
        for name, sentence in other.faults.items():
            self.fault(field_of(name), sentence)

    def text(self, name: str, missing: str = "") -> str | None:
        """Free text. `missing` is the fault when it is empty; without it the text is optional."""
        value = self[name].replace("\r\n", "\n")
        if not value:
            if missing:
                self.fault(name, missing)
            return None
        if len(value) > MOST_TEXT:
            self.fault(name, f"Write {MOST_TEXT:,} characters or fewer; this is {len(value):,}")
            return value
        found = _suspected(value)
        if found and self[_CONFIRM_FIELD] != "yes":
            self.asks_about_names = True
            self.fault(
                name,
                f"{found}. Write ‘the young person’ or a role instead, and leave out where "
                "somebody lives or can be reached, or confirm at the end of this form that nothing "
                "of the kind is in it",
            )
        return value

    def choice(self, name: str, allowed: Collection[str], missing: str) -> str:
        """One of several values; anything else counts as missing."""
        value = self[name]
        if value not in allowed:
            self.fault(name, missing)
            return ""
        return value

    def day(self, name: str, what: str, *, required: bool = True) -> date | None:
        """A date of three fields: day, month, year. `what` names it in the sentence of a fault."""
        self.days_asked.add(name)
        typed = [self[f"{name}-{part}"] for part in ("day", "month", "year")]
        if not any(typed):
            if required:
                self.fault(name, f"Enter {what}")
            return None
        missing = [p for p, v in zip(("day", "month", "year"), typed, strict=True) if not v]
        if missing:
            self.fault(name, f"{what.capitalize()} must include a {' and a '.join(missing)}")
            return None
        found = typed_day(*typed)
        if found is None:
            self.fault(name, f"{what.capitalize()} must be a real date, such as 27 3 2026")
        return found

    def not_before(self, name: str, value: date | None, first: date, what: str) -> None:
        """Add a fault where a date is before the first that is allowed."""
        if value is not None and value < first:
            self.fault(name, f"{what.capitalize()} must be {plain_day(first)} or later")

    def not_after(self, name: str, value: date | None, last: date, what: str) -> None:
        """Add a fault where a date is after the last that is allowed."""
        if value is not None and value > last:
            self.fault(name, f"{what.capitalize()} must be {plain_day(last)} or earlier")


def _suspected(text: str) -> str:
    """What of a text may say who or where somebody is, in a sentence without its end."""
    details = suspected_details(text)
    within = " ".join(words for words, _ in details)
    names = [name for name in suspected_names(text) if name not in within]
    parts = [f"{', '.join(f'‘{name}’' for name in names)} may be a name"] if names else []
    return "; ".join([*parts, *(f"‘{words}’ may be {what}" for words, what in details)])
