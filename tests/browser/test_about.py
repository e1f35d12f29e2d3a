"""What the page says about each strategy before somebody spends tokens on it."""

import pytest

from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser

PICTURES = """async () => {
    const js = document.querySelector('link[href*="js/main.js"]').href.replace('main.js', '');
    const { schematicOf } = await import(`${js}schematics.js`);
    const { items } = await fetch('/api/strategies').then((answer) => answer.json());
    const sound = (picture) => [...picture.querySelectorAll('circle')].every((one) =>
        ['cx', 'cy'].every((name) => Number(one.getAttribute(name)) >= 0));
    return items.map(({ name }) => {
        const known = schematicOf(name);
        const kept = known?.picture.querySelectorAll('circle[data-kind=kept]').length ?? 0;
        return [name, kept > 1 && sound(known.picture)];
    });
}"""


def test_a_strategy_is_explained_with_a_picture(live_server: str, open_page: Opener) -> None:
    page = open_page(live_server)
    page.click(".tw-about-strategy")
    dialog = page.get_by_role("dialog", name="Monte-Carlo tree search")
    assert "AlphaZero" in dialog.inner_text()
    assert dialog.get_by_role("img", name="comes back to wherever").is_visible()
    setting = dialog.locator("dl div", has_text="Children per expansion")
    assert setting.locator("b").inner_text() == "4"
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.evaluate("document.activeElement.className").endswith("tw-about-strategy")
    pictures = dict(page.evaluate(PICTURES))
    assert len(pictures) > 10
    assert all(pictures.values()), "a strategy has no picture: static/js/schematics.js"
