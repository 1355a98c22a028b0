"""Rows of the annual return, each with the days on which it would be sent so.

Source: DfE, guide to the SSDA903 collection; its checks by the sector's open validator, by number.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

Block = Literal["care_leavers", "episodes"]
"""A part of the return: the care leavers (OC3), or the episodes of care."""

Suitability = Literal["suitable", "unsuitable", "no information", "missing", "not counted"]
"""How the department's figures would count a care leaver: `missing` is what is to be recorded yet,
`not counted` whoever died, returned home, went abroad or lives nobody knows where."""


class Flaw(NamedTuple):
    """What is missing in a row or would fail: the rule's number, the column, and the sentence.

    `rule` is `missing` or `doubt` where no national rule says it.
    """

    rule: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class CareLeaverEntry:
    """A care leaver's row of one year, as it would be sent on a run of days.

    Attributes:
        person: the young person's reference.
        year: the calendar year in which the collection year begins.
        start: the first day on which it would be sent so.
        until: the day from which it would be sent otherwise; None for good.
        age: the age that is reached in the year; None where the date of birth is not known.
        about: the birthday of which it speaks; None from 22 on, when it speaks of the latest day.
        born: the date of birth.
        in_touch, activity, accommodation: as the return writes them; empty where missing.
        suitability: how the department's figures would count it.
        flaws: what is missing in it, or would fail.
    """

    person: str
    year: int
    start: date
    until: date | None
    age: int | None
    about: date | None
    born: date | None
    in_touch: str
    activity: str
    accommodation: str
    suitability: Suitability
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class EpisodeEntry:
    """An episode of care, as it would be sent on a run of days.

    An episode is a run of days with one legal status and placement, as it is recorded.

    Attributes:
        person: the child's reference.
        place: which it is of the child's, from 1.
        start: the first day on which it would be sent so.
        until: the day from which it would be sent otherwise; None for good.
        began: the day on which it began (DECOM).
        ended: the day on which it ended (DEC); None while it goes on.
        reason: why it began (RNE), as far as what is held tells it.
        legal_status: LS; empty where missing.
        placement: PLACE; empty where missing.
        provider: PLACE_PROVIDER.
        urn: URN.
        ceased: why it ended (REC); empty where that is missing, or it goes on.
        flaws: what is missing in it, or would fail.
    """

    person: str
    place: int
    start: date
    until: date | None
    began: date
    ended: date | None
    reason: str
    legal_status: str
    placement: str
    provider: str
    urn: str
    ceased: str
    flaws: tuple[Flaw, ...]
