"""Visits: rules VI1 to VI5 (docs/rules.md, section 7a)."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from schemas.events.oversight import VisitCompleted
from schemas.status import Concern, Period, Rag
from services.assessment.calendar import months_on
from services.assessment.care import SHORT_BREAKS, care_that_began
from services.assessment.day import Day, Finding, counted_from, evidence, in_words
from services.assessment.facts import Spell
from services.assessment.rules.care_leaver_on_day import is_supported, keeps_in_touch
from services.assessment.rules.declaration import Declaration, earliest, review_promised
from services.assessment.rules.permanence import plan_that_matters
from services.assessment.rules.remedy import NEW, Remedy, iso, usual
from services.assessment.runs import ended_before, run_on
from services.assessment.stretch import Arrangement
from services.assessment.temporal import as_date

CONCERN = Concern.VISITS
_SETTLED_PLANS = frozenset({"long_term_fostering", "special_guardianship", "relatives"})
WITH_PARENTS = "P1"


class Due(NamedTuple):
    """A visit by which a rule is kept: the day it is due, why, and from which day that counts.

    `counted` is the spell with which that day begins, where it begins with one.
    """

    rule: str
    day: int
    text: str
    since: int
    counted: Spell | None = None


class Seen:
    """When somebody was last seen, by visits of the kind that counts on a day."""

    __slots__ = ("began", "care", "last", "last_in_care", "on", "placement")

    def __init__(self, on: Day) -> None:
        self.on = on
        self.care = on.looked_after
        self.began = on.care_began if self.care else None
        self.placement: Spell | None = on.placement
        kind = "looked_after" if self.care else "care_leaver"
        self.last = on.facts.last_visit[kind].on(on)
        in_care = self.last and self.began is not None and self.last.day >= self.began
        self.last_in_care = self.last if in_care else None

    @property
    def there_since(self) -> int:
        """The later of the start of the main placement and the day care began."""
        began = self.began or 0
        return max(began, self.placement.start) if self.placement else began

    def began_with(self, day: int) -> Spell | None:
        """The placement, or the period of care, that began on a day from which visits count."""
        placement = self.placement
        care = care_that_began(self.on.facts, day) if self.began == day else None
        if placement is None or placement.start != day:
            return care
        return placement if placement.by_this_date or care is None else care


Rule = Callable[[Seen], Due | None]


def applies(on: Day) -> bool:
    """Looked after but for short breaks, or a care leaver whom the council supports."""
    if on.died:
        return False
    if on.looked_after:
        return on.legal_status not in SHORT_BREAKS
    return on.left_care and is_supported(on) and keeps_in_touch(on) and not on.silenced_by_closing


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply."""
    if not applies(on):
        return None
    seen = Seen(on)
    return [finding for rule in RULES if (due := rule(seen)) and (finding := _overdue(seen, due))]


def _overdue(seen: Seen, due: Due) -> Finding | None:
    """A visit is amber from the day after it was due, and red when a week has passed since."""
    on = seen.on
    turns, rag = due.day + 1, Rag.AMBER
    if not on.reached(turns):
        return None
    allowed = on.limit("visit.red_days")
    if on.more_than(allowed, due.day):
        turns, rag = due.day + allowed + 1, Rag.RED
    facts = evidence(due=due.day, since=due.since, last_visit=seen.last.day if seen.last else None)
    text = f"{due.text}; due by {in_words(due.day)}."
    turned_on = counted_from(due.counted, due.since, turns)
    return Finding(due.rule, rag, text, facts, turned_on=turned_on)


def vi1_first_visit(seen: Seen) -> Due | None:
    """VI1: in a new placement, or in care, the first visit is due within a week."""
    since = seen.there_since
    if seen.care is None or (seen.last is not None and seen.last.day >= since):
        return None
    text = f"Not visited there since {in_words(since)}"
    days = seen.on.limit("VI1.days")
    return Due("VI1", since + days, text, since, seen.began_with(since))


def vi2_every_six_weeks(seen: Seen) -> Due | None:
    """VI2: every six weeks in care; every three months in a placement that is to last."""
    on, last = seen.on, seen.last_in_care
    if seen.care is None or seen.began is None:
        return None
    since = last.day if last else seen.began
    day = since + on.limit("VI2.days")
    if last and _is_settled(seen):
        day = months_on(since, on.limit("VI2.months"))
    text = f"Last visited on {in_words(since)}" if last else "Not visited since care began"
    return Due("VI2", day, text, since, None if last else seen.began_with(since))


def _is_settled(seen: Seen) -> bool:
    """More than a year in a placement, under a plan that it is to last."""
    on = seen.on
    if seen.placement is None:
        return False
    if not on.reached(months_on(seen.there_since, on.limit("VI2.settled_months")) + 1):
        return False
    plan = plan_that_matters(on)
    if plan is None or on.reached(plan.withdrawn):
        return False
    return getattr(plan.fact.data, "plan", None) in _SETTLED_PLANS


def vi3_unlawful(seen: Seen) -> Due | None:
    """VI3: in a placement that is unlawful, every week."""
    run = run_on(seen.on, seen.on.facts.unlawful or ())
    if run is None:
        return None
    since = max(seen.last.day, run[0]) if seen.last else run[0]
    day = since + seen.on.limit("VI3.days")
    return Due("VI3", day, "In an unlawful placement, and not visited every week", since)


def vi4_with_parents(seen: Seen) -> Due | None:
    """VI4: placed with parents, every week until the first review."""
    on, placement = seen.on, seen.placement
    if seen.care is None or seen.began is None or placement is None:
        return None
    if on.value(placement, "code") != WITH_PARENTS or on.reviews_since("looked_after", seen.began):
        return None
    there = seen.there_since
    is_seen = seen.last is not None and seen.last.day >= there
    since = seen.last.day if seen.last and is_seen else there
    day = since + on.limit("VI4.days")
    text = "With parents, before the first review, and not visited every week"
    return Due("VI4", day, text, since, None if is_seen else seen.began_with(there))


def vi5_care_leaver(seen: Seen) -> Due | None:
    """VI5: a care leaver is visited every two months."""
    on = seen.on
    if seen.care is not None:
        return None
    entitled = run_on(on, on.facts.entitled)
    since = max(
        seen.last.day if seen.last else 0,
        ended_before(on, on.facts.looked_after) or 0,
        entitled[0] if entitled else 0,
    )
    text = f"Last visited on {in_words(since)}" if seen.last else "Not visited since leaving care"
    return Due("VI5", months_on(since, on.limit("VI5.months")), text, since)


RULES: tuple[Rule, ...] = (
    vi1_first_visit,
    vi2_every_six_weeks,
    vi3_unlawful,
    vi4_with_parents,
    vi5_care_leaver,
)


def review_due(on: Day, rag: Rag) -> int | None:
    """The next visit is due as the first of the rules says."""
    del rag
    seen = Seen(on)
    dues = [due.day for rule in RULES if (due := rule(seen))]
    return earliest(review_promised(on, CONCERN, None), *dues)


def arrangement(on: Day) -> Arrangement | None:
    """In an unlawful placement (VI3), or placed with parents (VI4): visited more often, and listed.

    Whether somebody approved it is recorded of the placement (Care Planning, Placement and Case
    Review (England) Regulations 2010, regulations 18 and 19).
    """
    run = run_on(on, on.facts.unlawful or ())
    if run is not None:
        return Arrangement("unlawful", as_date(run[0]) or date.min, _approved_by(on))
    placement = on.placement
    approved_by = on.value(placement, "approved_by") if placement else None
    if on.looked_after and placement and on.value(placement, "code") == WITH_PARENTS:
        since = max(placement.start, on.care_began or 0)
        return Arrangement("with_parents", as_date(since) or date.min, approved_by)
    return None


def _approved_by(on: Day) -> str | None:
    """Who approved the placement that is not lawful; None where it is not plain which that is."""
    spells = [spell for spell in (on.placement, on.temporary_placement) if spell is not None]
    unlawful = [s for s in spells if on.registration(s) not in ("registered", "exempt")]
    if len(unlawful) != 1:
        return None
    approved: str | None = on.value(unlawful[0], "approved_by")
    return approved


def reviewed_on(on: Day) -> int | None:
    """When the young person was last visited."""
    last = Seen(on).last
    return last.day if last else None


def ended(before: Period, on: Day, after: Period) -> str:
    """Why overdue visits stopped being red though they still apply."""
    del before, after
    visited = any(visit.day == on.day for visit in on.facts.visits)
    return "Visited" if visited else "Facts changed"


def remedies(on: Day) -> Iterator[Remedy]:
    """What could be done about an overdue visit."""
    yield from usual(on, CONCERN)
    kind = "looked_after" if on.looked_after else "care_leaver"
    visit = {"visit_id": NEW, "date": iso(on.day), "kind": kind}
    yield Remedy("a visit", ((VisitCompleted.name, visit),))


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda facts: bool(facts.care or facts.entitled),
    assess=assess,
    begins_with=lambda facts: (
        *facts.main_placements,
        *facts.temporary_placements,
        *facts.care,
    ),
    review_due=review_due,
    reviewed_on=reviewed_on,
    ended=ended,
    arrangement=arrangement,
    remedies=remedies,
    no_longer="Closed: visits are no longer due",
    age_limit=25,
    mark="cross",
    dashes="1 3",
    tracked_from=lambda facts: bool(facts.visits),
    follows=Concern.UNREGULATED_PLACEMENT,
    categories={
        "VI1": "First visit overdue",
        "VI2": "Visit overdue",
        "VI3": "Weekly visit overdue: placement to be put right",
        "VI4": "Weekly visit overdue: with parents",
        "VI5": "Visit to a care leaver overdue",
    },
)
