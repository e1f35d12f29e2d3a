"""What the page says of what was just done: true for as long as it stands, and in nobody's way."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import MODULES, Opener
from tests.browser.explorer import click_row, finished_run
from tests.browser.test_phone import PHONE
from tests.browser.test_time import go_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NOTICE = ".tw-message.tw-shown"
COVERED = """() => {
    const notice = document.querySelector('.tw-message.tw-shown');
    const box = notice.getBoundingClientRect();
    const controls = 'button, input, select, textarea, a, summary, [role=treeitem]';
    return [...document.querySelectorAll(controls)]
        .filter((element) => element.checkVisibility() && !notice.contains(element))
        .filter((element) => {
            const { left, right, top, bottom } = element.getBoundingClientRect();
            const cut = element.closest('.tw-scroller')?.getBoundingClientRect();
            const first = Math.max(top, cut?.top ?? 0, box.top);
            const last = Math.min(bottom, cut?.bottom ?? Infinity, box.bottom);
            return left < box.right && right > box.left && first < last;
        })
        .map((element) => element.className + element.id);
}"""


def gone(page: "Page") -> None:
    page.wait_for_selector(NOTICE, state="detached")


def test_a_notice_of_the_past_goes_with_it_and_names_the_way_back(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page)
    click_row(page, 2)
    go_to(page, 5)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("3")
    page.wait_for_selector(f"{NOTICE} >> text=This is the run as it was.")
    back = page.inner_text(".tw-live")
    assert f"“{back}”" in page.inner_text(NOTICE)
    assert page.inner_text(f"{NOTICE} kbd") == "l"
    # It would go by itself later: this is the same moment.
    left = "() => { document.querySelector('.tw-live').click(); return treewright.notice; }"
    assert page.evaluate(left) == ""


def test_a_notice_goes_when_what_it_says_is_no_longer_so(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    finished_run(page)
    page.keyboard.press("3")
    page.wait_for_selector(f"{NOTICE} >> text=Select a step first.")
    select = "id => { document.getElementById(`tw-row-${id}`).click(); return treewright.notice; }"
    page.wait_for_selector("#tw-row-2")
    assert page.evaluate(select, 2) == ""
    page.keyboard.press("3")
    page.keyboard.press("Control+z")
    page.wait_for_selector(f"{NOTICE} >> text=Undone")
    again = "() => { document.querySelector('.tw-label').click(); return treewright.notice; }"
    assert page.evaluate(again) == ""


NOTICES = f"""async () => {{
    const {{ Session }} = await import('{MODULES}/js/session.js');
    const {{ Notices }} = await import('{MODULES}/js/notices.js');
    const session = new Session();
    const notices = new Notices(session, document.body, document.body);
    document.body.append(notices.element);
    Object.assign(window, {{ session, notices }});
}}"""


def test_a_notice_goes_in_time_and_waits_for_who_reads_it(modules: "Page") -> None:
    page = modules
    page.clock.install()
    page.evaluate(NOTICES)
    said = page.locator(".tw-message [role=status]")
    for text, most in (("Short.", 4000), ("This one takes longer to read. " * 5, 16_000)):
        page.evaluate("text => session.say(text, '', false)", text)
        assert said.inner_text() == text.strip()
        page.clock.run_for(most)
        assert said.inner_text() == ""
    # What went wrong stays longer, and what is pointed at, or has the keyboard, stays.
    page.evaluate("session.say('Short.', '')")
    page.clock.run_for(4000)
    assert said.inner_text() == "Short."
    page.hover(".tw-message")
    page.clock.run_for(60_000)
    page.focus(".tw-message-close")
    page.mouse.move(600, 600)
    page.clock.run_for(60_000)
    assert said.inner_text() == "Short."
    page.evaluate("document.activeElement.blur()")
    page.clock.run_for(10_000)
    assert said.inner_text() == ""
    page.evaluate("session.say('Short.')")
    page.focus(".tw-message-close")
    page.keyboard.press("Escape")
    assert said.inner_text() == ""


def test_on_a_phone_a_notice_covers_no_control_and_names_no_key(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server, **PHONE)
    finished_run(page)
    for tab in ("Tree", "Outline", "Reading"):
        page.get_by_role("tab", name=tab).tap()
        page.keyboard.press("3")
        page.wait_for_selector(f"{NOTICE} >> text=Select a step first.")
        assert page.inner_text(f"{NOTICE} span") == "Tap one in the tree."
        assert page.evaluate(COVERED) == [], tab
    click_row(page, 2)
    page.keyboard.press("x")
    page.wait_for_selector(f"{NOTICE} >> text=Restore puts them back.")
    assert page.evaluate(COVERED) == []
    page.tap(".tw-message-close")
    gone(page)
    page.keyboard.press("x")
    page.wait_for_selector(f"{NOTICE} >> text=is in the search again.")
    page.tap(".tw-form-toggle")
    page.wait_for_selector("#tw-search")
    assert page.evaluate(COVERED) == []
