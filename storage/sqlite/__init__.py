"""The SQLite implementation of the storage port; open it with `storage.sqlite.store`."""
