"""Guards around the whole application: body size, closed Gradio routes, security headers."""

from collections.abc import MutableMapping, Sequence
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from backend.api.error_responses import error_response

# Gradio's file and proxy routes serve nothing here, and have been its weak spots.
_CLOSED: Final = (
    "/gradio_api/upload",
    "/gradio_api/file=",
    "/gradio_api/file/",
    "/gradio_api/proxy=",
    "/gradio_api/component_server",
    "/gradio_api/process_recording",
    "/gradio_api/deep_link",
    "/file=",
    "/proxy=",
    "/upload",
)
# Gradio compiles its templates in the browser, which needs 'unsafe-eval'.
_POLICY: Final = (
    "frame-ancestors {ancestors}; "
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'self'; "
    "form-action 'self'; object-src 'none'"
)
_SELF: Final = "'self'"
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY.format(ancestors=_SELF),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Robots-Tag": "noindex",
}


class Guard:
    """Refuses foreign host names, bodies over `max_body` bytes and closed routes; adds headers.

    `hosts`: names under which the server may be addressed ("*": any). A page of another site that
    points its own name at this machine (DNS rebinding) fails here.

    `framers`: whose pages may frame the embedded page, a CSP source list (CSP Level 3, section
    6.4.2). It has no buttons that change anything; the whole page, which has, only ours may frame.
    """

    def __init__(
        self,
        app: ASGIApp,
        max_body: int,
        hosts: Sequence[str] = ("*",),
        framers: str = _SELF,
    ) -> None:
        self.app = app
        self.max_body = max_body
        self.hosts = frozenset(host.lower() for host in hosts)
        self.embed_headers = {
            **_HEADERS,
            "Content-Security-Policy": _POLICY.format(ancestors=framers),
        }
        if framers != _SELF:
            del self.embed_headers["X-Frame-Options"]  # it cannot name anybody

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "websocket" and not self._goes_by(scope):
            await WebSocketClose(1008)(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        added = self.embed_headers if _is_embedded(scope) else _HEADERS

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers.setdefault(name, value)
            await send(message)

        if not self._goes_by(scope):
            hint = "use its own address, or add this name to TREEWRIGHT_ALLOWED_HOSTS"
            foreign = error_response(400, "foreign_host", "this server has another name", hint)
            await foreign(scope, receive, send_guarded)
        elif any(scope["path"].startswith(prefix) for prefix in _CLOSED):
            closed = error_response(404, "not_found", "this route is closed")
            await closed(scope, receive, send_guarded)
        elif _declared_length(scope) > self.max_body:
            await self._too_large()(scope, receive, send_guarded)
        else:
            await self._limited(scope, receive, send_guarded)

    def _goes_by(self, scope: Scope) -> bool:
        return "*" in self.hosts or _host_name(scope) in self.hosts

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a body of undeclared length only up to the limit."""
        if b"transfer-encoding" not in dict(scope["headers"]):
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self.max_body:
                await self._too_large()(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body"):
                break

        async def replay() -> MutableMapping[str, Any]:
            return messages.pop(0) if messages else await receive()

        await self.app(scope, replay, send)

    def _too_large(self) -> ASGIApp:
        return error_response(
            413, "body_too_large", f"at most {self.max_body:,} bytes are taken", "send less"
        )


def _host_name(scope: Scope) -> str:
    """The Host header in lower case, without its port."""
    host = Headers(scope=scope).get("host", "").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _is_embedded(scope: Scope) -> bool:
    """Whether the page is asked for as it stands in a frame (static/js/embed.js)."""
    return scope["path"] == "/" and b"embed=1" in scope["query_string"].split(b"&")


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
