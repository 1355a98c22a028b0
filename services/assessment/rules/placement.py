"""Unregulated or unregistered placement: rules UP1 to UP13 (docs/rules.md, section 5)."""

from collections.abc import Callable
from typing import Any

from schemas.codes import PLACEMENTS
from schemas.status import Concern, Period, Rag, Statutory
from services.assessment.day import Day, Finding, evidence, in_words
from services.assessment.facts import Spell
from services.assessment.rules.declaration import Declaration, Pending, earliest, review_promised
from services.assessment.rules.dwelling_on_day import EMERGENCY_OR_BED_AND_BREAKFAST, NO_FIXED_ABODE
from services.assessment.rules.placement_on_day import Setting

CONCERN = Concern.UNREGULATED_PLACEMENT

OTHER_ARRANGEMENTS = frozenset({"H5", "K3", "P2", "Z1", "Z11", "Z12", "Z13", "Z14"})
SUPPORTED_ACCOMMODATION = frozenset({"H5", "K3", "P2"})
ITEMISED = frozenset({"Z1", "Z11", "Z12", "Z13", "Z14"})
"""Z codes: placements that the national return lists one by one."""
INSPECTED_SETTINGS = frozenset({"K1", "K2", "R3", "S1"})
RESIDENTIAL_EMPLOYMENT, CUSTODY = "P3", "R5"
SHORT_BREAKS = frozenset({"V3", "V4"})
Rule = Callable[[Setting], Finding | None]


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply.

    Under 18 or of unknown age, and looked after or in a main placement. In custody, and during
    short breaks, only where UP11 speaks.
    """
    if on.died or not on.under_18:
        return None
    care, placement = on.looked_after, on.placement
    if care is None and placement is None:
        return None
    emergency = up11_emergency_while_looked_after(on, care)
    in_custody = placement is not None and on.value(placement, "code") == CUSTODY
    short_breaks = care is not None and on.value(care, "legal_status") in SHORT_BREAKS
    if (in_custody or short_breaks) and emergency is None:
        return None
    found: list[Finding | None] = []
    if placement is not None:
        setting = Setting(on, placement)
        found += [rule(setting) for rule in RULES]
        up7_code_out_of_date(setting)
    found += [
        up10_nothing_recorded(on, care, placement),
        emergency,
        up12_only_a_temporary_placement(on, care, placement),
    ]
    if not on.age_known:
        spell = placement or care
        if spell is not None:
            on.ask(
                spell.began,
                "date_of_birth",
                "The age of this young person is not known; it counts as under 18.",
                "the source sends date_of_birth",
            )
    return [finding for finding in found if finding]


def up1_unregistered(setting: Setting) -> Finding | None:
    """UP1: an unregistered setting in England is red and unlawful, never lowered."""
    on, code = setting.on, setting.code
    if not setting.england:
        return None
    if setting.registration == "unregistered":
        if code in SUPPORTED_ACCOMMODATION and not on.reached(on.limit("UP1.law_day")):
            return None
        text = f"Unregistered placement ({setting.what}) since {in_words(setting.spell.start)}"
    elif setting.registration == "applied" and code in INSPECTED_SETTINGS | ITEMISED:
        text = f"Registration of {setting.what} has been applied for and not granted"
    else:
        return None
    deprived = on.value(setting.spell, "deprivation_of_liberty") is True
    text += "; a deprivation of liberty order does not change this." if deprived else "."
    facts: dict[str, Any] = {"deprivation_of_liberty": True} if deprived else {}
    if not on.age_known:
        return setting.find("UP1", Rag.RED, f"{text} The age is not known.", **facts)
    return setting.find("UP1", Rag.RED, text, "unlawful", never_lowered=True, **facts)


def up2_under_16(setting: Setting) -> Finding | None:
    """UP2: under 16 in other arrangements or residential employment is unlawful since 2021."""
    on = setting.on
    if setting.code not in OTHER_ARRANGEMENTS and setting.code != RESIDENTIAL_EMPLOYMENT:
        return None
    if not on.under_16 or setting.registration == "exempt":
        return None
    if not on.reached(on.limit("UP2.law_day")):
        return None
    text = f"Under 16 in {setting.what}, which the law has not allowed since 9 September 2021."
    return setting.find("UP2", Rag.RED, text, "unlawful", never_lowered=True)


def up3_16_and_17(setting: Setting) -> Finding | None:
    """UP3: at 16 or 17, other arrangements in England must be registered since 28 October 2023."""
    on = setting.on
    law_day = on.limit("UP3.law_day")
    if setting.code not in OTHER_ARRANGEMENTS or not setting.england or not on.is_16_or_17:
        return None
    if not on.reached(law_day) or setting.registration == "unregistered":
        return None
    what = setting.what
    if setting.accepted:
        return setting.find(
            "UP3", Rag.GREEN, f"{what[0].upper()}{what[1:]}, {setting.registration}.", "lawful"
        )
    if setting.registration == "applied":
        applied_on = setting.applied_on
        if applied_on is not None and applied_on < law_day:
            text = (
                f"Registration of {what} was applied for before 28 October 2023, not granted yet."
            )
            return setting.find("UP3", Rag.AMBER, text, "lawful", applied_on=applied_on)
        text = f"Registration of {what} was not applied for before 28 October 2023."
        return setting.find(
            "UP3",
            Rag.RED,
            text,
            "unlawful",
            never_lowered=True,
            **({"applied_on": applied_on} if applied_on is not None else {}),
        )
    if setting.code in ITEMISED:
        return setting.find("UP3", Rag.RED, f"Registration of {what} is not known.")
    start, days = max(setting.spell.start, law_day), on.limit("UP3.days")
    if on.more_than(days, start):
        text = f"Registration of {what} has not been known for more than {days} days."
        return setting.find("UP3", Rag.RED, text)
    text = f"Registration of {what} is not known; it turns red after {in_words(start + days)}."
    return setting.find("UP3", Rag.AMBER, text)


def up4_before_the_law(setting: Setting) -> Finding | None:
    """UP4: before the law, other arrangements are amber where approved, else red; lawful."""
    on = setting.on
    if setting.code not in OTHER_ARRANGEMENTS or setting.accepted:
        return None
    law_day = on.limit("UP4.law_day" if on.is_16_or_17 else "UP4.under_16_law_day")
    if on.reached(law_day):
        return None
    if setting.approved_by:
        text = f"In {setting.what}, approved, before the law required registration."
        return setting.find("UP4", Rag.AMBER, text, "lawful")
    text = f"In {setting.what}, and nobody is recorded as having approved it."
    return setting.find("UP4", Rag.RED, text, "lawful")


def up5_age_unknown(setting: Setting) -> Finding | None:
    """UP5: other arrangements or residential employment at unknown age are red."""
    on = setting.on
    if on.age_known or setting.registration == "exempt":
        return None
    if setting.code not in OTHER_ARRANGEMENTS and setting.code != RESIDENTIAL_EMPLOYMENT:
        return None
    if not on.reached(on.limit("UP5.law_day")):
        return None
    return setting.find("UP5", Rag.RED, f"In {setting.what}, and the age is not known.")


def up6_outside_england(setting: Setting) -> Finding | None:
    """UP6: outside England another regulator's rules hold, and have to be confirmed."""
    if setting.england:
        return None
    unsettled = setting.registration in ("unregistered", "applied")
    if setting.code not in OTHER_ARRANGEMENTS and not unsettled:
        return None
    text = f"Outside England in {setting.what}: another regulator's rules are to be confirmed."
    return setting.find("UP6", Rag.AMBER, text, country=setting.on.value(setting.spell, "country"))


def up7_code_out_of_date(setting: Setting) -> None:
    """UP7: a placement type code used after its last valid day is a question, and no colour."""
    code = PLACEMENTS.get(setting.code)
    if code is None or code.last_day is None:
        return
    if setting.on.reached(code.last_day.toordinal() + 1):
        setting.on.ask(
            setting.spell.began,
            "code",
            f"Placement code {setting.code} was last valid on "
            f"{in_words(code.last_day.toordinal())}, "
            "and the placement is still open.",
            "the source sends placement.changed with today's code",
        )


def up8_registration_not_known(setting: Setting) -> Finding | None:
    """UP8: an inspected setting in England with registration not known is amber, then red."""
    if not setting.england or setting.code not in INSPECTED_SETTINGS:
        return None
    if setting.registration != "unknown":
        return None
    on, start = setting.on, setting.spell.start
    days = on.limit("UP8.days")
    if on.more_than(days, start):
        text = f"Registration of {setting.what} has not been known for more than {days} days."
        return setting.find("UP8", Rag.RED, text)
    text = (
        f"Registration of {setting.what} is not known; it turns red after {in_words(start + days)}."
    )
    return setting.find("UP8", Rag.AMBER, text)


def up9_residential_employment(setting: Setting) -> Finding | None:
    """UP9: residential employment at 16 or 17, neither registered nor exempt, is amber."""
    if setting.code != RESIDENTIAL_EMPLOYMENT or setting.accepted or not setting.on.is_16_or_17:
        return None
    return setting.find("UP9", Rag.AMBER, "In residential employment, which is not registered.")


def up10_nothing_recorded(on: Day, care: Spell | None, placement: Spell | None) -> Finding | None:
    """UP10: looked after with no placement recorded is amber, then red."""
    if care is None or placement is not None or on.temporary_placement is not None:
        return None
    if on.silenced_by_closing:
        return None
    ended = [
        spell.end
        for spell in (*on.facts.main_placements, *on.facts.temporary_placements)
        if on.reached(spell.start) and on.reached(spell.end)
    ]
    since = max(care.start, *ended) if ended else care.start
    days = on.limit("UP10.days")
    facts = evidence(since=since, care=care.began)
    if on.more_than(days, since):
        text = f"Looked after, and no placement has been recorded since {in_words(since)}."
        return Finding("UP10", Rag.RED, text, facts)
    text = (
        f"Looked after, and no placement is recorded; it turns red after {in_words(since + days)}."
    )
    return Finding("UP10", Rag.AMBER, text, facts)


def up11_emergency_while_looked_after(on: Day, care: Spell | None) -> Finding | None:
    """UP11: looked after, and homeless or in emergency accommodation or bed and breakfast: red."""
    if care is None:
        return None
    dwelling = on.dwelling
    if dwelling is None:
        return None
    code = on.value(dwelling, "code")
    if code != NO_FIXED_ABODE and code not in EMERGENCY_OR_BED_AND_BREAKFAST:
        return None
    where = {"S": "of no fixed abode", "V": "in emergency accommodation"}
    text = f"Looked after, and {where.get(code, 'in bed and breakfast')} "
    text += f"since {in_words(dwelling.start)}."
    facts = evidence(code=code, since=dwelling.start, began=dwelling.began, care=care.began)
    return Finding("UP11", Rag.RED, text, facts, never_lowered=True)


def up12_only_a_temporary_placement(
    on: Day, care: Spell | None, placement: Spell | None
) -> Finding | None:
    """UP12: looked after with a temporary placement alone for more than 28 days is amber."""
    if care is None or placement is not None:
        return None
    temporary = on.temporary_placement
    if temporary is None or not on.more_than(on.limit("UP12.days"), temporary.start):
        return None
    text = f"Only a temporary placement is recorded, since {in_words(temporary.start)}."
    facts = evidence(since=temporary.start, began=temporary.began)
    return Finding("UP12", Rag.AMBER, text, facts)


def up13_code_not_known(setting: Setting) -> Finding | None:
    """UP13: a placement type code outside the lists of every year is amber, and a question."""
    if setting.code in PLACEMENTS:
        return None
    setting.on.ask(
        setting.spell.began,
        "code",
        f"The placement code {setting.code} is in no year's national list.",
        f"the source sends one of {', '.join(PLACEMENTS)}",
    )
    return setting.find("UP13", Rag.AMBER, f"The placement code {setting.code} is not known.")


RULES: tuple[Rule, ...] = (
    up1_unregistered,
    up2_under_16,
    up3_16_and_17,
    up4_before_the_law,
    up5_age_unknown,
    up6_outside_england,
    up8_registration_not_known,
    up9_residential_employment,
    up13_code_not_known,
)


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


def ended(before: Period, on: Day, after: Period) -> str:
    """Why a placement stopped being red though the concern still applies."""
    del before
    placement = on.placement
    if placement is not None and placement.start == on.day:
        return "Moved on"
    registered = after.statutory == "lawful" or after.rag is Rag.GREEN
    return "Registered" if registered else "Facts changed"


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
    ended=ended,
    no_longer="Closed: no longer looked after",
    age_limit=18,
    mark="square",
    dashes="8 4",
    pending=(
        Pending("Registration to find out", ("UP3", "UP8"), undetermined=True),
        Pending("Address or placement to record", ("UP10",)),
    ),
    categories={
        "UP1": "Unregistered placement",
        "UP2": "Under 16 in a placement the law does not allow",
        "UP3": "Supported accommodation: registration",
        "UP4": "Unregulated placement before the law",
        "UP5": "Unregulated placement, age not known",
        "UP6": "Placement outside England to be confirmed",
        "UP8": "Registration of the placement not known",
        "UP9": "Residential employment",
        "UP10": "Looked after, no placement recorded",
        "UP11": "Looked after, in emergency accommodation",
        "UP12": "Only a temporary placement",
        "UP13": "Placement code not known",
    },
)
