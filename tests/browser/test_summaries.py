"""A path in plain words: asked for by the owner, read by others, hidden where nobody can write."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse

from backend.reasoning.summary import INSTRUCTIONS
from tests.browser.conftest import Opener, running_application
from tests.browser.explorer import click_row, finished_run, share
from tests.models.fake_general import FakeGeneral
from tests.models.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

CARD = ".tw-summed:visible"
TEXT = "It guesses <img src=x onerror=alert(1)> & is right."


class Server(FakeGeneral):
    """A made-up model that also sums up, while it `works`."""

    def __init__(self) -> None:
        super().__init__(before=self.answer)
        self.works = True

    def answer(self, path: str, body: dict[str, Any]) -> JSONResponse | None:
        told = body.get("messages", [{}])[0].get("content")
        if told != INSTRUCTIONS:
            return None
        text = TEXT if self.works else ""
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 50, "completion_tokens": 12}
        return JSONResponse({"choices": [choice], "usage": usage})


@pytest.fixture(scope="module")
def model() -> Iterator[Server]:
    with serving(Server()) as server:
        yield server


@pytest.fixture(scope="module")
def writing_server(
    chromium: str, model: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An application whose default generator can be told in words."""
    folder = tmp_path_factory.mktemp("writing")
    with running_application(folder, "--generator", model.url) as url:
        yield url


def sum_up(page: "Page", status: int = 201) -> None:
    with page.expect_response("**/summaries") as answer:
        page.click("text=Sum up")
    assert answer.value.status == status


def test_the_owner_has_paths_summed_up_and_others_read_them(
    writing_server: str, open_page: Opener
) -> None:
    page = open_page(writing_server)
    finished_run(page, "How many?")
    assert not page.is_visible(CARD)
    sum_up(page)
    page.wait_for_selector(f"{CARD} >> text={TEXT}")
    assert "served-generator" in page.inner_text(CARD)
    assert not page.query_selector(f"{CARD} img"), "it is text, never HTML"
    click_row(page, 1)
    page.wait_for_selector(CARD, state="hidden")
    sum_up(page)
    page.wait_for_selector(CARD)
    click_row(page, 0)
    page.wait_for_selector(CARD, state="hidden")
    assert page.is_disabled("text=Sum up"), "the problem alone is no path"
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector(f"{CARD} >> text={TEXT}")
    reader = open_page(writing_server, share(page))
    reader.wait_for_selector(f"{CARD} >> text={TEXT}")
    assert not reader.is_visible("text=Sum up")


def test_while_it_is_written_the_page_says_so_and_asks_once(
    writing_server: str, open_page: Opener
) -> None:
    page = open_page(writing_server)
    finished_run(page, "How many?")
    held: list[Any] = []
    page.route("**/summaries", lambda route: held.append(route))
    # The page says so before its request has left.
    with page.expect_request("**/summaries"):
        page.click("text=Sum up")
    page.wait_for_selector(f"{CARD} >> text=writing…")
    assert page.is_disabled("text=Sum up")
    held[0].continue_()
    page.wait_for_selector(f"{CARD} >> text={TEXT}")
    assert len(held) == 1


def test_a_summary_that_could_not_be_had_is_said_and_tried_again(
    writing_server: str, open_page: Opener, model: Server
) -> None:
    page = open_page(writing_server)
    finished_run(page, "How many?")
    model.works = False
    sum_up(page, 503)
    page.wait_for_selector("text=Nothing was summed up: The model wrote an empty summary")
    assert not page.is_visible(CARD)
    model.works = True
    sum_up(page)
    page.wait_for_selector(f"{CARD} >> text={TEXT}")


def test_where_nobody_can_be_told_in_words_there_is_no_button(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page)
    assert page.is_visible(".tw-reading h2")
    assert not page.is_visible("text=Sum up")
