"""What every provider refuses before it asks its model."""

import math

from backend.models.errors import ModelError
from backend.models.protocols import GenerationRequest


def check_request(request: GenerationRequest, actions: tuple[str, ...]) -> None:
    """Refuse what no model with these thought actions can serve. Errors: ModelError."""
    if not (math.isfinite(request.temperature) and request.temperature >= 0):
        raise ModelError(f"temperature must be 0 or more, it is {request.temperature}")
    if request.actions is None:
        return
    if len(request.actions) != len(request.seeds):
        raise ModelError(
            f"{len(request.actions)} actions for {len(request.seeds)} seeds: give one per sample"
        )
    unknown = {a for a in request.actions if a is not None and a not in actions}
    if unknown:
        raise ModelError(f"unknown actions {sorted(unknown)}; known are {', '.join(actions)}")
