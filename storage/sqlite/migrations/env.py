"""Alembic's entry: runs the migrations on the connection that `storage.sqlite.migrate` hands in."""

from alembic import context

from storage.sqlite.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most of a table; batch mode copies it.
    render_as_batch=True,
)

with context.begin_transaction():
    context.run_migrations()
