"""Write down the case line, whose each young person is, and counts; name what was published so."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json, Utc

revision = "0004"
down_revision = "0003"

_OWNERS = ("service", "team", "personal_adviser", "social_worker")


def _forget_what_is_derived() -> None:
    """Empty what is derived from the log, and say so: it is derived again at the start."""
    for table in ("people", "periods", "questions"):
        op.execute(f"DELETE FROM {table}")
    op.execute("DELETE FROM marks WHERE name = 'derived_by'")
    op.execute(
        "INSERT INTO marks (name, value) SELECT 'derived_by', '' WHERE EXISTS (SELECT 1 FROM events)"
    )


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("concern", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("rag", sa.String(), nullable=False),
        sa.Column("rule_rag", sa.String(), nullable=False),
        sa.Column("rated_down", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("statutory", sa.String()),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("family_id", sa.String()),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("since_basis", sa.String(), nullable=False),
        sa.Column("waiting_since", sa.Date(), nullable=False),
        sa.Column("not_green_since", sa.Date()),
        sa.Column("next_change", sa.Date()),
        sa.Column("red_since", sa.Date()),
        sa.Column("known_on", sa.Date()),
        sa.Column("team", sa.String()),
        sa.Column("service", sa.String()),
        sa.Column("personal_adviser", sa.String()),
        sa.Column("social_worker", sa.String()),
        sa.Column("team_manager", sa.String()),
        sa.Column("owned", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("actions", Json(), nullable=False),
        sa.Column("open_actions", sa.Integer(), nullable=False),
        sa.Column("late_actions", sa.Integer(), nullable=False),
        sa.Column("action_due", sa.Date()),
        sa.Column("review_due", sa.Date()),
        sa.Column("step", sa.String()),
        sa.Column("step_line", sa.String()),
        sa.Column("step_counted_from", sa.Date()),
        sa.Column("step_reached_on", sa.Date()),
        sa.Column("acknowledged", Json(), nullable=False),
        sa.Column("awaiting", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("red_ended_on", sa.Date()),
        sa.PrimaryKeyConstraint("person", "concern", "start", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_rag_until_start", "cases", ["rag", "until", "start"])
    op.create_index("ix_cases_concern_rag_until", "cases", ["concern", "rag", "until"])
    op.create_index("ix_cases_rag_start", "cases", ["rag", "start"])
    op.create_index("ix_cases_urgency", "cases", ["urgency", "waiting_since", "person"])
    op.create_index("ix_cases_review_due", "cases", ["review_due", "until", "start"])
    for name, condition in (("late", "late_actions > 0"), ("climbed", "step IS NOT NULL")):
        op.create_index(
            f"ix_cases_{name}",
            "cases",
            ["until", "start"],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    op.create_table(
        "assignments",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("team", sa.String()),
        sa.Column("service", sa.String()),
        sa.Column("personal_adviser", sa.String()),
        sa.Column("social_worker", sa.String()),
        sa.Column("team_manager", sa.String()),
        sa.PrimaryKeyConstraint("person", "start", name=op.f("pk_assignments")),
    )
    for column in ("team", "service", "personal_adviser", "social_worker"):
        op.create_index(op.f(f"ix_assignments_{column}"), "assignments", [column])
    op.create_table(
        "case_counts",
        sa.Column("grain", sa.String(1), nullable=False),
        sa.Column("level", sa.String(1), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("concern", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "grain", "level", "owner", "concern", "measure", "day", name=op.f("pk_case_counts")
        ),
    )
    op.create_table(
        "underived",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("failed_at", sa.Integer()),
        sa.Column("error", sa.String()),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_underived")),
    )
    op.create_table(
        "merged",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("survivor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_merged")),
    )
    op.create_index(op.f("ix_merged_survivor"), "merged", ["survivor"])
    for owner in _OWNERS:
        op.create_index(f"ix_reported_{owner}", "reported", ["week", owner])
    op.create_table(
        "reported_counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("service", sa.String()),
        sa.Column("team", sa.String()),
        sa.Column("concern", sa.String(), nullable=False),
        sa.Column("rag", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_counts")),
    )
    op.create_index(op.f("ix_reported_counts_week"), "reported_counts", ["week"])
    by = "week, service, team, concern, rag"
    op.execute(
        f"INSERT INTO reported_counts ({by}, number) "
        f"SELECT {by}, count(*) FROM reported GROUP BY {by}"
    )
    op.rename_table("told", "published")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_told RENAME TO pk_published")
    _forget_what_is_derived()
    op.drop_column("people", "facts")


def downgrade() -> None:
    _forget_what_is_derived()
    op.add_column("people", sa.Column("facts", Json(), nullable=False, server_default="{}"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_published RENAME TO pk_told")
    op.rename_table("published", "told")
    for owner in _OWNERS:
        op.drop_index(f"ix_reported_{owner}", "reported")
    for table in ("reported_counts", "merged", "underived", "case_counts", "assignments", "cases"):
        op.drop_table(table)
