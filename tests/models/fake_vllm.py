"""A vLLM server in a thread, in the shapes of vLLM 0.32, over a tiny model that really computes."""

import asyncio
import json
import math
import random
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tokenizers import Tokenizer

from backend.models.embedded.checkpoint import Checkpoint, Floats
from backend.models.embedded.llama import Llama, Span
from backend.models.embedded.past import Past
from backend.models.embedded.sampling import log_softmax

BUSY = {
    "message": "The engine is currently busy and cannot accept new requests. Please try again "
    "later or on a different instance.",
    "type": "Service Unavailable",
    "param": None,
    "code": 503,
}

Fault = Callable[[Request, dict[str, Any]], Awaitable[Response | None]]


@dataclass
class FakeVllm:
    """`before` may answer a completion in the model's place; `change` edits an answer."""

    checkpoint: Checkpoint
    api_key: str | None = None
    model: str = "tiny-math"
    knows_label_ids: bool = True
    before: Fault | None = None
    change: Callable[[dict[str, Any]], object] | None = None
    bodies: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._llama = Llama(self.checkpoint)
        self._head = self._llama.head()
        self._tokenizer = Tokenizer.from_str(self.checkpoint.tokenizer_json)
        self._came = threading.Condition()

    async def has_come(self, requests: int) -> None:
        """Wait until that many requests have come in total."""

        def wait() -> bool:
            with self._came:
                return self._came.wait_for(lambda: len(self.bodies) >= requests, 20)

        assert await asyncio.to_thread(wait)

    @property
    def window(self) -> int:
        return self.checkpoint.config.window

    async def models(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        served = {"id": self.model, "object": "model", "max_model_len": self.window}
        return ascii_json({"object": "list", "data": [served]}, 200)

    async def completions(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        body = json.loads(await request.body())
        with self._came:
            self.bodies.append(body)
            self._came.notify_all()
        if self.before and (answer := await self.before(request, body)):
            return answer
        if isinstance(body["prompt"][0], int):
            body = {**body, "prompt": [body["prompt"]]}
        if body["model"] != self.model:
            return JSONResponse({"error": no_model(body["model"], self.model)}, 404)
        for prompt in body["prompt"]:
            if len(prompt) >= self.window:
                return JSONResponse({"error": too_long(self.window, len(prompt))}, 400)
        reply = await asyncio.to_thread(self._reply, body)
        if self.change:
            self.change(reply)
        return ascii_json(reply, 200)

    async def tokenize(self, request: Request) -> Response:
        """Text by the model's own tokenizer; vLLM guards /v1 only, so no key is asked for."""
        text = json.loads(await request.body()).get("prompt", "")
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ascii_json({"count": len(ids), "max_model_len": self.window, "tokens": ids}, 200)

    async def version(self, request: Request) -> Response:
        return ascii_json({"version": "0.32.0"}, 200)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/models", self.models),
            Route("/version", self.version),
            Route("/tokenize", self.tokenize, methods=["POST"]),
            Route("/v1/completions", self.completions, methods=["POST"]),
        ]

    def _refusal(self, request: Request) -> Response | None:
        if self.api_key and request.headers.get("authorization") != f"Bearer {self.api_key}":
            return JSONResponse({"error": "Unauthorized"}, 401)
        return None

    def _reply(self, body: dict[str, Any]) -> dict[str, Any]:
        choices = [self._choice(i, ids, body) for i, ids in enumerate(body["prompt"])]
        read = sum(map(len, body["prompt"]))
        written = sum(len(choice["token_ids"]) for choice in choices)
        return {
            "id": "cmpl-97915c4fb0d7f14e",
            "object": "text_completion",
            "model": body["model"],
            "choices": choices,
            "usage": {
                "prompt_tokens": read,
                "total_tokens": read + written,
                "completion_tokens": written,
                "prompt_tokens_details": None,
            },
        }

    def _choice(self, index: int, prompt: list[int], body: dict[str, Any]) -> dict[str, Any]:
        chance = random.Random(str(body.get("seed")))
        past, tokens, tops = Past(self._llama.config), list[int](), list[dict[str, float]]()
        unread, reason = prompt, "length"
        # vLLM clamps what is asked for to its window without a word.
        for _ in range(min(body["max_tokens"], self.window - len(prompt))):
            logits = self._head(self._llama.forward([Span(past, unread)])[-1:])
            raw = log_softmax(logits)[0]
            token = self._draw(logits[0], len(tokens), chance.random(), body)
            tops.append(self._top(raw, token, body))
            tokens.append(token)
            unread = [token]
            if token in body.get("stop_token_ids", ()):
                reason = "stop"
                break
        return {
            "index": index,
            "text": "",
            "logprobs": {
                "text_offset": [0] * len(tokens),
                "tokens": [f"token_id:{token}" for token in tokens],
                "token_logprobs": [
                    top[f"token_id:{token}"] for token, top in zip(tokens, tops, strict=True)
                ],
                "top_logprobs": tops,
            },
            "finish_reason": reason,
            "stop_reason": tokens[-1] if reason == "stop" else None,
            "token_ids": tokens,
            "prompt_token_ids": prompt,
        }

    def _draw(self, logits: Floats, done: int, chance: float, body: dict[str, Any]) -> int:
        scores = logits.astype(np.float64)
        if allowed := body.get("allowed_token_ids"):
            scores[[i for i in range(len(scores)) if i not in allowed]] = -np.inf
        for token, bias in body.get("logit_bias", {}).items():
            scores[int(token)] += bias
        if done < body.get("min_tokens", 0):
            scores[body["stop_token_ids"]] = -np.inf
        if not body["temperature"]:
            return int(scores.argmax())
        weights = np.exp((scores - scores.max()) / body["temperature"])
        reached = np.cumsum(weights)
        return int((reached > chance * reached[-1]).argmax())

    def _top(self, raw: Any, token: int, body: dict[str, Any]) -> dict[str, float]:
        if self.knows_label_ids and "logprob_token_ids" in body:
            shown = {token, *body["logprob_token_ids"]}
        else:
            shown = {token, *np.argsort(-raw)[: body["logprobs"]].tolist()}
        return {f"token_id:{i}": float(raw[i]) for i in shown}


def too_long(window: int, count: int) -> dict[str, Any]:
    """What vLLM says of a prompt that does not fit."""
    return {
        "message": f"This model's maximum context length is {window} tokens. However, your prompt "
        f"contains {count} input tokens, which exceeds this limit even without any output tokens. "
        f"Please reduce the length of the input prompt. (parameter=input_tokens, value={count})",
        "type": "BadRequestError",
        "param": "input_tokens",
        "code": 400,
    }


def no_model(asked: str, served: str) -> dict[str, Any]:
    """What vLLM says of a model that it does not serve."""
    return {
        "message": f"The model `{asked}` does not exist. Valid aliases: {served}.",
        "type": "NotFoundError",
        "param": "model",
        "code": 404,
    }


def ascii_json(payload: object, status: int) -> Response:
    """JSON that may hold what UTF-8 cannot, such as half a surrogate pair."""
    return Response(json.dumps(payload), status, media_type="application/json")


def garbled(text: str) -> Fault:
    """Answers 200 with a text of any kind."""

    async def answer(request: Request, body: dict[str, Any]) -> Response:
        return Response(text, media_type="application/json")

    return answer


def refused(status: int, error: object) -> Fault:
    """Answers with an error."""

    async def answer(request: Request, body: dict[str, Any]) -> Response:
        return ascii_json({"error": error}, status)

    return answer


async def hang(request: Request, body: dict[str, Any]) -> Response:
    """Says nothing until the client has gone, as a server that is stuck."""
    await request.receive()  # the body has been read: all that can still come is the disconnect
    return Response()


def is_close(a: float | None, b: float | None) -> bool:
    """Whether both are numbers, and equal but for rounding."""
    return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-5)
