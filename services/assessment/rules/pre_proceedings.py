"""Pre-proceedings: rules PP1 to PP4 (docs/rules.md, section 6)."""

from collections.abc import Iterator
from typing import Any

from schemas.events.pre_proceedings import PreProceedingsExtended
from schemas.status import Concern, Period, Rag
from services.assessment.day import Day, Finding, counted_from, evidence, in_words
from services.assessment.facts import Spell
from services.assessment.rules.declaration import (
    Declaration,
    earliest,
    last_reviewed,
    review_promised,
)
from services.assessment.rules.remedy import NEW, USUAL_DAYS, Remedy, iso, reviewed, usual

CONCERN = Concern.PRE_PROCEEDINGS
_REVIEW = "pre_proceedings"

_CLOCKS = {
    "decision": (None, "the decision"),
    "letter": ("letter_sent_on", "the letter"),
    "first_meeting": ("first_meeting_on", "the first meeting"),
}


class Clock:
    """From which day the weeks count, and which date that is."""

    __slots__ = ("on", "period", "start", "what")

    def __init__(self, on: Day, period: Spell) -> None:
        self.on, self.period = on, period
        self.start, self.what = period.start, "the decision"
        field, what = _CLOCKS[on.rulebook.clock]
        chosen = on.value(period, field) if field else None
        if chosen is not None and on.reached(chosen.toordinal()):
            self.start, self.what = chosen.toordinal(), what

    def find(self, rule: str, rag: Rag, text: str, days: int, **facts: Any) -> Finding:
        """A finding about this period, after so many days from the start of the clock."""
        facts = evidence(
            clock=self.what,
            since=self.start,
            family_id=self.on.value(self.period, "family_id"),
            **facts,
            began=self.period.began,
        )
        turned_on = counted_from(self.period, self.start, self.start + days + 1)
        return Finding(rule, rag, text, facts, turned_on=turned_on)

    @property
    def from_when(self) -> str:
        """The start of the clock, in words."""
        return f"{self.what} of {in_words(self.start)}"


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply."""
    if on.died or not on.under_18:
        return None
    period = on.current(on.facts.pre_proceedings)
    if period is None:
        return None
    clock = Clock(on, period)
    found = (
        pp1_longer_than_12_weeks(clock),
        pp2_longer_than_16_weeks(clock),
        pp3_approaching(clock),
        pp4_no_mid_point_review(clock),
    )
    return [finding for finding in found if finding]


def pp1_longer_than_12_weeks(clock: Clock) -> Finding | None:
    """PP1: longer than 12 weeks is red; amber while an authorised extension runs."""
    on = clock.on
    days = on.limit("PP1.days")
    if not on.more_than(days, clock.start):
        return None
    text = f"In pre-proceedings for longer than {_weeks(days)}, since {clock.from_when}"
    extension = on.extension(clock.period)
    if extension:
        text += f"; extended through {in_words(extension.until)}."
        return clock.find(
            "PP1",
            Rag.AMBER,
            text,
            days,
            allowed=_weeks(days),
            until=extension.until,
            extension=extension.fact,
        )
    decided = clock.period.ended is not None and not on.reached(clock.period.end)
    text += "; proceedings are decided, not yet issued." if decided else "."
    return clock.find("PP1", Rag.RED, text, days, allowed=_weeks(days))


def pp2_longer_than_16_weeks(clock: Clock) -> Finding | None:
    """PP2: longer than 16 weeks is red, extension or not."""
    days = clock.on.limit("PP2.days")
    if not clock.on.more_than(days, clock.start):
        return None
    text = f"In pre-proceedings for longer than {_weeks(days)}, since {clock.from_when}."
    return clock.find("PP2", Rag.RED, text, days, allowed=_weeks(days))


def pp3_approaching(clock: Clock) -> Finding | None:
    """PP3: the last 4 weeks of 12 are amber."""
    days = clock.on.limit("PP3.days")
    if not clock.on.more_than(days, clock.start):
        return None
    ends = in_words(clock.start + clock.on.limit("PP1.days"))
    text = f"In pre-proceedings since {clock.from_when}; the allowed weeks end on {ends}."
    return clock.find("PP3", Rag.AMBER, text, days)


def pp4_no_mid_point_review(clock: Clock) -> Finding | None:
    """PP4: after 6 weeks without a mid-point review it is amber."""
    on = clock.on
    days = on.limit("PP4.days")
    if not on.more_than(days, clock.start):
        return None
    if on.reviews_since(_REVIEW, clock.period.start):
        return None
    text = "No mid-point review of pre-proceedings is recorded."
    return clock.find("PP4", Rag.AMBER, text, days)


def _weeks(days: int) -> str:
    weeks, rest = divmod(days, 7)
    return f"{days} days" if rest else f"{weeks} weeks"


def review_due(on: Day, rag: Rag) -> int | None:
    """The mid-point review is due on the last day before PP4 speaks; then as promised."""
    del rag
    promised = review_promised(on, CONCERN, _REVIEW)
    period = on.current(on.facts.pre_proceedings)
    if period is None or on.reviews_since(_REVIEW, period.start):
        return promised
    return earliest(promised, Clock(on, period).start + on.limit("PP4.days"))


def reviewed_on(on: Day) -> int | None:
    """When these pre-proceedings were last reviewed."""
    period = on.current(on.facts.pre_proceedings)
    return last_reviewed(on, CONCERN, _REVIEW, period.start if period else 0)


def ended(before: Period, on: Day, after: Period) -> str:
    """Why pre-proceedings stopped being red though they go on."""
    del before, on
    extended = any(reason.rule == "PP1" for reason in after.reasons)
    return "Extended with authority" if extended else "Facts changed"


def remedies(on: Day) -> Iterator[Remedy]:
    """What could be done about pre-proceedings that last."""
    yield from usual(on, CONCERN)
    yield reviewed(on, "a mid-point review", kind=_REVIEW)
    period = on.current(on.facts.pre_proceedings)
    if period is None:
        return
    today, until = iso(on.day), iso(on.day + USUAL_DAYS)
    extended = {"period_id": period.id, "date": today, "until": until, "authorised_by": NEW}
    yield Remedy(
        "an extension that somebody authorises", ((PreProceedingsExtended.name, extended),)
    )


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda facts: bool(facts.pre_proceedings),
    assess=assess,
    begins_with=lambda facts: facts.pre_proceedings,
    review_due=review_due,
    reviewed_on=reviewed_on,
    ended=ended,
    remedies=remedies,
    no_longer="Pre-proceedings ended",
    age_limit=18,
    mark="diamond",
    dashes="2 4",
    counts_families=True,
    categories={
        "PP1": "Longer than {allowed}",
        "PP2": "Longer than {allowed}",
        "PP3": "The allowed weeks are near",
        "PP4": "No mid-point review",
    },
)
