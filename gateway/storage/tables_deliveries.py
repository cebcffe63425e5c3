"""The tables of what partners are to be told, and of which clients were led to from a session."""

import sqlalchemy as sa

from gateway.storage.metadata import metadata

# Who wants to hear of this session's end, and how (a back-channel logout, an event).
session_clients = sa.Table(
    "session_clients",
    metadata,
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("client", sa.String(200), primary_key=True),
    sa.Column("kind", sa.String(24), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
)

partner_deliveries = sa.Table(
    "partner_deliveries",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # of kind, about and client: told once
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("about", sa.String(72), nullable=False),
    sa.Column("client", sa.String(200), nullable=False, index=True),
    sa.Column("account", sa.String(72), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("next_at", sa.BigInteger, nullable=False),
    sa.Column("problem", sa.String(64)),
    sa.Index("ix_partner_deliveries_due", "state", "next_at"),
)

# With what we prove ourselves where a client takes events (RFC 8935 §3).
event_credentials = sa.Table(
    "event_credentials",
    metadata,
    sa.Column("client", sa.String(200), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
