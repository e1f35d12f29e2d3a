"""A served application, a real Chromium, and pages that report every outside request and error."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.page.assets import module_source

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Route,
        ViewportSize,
    )

# The shell is Chromium without windows: the same engine, for two thirds of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
]
DESKTOP: "ViewportSize" = {"width": 1440, "height": 900}
START_SECONDS = 90
ACTION_MS = 60_000
MODULES = "http://modules.test"

Opener = Callable[..., "Page"]


def server_command(port: int, data: Path, *more: str) -> list[str]:
    """How the application is started. TREEWRIGHT_FAKE_UI names a script to start in its place."""
    fake = os.environ.get("TREEWRIGHT_FAKE_UI")
    if fake:
        return [sys.executable, fake, "--port", str(port), "--data", str(data)]
    arguments = ["serve", "--port", str(port), "--data", str(data), *more]
    return [sys.executable, "-m", "app.cli", *arguments]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one these tests are skipped, but not in CI."""
    found = os.environ.get("UI_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    message = "no Chromium on this machine: install one, or name it in UI_BROWSER"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def live_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running application with an empty database."""
    with running_application(tmp_path_factory.mktemp("server")) as url:
        yield url


@contextmanager
def running_application(folder: Path, *more: str) -> Iterator[str]:
    """Runs the application, with `more` options, until the block ends; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    log = folder / "log.txt"
    with log.open("w") as output:
        command = server_command(port, folder, *more)
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(15)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not become ready:\n{log.read_text()[-3000:]}")


# Not for the whole session: Playwright's sync API keeps an event loop running in this thread, and
# the asynchronous tests of other packages could not start theirs.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def modules(browser: "Browser") -> Iterator["Page"]:
    """A blank page that can import the explorer's modules."""

    def serve(route: "Route") -> None:
        name = route.request.url.removeprefix(MODULES + "/")
        if name.endswith(".js"):
            route.fulfill(body=module_source(name), content_type="text/javascript")
        else:
            route.fulfill(body="<title>modules</title>", content_type="text/html")

    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", serve)
    page.goto(MODULES)
    yield page
    context.close()


@dataclass
class Watch:
    """Notes what no page may do: ask other servers for something, or run into an error."""

    server: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen_to(self, page: "Page") -> None:
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url.replace("ws", "http", 1)))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.server, "data:", "blob:", "about:")):
            self.outside.append(url)

    def _console(self, message: "ConsoleMessage") -> None:
        # Chromium notes every refused request; whether it was rightly refused is tested apart.
        refused = "Failed to load resource" in message.text or "WebSocket" in message.text
        if message.type == "error" and not refused:
            self.errors.append(message.text)


@pytest.fixture(scope="package")
def warm(browser: "Browser") -> Iterator["BrowserContext"]:
    """A visitor's browser whose cache outlives the tests: to fetch and compile all that a page
    needs is a third of what it costs to open it.
    """
    context = browser.new_context(viewport=DESKTOP)
    yield context
    context.close()


def _stranger(context: "BrowserContext", server: str) -> "Page":
    """A page in a browser that was here before, of a visitor who was not."""
    context.clear_cookies()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": server, "storageTypes": "all"})
    session.detach()
    return page


@pytest.fixture
def open_page(browser: "Browser", warm: "BrowserContext") -> Iterator[Opener]:
    """Opens a page, each as another visitor; checks all of them at the end."""
    contexts = []
    watches: list[Watch] = []

    def opener(server: str, path: str = "/", **options: Any) -> "Page":
        if watches or options:
            contexts.append(browser.new_context(**{"viewport": DESKTOP, **options}))
            page = contexts[-1].new_page()
        else:
            page = _stranger(warm, server)
        page.set_default_timeout(ACTION_MS)
        watch = Watch(server)
        watch.listen_to(page)
        watches.append(watch)
        page.goto(server + path)
        return page

    yield opener
    for context in contexts:
        context.close()
    for page in warm.pages:
        page.close()
    for watch in watches:
        assert not watch.outside, f"requests to other servers: {watch.outside}"
        assert not watch.errors, f"errors in the page: {watch.errors}"
