"""What keeps Treewright from starting."""


class CannotStart(Exception):
    """A model cannot be opened; the message says which and what to do."""
