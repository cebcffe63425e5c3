"""Documents that persons are to sign. `sealed` holds the title, what is asked and what the platform is told again.

Once the person is forgotten, it and `subject` are empty.
"""

import sqlalchemy as sa

from trust.storage.tables import Instant, metadata

signings = sa.Table(
    "signings",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("agency", sa.String(128), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False, index=True),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("idempotency_key", sa.String(128), nullable=False),
    sa.Column("request_digest", sa.String(80), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("means", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(64), nullable=False),
    sa.Column("content", sa.String(80), nullable=False),
    sa.Column("leftover", sa.Boolean, nullable=False),  # whether its draft is still to be forgotten
    sa.Column("hole_start", sa.BigInteger, nullable=False),
    sa.Column("hole_end", sa.BigInteger, nullable=False),
    sa.Column("at_platform", sa.String(64), nullable=False, index=True),
    sa.Column("asked_at", Instant),
    sa.Column("signed_at", Instant),
    sa.Column("level", sa.String(8), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("sends", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("agency", "idempotency_key", name="uq_signings_idempotency"),
)
LEFTOVER = sa.text("leftover")  # of itself: what SQLAlchemy makes of a boolean is written otherwise on each database
sa.Index("ix_signings_leftover", signings.c.id, sqlite_where=LEFTOVER, postgresql_where=LEFTOVER)
