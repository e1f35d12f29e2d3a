"""What a sequence remembers (its keys and values), and a cache of remembered prefixes."""

from array import array
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from hashlib import blake2b
from typing import Generic, TypeVar

import numpy as np

from backend.models.embedded.checkpoint import Floats, LlamaConfig

BUCKET = 64
"""Attention covers a sequence padded to a multiple of this many positions."""

BLOCK = 16
"""Tokens per cached piece of a prefix."""

Value = TypeVar("Value")
Block = tuple[Floats, Floats]


def room_for(length: int) -> int:
    """Positions that a sequence of this length is padded to."""
    return -(-length // BUCKET) * BUCKET


class Past:
    """Keys (layers, kv heads, head dim, room) and values (layers, kv heads, room, head dim).

    Only the first `length` positions count. The others are finite, so that attention may multiply
    them by a weight of zero.
    """

    def __init__(self, config: LlamaConfig, room: int = 0) -> None:
        self.length = 0
        self._config = config
        heads, size = config.kv_heads, config.head_dim
        self._keys = np.zeros((config.layers, heads, size, room), np.float32)
        self._values = np.zeros((config.layers, heads, room, size), np.float32)

    def clone(self, length: int) -> "Past":
        """An independent copy with room for `length` positions."""
        copy = Past(self._config, max(room_for(length), room_for(self.length)))
        copy._keys[..., : self.length] = self._keys[..., : self.length]
        copy._values[:, :, : self.length] = self._values[:, :, : self.length]
        copy.length = self.length
        return copy

    def reserve(self, length: int) -> None:
        """Make room for `length` positions."""
        if self._keys.shape[-1] < length:
            grown = self.clone(length)
            self._keys, self._values = grown._keys, grown._values

    def write(self, layer: int, start: int, keys: Floats, values: Floats) -> None:
        """Set positions from `start` on; keys and values are (positions, kv heads, head dim)."""
        stop = start + len(keys)
        self._keys[layer, :, :, start:stop] = keys.transpose(1, 2, 0)
        self._values[layer, :, start:stop] = values.transpose(1, 0, 2)

    def keys(self, layer: int, room: int) -> Floats:
        """The keys (kv heads, head dim, room) of a layer."""
        return self._keys[layer, :, :, :room]

    def values(self, layer: int, room: int) -> Floats:
        """The values (kv heads, room, head dim) of a layer."""
        return self._values[layer, :, :room]

    def cut(self, start: int, stop: int) -> Block:
        """A copy of positions start..stop."""
        return self._keys[..., start:stop].copy(), self._values[:, :, start:stop].copy()

    def append(self, block: Block) -> None:
        """Add positions that `cut` gave; the room must be there."""
        keys, values = block
        stop = self.length + keys.shape[-1]
        self._keys[..., self.length : stop] = keys
        self._values[:, :, self.length : stop] = values
        self.length = stop


class Lru(Generic[Value]):
    """A mapping bounded by the sum of its values' sizes; forgets what was used longest ago."""

    def __init__(self, capacity: int) -> None:
        self._entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._capacity = capacity
        self.size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._entries

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, now the most recently used one; None when it is not here."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Hashable, value: Value, size: int = 1) -> None:
        """Keep a value as the most recently used one."""
        old = self._entries.pop(key, None)
        self.size += size - (old[1] if old else 0)
        self._entries[key] = (value, size)
        while self.size > self._capacity:
            _, (_, freed) = self._entries.popitem(last=False)
            self.size -= freed


class PrefixCache:
    """Keys and values of prefixes read before, in blocks of BLOCK tokens shared by all prefixes.

    Prefixes with the same beginning share its blocks, so a step costs the cache only itself.
    """

    def __init__(self, capacity: int) -> None:
        """`capacity` in bytes; 0 keeps nothing."""
        self._blocks: Lru[Block] = Lru(capacity)

    @property
    def size(self) -> int:
        """Bytes in use."""
        return self._blocks.size

    def load(self, ids: Sequence[int], limit: int, past: Past) -> None:
        """Fill an empty past with the longest known beginning of ids[:limit]."""
        found: list[Block] = []
        keys = _block_keys(ids[:limit])
        for key in keys:
            block = self._blocks.get(key)
            if block is None:
                break
            found.append(block)
        past.reserve(len(found) * BLOCK)
        for block in found:
            past.append(block)
        self._touch(keys[: len(found)])

    def store(self, ids: Sequence[int], past: Past) -> None:
        """Remember the whole blocks of ids, all of which `past` holds."""
        keys = _block_keys(ids)
        for index, key in enumerate(keys):
            if key not in self._blocks:
                block = past.cut(index * BLOCK, (index + 1) * BLOCK)
                self._blocks.put(key, block, block[0].nbytes + block[1].nbytes)
        self._touch(keys)

    def _touch(self, keys: Sequence[bytes]) -> None:
        # A block is of no use without those before it, so the last one must be forgotten first.
        for key in reversed(keys):
            self._blocks.get(key)


def prefix_digests(ids: Sequence[int], ends: Sequence[int]) -> list[bytes]:
    """A digest of ids[:end] for each end, in rising order."""
    digest = blake2b(digest_size=16)
    result: list[bytes] = []
    start = 0
    for end in ends:
        digest.update(array("i", ids[start:end]).tobytes())
        result.append(digest.copy().digest())
        start = end
    return result


def _block_keys(ids: Sequence[int]) -> list[bytes]:
    return prefix_digests(ids, range(BLOCK, len(ids) + 1, BLOCK))
