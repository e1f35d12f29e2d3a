"""A server of judges in a thread, in the shapes of vLLM 0.32 and later, over a toy model.

Its tokens are marks and single characters. What it says of a position depends on the tokens up to
there and nothing else, as with every causal model.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.models.fake_vllm import ascii_json, no_model, too_long
from tests.models.serving import running

SPECIAL = ("<bos>", "<|im_start|>", "<|im_end|>", "<extra_0>")
MARKS = (*SPECIAL, "ки", "Yes", "No", " +", " -", " \n\n\n\n\n")
SPLIT = re.compile("|".join(re.escape(mark) for mark in MARKS) + "|.", re.DOTALL)
FIRST_LETTER = 100
TAG = MARKS.index("<extra_0>")

Ids = Sequence[int]


def encode(text: str) -> list[int]:
    """The tokens of a text."""
    parts = SPLIT.findall(text)
    return [MARKS.index(p) if p in MARKS else FIRST_LETTER + ord(p) for p in parts]


def decode(ids: Ids) -> str:
    """The text of tokens."""
    return "".join(MARKS[i] if i < FIRST_LETTER else chr(i - FIRST_LETTER) for i in ids)


def right(ids: Ids) -> float:
    """What the toy model thinks after these tokens, from 0 to 1."""
    return int.from_bytes(sha256(repr(list(ids)).encode()).digest()[:4]) / 2**32


@dataclass
class FakeJudge:
    """`routes`: what it serves. `change` edits an answer; `says` answers a conversation."""

    routes: tuple[str, ...] = ("/pooling",)
    model: str = "judge"
    window: int = 2000
    every_token: bool = False
    change: Callable[[dict[str, Any]], object] | None = None
    says: Callable[[list[dict[str, str]]], str] | None = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What came to a route."""
        return [body for route, body in self.asked if route == path]

    async def models(self, request: Request) -> Response:
        served = {"id": self.model, "object": "model", "max_model_len": self.window}
        return JSONResponse({"object": "list", "data": [served]})

    async def answer(self, request: Request) -> Response:
        body, path = json.loads(await request.body()), request.url.path
        self.asked.append((path, body))
        if body["model"] != self.model:
            return JSONResponse({"error": no_model(body["model"], self.model)}, 404)
        if path == "/tokenize":
            return JSONResponse({"tokens": self._tokenized(body)})
        prompts = self._prompts(body)
        longest = max(map(len, prompts))
        if path == "/generative_scoring":  # which cuts what is too long without a word
            prompts = [prompt[: self.window - 1] for prompt in prompts]
        elif longest + (path == "/v1/completions") > self.window:
            return JSONResponse({"error": too_long(self.window, longest)}, 400)
        reply = self._reply(path, body, prompts)
        reply["usage"] = {"prompt_tokens": sum(map(len, prompts)), "completion_tokens": 0}
        if self.change:
            self.change(reply)
        return ascii_json(reply, 200)

    async def nothing(self, request: Request) -> Response:
        self.asked.append((request.url.path, json.loads(await request.body())))
        return JSONResponse({"detail": "Not Found"}, 404)

    def _tokenized(self, body: dict[str, Any]) -> list[int]:
        if "messages" not in body:
            return ([0] if body["add_special_tokens"] else []) + encode(body["prompt"])
        text = "".join(
            f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n"
            for turn in body["messages"]
        )
        return encode(text + "<|im_start|>assistant\n" * body["add_generation_prompt"])

    def _prompts(self, body: dict[str, Any]) -> list[list[int]]:
        if "items" in body:
            return [[*body["query"], *item] for item in body["items"]]
        if "documents" in body:
            return [encode(body["queries"] + text) for text in body["documents"]]
        if "messages" in body:
            return [self._tokenized({**body, "add_generation_prompt": True})]
        prompts: list[list[int]] = body.get("input") or body["prompt"]
        return prompts

    def _reply(self, path: str, body: dict[str, Any], prompts: list[list[int]]) -> dict[str, Any]:
        match path:
            case "/pooling":
                return {
                    "data": [{"index": i, "data": self._rows(p)} for i, p in enumerate(prompts)]
                }
            case "/classify":
                return {"data": [{"index": i, "probs": [right(p)]} for i, p in enumerate(prompts)]}
            case "/score" | "/generative_scoring":
                return {"data": [{"index": i, "score": right(p)} for i, p in enumerate(prompts)]}
            case "/v1/completions":
                labels = body["logprob_token_ids"]
                return {"choices": [_label(i, p, labels) for i, p in enumerate(prompts)]}
            case _:
                assert self.says is not None
                message = {"role": "assistant", "content": self.says(body["messages"])}
                return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}

    def _rows(self, ids: list[int]) -> list[list[float]]:
        ends = [i for i, token in enumerate(ids) if self.every_token or token == TAG]
        return [[1 - right(ids[: i + 1]), right(ids[: i + 1])] for i in ends]


def _label(index: int, ids: Ids, labels: list[int]) -> dict[str, Any]:
    """A completion of one label, with the log-probabilities of both and some more."""
    good = right(ids)
    logprobs = [math.log(share) - 1 for share in (good, 1 - good)]
    top = {f"token_id:{i}": logprob for i, logprob in zip(labels, logprobs, strict=True)}
    return {
        "index": index,
        "token_ids": [labels[0]],
        "finish_reason": "length",
        "logprobs": {"token_logprobs": logprobs[:1], "top_logprobs": [{**top, "token_id:7": -0.1}]},
    }


@contextmanager
def judging(fake: FakeJudge) -> Iterator[FakeJudge]:
    """Runs the server on a free port of this machine until the block ends."""
    paths = ("/tokenize", *fake.routes)
    routes = [Route(path, fake.answer, methods=["POST"]) for path in paths]
    routes = [Route("/v1/models", fake.models), *routes]
    routes.append(Route("/{path:path}", fake.nothing, methods=["POST"]))
    with running(Starlette(routes=routes)) as fake.url:
        yield fake
