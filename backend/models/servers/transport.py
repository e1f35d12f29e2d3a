"""HTTP to one model server: retries, one deadline, size limits, and errors in our own words."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2
import stamina

from backend.models.errors import BadReply, ContextOverflow, ModelUnavailable
from backend.models.servers.breaker import Breaker
from backend.models.servers.replies import denies_model, error_message, parse_json

_LOG: Final = logging.getLogger(__name__)

DEADLINE = 120.0
"""Seconds that one exchange may take in total, retries and waiting for a connection included."""

ATTEMPTS = 4
CONNECT_SECONDS = 10.0
MAX_REPLY_BYTES = 16 * 2**20
MAX_CONNECTIONS = 128


class _Passing(ModelUnavailable):
    """What may be over in a moment. `after`: seconds to wait that the server named, if it did."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Transport:
    """JSON to and from one server. Safe to use from many tasks at once.

    A server that is busy (429, 503), unreachable or gone in the middle is asked again; everything
    asked for may be asked twice. Cancelling an exchange closes its connection, by which a server
    such as vLLM notices and stops computing.
    """

    def __init__(self, url: str, api_key: str | None, deadline: float) -> None:
        """Parameters and errors: ServerClient."""
        self.url = _checked_url(url)
        self.epoch = 0
        """Grows when the server was away or denied a model: what it said before may be outdated."""
        self._where = f"the model server at {self.url}"
        self._key = api_key
        self._deadline = deadline
        self._closed = False
        self._breaker = Breaker(self._where)
        self._retrying = stamina.AsyncRetryingCaller(
            attempts=ATTEMPTS, timeout=None, wait_initial=0.2, wait_max=5.0, wait_jitter=0.5
        )
        headers = {"Accept-Encoding": "identity"}
        if api_key:
            if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
                raise ValueError("the API key must be printable ASCII without spaces")
            headers["Authorization"] = f"Bearer {api_key}"
        # A connection per exchange: vLLM closes idle ones after 5 s, and a request that meets the
        # closing fails; also, a cancelled exchange then leaves nothing behind to be reused.
        self._http = httpx2.AsyncClient(
            headers=headers,
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=0),
            trust_env=False,
        )

    def close(self) -> None:
        """Refuse further exchanges; those in flight end by themselves. Needs no event loop."""
        self._closed = True

    async def aclose(self) -> None:
        """Refuse further exchanges and drop the connections."""
        self.close()
        await self._http.aclose()

    async def exchange(
        self, method: str, path: str, body: object, read: Callable[[bytes], Any] = parse_json
    ) -> Any:
        """What `read` makes of the bytes that answer a request: JSON by default.

        Errors: ModelUnavailable (unreachable, overloaded, too slow, closed), ContextOverflow
        (prompt too long), BadReply (refused or malformed), and nothing else.
        """
        ends = asyncio.get_running_loop().time() + self._deadline
        failures: list[_Passing] = []

        def pause(error: Exception) -> bool | float:
            if not isinstance(error, _Passing):
                return False
            failures.append(error)
            _LOG.warning("try %d of %d: %s", len(failures), ATTEMPTS, error)
            if error.after is None:
                return True
            # Not all who were turned away at once should come back at once.
            wait = error.after + random.random()
            return wait if asyncio.get_running_loop().time() + wait < ends else False

        with self._breaker.call():
            try:
                async with asyncio.timeout_at(ends):
                    return await self._retrying(pause, self._attempt, method, path, body, read)
            except TimeoutError as error:
                if failures:
                    raise failures[-1] from error
                raise ModelUnavailable(
                    f"{self._where} did not answer within {self._deadline:g} s: "
                    "check its load, then try again."
                ) from error

    async def _attempt(
        self, method: str, path: str, body: object, read: Callable[[bytes], Any]
    ) -> Any:
        if self._closed:
            raise ModelUnavailable(f"the connection to {self._where} is closed")
        try:
            response, reply = await self._send(method, path, body)
        except httpx2.DecodingError as error:
            raise BadReply(f"{self._where} sent garbled bytes") from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            self.epoch += 1
            raise _Passing(
                f"cannot reach {self._where} ({type(error).__name__}): "
                "check that it runs and that the address is right, then try again."
            ) from error
        # On another route 404 may just say that this kind of server does not have it.
        if response.status_code == 404 and (path.startswith("/v1/") or denies_model(reply)):
            self.epoch += 1
        if response.status_code != 200:
            after = _seconds(response.headers.get("retry-after"))
            raise self._refusal(response.status_code, reply, after)
        try:
            payload = read(reply)
        except BadReply as error:
            raise BadReply(f"{self._where}: {error}") from error
        if isinstance(payload, dict) and payload.get("error"):
            # Gateways answer 200 and put the status of the model behind them into the body.
            code = payload["error"].get("code") if isinstance(payload["error"], dict) else None
            status = code if type(code) is int and 400 <= code < 600 else 400
            raise self._refusal(status, reply, None)
        return payload

    async def _send(self, method: str, path: str, body: object) -> tuple[httpx2.Response, bytes]:
        reply = bytearray()
        async with self._http.stream(method, self.url + path, json=body) as response:
            async for chunk in response.aiter_bytes():
                reply += chunk
                if len(reply) > MAX_REPLY_BYTES:
                    raise BadReply(f"{self._where} sent more than {MAX_REPLY_BYTES} bytes")
        return response, bytes(reply)

    def _refusal(
        self, status: int, reply: bytes, after: float | None
    ) -> BadReply | ContextOverflow | ModelUnavailable:
        if self._key:
            # Before the message is cut to size: half a key is still a secret.
            reply = reply.replace(self._key.encode(), b"[key]")
        said, too_long = error_message(reply)
        where = self._where
        if status == 429 or status >= 500:
            message = f"{where} cannot serve now ({status}): {said} Try again later."
            return _Passing(message, after) if status in (429, 503) else ModelUnavailable(message)
        if status in (401, 403):
            return BadReply(f"{where} refused the API key ({status}): set the key it was given.")
        if status in (400, 413, 422) and too_long:
            return ContextOverflow(f"{where}: {said} Shorten the problem or branch earlier.")
        return BadReply(f"{where} refused the request ({status}): {said}")


def _seconds(retry_after: str | None) -> float | None:
    """The Retry-After header (RFC 9110, section 10.2.3: seconds or a date) in seconds."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    # A date without a zone is one in UTC.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _checked_url(url: str) -> str:
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise ValueError(f"the address of the model server is no URL: {error}") from error
    usable = parsed.scheme in ("http", "https") and parsed.host and (parsed.port or 80) < 2**16
    # A password or a key in the address would be shown in messages.
    if not usable or parsed.userinfo or parsed.query or parsed.fragment:
        raise ValueError(
            "the address of a model server looks like http://host:8000, without user, password and "
            "question mark; give the key apart"
        )
    return url.rstrip("/").removesuffix("/v1")
