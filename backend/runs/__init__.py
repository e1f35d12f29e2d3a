"""Every use case on runs, and the executor that grows them: the only asynchronous part.

The API, the command line and the page may call this package and nothing below it.
"""
