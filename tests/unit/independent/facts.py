"""Facts on a day (section 2 of the rules): everything here is asked about one day alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from .resolution import Event, code_of

if TYPE_CHECKING:
    from .record import Record, Spell

NO_LEAVING = frozenset({"E2", "E3", "E11", "E12"})


@dataclass(frozen=True)
class Age:
    """What is known of an age on a day.

    "From date_of_birth (born 29 February: a year older on 1 March in common years). Without it:
    eligible or relevant is 16-17, former_relevant is 18-24, qualifying is of unknown age but 16
    or over, anyone else is of unknown age, which counts as under 16; an unknown age counts as
    under 18 and as not yet 25."
    """

    years: int | None
    eligibility: str | None

    @property
    def teen(self) -> bool:
        """16-17, by birth or told by eligibility."""
        if self.years is not None:
            return 16 <= self.years <= 17
        return self.eligibility in ("eligible", "relevant")

    @property
    def adult(self) -> bool:
        """18 or over."""
        if self.years is not None:
            return self.years >= 18
        return self.eligibility == "former_relevant"

    @property
    def unknown(self) -> bool:
        """Neither born on a known day nor told by eligibility."""
        return self.years is None and not self.teen and not self.adult

    @property
    def child(self) -> bool:
        """Known to be under 16."""
        return self.years is not None and self.years < 16

    @property
    def under_18(self) -> bool:
        """Under 18, or unknown."""
        return not self.adult

    @property
    def under_25(self) -> bool:
        """Under 25, or unknown."""
        return self.years is None or self.years < 25


def age_in_years(born: date, day: date) -> int:
    """Years from birth to a day; 29 February comes round on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The first day on which somebody is so many years old."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def registration_of(spell: Spell, day: date) -> str:
    """What the event says, unless that is unknown or absent; then told by the URN.

    "`registered` for a URN (spaces around it aside) of 7 digits or SC and 6 digits, `exempt` for
    XXXXXXX (inspected by another regulator), else unknown."
    """
    said = spell.value("registration", day)
    if said is not None and said != "unknown":
        return str(said)
    urn = str(spell.value("urn", day) or "").strip()
    digits = urn.removeprefix("SC")
    if digits.isascii() and digits.isdigit() and len(digits) == (7 if digits == urn else 6):
        return "registered"
    return "exempt" if urn == "XXXXXXX" else "unknown"


class Facts:
    """The facts about one young person on one day."""

    def __init__(self, record: Record, day: date) -> None:
        """Ask the record about the day."""
        self.record = record
        self.day = day
        told: dict[str, Any] = {}
        for update in record.updates:
            # "A field holds from the event's `date` (else the day of its `time`); absent leaves
            # it, null clears it."
            if update.day <= day:
                told.update(update.data)
        self.eligibility: str | None = told.get("eligibility")
        self.in_touch: str | None = told.get("in_touch")
        self.education: str | None = told.get("full_time_education")
        self.age = self.age_on(day)
        self.care = self._current(record.care)
        self.home = self._current(record.homes)
        self.period = self._current(record.periods)
        self.main = self._current(record.mains)
        self.temporary = self._current(record.temporaries)
        # Looked after on D means a care period is current and the age is under 18 (or unknown).
        self.looked_after = self.care is not None and self.age.under_18
        self.status = code_of(self.care.value("legal_status", day)) if self.care else ""
        self.home_code = code_of(self.home.value("code", day)) if self.home else ""
        self.code = code_of(self.main.value("code", day)) if self.main else ""
        self.suitable, self.judged_on, self.reason = self._judgement()
        # Unsuitable means code S or X, or `suitable` false, or unsuitable_reason homeless.
        self.unsuitable = self.home is not None and (
            self.home_code in ("S", "X") or self.suitable is False or self.reason == "homeless"
        )
        self.registration = registration_of(self.main, day) if self.main else ""
        self.home_registration = registration_of(self.home, day) if self.home else ""
        # "Country England when absent."
        country = self.main.value("country", day) if self.main else None
        self.england = not country or str(country).strip().casefold() in ("", "england")

    def age_on(self, day: date) -> Age:
        """The age on any day; what eligibility tells is as it stands on that day."""
        born = self.record.born
        if born is not None:
            return Age(age_in_years(born, day), None)
        eligibility: str | None = None
        for update in self.record.updates:
            if update.day <= day and "eligibility" in update.data:
                eligibility = update.data["eligibility"]
        return Age(None, eligibility)

    def _current(self, spells: list[Spell]) -> Spell | None:
        """The spell that is current: a later one cuts an earlier, so there is one at most."""
        for spell in reversed(spells):
            if spell.current(self.day):
                return spell
        return None

    def _judgement(self) -> tuple[bool | None, date | None, str | None]:
        """Judgement of a dwelling.

        "`suitable` is the last that any of them carries, null included; judged_on is the day of
        that one. unsuitable_reason is the last that any carries, null included; a `suitable` true
        that carries no reason clears it."
        """
        suitable: bool | None = None
        judged_on: date | None = None
        reason: str | None = None
        for day, data in self.home.judgements if self.home else []:
            if day > self.day:
                break
            if "suitable" in data:
                suitable, judged_on = data["suitable"], day
            if "unsuitable_reason" in data:
                reason = data["unsuitable_reason"]
            elif data.get("suitable") is True:
                reason = None
        return suitable, judged_on, reason

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
        return any(
            one.agreed.data["concern"] == concern and one.late(self.day)
            for one in self.record.actions
        )

    def gone(self) -> bool:
        """The young person is known to have died.

        "person.closed with reason died: no concern applies from that date (so too while in_touch
        is died)."
        """
        return self.in_touch == "died" or any(
            one.day <= self.day and one.data.get("reason") == "died" for one in self.record.closings
        )

    def silenced(self) -> bool:
        """A closing for any other reason silences UA11 and UP10.

        "From that date UA11 and UP10 are silent, until a spell starts on or after it or a
        later-dated person.updated gives an eligibility."
        """
        return any(
            closing.day <= self.day
            and closing.data.get("reason") != "died"
            and not self._reopened(closing.day)
            for closing in self.record.closings
        )

    def _reopened(self, closed: date) -> bool:
        """A spell of any kind started on or after the closing, or a later eligibility was given."""
        record = self.record
        for spells in (record.care, record.placements, record.homes, record.periods):
            if any(closed <= one.start <= self.day for one in spells):
                return True
        return any(
            closed < one.day <= self.day and one.data.get("eligibility") is not None
            for one in record.updates
        )

    def became_returned_home(self) -> date | None:
        """The day in_touch became returned_home, where it is so on D."""
        by_day: dict[date, Any] = {}
        for update in self.record.updates:
            if update.day <= self.day and "in_touch" in update.data:
                by_day[update.day] = update.data["in_touch"]
        since: date | None = None
        for day in sorted(by_day):
            if by_day[day] != "returned_home":
                since = None
            elif since is None:
                since = day
        return since

    def left_care(self) -> bool:
        """*Left care* on D.

        "Eligibility is relevant, former_relevant or qualifying; or it is eligible, and either 18
        or over, or no care period and no main placement has been heard of by D; or it is eligible
        or not recorded, and the last care period to start by D has ended at 16 or over or at
        unknown age, for a reason other than E2, E3, E11, E12."
        """
        if self.eligibility in ("relevant", "former_relevant", "qualifying"):
            return True
        if self.eligibility == "eligible" and (self.age.adult or self._never_placed()):
            return True
        return self.eligibility in ("eligible", None) and self._last_period_left()

    def _never_placed(self) -> bool:
        """No care period and no main placement has been heard of by D."""
        started = any(one.start <= self.day for one in self.record.care)
        placed = any(one.start <= self.day for one in self.record.mains)
        return not started and not placed

    def _last_period_left(self) -> bool:
        """The last care period to start by D has ended so that care was left.

        "It ends by its care.ended or on the 18th birthday, whichever is first (the birthday gives
        no reason); one that starts at 18 or over ends on the day it starts. A cut is no end here."
        """
        begun = [one for one in self.record.care if one.start <= self.day]
        if not begun:
            return False
        last = begun[-1]
        end, reason = last.own_end, ""
        if last.ended is not None:
            reason = code_of(last.ended.data.get("reason"))
        if self.record.born is not None:
            majority = max(birthday(self.record.born, 18), last.start)
            if end is None or majority < end:
                end, reason = majority, ""
        if end is None or end > self.day or reason in NO_LEAVING:
            return False
        return not self.age_on(end).child
