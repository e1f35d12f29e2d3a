"""Breaker: leaves a server alone that keeps failing, so that callers learn of it at once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.models.errors import ModelError, ModelUnavailable

FAILURES = 5
"""Failed calls in a row after which a server is left alone."""

REST = 10.0
"""Seconds for which it is left alone; then one call tries it again."""


class Breaker:
    """Counts the calls to one server. A call that was cancelled says nothing about the server."""

    def __init__(self, where: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`where` names the server in messages. `clock` gives seconds."""
        self._where = where
        self._clock = clock
        self._failed = 0
        self._rests_until = 0.0
        self._trying = False

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one call. Errors: ModelUnavailable, without calling, while the server rests."""
        tries = self._failed >= FAILURES
        if tries:
            self._refuse_while_resting()
            self._trying = True
        try:
            yield
        except ModelUnavailable:
            self._failed += 1
            self._rests_until = self._clock() + REST
            raise
        except ModelError:
            # It answered, if only to say no.
            self._failed = 0
            raise
        else:
            self._failed = 0
        finally:
            if tries:
                self._trying = False

    def _refuse_while_resting(self) -> None:
        left = self._rests_until - self._clock()
        if left <= 0 and not self._trying:
            return
        when = f"in {left:.0f} s" if left > 0 else "right now"
        raise ModelUnavailable(
            f"{self._where} failed {self._failed} times in a row; it is tried again {when}: "
            "check that it runs and what its log says."
        )
