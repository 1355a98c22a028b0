"""The words and codes of invented lives, as often as they teach something."""

from __future__ import annotations

STATUSES = (
    *("C1", "C2", "C2", "C2", "V2", "V2", "C1", "E1", "L1", "C9"),
    *("V3", "V3", "V4", "J1", "J2", "J3", None),
)
REASONS = ("E5", "E4A", "E17", "E2", "E3", "E11", "E12", "X1", "E8", None)
PLACE_SHARES = {
    **dict.fromkeys(("K2", "K3", "P3", "U4"), 3),
    **dict.fromkeys(("K1", "H5", "P1", "P2", "Z1", "Z12", "R3", "R5", "S1", "T4"), 2),
    **dict.fromkeys(("Z11", "Z13", "Z14", "R1", "U1", "A3", "T0", "T1", "T3"), 1),
    **dict.fromkeys(("M3", "0"), 1),
}
HOME_SHARES = {
    **dict.fromkeys(("D", "E", "T", "R", "U", "V", "W", "X", "G"), 2),
    **dict.fromkeys(("S", "B", "C", "H", "K", "Y", "Z", "0", "Q"), 1),
}
PLACES = [code for code, share in PLACE_SHARES.items() for _ in range(share)]
HOMES = [code for code, share in HOME_SHARES.items() for _ in range(share)]
REGISTRATIONS = ("registered", "applied", "applied", "unregistered", "exempt", "unknown", None)
URNS = ("1234567", " 1234567 ", "SC123456", "sc654321", "XXXXXXX", "123456", "SC1234567", "", None)
JUDGED = (True, True, False, False, None)
UNFIT = ("homeless", "shared_house", "unsafe", "bed_and_breakfast", "custody", None)
KINDS = (
    "looked_after",
    "pathway_plan",
    "accommodation_suitability",
    "pre_proceedings",
    "oversight",
)
ELIGIBLE = ("eligible", "relevant", "former_relevant", "qualifying", "none", None)
TOUCHES = ("yes", "no", "refused", "not_required", "returned_home", "returned_home", None)
OUTCOMES = ("step_down", "care_proceedings", "care_proceedings", "other", None)
VISITS = ("looked_after", "looked_after", "care_leaver", "care_leaver", None)
