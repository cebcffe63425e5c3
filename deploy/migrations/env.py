"""Alembic's entry: runs the migrations on the connection that deploy/migrate.py hands over."""

import sqlalchemy as sa
from alembic import context

from deploy.migrate import METADATA

connection = context.config.attributes["connection"]
assert isinstance(connection, sa.Connection)
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
