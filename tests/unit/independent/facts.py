"""Facts on a day (section 2 of the rules): everything here is asked about one day alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from .calendar_days import ONE_DAY
from .leaving import left_care
from .record import Record
from .resolution import Event
from .spells import Spell, may_be_current
from .values import UNREADABLE

SHORT_BREAKS = frozenset({"V3", "V4"})
IN_SECTION_3 = frozenset({"eligible", "relevant", "former_relevant"})


class Diary:
    """One young person's days, each remembered once it was asked about."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.first = min(one.day for one in record.events) - ONE_DAY
        self._facts: dict[date, Facts] = {}
        self._runs: dict[tuple[str, date], date] = {}

    def on(self, day: date) -> Facts:
        """The facts on a day."""
        if day not in self._facts:
            self._facts[day] = Facts(self, day)
        return self._facts[day]

    def run_began(self, name: str, day: date, holds: Callable[[Facts], bool]) -> date:
        """The first of the unbroken run of days on which something holds, that ends on a day.

        It holds on that day. Nothing is known before the first event. `name` is only for memory.
        """
        first = day
        while first > self.first:
            known = self._runs.get((name, first - ONE_DAY))
            if known is not None:
                first = known
                break
            if not holds(self.on(first - ONE_DAY)):
                break
            first -= ONE_DAY
        self._runs[name, day] = first
        return first


def registration_of(spell: Spell, day: date) -> str:
    """What the event says, unless that is unknown or absent; then told by the URN.

    "`registered` for a URN (spaces around it aside) of 7 digits or SC and 6 digits, `exempt` for
    XXXXXXX (inspected by another regulator), else unknown; capitals aside." Where the registration
    cannot be read it is unknown, and the URN is not asked.
    """
    given: str | None = spell.value("registration", day)
    if given == UNREADABLE:
        return "unknown"
    if given is not None and given != "unknown":
        return given
    urn = str(spell.value("urn", day) or "").upper()
    digits = urn.removeprefix("SC")
    if digits.isascii() and digits.isdigit() and len(digits) == (7 if digits == urn else 6):
        return "registered"
    return "exempt" if urn == "XXXXXXX" else "unknown"


def in_england(spell: Spell, day: date) -> bool:
    """Country England when absent, capitals aside."""
    country = spell.value("country", day)
    return country is None or str(country).lower() == "england"


class Facts:
    """The facts about one young person on one day."""

    def __init__(self, diary: Diary, day: date) -> None:
        """Ask the record about the day."""
        self.diary = diary
        self.record = record = diary.record
        self.day = day
        fields: dict[str, Any] = {}
        for update in record.updates:
            # "A field holds from the event's `date` (else the day of its `time`); absent leaves
            # it, null clears it."
            if update.day <= day:
                fields.update(update.data)
        self.eligibility: str | None = fields.get("eligibility")
        self.in_touch: str | None = fields.get("in_touch")
        self.education: str | None = fields.get("full_time_education")
        self.age = record.age_on(day)
        self.care = self._current(record.care)
        self.period = self._current(record.periods)
        self.missing = self._current(record.missing)
        self.main_now = self._current([one for one in record.placements if one.main(day)])
        self.temporary = self._current([one for one in record.placements if not one.main(day)])
        self.home_now = self._current(record.homes)
        # "It is asked as if it were current, beside UA11 or UP10."
        self.home = self.home_now or may_be_current(record.homes, day)
        self.main = self.main_now or may_be_current(record.placements, day)
        # *Looked after* on D: a care period is current and the age is under 18 (or unknown).
        self.looked_after = self.care is not None and self.age.under_18
        self.status: str | None = self.care.value("legal_status", day) if self.care else None
        self.short_breaks = self.status in SHORT_BREAKS
        self.home_code: str | None = self.home.value("code", day) if self.home else None
        self.home_registration = registration_of(self.home, day) if self.home else ""
        self.suitable: bool | None = None
        self.judged_on: date | None = None
        self.judged_by_the_start = False
        self.reason: str | None = None
        self._judgement()
        # Unsuitable: code S or X, or `suitable` false, or unsuitable_reason homeless.
        self.unsuitable = self.home is not None and (
            self.home_code in ("S", "X") or self.suitable is False or self.reason == "homeless"
        )

    def _current(self, spells: list[Spell]) -> Spell | None:
        """The spell that is current: a later one cuts an earlier, so there is one at most."""
        for spell in reversed(spells):
            if spell.current(self.day):
                return spell
        return None

    def _judgement(self) -> None:
        """Judgement of a dwelling.

        "`suitable` is the last that any of them carries, null included; judged_on is the day of
        that one. unsuitable_reason is the last that any carries, null included; a `suitable` true
        that carries no reason clears it. While a reason other than shared_house stands, a
        `suitable` true counts as null."
        """
        for one in self.record.judgements(self.home) if self.home else []:
            if one.day > self.day:
                break
            if "suitable" in one.data:
                self.suitable, self.judged_on = one.data["suitable"], one.day
                self.judged_by_the_start = one.from_the_start
            if "unsuitable_reason" in one.data:
                self.reason = one.data["unsuitable_reason"]
            elif one.data.get("suitable") is True:
                self.reason = None
        if self.suitable is True and self.reason not in (None, "shared_house"):
            self.suitable = None

    def n(self, since: date) -> int:
        """The number of days from the start that a rule names to D: 0 on the first day."""
        return (self.day - since).days

    def reviews(self, since: date, *kinds: str) -> list[Event]:
        """Reviews of these kinds dated from that day to D, in the fold."""
        return [
            one
            for one in self.record.reviews
            if since <= one.day <= self.day and one.data["kind"] in kinds
        ]

    def late_action(self, concern: str) -> bool:
        """An open action for the concern is late."""
        return any(one.concern == concern and one.late(self.day) for one in self.record.actions)

    @cached_property
    def left_care(self) -> bool:
        """*Left care* on D."""
        main = self.main_now is not None
        return left_care(self.record, self.day, looked_after=self.looked_after, in_main=main)

    @cached_property
    def care_began(self) -> date:
        """The first of the unbroken run of days in care, other than for short breaks."""
        return self.diary.run_began(
            "care", self.day, lambda f: f.care is not None and not f.short_breaks
        )

    @cached_property
    def there_since(self) -> date:
        """The later of the current main placement's start and the day care began, or this alone."""
        if self.main_now is None:
            return self.care_began
        return max(self.main_now.start, self.care_began)

    @cached_property
    def not_looked_after_since(self) -> date | None:
        """The first of the unbroken run of days not looked after, where care was before it."""
        first = self.diary.run_began("out", self.day, lambda f: not f.looked_after)
        return first if self.diary.on(first - ONE_DAY).looked_after else None

    @cached_property
    def eligible_since(self) -> date:
        """The first of the unbroken run of days with an eligibility of section 3."""
        return self.diary.run_began("eligible", self.day, lambda f: f.eligibility in IN_SECTION_3)

    @cached_property
    def gone(self) -> bool:
        """The young person is known to have died.

        "person.closed with reason died: no concern applies from that date (so too while in_touch
        is died)."
        """
        return self.in_touch == "died" or any(
            one.day <= self.day and one.data.get("reason") == "died" for one in self.record.closings
        )

    @cached_property
    def closed(self) -> bool:
        """A closing for any other reason is in force.

        "From that date ..., until a spell starts on or after it or a later-dated person.updated
        gives an eligibility."
        """
        return any(
            one.day <= self.day and one.data.get("reason") != "died" and not self._reopened(one.day)
            for one in self.record.closings
        )

    def _reopened(self, closing: date) -> bool:
        """A spell of any kind started on or after the closing, or a later eligibility was given."""
        if any(closing <= one.start <= self.day for one in self.record.spells):
            return True
        return any(
            closing < one.day <= self.day and one.data.get("eligibility") is not None
            for one in self.record.updates
        )

    @cached_property
    def became_returned_home(self) -> date | None:
        """The day in_touch became returned_home, where it is so on D."""
        if self.in_touch != "returned_home":
            return None
        return self.diary.run_began("home", self.day, lambda f: f.in_touch == "returned_home")
