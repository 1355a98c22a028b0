"""What councils write into the lists, as codes: a code with its words, or the words alone."""

import re
from collections.abc import Mapping

from schemas.codes import ACCOMMODATION, LEGAL_STATUSES, PLACEMENTS, PROVIDERS, REASONS_CEASED

_CODE = re.compile(r"\b([A-Z]{1,2}\d{1,2}[A-Z]?)\b")
_LETTER = re.compile(r"(?:\(([A-Z])\)|^([A-Z])\d?(?=[\s:\-.)]|$)|\[([A-Z])\])")

_PLACEMENT_WORDS = (
    ("secure", "K1"),
    ("supported accommodation", "K3"),
    ("not subject to", "H5"),
    ("semi-independent", "H5"),
    ("young offender", "R5"),
    ("children's home", "K2"),
    ("childrens home", "K2"),
    ("homes and hostels", "K2"),
    ("mother and baby", "R3"),
    ("family centre", "R3"),
    ("residential school", "S1"),
    ("care home", "R1"),
    ("nhs", "R2"),
    ("residential employment", "P3"),
    ("independent living", "P2"),
    ("adoption", "A5"),
    ("foster", "U6"),
    ("parent", "P1"),
    ("temporary", "T0"),
)
_ACCOMMODATION_WORDS = (
    ("former foster", "Z"),
    ("staying put", "Z"),
    ("parent", "B"),
    ("relative", "B"),
    ("community home", "C"),
    ("semi-independent", "D"),
    ("semi independent", "D"),
    ("supported lodging", "E"),
    ("abroad", "G"),
    ("deported", "H"),
    ("ordinary lodging", "K"),
    ("not known", "R"),
    ("no fixed abode", "S"),
    ("homeless", "S"),
    ("foyer", "T"),
    ("independent living", "U"),
    ("emergency", "V"),
    ("bed and breakfast", "W"),
    ("custody", "X"),
    ("other", "Y"),
)
_LEGAL_WORDS = (
    ("interim care order", "C1"),
    ("placement order", "E1"),
    ("care order", "C2"),
    ("police protection", "L1"),
    ("emergency protection", "L2"),
    ("child assessment", "L3"),
    ("remand", "J1"),
    ("pace", "J2"),
    ("youth rehabilitation", "J3"),
    ("short", "V4"),
    ("section 20", "V2"),
    ("s20", "V2"),
    ("single period", "V2"),
)
_PLAN_WORDS = (
    ("adoption", "adoption"),
    ("sgo", "special_guardianship"),
    ("special guardianship", "special_guardianship"),
    ("arrangement order", "special_guardianship"),
    ("foster", "long_term_fostering"),
    ("residential", "residential"),
    ("supported living", "supported_living"),
    ("independen", "supported_living"),
    ("relative", "relatives"),
    ("family", "return_home"),
    ("parent", "return_home"),
    ("return", "return_home"),
    ("other", "other"),
    ("parallel", "other"),
)
_ELIGIBILITY_WORDS = (
    ("former", "former_relevant"),
    ("pa to 25", "former_relevant"),
    ("qualifying", "qualifying"),
    ("relevant", "relevant"),
    ("eligible", "eligible"),
)
_TOUCH_WORDS = (
    ("died", "died"),
    ("refu", "refused"),
    ("nreq", "not_required"),
    ("no longer require", "not_required"),
    ("rhom", "returned_home"),
    ("returned to live", "returned_home"),
    ("yes", "yes"),
    ("no", "no"),
)


def placement(told: str) -> str:
    """The code of a placement; what cannot be read as one stays as it is, to be asked about."""
    return _code(told, PLACEMENTS) or _words(told, _PLACEMENT_WORDS) or told[:20]


def provider(told: str) -> str:
    """The code of a provider; empty where none is told."""
    return _code(told, PROVIDERS)


def legal_status(told: str) -> str:
    """The code of a legal status; empty where it is none of the national ones."""
    return _code(told, LEGAL_STATUSES) or _words(told, _LEGAL_WORDS)


def reason_ceased(told: str) -> str:
    """The code of the reason; empty where it cannot be read."""
    return _code(told, REASONS_CEASED)


def accommodation(told: str) -> str:
    """The letter of accommodation; empty where none is told. What is unclear stays as it is."""
    text = told.strip()
    if not text or text in {"0", "-"}:
        return ""
    if found := _LETTER.search(text.upper()):
        letter = next(group for group in found.groups() if group)
        if letter in ACCOMMODATION and not text.lower().startswith(f"{letter.lower()})"):
            return letter
    return _words(text, _ACCOMMODATION_WORDS) or text[:20]


def suitable(told: str) -> str:
    """yes, no, or nothing where nobody judged it."""
    text = re.sub(r"^[a-z]\)\s*", "", told.strip().casefold())
    if "not in touch" in text or "recorded" in text or text in {"", "-", "0", "unknown", "nan"}:
        return ""
    if "unsuitable" in text or "not suitable" in text or "not considered" in text:
        return "no"
    if text.startswith(("2", "n", "false")):
        return "no"
    return "yes" if text.startswith(("1", "y", "true")) or "suitable" in text else ""


def plan(told: str) -> str:
    """What the plan for permanence aims at; empty where none is agreed."""
    return _words(re.sub(r"^[a-z]\)\s*", "", told.strip().casefold()), _PLAN_WORDS)


def eligibility(told: str) -> str:
    """The category; empty where it is none of the four."""
    short = {"R": "relevant", "FR": "former_relevant", "Q": "qualifying", "E": "eligible"}
    return short.get(told.strip().upper(), "") or _words(told, _ELIGIBILITY_WORDS)


def in_touch(told: str) -> str:
    """Whether the council is in touch; empty where it is not recorded."""
    text = re.sub(r"^(?:[a-z]\)|\d+\s*-)\s*", "", told.strip().casefold())
    short = {"y": "yes", "n": "no", "1": "yes", "0": "no", "2": "no"}
    if text in short:
        return short[text]
    if text.startswith(("not rec", "no contact", "no care leaver", "unknown")):
        return ""
    return _words(text, _TOUCH_WORDS)


def education(told: str) -> str:
    """Whether in full-time higher or further education."""
    text = told.casefold()
    if not text:
        return ""
    if "f1" in text or ("full" in text and "higher" in text and "other than" not in text):
        return "higher"
    return "further" if "f2" in text or ("full" in text and "education" in text) else "none"


def _code(told: str, codes: Mapping[str, object]) -> str:
    return next((code for code in _CODE.findall(told.upper()) if code in codes), "")


def _words(told: str, words: tuple[tuple[str, str], ...]) -> str:
    text = told.casefold().replace("’", "'")
    return next((code for word, code in words if word in text), "")
