"""*Left care* (section 3 of the rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .calendar_days import ONE_DAY, birthday
from .record import Record
from .spells import Spell

NO_LEAVING = frozenset({"E2", "E3", "E11", "E12"})
SHORT_BREAKS = frozenset({"V3", "V4"})


@dataclass(frozen=True)
class CareEnd:
    """The end of a care period, as leaving care reads it."""

    day: date
    reason: str | None


def end_of(record: Record, period: Spell) -> CareEnd | None:
    """When and why a care period ends.

    "It ends by its care.ended or on the 18th birthday, whichever is first (the birthday gives no
    reason; of two on one day the care.ended counts); one that starts at 18 or over ends on the day
    it starts. A cut is no end here."
    """
    end: CareEnd | None = None
    if period.ended is not None and period.own_end is not None:
        end = CareEnd(period.own_end, period.ended.data.get("reason"))
    if record.born is not None:
        majority = max(birthday(record.born, 18), period.start)
        if end is None or majority < end.day:
            end = CareEnd(majority, None)
    elif record.age_on(period.start).adult and (end is None or period.start < end.day):
        end = CareEnd(period.start, None)
    return end


def passed_over(period: Spell, end: CareEnd | None) -> bool:
    """A care period whose legal status on its last day is V3 or V4 is passed over.

    One that does not end has no last day but the latest that is known of it.
    """
    last_day = max(period.start, end.day - ONE_DAY) if end else date.max
    return period.value("legal_status", last_day) in SHORT_BREAKS


def last_end(record: Record, day: date) -> CareEnd | None:
    """The end, by D, of the last care period to start by D that is not passed over."""
    for period in reversed([one for one in record.care if one.start <= day]):
        end = end_of(record, period)
        if not passed_over(period, end):
            return end if end is not None and end.day <= day else None
    return None


def left_care(record: Record, day: date, *, looked_after: bool, in_main: bool) -> bool:
    """*Left care* on D.

    "Eligibility is relevant, former_relevant or qualifying; or it is eligible, and they are 18 or
    over, or else neither looked after nor in a main placement, but in neither case where the last
    care period ended at 16 or over for E2, E3, E11 or E12; or it is eligible or not recorded, and
    the last care period to start by D has ended at 16 or over or at unknown age, for a reason other
    than E2, E3, E11, E12."
    """
    age = record.age_on(day)
    if age.eligibility in ("relevant", "former_relevant", "qualifying"):
        return True
    if age.eligibility not in ("eligible", None):
        return False
    end = last_end(record, day)
    at_the_end = record.age_on(end.day) if end is not None else None
    if age.eligibility == "eligible" and (age.adult or not (looked_after or in_main)):
        excluded = (
            end is not None
            and end.reason in NO_LEAVING
            and at_the_end is not None
            and at_the_end.sixteen_or_over
        )
        if not excluded:
            return True
    return (
        end is not None
        and end.reason not in NO_LEAVING
        and at_the_end is not None
        and not at_the_end.child
    )
