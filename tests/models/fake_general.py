"""Servers of a made-up general model that writes steps in brackets, as vLLM and others answer.

Shapes: vLLM 0.32 as recorded in tests/assets/exchanges; llama.cpp: tools/server/README.md (GET
/props, POST /v1/chat/completions); Ollama: docs/openai.md, docs/api.md (GET /api/version,
/api/ps); SGLang: srt/entrypoints/openai/protocol.py (`matched_stop`) and GET /get_model_info.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from backend.models.embedded.text import ACTIONS
from backend.models.servers.capabilities import Kind

END = "<|im_end|>"
ASSISTANT = "<|im_start|>assistant\n"
PIECES = re.compile(r"<\|\w+\|>|\.\n\n(?=!)!|\n\n|\n| ?\w+|.", re.DOTALL)
"""How its tokenizer splits text. `.\n\n!` is one token: it reaches beyond a break."""


@dataclass
class FakeGeneral:
    """`writes`: the text after a begun solution, for a seed; else steps of its own making.

    `trims`: the template trims what the assistant said. `refuses`: fields that lead to an error.
    `models`: what it lists. `before`: may answer a request in the server's place. `metrics`: what
    it says at /metrics.
    """

    kind: Kind = Kind.VLLM
    window: int = 4000
    depth: int = 3
    writes: Callable[[str, int], str] | None = None
    continues: bool = True
    trims: bool = False
    refuses: tuple[str, ...] = ()
    gives_logprobs: bool = True
    knows_labels: bool = True
    gateway: bool = False
    models: tuple[str, ...] = ("general",)
    before: Callable[[str, dict[str, Any]], Response | None] | None = None
    metrics: str | None = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._ids: dict[str, int] = {}
        self.ids("".join(f"[{action}] " for action in ACTIONS))

    def routes(self) -> list[Route]:
        about: dict[Kind, tuple[str, object]] = {
            Kind.VLLM: ("/version", {"version": "0.32.0"}),
            Kind.SGLANG: ("/get_model_info", {"model_path": "m", "is_generation": True}),
            Kind.LLAMA_CPP: (
                "/props",
                {"default_generation_settings": {"n_ctx": self.window}, "build_info": "b8681"},
            ),
            Kind.OLLAMA: ("/api/version", {"version": "0.33.0"}),
            Kind.OTHER: ("/", {}),
        }
        path, told = about[self.kind]

        async def tell(request: Request) -> Response:
            return JSONResponse(told)

        routes = [
            Route("/v1/models", self._listed),
            Route("/v1/chat/completions", self._post, methods=["POST"]),
        ]
        if not self.gateway:
            routes.append(Route(path, tell))
            if self.metrics is not None:
                routes.append(Route("/metrics", self._metrics))
            if self.kind is Kind.OLLAMA:
                routes.append(Route("/api/ps", self._loaded))
            if self.kind is Kind.VLLM:
                more = ("/tokenize", "/v1/completions")
                routes += [Route(path, self._post, methods=["POST"]) for path in more]
        return routes

    def of(self, path: str) -> list[dict[str, Any]]:
        """The bodies that came to a path."""
        return [body for asked, body in self.asked if asked == path]

    def ids(self, text: str) -> list[int]:
        pieces = PIECES.findall(text)
        return [self._ids.setdefault(piece, len(self._ids)) for piece in pieces]

    def text(self, ids: list[int]) -> str:
        known = list(self._ids)
        return "".join(known[i] for i in ids)

    async def _listed(self, request: Request) -> Response:
        window = {"max_model_len": self.window} if self.kind in (Kind.VLLM, Kind.SGLANG) else {}
        owner = {Kind.VLLM: "vllm", Kind.SGLANG: "sglang", Kind.OLLAMA: "library"}
        entries = [{"id": name, "owned_by": owner.get(self.kind), **window} for name in self.models]
        return JSONResponse({"object": "list", "data": entries})

    async def _loaded(self, request: Request) -> Response:
        models = [{"name": name, "context_length": self.window} for name in self.models]
        return JSONResponse({"models": models})

    async def _metrics(self, request: Request) -> Response:
        return PlainTextResponse(self.metrics)

    async def _post(self, request: Request) -> Response:
        path, body = request.url.path, json.loads(await request.body())
        self.asked.append((path, body))
        if self.before and (answer := self.before(path, body)):
            return answer
        if body["model"] not in self.models:
            error = {"message": f"The model `{body['model']}` does not exist.", "code": 404}
            return JSONResponse({"error": error}, 404)
        unknown = [name for name in self.refuses if name in body]
        if unknown:
            return JSONResponse({"error": {"message": f"Unknown parameter: {unknown}"}}, 400)
        if path == "/tokenize":
            text = body["prompt"] if "prompt" in body else self._rendered(body)
            ids = self.ids(text)
            return JSONResponse({"count": len(ids), "max_model_len": self.window, "tokens": ids})
        chat = path.endswith("chat/completions")
        prompt = self.ids(self._rendered(body)) if chat else body["prompt"]
        if len(prompt) >= self.window:
            said = f"This model's maximum context length is {self.window} tokens."
            return JSONResponse({"error": {"message": said, "param": "input_tokens"}}, 400)
        return JSONResponse(self._reply(prompt, body, chat))

    def _rendered(self, body: dict[str, Any]) -> str:
        last = body["messages"][-1]
        goes_on = self.continues and last["role"] == "assistant"
        turns = [f"<|im_start|>{m['role']}\n{m['content']}{END}\n" for m in body["messages"]]
        if not goes_on:
            return "".join([*turns, ASSISTANT])
        begun = last["content"].strip() if self.trims else last["content"]
        return "".join([*turns[:-1], ASSISTANT, begun])

    def _reply(self, prompt: list[int], body: dict[str, Any], chat: bool) -> dict[str, Any]:
        heeds_n = self.kind in (Kind.VLLM, Kind.SGLANG, Kind.OTHER)
        count = body.get("n", 1) if heeds_n else 1
        begun = self.text(prompt).rpartition(ASSISTANT)[2]
        choices = [self._choice(i, begun, body, chat) for i in range(count)]
        written = sum(choice.pop("count") for choice in choices)
        usage = {"prompt_tokens": len(prompt), "completion_tokens": written}
        return {"id": "x", "model": body["model"], "choices": choices, "usage": usage}

    def _choice(self, i: int, begun: str, body: dict[str, Any], chat: bool) -> dict[str, Any]:
        seed = body.get("seed", 0) + i if body["temperature"] else -1
        written = (self.writes or self._steps)(begun, seed)
        pieces, text, reason, matched = list[str](), "", "length", None
        for piece in PIECES.findall(written)[: body["max_tokens"]]:
            pieces.append(piece)
            if piece == END:
                reason = "stop"
                break
            text += piece
            stop = next((s for s in body.get("stop") or () if s in text), None)
            if stop is not None:
                kept = stop if body.get("include_stop_str_in_output") else ""
                text, reason, matched = text.partition(stop)[0] + kept, "stop", stop
                break
        choice: dict[str, Any] = {"index": i, "finish_reason": reason, "count": len(pieces)}
        choice |= {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        names = {Kind.VLLM: "stop_reason", Kind.SGLANG: "matched_stop"}
        if self.kind in names:
            choice[names[self.kind]] = matched
        if body.get("return_token_ids"):
            choice["token_ids"] = [i for piece in pieces for i in self.ids(piece)]
        if self.gives_logprobs and body.get("logprobs") is not None:
            choice["logprobs"] = self._logprobs(pieces, body, chat)
        return choice

    def _logprobs(self, pieces: list[str], body: dict[str, Any], chat: bool) -> dict[str, Any]:
        def name(piece: str) -> str:
            by_id = body.get("return_tokens_as_token_ids")
            return f"token_id:{self.ids(piece)[0]}" if by_id else piece

        shown = dict.fromkeys(pieces[:1], -0.5)
        if self.knows_labels and "logprob_token_ids" in body:
            shown |= {self.text([i]): -1.0 - i / 1000 for i in body["logprob_token_ids"]
                      if i < len(self._ids)}  # fmt: skip
        elif body.get("top_logprobs") or body.get("logprobs", 0) > 1:
            shown |= {"solve": -0.7, "check": -1.2, "c": -2.0, "x": -3.0}
        if chat:
            tops = [{"token": name(p), "logprob": lp} for p, lp in shown.items()]
            content = [{"token": p, "logprob": -0.5, "top_logprobs": tops} for p in pieces]
            return {"content": content}
        return {
            "tokens": [name(piece) for piece in pieces],
            "token_logprobs": [-0.5] * len(pieces),
            "top_logprobs": [{name(p): lp for p, lp in shown.items()}] * len(pieces),
        }

    def _steps(self, begun: str, seed: int) -> str:
        """Steps by chance, to an answer `depth` steps after the problem."""
        if begun.endswith("internation"):
            return f"alisation{END}"
        chance = random.Random(f"{seed} {begun}")
        written = "" if not begun or begun.endswith(("\n\n", "[", "]")) else "\n\n"
        open_tag = re.search(r"\[\w*\]?\Z", begun)
        for done in range(begun.count("\n\n"), self.depth):
            action = "answer" if done == self.depth - 1 else chance.choice(ACTIONS[:5])
            tag = f"[{action}]"
            if open_tag is not None:
                tag, open_tag = ("" if open_tag[0] != "[" else tag[1:]), None
            number = chance.randrange(1000)
            said = f"\\boxed{{{number}}}" if action == "answer" else f"Number {number} it is."
            written += f"{tag} {said}" + ("\n\n" if done < self.depth - 1 else END)
        return written or END
