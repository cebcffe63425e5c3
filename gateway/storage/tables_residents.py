"""The tables about residents. Personal data lies only in columns named `sealed`; look-ups go by keyed hashes."""

import sqlalchemy as sa

from gateway.storage.metadata import WHOLE_ROWS, metadata

Instant = sa.BigInteger

sign_ins = sa.Table(
    "sign_ins",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("browser", sa.String(64), nullable=False, index=True),
    # who asks and whose session it rests on, as the sealed value says: to join with
    sa.Column("client", sa.String(200)),
    sa.Column("session", sa.String(64)),
    sa.Column("state", sa.String(64), unique=True),  # SHA-256 of the last departure's state
    sa.Column("claimed_at", Instant),  # a return is being read since then
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    postgresql_with=WHOLE_ROWS,
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("state", sa.String(64), primary_key=True),
    sa.Column("delivered_at", Instant, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(72), primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
)

bindings = sa.Table(
    "bindings",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(72), sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("home_issuer", sa.String(255), nullable=False),
    sa.Column("home_key", sa.String(64), nullable=False, index=True),
    sa.Column("guangdong_key", sa.String(64), nullable=False, index=True),
    sa.Column("bound_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended", sa.String(16)),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
# Among the active ones: one Guangdong account to a home identity, one identity of an issuer to a Guangdong account.
ACTIVE = bindings.c.ended_at.is_(None)
sa.Index("uq_bindings_home", bindings.c.home_key, unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
sa.Index(
    "uq_bindings_guangdong",
    bindings.c.guangdong_key,
    bindings.c.home_issuer,
    unique=True,
    sqlite_where=ACTIVE,
    postgresql_where=ACTIVE,
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("browser", sa.String(64), nullable=False),
    sa.Column("account", sa.String(72), sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("home", sa.String(8), nullable=False),
    sa.Column("binding", sa.String(64), nullable=False),
    sa.Column("acr", sa.String(64), nullable=False),
    sa.Column("amr", sa.String(255), nullable=False),
    sa.Column("authenticated_at", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended", sa.String(32)),
    sa.Index("ix_sessions_known", "browser", "home"),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("account", sa.String(72), sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("client", sa.String(255)),
    sa.Column("state", sa.String(24), nullable=False),  # of the last event, for look-ups
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("valid_until", Instant, index=True),
    sa.Column("single_use", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
sa.Index(
    "uq_consents_standing",
    consents.c.account,
    consents.c.client,
    unique=True,
    sqlite_where=sa.text("kind = 'claims' AND state IN ('given', 'used')"),
    postgresql_where=sa.text("kind = 'claims' AND state IN ('given', 'used')"),
)

consent_events = sa.Table(
    "consent_events",
    metadata,
    sa.Column("record", sa.String(64), sa.ForeignKey("consents.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(16), nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.String(71), nullable=False),
    sa.Column("hash", sa.String(71), nullable=False),
    sa.Column("text", sa.String(64)),  # which of the texts was shown, where it was then that one was
)

# An agency asks everybody in the same words, so these lie here once, however many records name them.
consent_texts = sa.Table(
    "consent_texts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # SHA-256 of all that was shown
    sa.Column("text_sha256", sa.String(71), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    postgresql_with=WHOLE_ROWS,
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("reference", sa.String(16), nullable=False, unique=True),
    sa.Column("home_key", sa.String(64), nullable=False, index=True),
    sa.Column("state", sa.String(24), nullable=False, index=True),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("ground", sa.String(32)),
    sa.Column("sealed", sa.LargeBinary),  # both records; erased when the review closes
)
