"""The tables. No name of a person stands in any of them.

Append-only: `events`, `resendings`, `grants`, `reported`, and `audit`, which the database refuses
to change.
Disposable, derived from the events: what stands in `derived`. The rest is how work is done once.
"""

from services.store.tables.access import audit, sent_hours, sessions, sign_ins, tokens
from services.store.tables.annual_return import return_care_leavers, return_episodes
from services.store.tables.base import metadata
from services.store.tables.campaigns import campaign_members, campaigns
from services.store.tables.derived import (
    actions,
    assignments,
    case_count_changes,
    case_counts,
    cases,
    marks,
    merged,
    outbox,
    people,
    periods,
    published,
    questions,
    recount,
    underived,
)
from services.store.tables.keeping import erasures, restrictions
from services.store.tables.log import events, grants, links, refused, resendings
from services.store.tables.policies import policies, policy_changes, policy_comparisons
from services.store.tables.reports import (
    digests,
    measure_figures,
    notified,
    reported,
    reported_counts,
    reports,
    weekly_analyses,
)
from services.store.tables.reviewing import duties, iro_escalations, reviews_held
from services.store.tables.sources import (
    alarms,
    feed_hours,
    feeds,
    imports,
    quality,
    snapshots,
    staff,
)

__all__ = [
    "actions",
    "alarms",
    "assignments",
    "audit",
    "campaign_members",
    "campaigns",
    "case_count_changes",
    "case_counts",
    "cases",
    "digests",
    "duties",
    "erasures",
    "events",
    "feed_hours",
    "feeds",
    "grants",
    "imports",
    "iro_escalations",
    "links",
    "marks",
    "measure_figures",
    "merged",
    "metadata",
    "notified",
    "outbox",
    "people",
    "periods",
    "policies",
    "policy_changes",
    "policy_comparisons",
    "published",
    "quality",
    "questions",
    "recount",
    "refused",
    "reported",
    "reported_counts",
    "reports",
    "resendings",
    "restrictions",
    "return_care_leavers",
    "return_episodes",
    "reviews_held",
    "sent_hours",
    "sessions",
    "sign_ins",
    "snapshots",
    "staff",
    "tokens",
    "underived",
    "weekly_analyses",
]
