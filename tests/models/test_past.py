"""Remembered prefixes: shared, bounded, exact."""

import random

import numpy as np
import pytest

from backend.models.embedded.checkpoint import Checkpoint
from backend.models.embedded.llama import Llama, Span
from backend.models.embedded.past import BLOCK, Lru, Past, PrefixCache

BIG = 2**30


def filled(llama: Llama, ids: list[int]) -> Past:
    past = Past(llama.config)
    llama.forward([Span(past, ids)])
    return past


def tokens(count: int, seed: int = 0) -> list[int]:
    return random.Random(seed).choices(range(200), k=count)


def loaded(cache: PrefixCache, llama: Llama, ids: list[int], limit: int | None = None) -> int:
    past = Past(llama.config)
    cache.load(ids, len(ids) if limit is None else limit, past)
    return past.length


def test_a_loaded_prefix_goes_on_as_if_it_had_been_read(checkpoint: Checkpoint) -> None:
    llama, cache, ids = Llama(checkpoint), PrefixCache(BIG), tokens(100)
    cache.store(ids[:70], filled(llama, ids[:70]))
    past = Past(llama.config)
    cache.load(ids, 99, past)
    assert past.length == 64
    rest = llama.forward([Span(past, ids[64:])])
    assert np.array_equal(rest, llama.forward([Span(Past(llama.config), ids)])[64:])


def test_the_longest_common_beginning_is_found(checkpoint: Checkpoint) -> None:
    llama, cache, ids = Llama(checkpoint), PrefixCache(BIG), tokens(96)
    cache.store(ids, filled(llama, ids))
    other = [*ids[:40], *tokens(50, seed=1)]
    assert loaded(cache, llama, other) == 32
    assert loaded(cache, llama, ids, limit=31) == BLOCK
    assert loaded(cache, llama, ids[1:]) == 0


def test_prefixes_share_their_blocks(checkpoint: Checkpoint) -> None:
    llama, cache, ids = Llama(checkpoint), PrefixCache(BIG), tokens(96)
    cache.store(ids[:64], filled(llama, ids[:64]))
    before = cache.size
    cache.store(ids, filled(llama, ids))
    assert cache.size == before * 96 // 64


def test_the_cache_stays_within_its_bytes_and_forgets_ends_first(checkpoint: Checkpoint) -> None:
    llama, ids = Llama(checkpoint), tokens(96)
    whole = PrefixCache(BIG)
    whole.store(ids, filled(llama, ids))
    cache = PrefixCache(whole.size)
    cache.store(ids, filled(llama, ids))
    other = tokens(2 * BLOCK, seed=1)
    cache.store(other, filled(llama, other))
    assert cache.size == whole.size
    assert loaded(cache, llama, other) == 32
    assert loaded(cache, llama, ids) == 64


def test_no_bytes_no_cache(checkpoint: Checkpoint) -> None:
    llama, cache, ids = Llama(checkpoint), PrefixCache(0), tokens(64)
    cache.store(ids, filled(llama, ids))
    assert (cache.size, loaded(cache, llama, ids)) == (0, 0)


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65])
def test_a_clone_is_independent(checkpoint: Checkpoint, length: int) -> None:
    llama = Llama(checkpoint)
    ids = tokens(length)
    past = filled(llama, ids) if ids else Past(llama.config)
    copy = past.clone(length + 1)
    first = llama.forward([Span(copy, [5])])
    assert past.length == length
    assert np.array_equal(llama.forward([Span(past, [5])]), first)


def test_lru_forgets_what_was_used_longest_ago() -> None:
    lru: Lru[str] = Lru(3)
    for key in "abc":
        lru.put(key, key.upper())
    assert lru.get("a") == "A"
    lru.put("d", "D")
    assert ("b" in lru, lru.get("b"), len(lru)) == (False, None, 3)
    lru.put("a", "again", 3)
    assert (lru.get("a"), len(lru), lru.size) == ("again", 1, 3)
