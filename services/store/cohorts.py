"""Who is in the cohort of a review campaign, by who they are today."""

from sqlalchemy import ColumnElement, FromClause, func, select

from services.store.tables import campaign_members, cases, merged


def who_now() -> ColumnElement[str]:
    """The reference of today of somebody in a cohort, among `with_survivors`."""
    return func.coalesce(merged.c.survivor, campaign_members.c.person)


def with_survivors() -> FromClause:
    """Everybody in cohorts, with whom they became since."""
    return campaign_members.outerjoin(merged, merged.c.subject == campaign_members.c.person)


def in_cohort(campaign: str) -> ColumnElement[bool]:
    """The condition that a case (`cases`) is of somebody in a campaign's cohort."""
    members = select(who_now()).select_from(with_survivors())
    return cases.c.person.in_(members.where(campaign_members.c.campaign == campaign))
