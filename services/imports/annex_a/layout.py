"""The two lists and the headings that councils give their columns.

Source: Ofsted, ILACS Annex A child-level data, lists 8 and 9, as the sector's open pipelines read
them.
"""

from services.imports.tabular.layouts import Layout

_CHILD = (
    "Child Unique ID", "Child ID", "Unique ID", "Child Unique Identifier", "ID", "Person ID",
    "Child's Unique ID", "Care Leaver Unique ID", "Client ID", "Case ID",
)  # fmt: skip
_COMMON = {
    "person": _CHILD,
    "date_of_birth": ("Date of Birth", "DOB", "Birth Date"),
    "team": ("Allocated Team", "Team", "Allocated Worker Team", "Case Worker Team"),
}  # fmt: skip

CHILDREN_IN_CARE = Layout(
    "list_8",
    (
        "person", "date_of_birth", "started", "ceased", "reason", "legal_status", "review", "visit",
        "plan", "placement_start", "placement", "provider", "urn", "team", "missing",
    ),
    required=("person",),
    own=("started", "legal_status", "placement_start", "placement", "plan"),
    aliases=_COMMON
    | {
        "started": (
            "Date Started to be Looked After", "Date Became Looked After", "LAC Start Date",
            "Date Child Started to be Looked After", "Looked After Start Date", "CLA Start Date",
            "Date became CLA", "Date of becoming looked after",
        ),
        "ceased": ("Date Ceased to be Looked After", "LAC End Date", "CLA End Date", "Date Ceased"),
        "reason": ("Reason Ceased to be Looked After", "Reason Ceased", "LAC End Reason"),
        "legal_status": ("Child's Legal Status", "Legal Status", "Current Legal Status"),
        "review": (
            "Date of Latest Statutory Review", "Latest Statutory Review", "Latest LAC Review",
            "Date of Last Statutory Review", "Last Review Date", "Date of latest review",
        ),
        "visit": (
            "Date of Last Social Work Visit", "Date of Latest Social Work Visit",
            "Last Social Work Visit", "Latest Social Work Visit", "Last Social Worker Visit",
            "Date of Last Visit", "Last SW Visit", "Latest Visit",
        ),
        "plan": (
            "What is the permanence plan for this child?", "Permanence Plan", "Permanency Plan",
            "Plan for Permanence", "What is the permanence plan for this child",
        ),
        "placement_start": (
            "Start Date of Most Recent Placement", "Placement Start Date",
            "Date of Most Recent Placement", "Most Recent Placement Start Date",
        ),
        "placement": ("Placement Type", "Type of Placement", "Current Placement Type"),
        "provider": ("Placement Provider", "Provider"),
        "missing": (
            "Number of Times Missing in the Last 12 Months", "Missing Episodes in Last 12 Months",
            "Number of Missing Episodes in Last 12 Months", "Missing Episodes", "Times Missing",
            "Number of Episodes Missing in Last 12 Months", "Missing from Placement Episodes",
        ),
        "urn": ("URN of Placement", "Placement URN", "URN", "Ofsted URN", "URN of the placement"),
    },
)  # fmt: skip

CARE_LEAVERS = Layout(
    "list_9",
    (
        "person", "date_of_birth", "eligibility", "pathway_review", "in_touch", "contact",
        "accommodation", "suitable", "activity", "team",
    ),
    required=("person",),
    own=("eligibility", "in_touch", "accommodation", "suitable"),
    aliases=_COMMON
    | {
        "eligibility": ("Eligibility Category", "Eligibility", "Category"),
        "pathway_review": (
            "Latest Pathway Plan Review Date", "Latest Pathway Plan", "Pathway Plan Review Date",
            "Date of Latest Pathway Plan Review", "Latest Pathway Plan Date",
        ),
        "in_touch": ("LA in Touch", "Local Authority in Touch", "In Touch", "Is the LA in touch"),
        "contact": ("Latest Date of Contact", "Latest Contact", "Date of Latest Contact"),
        "accommodation": (
            "Type of Accommodation", "Accommodation Type", "Accommodation", "Current Accommodation",
        ),
        "suitable": (
            "Suitability of Accommodation", "Accommodation Suitability", "Suitable Accommodation",
            "Suitability", "Is the accommodation suitable",
        ),
        "activity": ("Activity Status", "Main Activity", "Activity"),
    },
)  # fmt: skip

LISTS = (CHILDREN_IN_CARE, CARE_LEAVERS)
