"""Builds the shared tokenizer: byte-level BPE in which digits, words and newlines stand alone."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from training.tasks import FAMILIES, TraceStyle
from training.tasks.core import BOS, END, ENDS_RIGHT, ENDS_WRONG, SPECIAL_TOKENS, TAGS

_PATTERN = r" ?\d| ?[A-Za-z']+|\n| ?[^\sA-Za-z\d]|\s"
_CORPUS_SIZE = 45_000
# Enough for every word of the templates; invented names and things stay in pieces.
_VOCABULARY = 2_000
_CHAT_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m['role'] == 'user' %}<|user|>{{ m['content'] }}"
    "{% elif m['role'] == 'assistant' %}<|assistant|>{{ m['content'] }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def build(directory: Path, seed: int, traces: int = _CORPUS_SIZE) -> Tokenizer:
    """Train the tokenizer on `traces` synthetic texts; writes tokenizer.json and its config."""
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(_PATTERN), "isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY,
        min_frequency=3,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=list(SPECIAL_TOKENS),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_corpus(seed, traces), trainer)
    # Not "special", so that the tags survive a decode that skips special tokens.
    added = (*TAGS, ENDS_RIGHT, ENDS_WRONG)
    tokenizer.add_tokens([AddedToken(tag, normalized=False, special=False) for tag in added])
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(directory / "tokenizer.json"))
    (directory / "tokenizer_config.json").write_text(json.dumps(_config(), indent=1) + "\n")
    return tokenizer


def load(directory: Path) -> Tokenizer:
    """Read the tokenizer of a model directory."""
    return Tokenizer.from_file(str(directory / "tokenizer.json"))


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """Id of a token that must exist; raises ValueError where it does not."""
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"the tokenizer has no token {token!r}")
    return int(found)


def _corpus(seed: int, traces: int) -> Iterator[str]:
    rng = random.Random(f"tokenizer-{seed}")
    families = list(FAMILIES.values())
    for index in range(traces):
        family = families[index % len(families)]
        problem = family.make_problem(rng)
        steps = family.reference_trace(rng, problem, TraceStyle())
        yield "\n".join([problem.prompt, *(f" {step.text}" for step in steps)])


def _config() -> dict[str, object]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BOS,
        "eos_token": END,
        "pad_token": END,
        "model_max_length": 512,
        "clean_up_tokenization_spaces": False,
        "chat_template": _CHAT_TEMPLATE,
    }
