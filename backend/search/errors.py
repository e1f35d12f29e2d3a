"""What the kernel can say went wrong.

SearchError
├── UnknownNode      a node id that the tree does not have
├── UnknownStrategy  no strategy is registered under this name
├── InvalidSettings  the settings do not fit the strategy
└── BrokenLog        events that do not follow on from one another
"""


class SearchError(Exception):
    """Root of every error of the search kernel."""


class UnknownNode(SearchError):
    """The tree has no node with this id."""


class UnknownStrategy(SearchError):
    """No strategy is registered under this name."""


class InvalidSettings(SearchError):
    """The settings do not fit the strategy."""


class BrokenLog(SearchError):
    """The events cannot have come from one run: one of them does not follow on."""
