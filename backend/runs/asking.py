"""Asking the models for a person, who waits: what they say, or the error that says why not."""

from collections.abc import Awaitable, Callable

from backend.models.errors import ModelError
from backend.runs.errors import Conflict, Unavailable
from backend.runs.executor import reply_within
from backend.search.work import Outcome


async def outcome_within(
    seconds: float, thinking: Callable[[], Awaitable[Outcome]], nothing: str
) -> Outcome:
    """What the models say in this time. Unavailable where they fail, Conflict where the path is too
    long for them; `nothing` tells the person that nothing was changed.
    """
    reply = await reply_within(seconds, thinking)
    if isinstance(reply, ModelError):
        raise Unavailable(
            str(reply) or type(reply).__name__,
            code="model_failed",
            hint=f"{nothing}; try again once the model answers",
        )
    if reply.failure is not None:
        raise Conflict(
            reply.failure,
            code="path_too_long",
            hint=f"{nothing}; write less, or go on nearer to the problem",
        )
    return reply
