"""The tables of partners: who may register, who did and who asks to, what went wrong, keys, and what was used up."""

import sqlalchemy as sa

from gateway.storage.metadata import metadata

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),  # SHA-256: the table registers nobody
    sa.Column("document", sa.LargeBinary, nullable=False),  # how far it reaches, as JSON
    sa.Column("uses", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("withdrawn_at", sa.BigInteger),
)

registrations = sa.Table(
    "registrations",
    metadata,
    sa.Column("client", sa.String(200), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),  # SHA-256 of the registration access token
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # it may name a contact
)

registration_requests = sa.Table(
    "registration_requests",
    metadata,
    sa.Column("reference", sa.String(32), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("source", sa.String(64), nullable=False),  # a keyed hash of where it came from
    sa.Column("thumbprint", sa.String(64), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # it names a contact
    sa.Column("asked_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("decided_at", sa.BigInteger),
    sa.Column("decided_by", sa.String(100)),
    sa.Column("ground", sa.String(64)),
    sa.Column("client", sa.String(200)),
    sa.Index("ix_registration_requests_waiting", "state", "source"),
)

integration_errors = sa.Table(
    "integration_errors",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("client", sa.String(200), nullable=False),
    sa.Column("sureness", sa.String(16), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("endpoint", sa.String(100), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("reason", sa.String(64), nullable=False),
    sa.Column("incident", sa.String(64), nullable=False),
    sa.Index("ix_integration_errors_of_client", "client", "sureness", "number"),
)

partner_keys = sa.Table(
    "partner_keys",
    metadata,
    sa.Column("client", sa.String(200), primary_key=True),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("jwks", sa.LargeBinary, nullable=False),
    sa.Column("fetched_at", sa.BigInteger),
    sa.Column("asked_at", sa.BigInteger, nullable=False),
    sa.Column("problem", sa.String(64)),
)

partner_visits = sa.Table(
    "partner_visits",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256: the table opens no page
    sa.Column("stage", sa.String(8), nullable=False),  # a link, to be followed once, or the visit that began with it
    sa.Column("client", sa.String(200), nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)

client_buckets = sa.Table(
    "client_buckets",
    metadata,
    sa.Column("client", sa.String(200), primary_key=True),
    sa.Column("full_until", sa.BigInteger, nullable=False),  # what was taken counts until then
)
