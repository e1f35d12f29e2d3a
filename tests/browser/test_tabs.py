"""Many tabs at once: a browser has six connections to a server, and a tab must not keep one."""

from typing import TYPE_CHECKING

import httpx2

from tests.browser.conftest import ACTION_MS, Opener
from tests.browser.explorer import PROBLEM, finished_run

if TYPE_CHECKING:
    from playwright.sync_api import Page

TABS = 8
NO_SOCKETS = """
window.WebSocket = class {
  constructor() { setTimeout(() => this.onclose?.(new CloseEvent('close')), 0); }
  close() {}
};
"""


def test_eight_tabs_are_all_live(live_server: str, open_page: Opener) -> None:
    body = {"problem": PROBLEM, "budget": {"nodes": 50_000}}
    run = httpx2.post(f"{live_server}/api/runs", json=body).json()
    address = f"/?run={run['id']}"
    first = open_page(live_server, address)
    tabs = [first, *(another(first, live_server + address) for _ in range(TABS - 1))]
    for tab in tabs:
        tab.wait_for_function("window.treewright?.connection === 'live'")
    seen = [tab.evaluate("treewright.model.size") for tab in tabs]
    for tab, size in zip(tabs, seen, strict=True):
        tab.wait_for_function(f"treewright.model.size > {size}")
    # With all of them open there is a connection left for what somebody does.
    tabs[-1].get_by_role("button", name="Stop").click()
    for tab in tabs:
        tab.wait_for_function("treewright.status === 'stopped'")
    assert len({tab.evaluate("treewright.model.size") for tab in tabs}) == 1


def another(page: "Page", address: str) -> "Page":
    tab = page.context.new_page()
    tab.set_default_timeout(ACTION_MS)
    tab.goto(address)
    return tab


def test_where_no_socket_comes_through_events_are_streamed(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.add_init_script(NO_SOCKETS)
    page.reload()
    with page.expect_request("**/events?after=*"):
        finished_run(page)
    assert page.evaluate("treewright.status") == "finished"
