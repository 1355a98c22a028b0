"""What was typed into a form, read field by field; what is wrong is said beside its field."""

from collections.abc import Callable, Collection
from datetime import date

from schemas.days import plain_day
from services.web.forms.free_text import looks_like_names

MOST_TEXT = 4000
_CONFIRM = "no_names"


class Answers:
    """The answers of one form. `faults` are by field, in the order of the page."""

    def __init__(self, told: Callable[[str], str]) -> None:
        self._told = told
        self.faults: dict[str, str] = {}
        self.asks_about_names = False
        self._days: set[str] = set()

    def __getitem__(self, name: str) -> str:
        """What was typed, as it is shown again."""
        return self._told(name)

    def anchor(self, name: str) -> str:
        """The id of the field that an error is about: of a date, the day."""
        return f"{name}-day" if name in self._days else name

    def fault(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field; the first that is said stands."""
        self.faults.setdefault(name, sentence)

    def text(self, name: str, missing: str = "") -> str | None:
        """Free text. `missing` is what to say when it is required and not there."""
        value = self[name].replace("\r\n", "\n")
        if not value:
            if missing:
                self.fault(name, missing)
            return None
        if len(value) > MOST_TEXT:
            self.fault(name, f"Write {MOST_TEXT:,} characters or fewer; this is {len(value):,}")
        found = looks_like_names(value)
        if found and self[_CONFIRM] != "yes":
            self.asks_about_names = True
            words = ", ".join(f"‘{word}’" for word in found)
            self.fault(
                name,
                f"{words} may be a name. Write ‘the young person’ or a role instead, or confirm at "
                "the end of this form that no name is in it",
            )
        return value

    def choice(self, name: str, allowed: Collection[str], missing: str) -> str:
        """One of several; what is none of them counts as missing."""
        value = self[name]
        if value not in allowed:
            self.fault(name, missing)
            return ""
        return value

    def day(self, name: str, what: str, *, required: bool = True) -> date | None:
        """A date of three fields: day, month, year. `what` begins the sentence if it is wrong."""
        self._days.add(name)
        told = [self[f"{name}-{part}"] for part in ("day", "month", "year")]
        if not any(told):
            if required:
                self.fault(name, f"Enter {what}")
            return None
        lacking = [p for p, v in zip(("day", "month", "year"), told, strict=True) if not v]
        if lacking:
            self.fault(name, f"{what.capitalize()} must include a {' and a '.join(lacking)}")
            return None
        try:
            day, month, year = (int(value) for value in told)
            return date(year if year > 999 else 0, month, day)  # a year has four digits
        except (ValueError, OverflowError):
            self.fault(name, f"{what.capitalize()} must be a real date, such as 27 3 2026")
            return None

    def not_before(self, name: str, value: date | None, first: date, what: str) -> None:
        """A date that cannot be before another."""
        if value is not None and value < first:
            self.fault(name, f"{what.capitalize()} must be {plain_day(first)} or later")

    def not_after(self, name: str, value: date | None, last: date, what: str) -> None:
        """A date that cannot be after another."""
        if value is not None and value > last:
            self.fault(name, f"{what.capitalize()} must be {plain_day(last)} or earlier")
