"""The table of earlier subjects: the names by which agencies knew people before they came here."""

import sqlalchemy as sa

from gateway.storage.metadata import metadata

earlier_subjects = sa.Table(
    "earlier_subjects",
    metadata,
    sa.Column("agency", sa.String(200), primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),
    sa.Column("account", sa.String(72), index=True),  # None until the person binds
    sa.Column("person", sa.String(64), index=True),  # keyed hash of the identity at a region that they will bind
    sa.UniqueConstraint("agency", "account", name="uq_earlier_subjects_account"),
    sa.UniqueConstraint("agency", "person", name="uq_earlier_subjects_person"),
)
