"""What a reader of a shared tree sees until the explorer is there.

Gradio puts the page's head in by script, which takes seconds on a slow line. This stands in the
HTML itself.
"""

import json
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.page.assets import in_all_languages

_HEAD: Final = b"<head>"
_SHARED: Final = frozenset({b"view=shared", b"embed=1"})
# Light and dark as the system says: what somebody chose is known once the explorer is there.
_STYLE: Final = """
html[data-opening] { color-scheme: light dark; }
html[data-opening] body { background: light-dark(#f3f5f8, #0c1116) !important; }
html[data-opening]::before, html[data-opening]::after {
  position: fixed; inset-inline: 0; z-index: 9; text-align: center;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
html[data-opening]::before {
  content: "Treewright"; top: calc(50% - 44px); font-size: 22px; font-weight: 700;
  color: light-dark(#17212e, #e3e9f0);
}
html[data-opening]::after {
  content: attr(data-opening); top: 50%; font-size: 14px; color: light-dark(#5a6879, #93a2b3);
}
"""
# In the language that static/js/language.js will choose.
_SCRIPT: Final = """{
  const words = %s;
  let kept = null;
  try { kept = localStorage.getItem("treewright.language"); } catch {}
  const given = new URLSearchParams(location.search).get("lang");
  const wanted = [given, kept, ...navigator.languages]
    .map((tag) => (tag ?? "").split("-")[0].toLowerCase());
  const language = wanted.find((one) => Object.hasOwn(words, one)) ?? "en";
  document.documentElement.dataset.opening = words[language];
}"""


class Opening:
    """ASGI middleware: the page of a shared tree says from its first bytes what is coming.

    The explorer takes `data-opening` off the document once it is there.
    """

    def __init__(self, app: ASGIApp) -> None:
        words = json.dumps(in_all_languages("pane.opening"), ensure_ascii=False)
        notice = f"<style>{_STYLE}</style><script>{_SCRIPT % words}</script>"
        self.app = app
        self.head = _HEAD + notice.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not _is_shared(scope):
            await self.app(scope, receive, send)
            return
        started: Message = {}
        body = b""

        async def send_with_notice(message: Message) -> None:
            nonlocal started, body
            if message["type"] == "http.response.start":
                started = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body", False):
                return
            if Headers(raw=started["headers"]).get("content-type", "").startswith("text/html"):
                body = body.replace(_HEAD, self.head, 1)
                MutableHeaders(raw=started["headers"])["content-length"] = str(len(body))
            await send(started)
            await send({"type": "http.response.body", "body": body})

        await self.app(_uncompressed(scope), receive, send_with_notice)


def _is_shared(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
        return False
    return not _SHARED.isdisjoint(scope["query_string"].split(b"&"))


def _uncompressed(scope: Scope) -> Scope:
    """The request without what it accepts: Gradio would compress what is to be added to."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers}
