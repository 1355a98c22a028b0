"""Unsuitable accommodation: rules UA1 to UA14 (docs/rules.md, section 4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.events.accommodation import AccommodationChanged, AccommodationStarted
from schemas.events.person import PersonUpdated
from schemas.status import Concern, Period, Rag, Statutory
from services.assessment.day import Day, Finding
from services.assessment.facts import Dwelling
from services.assessment.rules.accommodation_judgement_rules import (
    REVIEWS,
    ua8_unsuitable,
    ua11_nothing_recorded,
    ua12_out_of_touch,
)
from services.assessment.rules.accommodation_rules import ALWAYS, INSTEAD_OF_UA8
from services.assessment.rules.declaration import (
    Declaration,
    Pending,
    earliest,
    last_reviewed,
    review_promised,
)
from services.assessment.rules.doubts import ask_age, ask_whether_it_goes_on
from services.assessment.rules.dwelling_on_day import (
    BED_AND_BREAKFAST,
    CUSTODY,
    EMERGENCY,
    SUPPORTED_ACCOMMODATION,
    Home,
)
from services.assessment.rules.remedy import NEW, Remedy, iso, reviewed, usual

CONCERN = Concern.UNSUITABLE_ACCOMMODATION
_REVIEW = "accommodation_suitability"


def applies(on: Day) -> bool:
    """Not looked after, under 25, and they live somewhere, or may, or left care.

    When the young person returned home: only while such a stay began since.
    """
    if on.died or on.looked_after or not on.under_25:
        return False
    dwelling = _lives_in(on)
    touch = on.facts.in_touch.on(on)
    if touch.answer == "returned_home":
        return dwelling is not None and dwelling.start >= touch.since
    return dwelling is not None or on.left_care


def _lives_in(on: Day) -> Dwelling | None:
    """Where they live on a day, or else may live."""
    return on.dwelling or on.dwelling_that_may_be


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply."""
    if not applies(on):
        return None
    found: list[Finding | None] = []
    dwelling = _lives_in(on)
    if on.dwelling is None:
        found.append(ua11_nothing_recorded(on))
    if dwelling is None:
        if found == [None]:
            return None
    else:
        home = Home(on, dwelling)
        found += [rule(home) for rule in ALWAYS]
        instead = next((finding for rule in INSTEAD_OF_UA8 if (finding := rule(home))), None)
        found.append(instead or ua8_unsuitable(home))
        _ask(home, found)
    found.append(ua12_out_of_touch(on))
    return [finding for finding in found if finding]


def _ask(home: Home, found: list[Finding | None]) -> None:
    """What is in doubt about a stay: the age, whether it goes on, and what was judged of it."""
    on, dwelling = home.on, home.dwelling
    if not on.age_known and on.under_18:
        ask_age(on, dwelling)
    if on.dwelling is None:
        ask_whether_it_goes_on(
            on, dwelling, on.facts.dwellings, "accommodation", "live there again",
            "the source ends it, or sends where they live now",
        )  # fmt: skip
    unlawful = any(finding and finding.statutory == "unlawful" for finding in found)
    judgement = home.judgement
    if (
        judgement.recorded is True
        and judgement.fact
        and (judgement.contradicts_itself or home.homeless or home.code == CUSTODY or unlawful)
    ):
        began = dwelling.began.event
        on.ask(
            judgement.fact,
            "suitable",
            "Judged suitable, and at the same time recorded as what cannot be: see event "
            f"{began.id} of {began.source}.",
            "the personal adviser judges again, or the source corrects the accommodation",
        )


def statutory(on: Day, findings: list[Finding]) -> Statutory | None:
    """Unlawful where a rule says so; else as the national return counts it."""
    if any(finding.statutory == "unlawful" for finding in findings):
        return "unlawful"
    dwelling = _lives_in(on)
    if dwelling is None:
        return None
    home = Home(on, dwelling)
    if home.unsuitable:
        return "unsuitable"
    return "suitable" if home.judgement.suitable is True else None


def review_due(on: Day, rag: Rag) -> int | None:
    """An unsuitable dwelling is reviewed every 28 days (UA8); one never reviewed is due at once."""
    promised = review_promised(on, CONCERN, _REVIEW)
    dwelling = _lives_in(on)
    if dwelling is None or rag is Rag.GREEN or not Home(on, dwelling).unsuitable:
        return promised
    days = on.limit("UA8.review_days")
    last = on.last_review(REVIEWS, dwelling.start, dwelling)
    return earliest(promised, last + days if last is not None else dwelling.start)


def reviewed_on(on: Day) -> int | None:
    """When this stay was last looked at again, by a review of it or of the case."""
    dwelling = _lives_in(on)
    if dwelling is None:
        return last_reviewed(on, CONCERN, _REVIEW, 0)
    kinds = {**REVIEWS, "risk_assessment": CONCERN}
    return on.last_review(kinds, dwelling.start, dwelling)


def ended(before: Period, on: Day, after: Period) -> str:
    """Why unsuitable accommodation stopped being red though the concern still applies."""
    if before.reasons and before.reasons[0].rule == "UA11":
        return "An address is recorded now"
    dwelling = on.dwelling
    if dwelling is not None and dwelling.start == on.day:
        return "Moved on"
    if after.statutory == "suitable":
        return "Judged suitable"
    if after.rag is Rag.AMBER and any(reason.rule == "UA8" for reason in after.reasons):
        return "Plan only: reviewed, with an action in time; still unsuitable"
    return "Facts changed"


_PEOPLE_SAY = {
    "bed_and_breakfast": "Bed and breakfast",
    "emergency": "Emergency accommodation",
    "shared_house": "Shared house",
    "unaffordable": "Not affordable",
    "unsafe": "Not safe",
}
_OF_CODE = {BED_AND_BREAKFAST: "Bed and breakfast", EMERGENCY: "Emergency accommodation"}


def why_unsuitable(facts: Mapping[str, Any]) -> str:
    """Why it was judged unsuitable, as people know it; empty where only that it was is known."""
    reason = _PEOPLE_SAY.get(facts.get("unsuitable_reason") or "")
    return reason or _OF_CODE.get(facts.get("code") or "", "")


def remedies(on: Day) -> Iterator[Remedy]:
    """What could be done about where somebody lives, or about not knowing it."""
    yield from usual(on, CONCERN, on.limit("UA8.action_due_days"))
    today, dwelling = iso(on.day), on.dwelling
    if dwelling is not None:
        yield reviewed(on, "judged suitable", kind=_REVIEW, suitable=True)
        home = Home(on, dwelling)
        if home.code == CUSTODY:
            yield _changed(on, dwelling, "a move-on plan recorded", move_on_plan=True)
        if home.code in SUPPORTED_ACCOMMODATION:
            yield _changed(on, dwelling, "its registration recorded", registration="registered")
    if on.in_touch == "no":
        touch = {"date": today, "in_touch": "yes"}
        yield Remedy("being in touch again", ((PersonUpdated.name, touch),))
    moved = {"accommodation_id": NEW, "date": today, "code": "U", "suitable": True}
    words = "a move to somewhere suitable" if dwelling else "a suitable address recorded"
    yield Remedy(words, ((AccommodationStarted.name, moved),), alone=True)


def _changed(on: Day, dwelling: Dwelling, words: str, **data: object) -> Remedy:
    change = {"accommodation_id": dwelling.id, "date": iso(on.day), **data}
    return Remedy(words, ((AccommodationChanged.name, change),))


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda _: True,
    assess=assess,
    statutory=statutory,
    begins_with=lambda facts: facts.dwellings,
    review_due=review_due,
    reviewed_on=reviewed_on,
    ended=ended,
    remedies=remedies,
    no_longer="Closed: looked after again, or no longer a care leaver",
    age_limit=25,
    mark="circle",
    dashes="",
    particular={"UA8": why_unsuitable},
    pending=(
        Pending("Accommodation to judge", ("UA9", "UA13")),
        Pending("Address or placement to record", ("UA11",)),
    ),
    categories={
        "UA1": "Homeless",
        "UA2": "Under 18 in emergency accommodation or bed and breakfast",
        "UA3": "Supported accommodation not registered",
        "UA4": "Next accommodation to be planned",
        "UA5": "Whereabouts not known",
        "UA6": "Judged unsuitable, abroad",
        "UA7": "Student accommodation",
        "UA8": "Judged unsuitable",
        "UA9": "Suitability not judged yet",
        "UA10": "Emergency accommodation or bed and breakfast for too long",
        "UA11": "Left care, no address recorded",
        "UA12": "Out of touch",
        "UA13": "Suitability judged long ago",
        "UA14": "Accommodation code not known",
    },
)
