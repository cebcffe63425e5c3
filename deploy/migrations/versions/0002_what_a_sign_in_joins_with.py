"""What a sign-in joins with: its client and its session, beside the sealed value that says the same."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database here. Rows of before have neither, and are read in two questions."""
    op.add_column("sign_ins", sa.Column("client", sa.String(length=200), nullable=True))
    op.add_column("sign_ins", sa.Column("session", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take the database back."""
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_column("session")
        batch_op.drop_column("client")
