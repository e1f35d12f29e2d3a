"""Choosing who writes and who judges."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Opener
from tests.browser.explorer import PROBLEM, search, wait_until_done

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser


def test_a_second_verifier_judges_every_step(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.click("summary:text('Models')")
    assert not page.is_visible("label:has-text('Generator') select"), "there is only one"
    page.check(".tw-boxes input[value='symbolic']")
    search(page)
    wait_until_done(page)
    assert page.evaluate("treewright.run.verifiers") == ["treewright-prm", "symbolic"]
    judged = page.evaluate(
        "treewright.model.nodes.slice(1).map((node) => Object.keys(node.scores).sort().join())"
    )
    assert set(judged) == {"symbolic,treewright-prm"}


def test_the_generators_of_a_pool_are_chosen_by_name(live_server: str, open_page: Opener) -> None:
    """The server has one model: what the page sends is looked at on its way."""
    page = open_page(live_server)
    page.route("**/api/models", two_more)
    page.reload()
    page.wait_for_selector(".tw-summary")
    page.click("summary:text('Models')")
    page.select_option("label:has-text('Generator') select", "large")
    page.click("summary:text('Strategy settings')")
    page.check(".tw-setting:has-text('Pool of generators') input[value='small']")
    page.check(".tw-setting:has-text('Pool of generators') input[value='large']")
    page.fill("#tw-problem textarea", PROBLEM)
    with page.expect_request(lambda sent: sent.method == "POST") as sent:
        page.click("#tw-search")
    asked = sent.value.post_data_json or {}
    assert asked["generator"] == "large"
    assert asked["settings"] == {"generators": ["small", "large"]}
    page.wait_for_selector(".tw-form-error >> text=no generator is called 'large'")


def test_the_panel_tells_what_the_models_are_and_tries_them(
    live_server: str, open_page: Opener
) -> None:
    page = open_page(live_server)
    page.click("summary:text('Models')")
    page.click("text=About these models")
    page.wait_for_selector(".tw-model:has-text('treewright-generator') >> text=can be used")
    prm = page.locator(".tw-model:has-text('treewright-prm')")
    assert "in this process" in prm.inner_text()
    assert not page.is_visible("text=A wrong one")
    page.click("text=Try them")
    page.wait_for_selector(".tw-model:has-text('treewright-prm') >> text=A wrong one")
    assert (
        page.locator(".tw-model:has-text('treewright-generator') dt:text-is('Wrote')").count() == 1
    )


def two_more(route: "Route") -> None:
    models = route.fetch().json()
    models["generators"] += [{"name": name, "actions": []} for name in ("small", "large")]
    route.fulfill(json=models)
