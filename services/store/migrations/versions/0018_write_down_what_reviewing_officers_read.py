"""Write down reviewing officers' escalations, what is to be done by when, and whose a child is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_WHOSE = ("assignments", "cases", "reported")


def upgrade() -> None:
    for table in _WHOSE:
        op.add_column(table, sa.Column("reviewing_officer", sa.String()))
    op.create_index("ix_assignments_reviewing_officer", "assignments", ["reviewing_officer"])
    op.create_index("ix_reported_reviewing_officer", "reported", ["week", "reviewing_officer"])
    op.create_table(
        "iro_escalations",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("escalation_id", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("raised", sa.Date(), nullable=False),
        sa.Column("raised_by", sa.String()),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("formal_since", sa.Date()),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("late_since", sa.Date()),
        sa.Column("resolved_on", sa.Date()),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint(
            "person", "escalation_id", "start", name=op.f("pk_iro_escalations")
        ),
    )
    op.create_index("ix_iro_escalations_resolved_on", "iro_escalations", ["resolved_on", "due"])
    op.create_index("ix_iro_escalations_raised", "iro_escalations", ["raised"])
    op.create_table(
        "duties",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.Column("settled_on", sa.Date()),
        sa.Column("told_on_time", sa.Boolean()),
        sa.Column("is_exact", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", "place", name=op.f("pk_duties")),
    )
    op.create_index("ix_duties_settled", "duties", ["kind", "settled_on"])
    op.create_index("ix_duties_due", "duties", ["kind", "until", "due"])
    op.execute("UPDATE marks SET value = '' WHERE name = 'derived_by'")


def downgrade() -> None:
    op.drop_table("duties")
    op.drop_table("iro_escalations")
    op.drop_index("ix_reported_reviewing_officer", "reported")
    op.drop_index("ix_assignments_reviewing_officer", "assignments")
    for table in _WHOSE:
        op.drop_column(table, "reviewing_officer")
