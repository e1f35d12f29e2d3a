"""The served model's own tokenizer, asked over HTTP and remembered."""

from typing import Final

from backend.models.embedded.past import Lru
from backend.models.errors import ContextOverflow, ModelError
from backend.models.servers.client import ServerClient
from backend.models.servers.verifiers.layout import Prompt
from backend.models.servers.verifiers.replies import parse_tokens

REMEMBERED: Final = 2_000_000
"""Tokens of texts seen before (about 70 MB): the steps above a new one come again each time."""

Ids = tuple[int, ...]


class ServedTokenizer:
    """Texts and conversations as token ids, by vLLM's POST /tokenize.

    Ids are what is sent on, so that a prompt's length is known before it is refused, and its
    marks can be counted. Every method raises ModelUnavailable or BadReply.
    """

    def __init__(self, client: ServerClient) -> None:
        self._client = client
        self._known: Lru[Ids] = Lru(REMEMBERED)

    async def prompt(self, prompt: Prompt, *, reply: bool = False) -> Ids:
        """A whole prompt with its opening tokens. `reply`: it ends where the model would begin to
        answer.
        """
        if isinstance(prompt, str):
            return await self._ask({"prompt": prompt, "add_special_tokens": True})
        messages = [{"role": role, "content": text} for role, text in prompt]
        body: dict[str, object] = {"messages": messages, "add_generation_prompt": reply}
        if reply:
            # The next token is the answer: a model that thinks aloud first is told not to.
            body["chat_template_kwargs"] = {"enable_thinking": False}
        return await self._ask(body)

    async def piece(self, text: str) -> Ids:
        """A part of a prompt, with nothing added."""
        return await self._ask({"prompt": text, "add_special_tokens": False}) if text else ()

    async def single(self, text: str) -> int:
        """The id of a text that the convention needs as one token. ModelError when it is not."""
        ids = await self.piece(text)
        if len(ids) != 1:
            raise ModelError(
                f"{text!r} is {len(ids)} tokens of the served model and must be one: it was not "
                "trained in this convention. Choose another in TREEWRIGHT_VERIFIER_CONVENTION."
            )
        return ids[0]

    async def _ask(self, body: dict[str, object]) -> Ids:
        model = (await self._client.served()).model
        key = (model, repr(body))
        ids = self._known.get(key)
        if ids is None:
            path, asked = "/tokenize", {"model": model, **body}
            ids = await self._client.exchange("POST", path, asked, parse_tokens)
            self._known.put(key, ids, len(ids) + 1)
        return ids


def problem_too_long(length: int, window: int) -> ContextOverflow:
    """The problem alone, without a step, fills the window."""
    return ContextOverflow(
        f"the verifier reads at most {window} tokens; the problem alone takes {length}. "
        "Shorten it, or serve the verifier with a longer --max-model-len."
    )
