"""Unregulated or unregistered placement (section 5 of the rules), each rule by its sentence.

`f.main` is the main placement that is or may be current: the rules ask one that may be as if it
were.
"""

from __future__ import annotations

from datetime import date

from .answers import Answers, Rule, RuleResult, asked, care_spells_from
from .calendar_days import ONE_DAY
from .facts import Facts, in_england, registration_of
from .rules_unsuitable import REGISTERED_BY_LAW
from .spells import Spell

CONCERN = "unregulated_placement"
UNDER_16_BY_LAW = date(2021, 9, 9)
OTHER = frozenset({"H5", "K3", "P2", "Z1", "Z11", "Z12", "Z13", "Z14"})
HOMES = frozenset({"K1", "K2", "R3", "S1"})
PLACEMENT_CODES = frozenset(
    {"A3", "A4", "A5", "A6", "H5", "K1", "K2", "K3", "P1", "P2", "P3", "R1", "R2", "R3", "R5"}
    | {"S1", "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6"}
    | {"Z1", "Z11", "Z12", "Z13", "Z14"}
)
IN_SHORT_BREAKS = frozenset({"UP1", "UP2", "UP5", "UP11"})


def code_of(f: Facts, spell: Spell | None) -> str:
    """The code of a placement on that day; nothing where it is cleared."""
    return str(spell.value("code", f.day) or "") if spell is not None else ""


def main_code(f: Facts) -> str:
    """The code of the main placement that is or may be current."""
    return code_of(f, f.main)


def main_registration(f: Facts) -> str:
    """The registration of the main placement that is or may be current."""
    return registration_of(f.main, f.day) if f.main is not None else ""


def main_in_england(f: Facts) -> bool:
    """Whether the main placement that is or may be current is in England."""
    return f.main is not None and in_england(f.main, f.day)


def answers(f: Facts) -> Answers | None:
    """What the rules say where the concern applies.

    "Under 18 or age unknown; and either looked after, or a main placement is or may be current.
    When the current care period's legal status is V3 or V4 (short breaks) only UP1, UP2, UP5 and
    UP11 are asked; when a main placement that is current (not one that only may be) is R5 (custody)
    only UP11; where none of those asked speaks it does not apply."
    """
    if not f.age.under_18 or not (f.looked_after or f.main is not None):
        return None
    if code_of(f, f.main_now) == "R5":
        return asked(f, [("UP11", up11)]) or None
    if f.short_breaks:
        return asked(f, [one for one in RULES if one[0] in IN_SHORT_BREAKS]) or None
    return asked(f, RULES)


def unlawful(f: Facts) -> bool:
    """`statutory` of unregulated_placement is unlawful on that day."""
    given = None if f.gone else answers(f)
    return given is not None and statutory(f, given) == "unlawful"


def unregistered(f: Facts, placement: Spell) -> bool:
    """England; unregistered with any code, or applied with K1, K2, R3, S1 or a Z code.

    "(H5, K3, P2: only on or after 2023-10-28, law)."
    """
    if not in_england(placement, f.day):
        return False
    code, registration = code_of(f, placement), registration_of(placement, f.day)
    if registration == "unregistered":
        return code not in ("H5", "K3", "P2") or f.day >= REGISTERED_BY_LAW
    return registration == "applied" and (code in HOMES or code.startswith("Z"))


def up1(f: Facts) -> RuleResult | None:
    """Main or temporary placement, unregistered: red, unlawful, never lowered.

    "(Age unknown: red, null, may be lowered.)"
    """
    if not any(unregistered(f, one) for one in (f.main, f.temporary) if one is not None):
        return None
    return RuleResult("red") if f.age.unknown else RuleResult("red", "unlawful", never_lowered=True)


def up2(f: Facts) -> RuleResult | None:
    """Age known, under 16; other arrangements or P3; not exempt; on or after 2021-09-09.

    "Any country: red, unlawful, never lowered."
    """
    caught = (main_code(f) in OTHER or main_code(f) == "P3") and main_registration(f) != "exempt"
    if caught and f.age.child and f.day >= UNDER_16_BY_LAW:
        return RuleResult("red", "unlawful", never_lowered=True)
    return None


def up3(f: Facts) -> RuleResult | None:
    """16-17: other arrangements, England, D on or after 2023-10-28.

    "registered or exempt: green, lawful. applied with registration_applied_on before 2023-10-28:
    amber, lawful. applied later, or no date given: red, unlawful, never lowered. unknown: a Z
    code: red, null; else amber, red when n > 28 from the later of the placement's start and
    2023-10-28, null."
    """
    if f.main is None or not f.age.teen or main_code(f) not in OTHER or not main_in_england(f):
        return None
    if f.day < REGISTERED_BY_LAW:
        return None
    if main_registration(f) in ("registered", "exempt"):
        return RuleResult("green", "lawful")
    if main_registration(f) == "applied":
        applied_on: date | None = f.main.value("registration_applied_on", f.day)
        if applied_on is not None and applied_on < REGISTERED_BY_LAW:
            return RuleResult("amber", "lawful")
        return RuleResult("red", "unlawful", never_lowered=True)
    if main_registration(f) == "unknown":
        if main_code(f).startswith("Z"):
            return RuleResult("red")
        return after_28_days(f, max(f.main.start, REGISTERED_BY_LAW))
    return None


def after_28_days(f: Facts, since: date) -> RuleResult:
    """Amber, red when n > 28."""
    if f.n(since) <= 28:
        return RuleResult("amber")
    counted = (f.main,) if f.main is not None and f.main.start == since else ()
    return RuleResult("red", counted=counted, turned=since + 29 * ONE_DAY)


def up4(f: Facts) -> RuleResult | None:
    """Other arrangements, neither registered nor exempt, before the law.

    "Under 16 or age unknown and D before 2021-09-09, or 16-17 and D before 2023-10-28: amber when
    approved_by is recorded, else red; lawful."
    """
    if (
        f.main is None
        or main_code(f) not in OTHER
        or main_registration(f) in ("registered", "exempt")
    ):
        return None
    young = (f.age.child or f.age.unknown) and f.day < UNDER_16_BY_LAW
    teen = f.age.teen and f.day < REGISTERED_BY_LAW
    if not young and not teen:
        return None
    return RuleResult("amber" if f.main.value("approved_by", f.day) else "red", "lawful")


def up5(f: Facts) -> RuleResult | None:
    """Age unknown; other arrangements or P3, not exempt, D on or after 2021-09-09: red, null."""
    caught = (main_code(f) in OTHER or main_code(f) == "P3") and main_registration(f) != "exempt"
    return RuleResult("red") if caught and f.age.unknown and f.day >= UNDER_16_BY_LAW else None


def up6(f: Facts) -> RuleResult | None:
    """Country not England; other arrangements, or unregistered or applied: amber, null."""
    if f.main is None or main_in_england(f):
        return None
    if main_code(f) in OTHER or main_registration(f) in ("unregistered", "applied"):
        return RuleResult("amber")
    return None


def up8(f: Facts) -> RuleResult | None:
    """England; K1, K2, R3 or S1; unknown: amber, red when n > 28 from the placement's start."""
    if (
        f.main is None
        or not main_in_england(f)
        or main_code(f) not in HOMES
        or main_registration(f) != "unknown"
    ):
        return None
    return after_28_days(f, f.main.start)


def up9(f: Facts) -> RuleResult | None:
    """P3, 16-17, neither registered nor exempt: amber, null."""
    if main_code(f) == "P3" and f.age.teen and main_registration(f) not in ("registered", "exempt"):
        return RuleResult("amber")
    return None


def up10(f: Facts) -> RuleResult | None:
    """Looked after, no main or temporary placement current: amber.

    "Red when n > 3 from the later of the day care began and the end of the last placement."
    """
    if not f.looked_after or f.main_now is not None or f.temporary is not None:
        return None
    since = began = f.care_began
    for placement in f.record.placements:
        if placement.start <= f.day and placement.ends is not None:
            since = max(since, placement.ends)
    if f.n(since) <= 3:
        return RuleResult("amber")
    counted = care_spells_from(f, began) if since == began else ()
    return RuleResult("red", counted=counted, turned=since + 4 * ONE_DAY)


def up11(f: Facts) -> RuleResult | None:
    """Looked after, whatever the status or placement: red; never lowered.

    "An accommodation spell is or may be current with code S, V or W."
    """
    if f.looked_after and f.home_code in ("S", "V", "W"):
        return RuleResult("red", never_lowered=True)
    return None


def up12(f: Facts) -> RuleResult | None:
    """Looked after, no main placement current, n > 28 from the temporary's start: amber."""
    if not f.looked_after or f.main_now is not None or f.temporary is None:
        return None
    return too_long(f, 28)


def too_long(f: Facts, limit: int) -> RuleResult | None:
    """Amber when the temporary placement is there for longer."""
    if f.temporary is None or f.n(f.temporary.start) <= limit:
        return None
    turned = f.temporary.start + (limit + 1) * ONE_DAY
    return RuleResult("amber", counted=(f.temporary,), turned=turned)


def up13(f: Facts) -> RuleResult | None:
    """A code outside the national lists of every year, or cleared: amber, null."""
    known = f.main is None or main_code(f) in PLACEMENT_CODES
    return None if known else RuleResult("amber")


def up14(f: Facts) -> RuleResult | None:
    """A temporary placement current: T4 and n > 7, T3 and n > 21, T1 and n > 42 from its start."""
    limit = {"T4": 7, "T3": 21, "T1": 42}.get(code_of(f, f.temporary))
    return too_long(f, limit) if limit is not None else None


def statutory(_f: Facts, given: Answers) -> str | None:
    """Say "unlawful" if any rule says so, else "lawful" if any says so, else null."""
    words = {one.statutory for _, one in given}
    return next((word for word in ("unlawful", "lawful") if word in words), None)


RULES: list[tuple[str, Rule]] = [
    ("UP1", up1),
    ("UP2", up2),
    ("UP3", up3),
    ("UP4", up4),
    ("UP5", up5),
    ("UP6", up6),
    # UP7 gives no colour: a question.
    ("UP8", up8),
    ("UP9", up9),
    ("UP10", up10),
    ("UP11", up11),
    ("UP12", up12),
    ("UP13", up13),
    ("UP14", up14),
]
