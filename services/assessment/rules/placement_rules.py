"""What the rules UP1 to UP9 and UP13 say of one placement (docs/rules.md, section 5)."""

from collections.abc import Callable
from typing import Any

from schemas.codes import PLACEMENTS
from schemas.status import Rag
from services.assessment.day import Finding, counted_from, in_words
from services.assessment.rules.placement_on_day import Setting

OTHER_ARRANGEMENTS = frozenset({"H5", "K3", "P2", "Z1", "Z11", "Z12", "Z13", "Z14"})
SUPPORTED_ACCOMMODATION = frozenset({"H5", "K3", "P2"})
ITEMISED = frozenset({"Z1", "Z11", "Z12", "Z13", "Z14"})
"""Z codes: placements that the national return lists one by one."""
INSPECTED_SETTINGS = frozenset({"K1", "K2", "R3", "S1"})
RESIDENTIAL_EMPLOYMENT = "P3"

Rule = Callable[[Setting], Finding | None]


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
        facts: dict[str, Any] = {"applied_on": applied_on} if applied_on is not None else {}
        return setting.find("UP3", Rag.RED, text, "unlawful", never_lowered=True, **facts)
    if setting.code in ITEMISED:
        return setting.find("UP3", Rag.RED, f"Registration of {what} is not known.")
    start, days = max(setting.spell.start, law_day), on.limit("UP3.days")
    if on.more_than(days, start):
        text = f"Registration of {what} has not been known for more than {days} days."
        turned_on = counted_from(setting.spell, start, start + days + 1)
        return setting.find("UP3", Rag.RED, text, turned_on=turned_on)
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
        turned_on = counted_from(setting.spell, start, start + days + 1)
        return setting.find("UP8", Rag.RED, text, turned_on=turned_on)
    text = (
        f"Registration of {setting.what} is not known; it turns red after {in_words(start + days)}."
    )
    return setting.find("UP8", Rag.AMBER, text)


def up9_residential_employment(setting: Setting) -> Finding | None:
    """UP9: residential employment at 16 or 17, neither registered nor exempt, is amber."""
    if setting.code != RESIDENTIAL_EMPLOYMENT or setting.accepted or not setting.on.is_16_or_17:
        return None
    return setting.find("UP9", Rag.AMBER, "In residential employment, which is not registered.")


def up13_code_not_known(setting: Setting) -> Finding | None:
    """UP13: a placement code outside the lists of every year, or cleared, is a question: amber."""
    if setting.code in PLACEMENTS:
        return None
    setting.on.ask(
        setting.spell.began,
        "code",
        f"The placement code {setting.code or '(none)'} is in no year's national list.",
        f"the source sends one of {', '.join(PLACEMENTS)}",
    )
    text = f"The placement code {setting.code or '(none)'} is not known."
    return setting.find("UP13", Rag.AMBER, text)


ALWAYS: tuple[Rule, ...] = (up1_unregistered, up2_under_16, up5_age_unknown)
"""Rules that are asked during short breaks as well."""

OTHERWISE: tuple[Rule, ...] = (
    up3_16_and_17,
    up4_before_the_law,
    up6_outside_england,
    up8_registration_not_known,
    up9_residential_employment,
    up13_code_not_known,
)
