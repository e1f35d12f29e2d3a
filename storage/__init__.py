"""Where runs, events, labels and share links live: frozen records, one port, its implementations.

The bottom layer: it imports nothing of the project. Nothing above it sees SQLAlchemy.
"""
