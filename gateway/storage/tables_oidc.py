"""The provider's tables. Instants are BIGINT epoch microseconds; what could tell of a person is sealed."""

import sqlalchemy as sa

from gateway.storage.metadata import metadata

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),  # the client as JSON; public facts of an agency
)

pushed_requests = sa.Table(
    "pushed_requests",
    metadata,
    sa.Column("reference", sa.String(64), primary_key=True),  # SHA-256: the table opens no sign-in
    sa.Column("request", sa.LargeBinary, nullable=False),  # sealed
    sa.Column("answered", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("client", sa.String(200), nullable=False),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("session", sa.String(64), nullable=False),  # found by its account: each index costs every sign-in
    sa.Column("consent", sa.String(64)),
    sa.Column("facts", sa.LargeBinary, nullable=False),  # sealed
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("revoked_at", sa.BigInteger),
)

revoked_tokens = sa.Table(
    "revoked_tokens",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)

refresh_tokens = sa.Table(
    "refresh_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256: the table opens no grant
    sa.Column("grant", sa.String(64), nullable=False, index=True),
    sa.Column("used_at", sa.BigInteger),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)

# Pairwise subjects cannot be turned back into accounts, so those that agencies were told are remembered.
known_subjects = sa.Table(
    "known_subjects",
    metadata,
    sa.Column("agency", sa.String(200), primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
)

replays = sa.Table(
    "replays",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False),  # by which all are looked through now and then
    sqlite_with_rowid=False,  # one tree to write in for every assertion and proof, and no second
)
