"""Unregulated or unregistered placement: rules UP1 to UP14 (docs/rules.md, section 5)."""

from collections.abc import Iterator

from schemas.events.accommodation import AccommodationEnded
from schemas.events.placement import PlacementChanged, PlacementStarted
from schemas.status import Concern, Period, Rag, Statutory
from services.assessment.care import SHORT_BREAKS
from services.assessment.day import Day, Finding
from services.assessment.rules.declaration import (
    Declaration,
    Pending,
    earliest,
    last_reviewed,
    review_promised,
)
from services.assessment.rules.doubts import ask_age, ask_whether_it_goes_on
from services.assessment.rules.looked_after_rules import (
    up10_nothing_recorded,
    up11_emergency_while_looked_after,
    up12_only_a_temporary_placement,
    up14_temporary_too_long,
)
from services.assessment.rules.placement_on_day import Setting
from services.assessment.rules.placement_rules import (
    ALWAYS,
    OTHERWISE,
    up1_unregistered,
    up7_code_out_of_date,
)
from services.assessment.rules.remedy import NEW, Remedy, iso, usual

CONCERN = Concern.UNREGULATED_PLACEMENT
CUSTODY = "R5"


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply.

    Under 18 or of unknown age, and looked after or in a main placement, or perhaps in one. In
    custody only UP11 is asked, during short breaks UP1, UP2, UP5 and UP11: where none of them
    speaks there, the concern does not apply.
    """
    if on.died or not on.under_18:
        return None
    care, placement = on.looked_after, on.placement
    spell = placement or on.placement_that_may_be
    if care is None and spell is None:
        return None
    found: list[Finding | None] = [up11_emergency_while_looked_after(on)]
    in_custody = placement is not None and on.value(placement, "code") == CUSTODY
    short_breaks = care is not None and on.legal_status in SHORT_BREAKS
    if not in_custody:
        setting = Setting(on, spell) if spell else None
        if setting:
            found += [rule(setting) for rule in ALWAYS]
        if temporary := on.temporary_placement:
            found.append(up1_unregistered(Setting(on, temporary)))
        if not short_breaks:
            if setting:
                found += [rule(setting) for rule in OTHERWISE]
                up7_code_out_of_date(setting)
            found += [
                up10_nothing_recorded(on),
                up12_only_a_temporary_placement(on),
                up14_temporary_too_long(on),
            ]
    findings = _each_once(found)
    if (in_custody or short_breaks) and not findings:
        return None
    _ask(on)
    return findings


def _each_once(found: list[Finding | None]) -> list[Finding]:
    """What was found, each rule once: UP1 may be true of a main and a temporary placement."""
    by_rule: dict[str, Finding] = {}
    for finding in found:
        if finding:
            by_rule.setdefault(finding.rule, finding)
    return list(by_rule.values())


def _ask(on: Day) -> None:
    """What is in doubt: the age, and whether a placement that nothing ended goes on."""
    uncertain = on.placement_that_may_be
    spell = on.placement or uncertain or on.looked_after
    if spell is not None and not on.age_known:
        ask_age(on, spell)
    if uncertain is not None:
        ask_whether_it_goes_on(
            on, uncertain, on.facts.main_placements, "placement", "be there again",
            "the source ends it, or sends where they are placed now",
        )  # fmt: skip


def statutory(on: Day, findings: list[Finding]) -> Statutory | None:
    """Unlawful if any rule says so, else lawful if any says so."""
    del on
    finding = {finding.statutory for finding in findings}
    return "unlawful" if "unlawful" in finding else "lawful" if "lawful" in finding else None


def review_due(on: Day, rag: Rag) -> int | None:
    """A red placement is reviewed every 28 days (local); one never reviewed is due at once."""
    promised = review_promised(on, CONCERN, None)
    spell = on.placement or on.looked_after
    if rag is not Rag.RED or spell is None:
        return promised
    last = on.last_review({"oversight": CONCERN}, spell.start)
    days = on.limit("review.red_days")
    return earliest(promised, last + days if last is not None else spell.start)


def reviewed_on(on: Day) -> int | None:
    """When the case was last reviewed since this placement, or else care, began."""
    spell = on.placement or on.placement_that_may_be or on.looked_after
    return last_reviewed(on, CONCERN, None, spell.start if spell else 0)


def ended(before: Period, on: Day, after: Period) -> str:
    """Why a placement stopped being red though the concern still applies."""
    del before
    placement = on.placement
    if placement is not None and placement.start == on.day:
        return "Moved on"
    registered = after.statutory == "lawful" or after.rag is Rag.GREEN
    return "Registered" if registered else "Facts changed"


def remedies(on: Day) -> Iterator[Remedy]:
    """What could be done about a placement, or about not knowing one."""
    yield from usual(on, CONCERN)
    today = iso(on.day)
    for spell, words in (
        (on.placement, "its registration"),
        (on.temporary_placement, "registration of the temporary placement"),
    ):
        if spell is not None:
            change = {"placement_id": spell.id, "date": today, "registration": "registered"}
            yield Remedy(words, ((PlacementChanged.name, change),))
    moved = {"placement_id": NEW, "date": today, "code": "K2", "registration": "registered"}
    words = "a move to a registered placement" if on.placement else "a registered placement"
    ended = [
        (AccommodationEnded.name, {"accommodation_id": dwelling.id, "date": today})
        for dwelling in (on.dwelling,)
        if dwelling is not None
    ]
    yield Remedy(words, ((PlacementStarted.name, moved), *ended), alone=True)


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda facts: bool(facts.care or facts.main_placements),
    assess=assess,
    statutory=statutory,
    begins_with=lambda facts: (
        *facts.main_placements,
        *facts.temporary_placements,
        *facts.care,
        *facts.dwellings,
    ),
    review_due=review_due,
    reviewed_on=reviewed_on,
    ended=ended,
    remedies=remedies,
    no_longer="Closed: no longer looked after",
    age_limit=18,
    mark="square",
    dashes="8 4",
    pending=(
        Pending("Registration to find out", ("UP3", "UP8"), undetermined=True),
        Pending("Address or placement to record", ("UP10",)),
    ),
    categories={
        "UP1": "Not registered",
        "UP2": "Under 16 in a placement the law does not allow",
        "UP3": "Supported accommodation: registration",
        "UP4": "Neither registered nor exempt, before the law",
        "UP5": "Age not known, in a placement for 16 and over",
        "UP6": "Placement outside England to be confirmed",
        "UP8": "Registration of the placement not known",
        "UP9": "Residential employment",
        "UP10": "Looked after, no placement recorded",
        "UP11": "Looked after, in emergency accommodation",
        "UP12": "Only a temporary placement",
        "UP13": "Placement code not known",
        "UP14": "Temporary placement for too long",
    },
)
