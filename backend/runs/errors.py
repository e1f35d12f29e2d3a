"""What a use case can say went wrong; each error tells what to do about it.

RunsError            code, message, hint
├── InvalidRequest   what was asked for makes no sense
├── NotFound         no such run, node, share
├── Conflict         not in this state of the run
├── Forbidden        the link does not allow this
└── Unavailable      the server cannot do it now (storage full, shutting down)
"""


class RunsError(Exception):
    """Root of the errors of use cases. `code` is stable, `message` and `hint` are for people."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.hint = hint


class InvalidRequest(RunsError):
    """A value is missing, out of range or unknown."""

    code = "invalid_request"


class NotFound(RunsError):
    """There is no such thing, or not for the one who asks."""

    code = "not_found"


class Conflict(RunsError):
    """The run is in a state in which this cannot be done."""

    code = "conflict"


class Forbidden(RunsError):
    """The link or the user may not do this."""

    code = "forbidden"


class Unavailable(RunsError):
    """The server cannot do this now, but nothing acknowledged is lost."""

    code = "unavailable"
