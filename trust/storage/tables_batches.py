"""The tables of verification batches. `sealed` holds a file until it is judged, and its report from then on."""

import sqlalchemy as sa

from trust.storage.tables import Instant, metadata

verification_batches = sa.Table(
    "verification_batches",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("client", sa.String(128), nullable=False),
    sa.Column("idempotency_key", sa.String(128), nullable=False),
    sa.Column("request_digest", sa.String(80), nullable=False),
    sa.Column("policy", sa.String(32), nullable=False),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.UniqueConstraint("client", "idempotency_key", name="uq_verification_batches_idempotency"),
)

verification_files = sa.Table(
    "verification_files",
    metadata,
    sa.Column("batch", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 1, in the order of the request
    sa.Column("due_at", Instant),  # null once there is a report
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("judged_at", Instant),
    sa.Column("verdict", sa.String(16)),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_verification_files_due", "due_at"),
)
