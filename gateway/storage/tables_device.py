"""Tables of what devices asked for. Instants are BIGINT epoch microseconds; codes are hashes, requests are sealed."""

import sqlalchemy as sa

from gateway.storage.metadata import metadata

device_requests = sa.Table(
    "device_requests",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # SHA-256 of the device's code
    sa.Column("user_code", sa.String(64), nullable=False, unique=True),  # keyed hash: few enough to enumerate
    sa.Column("request", sa.LargeBinary, nullable=False),  # sealed
    sa.Column("place", sa.String(80)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("answer", sa.Text),  # a sealed authorization code
    sa.Column("browser", sa.String(64)),
    sa.Column("looks", sa.Integer, nullable=False),
    sa.Column("pause", sa.Integer, nullable=False),
    sa.Column("polled_at", sa.BigInteger),
    sa.Column("asked_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)

device_guesses = sa.Table(
    "device_guesses",
    metadata,
    sa.Column("who", sa.String(64), primary_key=True),  # a browser's hash, or all together
    sa.Column("wrong", sa.Integer, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),
)
