"""Write down the line of each action; when a case was last reviewed, and what was said of it."""

import sqlalchemy as sa
from alembic import op

from services.store.columns import Json

revision = "0015"
down_revision = "0014"

_NEW = {"reviewed_on": sa.Date(), "explained": Json()}


def _derive_again() -> None:
    """Have everybody derived again at the start, for what is derived from now on."""
    op.execute("UPDATE marks SET value = '' WHERE name = 'derived_by'")


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("action_id", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("concern", sa.String(), nullable=False),
        sa.Column("agreed", sa.Date(), nullable=False),
        sa.Column("first_due", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("moves", Json(), nullable=False),
        sa.PrimaryKeyConstraint("person", "action_id", "start", name=op.f("pk_actions")),
    )
    op.create_index("ix_actions_state_due", "actions", ["state", "due"])
    op.create_index("ix_actions_closed_on", "actions", ["closed_on"])
    for name, kind in _NEW.items():
        op.add_column("cases", sa.Column(name, kind))
    _derive_again()


def downgrade() -> None:
    for name in _NEW:
        op.drop_column("cases", name)
    op.drop_table("actions")
