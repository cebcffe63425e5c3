"""The tables of trust. Instants are microseconds since the epoch; personal data lies in columns named `sealed`."""

import sqlalchemy as sa

metadata = sa.MetaData()

Instant = sa.BigInteger

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("agency", sa.String(128), nullable=False),
    sa.Column("subject", sa.String(128), nullable=False, index=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(64), nullable=False),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("idempotency_key", sa.String(128), nullable=False),
    sa.Column("request_digest", sa.String(80), nullable=False),
    sa.Column("received_digest", sa.String(80), nullable=False),
    sa.Column("sealed_digest", sa.String(80)),
    sa.Column("pages", sa.Integer),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("sealed_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", Instant),  # when sealing is tried again; null when there is nothing to try
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the title by language
    sa.UniqueConstraint("agency", "idempotency_key", name="uq_documents_idempotency"),
    sa.Index("ix_documents_due", "due_at"),
)

audit_entries = sa.Table(
    "audit_entries",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # the event as canonical JSON: what the chain is drawn over
    sa.Column("link", sa.BigInteger),  # null until a link is drawn over it
)
UNLINKED = audit_entries.c.link.is_(None)
# Of those that wait for their link alone, so that each entry leaves it again. Over SQLite they lie beyond the last link
# (`audit_log.py`), and nothing enters it: it would be one page more to write for whatever is told.
NEVER = audit_entries.c.number < 0
sa.Index("ix_audit_entries_unlinked", audit_entries.c.number, sqlite_where=NEVER, postgresql_where=UNLINKED)

audit_links = sa.Table(
    "audit_links",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
