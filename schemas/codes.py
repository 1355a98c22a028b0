"""National code sets of the SSDA903 return, each with the days on which it was valid.

Sources: DfE, Children looked-after by local authorities (SSDA903) guides 2022/23 to 2026/27, as
published by the sector's validator and schemas. PLACE and ACCOM share letters and digits (K1, R1,
T1, U1 and others stand in both) with other meanings, so they never share a list.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.reading import digits


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a national list: what it means and the last day on which it was valid."""

    meaning: str
    last_day: date | None = None


_DESCRIBED = re.compile(r"([A-Z]{1,2}\d{0,2}[A-Z]?)\s*[-:]\s+\S.*", re.DOTALL)


def read_code(value: Any) -> Any:
    """A code as the national lists write it: capitals, no spaces around it; a number's digits.

    Systems send it with its description, as in "S - No fixed abode": the code counts.
    """
    text = digits(value)
    if not isinstance(text, str):
        return value
    code = text.strip().upper()
    described = _DESCRIBED.fullmatch(code)
    return described[1] if described else code


PLACEMENTS: Mapping[str, Code] = {
    "A3": Code("placed for adoption with parental consent, with current foster carers"),
    "A4": Code("placed for adoption with parental consent"),
    "A5": Code("placed for adoption under a placement order, with current foster carers"),
    "A6": Code("placed for adoption under a placement order"),
    "H5": Code(
        "a semi-independent home outside the children's homes regulations", date(2024, 3, 31)
    ),
    "K1": Code("a secure children's home"),
    "K2": Code("a children's home"),
    "K3": Code("supported accommodation"),
    "P1": Code("home with a parent"),
    "P2": Code("independent living", date(2023, 10, 28)),
    "P3": Code("residential employment"),
    "R1": Code("a care home"),
    "R2": Code("a hospital or other medical establishment"),
    "R3": Code("a family centre or mother and baby unit"),
    "R5": Code("a young offender institution"),
    "S1": Code("a residential school"),
    "T0": Code("a temporary move"),
    "T1": Code("a stay in hospital"),
    "T2": Code("a holiday"),
    "T3": Code("a stay while carers are on holiday"),
    "T4": Code("a temporary stay of 7 days or fewer"),
    "U1": Code("long-term foster care with relatives or friends"),
    "U2": Code("foster care with relatives or friends who may adopt"),
    "U3": Code("foster care with relatives or friends"),
    "U4": Code("long-term foster care"),
    "U5": Code("foster care with carers who may adopt"),
    "U6": Code("foster care"),
    "Z1": Code("another placement", date(2025, 3, 31)),
    "Z11": Code("another placement (Z11)"),
    "Z12": Code("another placement (Z12)"),
    "Z13": Code("another placement (Z13)"),
    "Z14": Code("another placement (Z14)"),
}
"""PLACE: the type of a looked-after child's placement, in every year since 2022/23."""

ACCOMMODATION: Mapping[str, Code] = {
    "B": Code("living with parents or relatives"),
    "C": Code("a community home, care home or hospital"),
    "D": Code("semi-independent accommodation"),
    "E": Code("supported lodgings"),
    "G": Code("gone abroad"),
    "H": Code("deported"),
    "K": Code("ordinary lodgings"),
    "R": Code("whereabouts not known"),
    "S": Code("no fixed abode"),
    "T": Code("a foyer"),
    "U": Code("independent living"),
    "V": Code("emergency accommodation"),
    "W": Code("bed and breakfast"),
    "X": Code("custody"),
    "Y": Code("other accommodation"),
    "Z": Code("staying with a former foster carer"),
}
"""ACCOM: the letter of a care leaver's accommodation (OC3), without its suitability digit."""

LEGAL_STATUSES: Mapping[str, Code] = {
    "C1": Code("interim care order"),
    "C2": Code("full care order"),
    "D1": Code("freeing order"),
    "E1": Code("placement order"),
    "J1": Code("remand"),
    "J2": Code("detained under PACE"),
    "J3": Code("youth rehabilitation order with residence"),
    "L1": Code("police protection"),
    "L2": Code("emergency protection order"),
    "L3": Code("child assessment order"),
    "V2": Code("accommodated under section 20"),
    "V3": Code("short breaks, each episode"),
    "V4": Code("short breaks under an agreement"),
}
"""LS: legal status."""

REASONS_CEASED: Mapping[str, Code] = {
    code: Code(meaning)
    for code, meaning in {
        "X1": "a new episode began on the same day",
        "E11": "adopted, unopposed",
        "E12": "adopted, consent dispensed with",
        "E2": "died",
        "E3": "care taken over by another council",
        "E4A": "returned home as planned",
        "E4B": "returned home, not planned",
        "E13": "went to relatives without parental responsibility",
        "E41": "child arrangements order",
        "E45": "special guardianship, former foster carer who is family",
        "E46": "special guardianship, former foster carer who is not family",
        "E47": "special guardianship, other carer who is family",
        "E48": "special guardianship, other carer who is not family",
        "E5": "moved to independent living with support",
        "E6": "moved to independent living without support",
        "E7": "moved to adult residential care",
        "E8": "ended for another reason",
        "E9": "sentenced to custody",
        "E14": "remand ended",
        "E15": "age assessed as 18 or over",
        "E16": "moved abroad",
        "E17": "reached 18 and stayed with carers",
    }.items()
}
"""REC: the reason an episode of care ceased."""

PROVIDERS: Mapping[str, Code] = {
    "PR0": Code("parent"),
    "PR1": Code("own council"),
    "PR2": Code("another council"),
    "PR3": Code("another public body"),
    "PR4": Code("private provider"),
    "PR5": Code("voluntary provider"),
}
"""PR: who provides a placement."""

ACTIVITIES: Mapping[str, Code] = {
    "F1": Code("full-time higher education"),
    "P1": Code("part-time higher education"),
    "F2": Code("other full-time education"),
    "P2": Code("other part-time education"),
    "F4": Code("full-time apprenticeship"),
    "P4": Code("part-time apprenticeship"),
    "F5": Code("full-time training or work"),
    "P5": Code("part-time training or work"),
    "G4": Code("not in education or work: illness or disability"),
    "G5": Code("not in education or work: another reason"),
    "G6": Code("not in education or work: pregnancy or parenting"),
}
"""ACTIV: what a care leaver does (OC3). P1 and P2 stand in PLACE too, with other meanings."""

TEMPORARY_PLACEMENTS = frozenset({"T0", "T1", "T2", "T3", "T4"})
"""Moves that stand beside the main placement and hide nothing."""


def meaning(codes: Mapping[str, Code], code: str | None) -> str:
    """What a code says, in a few plain words; the code itself where the lists do not know it."""
    if code is None:
        return "not recorded"
    known = codes.get(code)
    return known.meaning if known else f"code {code}"
