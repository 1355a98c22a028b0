"""The tables of the return and their columns, in the CSV set and in the XML form.

Source: DfE, Children looked-after by local authorities (SSDA903) guides 2022/23 to 2026/27, as the
sector's open validator has them; other headings as councils' systems write them.
"""

from services.imports.tabular.layouts import Layout

CHILD = (
    "CHILD_ID",
    "CHILDID",
    "CHILD ID",
    "CHILD UNIQUE ID",
    "CASE_ID",
    "PERSON_ID",
    "LA_CHILD_ID",
)
_BORN = ("DATE_OF_BIRTH", "DATEOFBIRTH", "BIRTH_DATE", "D.O.B.")
_COMMON = {"CHILD": CHILD, "DOB": _BORN}

HEADER = Layout(
    "header",
    ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"),
    required=("CHILD",),
    own=("SEX", "ETHNIC", "UPN", "MOTHER", "MC_DOB"),
    aliases=_COMMON | {"SEX": ("GENDER",), "ETHNIC": ("ETHNICITY", "ETHNIC_ORIGIN")},
)
EPISODES = Layout(
    "episodes",
    (
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC",
        "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
    ),
    required=("CHILD", "DECOM", "PLACE"),
    own=("DECOM", "RNE", "LS", "PLACE", "DEC", "REC"),
    aliases=_COMMON
    | {
        "DECOM": (
            "DATE_EPISODE_COMMENCED", "EPISODE_START", "EPISODE_START_DATE", "START_DATE",
            "DATE_COMMENCED",
        ),
        "RNE": ("REASON_NEW_EPISODE", "REASON_FOR_NEW_EPISODE"),
        "LS": ("LEGAL_STATUS",),
        "CIN": ("CATEGORY_OF_NEED", "CIN_CODE"),
        "PLACE": ("PL", "PLACEMENT", "PLACEMENT_TYPE", "PLACEMENT_CODE", "PLACE_TYPE"),
        "PLACE_PROVIDER": ("PLACEMENT_PROVIDER", "PROVIDER", "PROVIDER_CODE"),
        "DEC": (
            "DATE_EPISODE_CEASED", "EPISODE_END", "EPISODE_END_DATE", "END_DATE", "DATE_CEASED",
        ),
        "REC": ("REASON_EPISODE_CEASED", "REASON_CEASED"),
        "REASON_PLACE_CHANGE": ("REASON_PLACEMENT_CHANGE", "REASON_FOR_PLACEMENT_CHANGE"),
        "HOME_POST": ("HOME_POSTCODE",),
        "PL_POST": ("PLACEMENT_POSTCODE", "PLACE_POSTCODE"),
        "URN": ("OFSTED_URN", "PLACEMENT_URN", "URN_NUMBER"),
    },
)  # fmt: skip
REVIEWS = Layout(
    "reviews",
    ("CHILD", "DOB", "REVIEW", "REVIEW_CODE"),
    required=("CHILD", "REVIEW"),
    own=("REVIEW", "REVIEW_CODE"),
    aliases=_COMMON
    | {
        "REVIEW": ("REVIEW_DATE", "DATE_OF_REVIEW"),
        "REVIEW_CODE": ("REVIEW_PARTICIPATION", "PARTICIPATION", "PARTICIPATION_CODE"),
    },
)
OC3 = Layout(
    "oc3",
    ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"),
    required=("CHILD",),
    own=("IN_TOUCH", "ACTIV", "ACCOM"),
    aliases=_COMMON
    | {
        "IN_TOUCH": ("LA_IN_TOUCH", "INTOUCH_CODE"),
        "ACTIV": ("ACTIVITY", "ACTIVITY_CODE", "MAIN_ACTIVITY"),
        "ACCOM": ("ACCOMMODATION", "ACCOMMODATION_CODE", "ACCOM_CODE"),
    },
)
SW_EPISODES = Layout(
    "sw_episodes",
    ("CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"),
    required=("CHILD", "SW_DECOM"),
    own=("SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"),
    aliases=_COMMON | {"SW_ID": ("SOCIAL_WORKER_ID", "SWE_NUMBER")},
)
DOLO = Layout(
    "dolo",
    ("CHILD", "DOB", "DOLO_START", "DOLO_END"),
    required=("CHILD", "DOLO_START"),
    own=("DOLO_START", "DOLO_END"),
    aliases=_COMMON,
)

_UNUSED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("uasc", ("CHILD", "SEX", "DOB", "DUC")),
    (
        "oc2",
        (
            "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS",
            "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED",
            "INTERVENTION_OFFERED",
        ),
    ),
    (
        "ad1",
        (
            "CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR",
            "LS_ADOPTR",
        ),
    ),
    (
        "placed_for_adoption",
        ("CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"),
    ),
    ("previous_permanence", ("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM")),
    ("missing", ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END")),
)  # fmt: skip

UNUSED: tuple[Layout, ...] = tuple(
    Layout(
        name,
        columns,
        required=("CHILD",),
        own=[column for column in columns if column not in ("CHILD", "DOB", "SEX")],
        aliases=_COMMON,
    )
    for name, columns in _UNUSED
)
"""Tables that are recognised and checked; Sightline has no use for them."""

USED = (HEADER, EPISODES, REVIEWS, OC3, SW_EPISODES, DOLO)

LAYOUTS = (*USED, *UNUSED)
"""Every table of the return."""
