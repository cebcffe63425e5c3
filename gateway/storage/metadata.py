"""The one MetaData of the gateway's tables: what migrations and tests create."""

import sqlalchemy as sa

metadata = sa.MetaData()
