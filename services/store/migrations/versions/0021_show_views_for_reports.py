"""Show views for reports of a council's own, without anybody who is restricted."""

from alembic import op

revision = "0021"
down_revision = "0020"

_HIDDEN = """
    {person} NOT IN (SELECT person FROM restrictions)
    AND {person} NOT IN (
        SELECT m.survivor FROM restrictions r JOIN merged m ON m.subject = r.person)
    AND {person} NOT IN (
        SELECT m.subject FROM merged m WHERE m.survivor IN (SELECT person FROM restrictions)
        OR m.survivor IN (
            SELECT o.survivor FROM restrictions r JOIN merged o ON o.subject = r.person))
"""

_VIEWS = {
    "reporting_cases": """
        SELECT person, concern, start AS valid_from, until AS valid_until, rag AS colour,
            rule_rag AS colour_by_rules, rated_down, statutory, category AS reason, rules, since,
            since_basis, not_green_since, next_change, team, service, personal_adviser,
            social_worker, reviewing_officer, open_actions, late_actions,
            action_due AS next_action_due, review_due, reviewed_on, step AS escalated_to,
            step_reached_on AS escalated_on
        FROM cases WHERE {hidden}""",
    "reporting_actions": """
        SELECT person, action_id, start AS valid_from, until AS valid_until, concern, kind, owner,
            agreed, first_due, due, state, closed_on
        FROM actions WHERE {hidden}""",
    "reporting_escalations": """
        SELECT person, escalation_id, start AS valid_from, until AS valid_until, stage, level,
            raised, formal_since, due, resolved_on
        FROM iro_escalations WHERE {hidden}""",
    "reporting_duties": """
        SELECT person, kind, place, since AS counted_from, due, until AS owed_until, done_on,
            settled_on AS plain_on
        FROM duties WHERE {hidden}""",
    "reporting_reported": """
        SELECT reported.week, reports.as_of, person, concern, rag AS colour,
            rule_rag AS colour_by_rules, since, team, service, personal_adviser, social_worker,
            reviewing_officer
        FROM reported JOIN reports ON reports.week = reported.week WHERE {hidden}""",
    "reporting_measures": """
        SELECT week, as_of, measure, value, numerator, denominator, state
        FROM measure_figures""",
}


def upgrade() -> None:
    for name, rows in _VIEWS.items():
        hidden = _HIDDEN.format(person="person")
        op.execute(f"CREATE VIEW {name} AS {rows.format(hidden=hidden)}")  # noqa: S608


def downgrade() -> None:
    for name in _VIEWS:
        op.execute(f"DROP VIEW {name}")
