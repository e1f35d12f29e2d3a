"""When a failing server is left alone, and when it is tried again."""

import asyncio

import pytest

from backend.models.errors import BadReply, ModelUnavailable
from backend.models.servers.breaker import FAILURES, REST, Breaker


class Clock:
    """Seconds that pass when a test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, error: BaseException | None = None) -> None:
    with pytest.raises(type(error or ModelUnavailable())), breaker.call():
        raise error or ModelUnavailable("down")


def succeed(breaker: Breaker) -> None:
    with breaker.call():
        pass


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def resting(clock: Clock) -> Breaker:
    breaker = Breaker("the server", clock)
    for _ in range(FAILURES):
        fail(breaker)
    return breaker


def test_a_server_that_keeps_failing_is_left_alone(resting: Breaker) -> None:
    with (
        pytest.raises(ModelUnavailable, match=r"the server failed 5 times in a row.* in 10 s"),
        resting.call(),
    ):
        pytest.fail("it was called")


def test_one_call_tries_it_again_and_success_lets_all_through(
    resting: Breaker, clock: Clock
) -> None:
    clock.now += REST
    with resting.call(), pytest.raises(ModelUnavailable, match="right now"), resting.call():
        pytest.fail("a second call went out")
    succeed(resting)
    fail(resting)
    succeed(resting)


def test_a_failed_trial_means_another_rest(resting: Breaker, clock: Clock) -> None:
    clock.now += REST
    fail(resting, ModelUnavailable("still down"))
    clock.now += REST / 2
    fail(resting)
    with pytest.raises(ModelUnavailable, match="in a row"), resting.call():
        pytest.fail("it was called")


def test_a_cancelled_trial_says_nothing(resting: Breaker, clock: Clock) -> None:
    clock.now += REST
    fail(resting, asyncio.CancelledError())
    succeed(resting)


@pytest.mark.parametrize("answer", [None, BadReply("no")])
def test_only_failures_in_a_row_count(clock: Clock, answer: BadReply | None) -> None:
    breaker = Breaker("the server", clock)
    for _ in range(3):
        for _ in range(FAILURES - 1):
            fail(breaker)
        if answer is None:
            succeed(breaker)
        else:
            fail(breaker, answer)
