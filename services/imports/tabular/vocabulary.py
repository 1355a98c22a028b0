"""National codes and words of the contract, from what councils write in their cells.

Systems export a code, its description, or both, and the description in their own wording. Where
two readings fit, the one that hides no risk is taken. What cannot be read becomes no code, and a
question.
"""

import re
from collections.abc import Mapping

from schemas.codes import (
    ACCOMMODATION,
    ACTIVITIES,
    LEGAL_STATUSES,
    PLACEMENTS,
    PROVIDERS,
    REASONS_CEASED,
)

_CODE = re.compile(r"\b([A-Z]{1,2}\d{1,2}[A-Z]?)\b")
_LETTER = re.compile(
    r"^\(?([A-Z])\)?[012]?\s*(?=[-:\])]|$)|^\(([A-Z])\)|\[([A-Z])\]|^Code '([A-Z])\d?'"
)
_ACTIVITY = re.compile(r"[FGP]\d\b")
_ALONE = re.compile(r"^\(?([A-Z])\)?[012]?\b(?!\s*&)")
_LIST_MARK = re.compile(r"^[a-z]\)\s*|^\d{1,2}\s*[-:.]\s*")

Words = tuple[tuple[str, str], ...]
"""Regular expressions and the code of each; the first that is found counts."""

_PLACEMENT_WORDS: Words = (
    (r"carer.*holiday", "T3"),
    (r"not\b.*\b(subject|reg|registered)|semi.?independent", "H5"),
    (r"homes and hostels subject", "K2"),
    (r"hotel|caravan|boat|\btents?\b|hostel|unregulated", "Z1"),
    (r"supported accommodation", "K3"),
    (r"young offender|prison|\byoi\b|secure training", "R5"),
    (r"secure", "K1"),
    (r"children.?s home|homes and hostels", "K2"),
    (r"mother and baby|family centre", "R3"),
    (r"residential school", "S1"),
    (r"care home", "R1"),
    (r"\bnhs\b|health trust", "R2"),
    (r"residential employment", "P3"),
    (r"independent living|living independent|lodgings", "P2"),
    (r"adopt", "A5"),
    (r"foster", "U6"),
    (r"with (own )?parent|person with parental", "P1"),
    (r"temporary (placement|move)", "T0"),
    (r"other placement", "Z1"),
)
_CUSTODY = "R5"
_NOTHING = frozenset({"0", "-", "not recorded", "not stated", "no information", "nan"})
_ACCOMMODATION_RISKS: Words = (
    (r"no fixed|homeless|\bnfa\b|sofa|\brough\b|\btents?\b", "S"),
    (r"bed (and|&) breakfast|\bb ?(&|and) ?b\b|hotel", "W"),
    (r"emergency|night shelter|direct access", "V"),
    (r"custody|prison|young offender", "X"),
    (r"not know|whereabouts|unknown", "R"),
)
_ACCOMMODATION_WORDS: Words = (
    (r"former foster|staying put|foster", "Z"),
    (r"semi.?independent|transitional|floating|not subject|mother and baby", "D"),
    (r"foyer", "T"),
    (r"supported lodging", "E"),
    (r"abroad", "G"),
    (r"deported", "H"),
    (r"ordinary lodging", "K"),
    (r"community home|residential|nhs", "C"),
    (r"parent|relative|\bfamily\b", "B"),
    (r"independ[ea]nt living|tenancy|university|college|flat", "U"),
    (r"lodging", "K"),
    (r"\bother\b|friends", "Y"),
)
_LEGAL_WORDS: Words = (
    (r"interim care", "C1"),
    (r"placement order", "E1"),
    (r"freed|freeing", "D1"),
    (r"care order|wardship|ward of court", "C2"),
    (r"police protection", "L1"),
    (r"emergency protection|\bepo\b", "L2"),
    (r"child assessment", "L3"),
    (r"remand|committed for trial", "J1"),
    (r"\bpace\b|p\.a\.c\.e", "J2"),
    (r"youth rehabilitation|supervision order", "J3"),
    (r"series of short|short.?term break", "V4"),
    (r"s(ec(tion)?)?\.? ?20|single (period|placement)|accommodated", "V2"),
)
_REASON_WORDS: Words = (
    (r"died|death", "E2"),
    (r"age assess", "E15"),
    (r"adopt.*(dispens|without consent)", "E12"),
    (r"adopt", "E11"),
    (r"another (la|local authority)|taken over", "E3"),
    (r"special guardianship|\bsgo\b", "E48"),
    (r"residence order|arrangement", "E41"),
    (r"no parental responsibility", "E13"),
    (r"(returned|home).*(not part|not planned|unplanned)", "E4B"),
    (r"returned home|home to live", "E4A"),
    (r"independent.*(no|without).*support", "E6"),
    (r"independ[ea]nt", "E5"),
    (r"adult", "E7"),
    (r"custody", "E9"),
    (r"remand", "E14"),
    (r"abroad", "E16"),
    (r"remained with", "E17"),
    (r"other reason", "E8"),
)
_NO_PLAN = re.compile(
    r"^(no|not|none|n/?a|tbc|tbd|unknown|-)\b|no plan|not (yet )?(agreed|known)|^-?$"
)
_PLAN_WORDS: Words = (
    (r"adopt", "adoption"),
    (r"\bsgo\b|special guardian|arrangements? order|\bcao\b", "special_guardianship"),
    (r"foster", "long_term_fostering"),
    (r"residential", "residential"),
    (r"supported living|independ", "supported_living"),
    (r"relative|kinship|connected", "relatives"),
    (r"family|parent|return|birth", "return_home"),
    (r"\bother\b|parallel|concurrent", "other"),
)
_ELIGIBILITY_WORDS: Words = (
    (r"no current|not eligible", "none"),
    (r"qualifying", "qualifying"),
    (r"former|pa to 25", "former_relevant"),
    (r"relevant", "relevant"),
    (r"eligible", "eligible"),
)
_ELIGIBILITY_SHORT = {
    "R": "relevant", "FR": "former_relevant", "Q": "qualifying", "E": "eligible", "N": "none",
}  # fmt: skip
_TOUCH_WORDS: Words = (
    (r"died", "died"),
    (r"refus|\brefu\b", "refused"),
    (r"nreq|no longer requires", "not_required"),
    (r"rhom|returned to (live|parents)", "returned_home"),
    (r"not recorded|no contact recorded|no care leaver|^unknown|^nan$", ""),
    (r"^\d? ?no\b|not in touch|^n$|^0$|^2$", "no"),
    (r"^\d? ?yes\b|^in touch|^y$|^1$", "yes"),
)


def placement(cell: str) -> str:
    """The code of a placement; what cannot be read as one stays as it is, and is questioned.

    Where the words beside a code of custody say another placement, they count: custody is asked
    about least.
    """
    code, meant = _code(cell, PLACEMENTS), _words(cell, _PLACEMENT_WORDS)
    if code == _CUSTODY and meant:
        return meant
    return code or meant or cell


def registration(cell: str) -> str:
    """unregistered, where the cell of a placement says so; else empty."""
    return "unregistered" if re.search(r"unregistered|unregulated", cell.casefold()) else ""


def provider(cell: str) -> str:
    """The code of a provider; empty where there is none."""
    return _code(cell, PROVIDERS)


def legal_status(cell: str) -> str:
    """The code of a legal status; empty where it is none of the national ones."""
    return _code(cell, LEGAL_STATUSES) or _words(cell, _LEGAL_WORDS)


def reason_ceased(cell: str) -> str:
    """The code of the reason why care ended; empty where it cannot be read."""
    codes = {code for code in _CODE.findall(cell.upper()) if code in REASONS_CEASED}
    if len(codes) > 1 and (meant := _words(cell, _REASON_WORDS)):
        return meant  # one code among several that the words only mention
    return _code(cell, REASONS_CEASED) or _words(cell, _REASON_WORDS)


def accommodation(cell: str) -> str:
    """The letter of accommodation; empty where there is none. What is unclear stays as it is.

    Words for a risk come before a letter that stands for none.
    """
    text = cell.strip()
    if not text or text.casefold() in _NOTHING:
        return ""
    if risk := _words(text, _ACCOMMODATION_RISKS):
        return risk
    if found := _LETTER.search(text) or _ALONE.fullmatch(text.upper()):
        letter = next(group for group in found.groups() if group)
        if letter in ACCOMMODATION:
            return letter
    return _words(text, _ACCOMMODATION_WORDS) or text


def suitable(cell: str) -> str:
    """yes, no, or empty where nobody judged it."""
    text = _LIST_MARK.sub("", cell.strip().casefold())
    mark = cell.strip()[:1]
    if re.search(r"\bunsuitable|not (considered )?(to be )?suitable", text):
        return "no"
    if re.search(r"not in touch|recorded|yet to|not known|unknown|not judged", text):
        return ""
    if re.search(r"\bsuitable", text) or text in {"1", "y", "yes", "true"} or mark == "1":
        return "yes"
    return "no" if text in {"2", "n", "no", "false"} or mark == "2" else ""


def plan(cell: str) -> str:
    """What the plan for permanence aims at; empty where none is agreed."""
    text = _LIST_MARK.sub("", cell.strip().casefold())
    return "" if _NO_PLAN.search(text) else _words(text, _PLAN_WORDS)


def eligibility(cell: str) -> str:
    """The category; empty where it is none of them."""
    text = cell.strip()
    return _ELIGIBILITY_SHORT.get(text.upper(), "") or _words(text, _ELIGIBILITY_WORDS)


def in_touch(cell: str) -> str:
    """Whether the council is in touch; empty where it is not recorded."""
    return _words(_LIST_MARK.sub("", cell.strip().casefold()), _TOUCH_WORDS)


def education(cell: str) -> str:
    """Whether in full-time higher or further education; empty where the cell is."""
    text = cell.casefold().strip()
    if text in {"", "0", "-"}:
        return ""
    is_other = re.search(r"other than|\bnot\b.*higher|non.?higher", text)
    if re.search(r"\bf1\b|full.*higher", text) and not is_other:
        return "higher"
    return "further" if re.search(r"\bf2\b|full.*(education|higher)", text) else "none"


def activity(cell: str) -> str:
    """The code of ACTIV that a cell begins with or is; empty where it holds words alone."""
    found = _ACTIVITY.match(cell.strip().upper())
    return found[0] if found and found[0] in ACTIVITIES else ""


def _code(cell: str, codes: Mapping[str, object]) -> str:
    return next((code for code in _CODE.findall(cell.upper()) if code in codes), "")


def _words(cell: str, words: Words) -> str:
    text = cell.casefold().replace("’", "'")
    return next((code for pattern, code in words if re.search(pattern, text)), "")
