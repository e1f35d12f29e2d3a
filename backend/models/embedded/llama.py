"""The forward pass of a Llama in NumPy, any mix of sequences at a time.

Results of a row never depend on the other rows. Sums in floating point depend on the order in
which BLAS and NumPy add, and that order depends on the shapes. So every matrix product here has a
shape that follows from the row's own position alone: rows go through the weights in blocks of a
fixed height, and a row attends to its own sequence padded to the next multiple of BUCKET.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.models.embedded.checkpoint import Checkpoint, Floats, LlamaConfig
from backend.models.embedded.past import BUCKET, Past, room_for

BLOCK_HEIGHTS = (4, 8, 1)
"""Heights to try, best first: 4 costs a lone sequence little and a crowd hardly more than 8."""


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens to read after what `past` holds; afterwards `past` holds them too."""

    past: Past
    tokens: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Layer:
    qkv: Floats
    out: Floats
    gate_up: Floats
    down: Floats


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of one span that share a bucket: positions start..stop of `past`."""

    past: Past
    start: int
    stop: int
    rows: slice


@dataclass(frozen=True, slots=True)
class _Group:
    """Pieces of one bucket, next to each other in the batch."""

    room: int
    rows: slice
    bias: Floats
    pieces: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class _Batch:
    tokens: NDArray[np.intp]
    positions: NDArray[np.intp]
    order: NDArray[np.intp]
    groups: tuple[_Group, ...]


class Head:
    """The output layer, or a few of its columns."""

    def __init__(self, weight: Floats, height: int) -> None:
        """`weight` is (hidden, columns)."""
        self._weight = np.ascontiguousarray(weight)
        self._height = height if invariant(self._weight, height) else 1

    def __call__(self, hidden: Floats) -> Floats:
        """Logits (rows, columns) of hidden states (rows, hidden)."""
        rows = len(hidden)
        padded = np.zeros((_round_up(rows, self._height), hidden.shape[1]), np.float32)
        padded[:rows] = hidden
        return _project(padded, self._weight, self._height)[:rows]


class Llama:
    """A Llama in float32."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        """Errors: KeyError or ValueError when tensors are missing or have other shapes."""
        self.config = checkpoint.config
        tensors = checkpoint.tensors
        self._embedding = _tensor(
            tensors, "model.embed_tokens", (self.config.vocabulary, self.config.hidden)
        )
        self._layers = [_layer(self.config, tensors, i) for i in range(self.config.layers)]
        table = "model.embed_tokens" if self.config.tied else "lm_head"
        shape = (self.config.vocabulary, self.config.hidden)
        # The scale of the last norm belongs to the output layer: one multiplication less.
        norm = _tensor(tensors, "model.norm", (self.config.hidden,))
        self._output = _tensor(tensors, table, shape).T * norm[:, None]
        self.height = self._block_height()
        self._cos, self._sin = _rotation(self.config)
        corner = np.triu(np.ones((BUCKET, BUCKET), bool), 1)
        self._mask = np.where(corner, np.float32(-np.inf), np.float32(0))[:, None, None, :]

    def head(self, columns: Sequence[int] | None = None) -> Head:
        """The output layer for every token, or for the tokens in `columns` only."""
        weight = self._output if columns is None else self._output[:, list(columns)]
        return Head(weight, self.height)

    def forward(self, spans: Sequence[Span]) -> Floats:
        """Read the spans, each a different past.

        Returns the normalised hidden states (rows, hidden), one row per token in the order of the
        spans. The caller keeps every sequence within the window.
        """
        batch = self._plan(spans)
        rows = len(batch.tokens)
        x = np.zeros((_round_up(rows, self.height), self.config.hidden), np.float32)
        x[:rows] = self._embedding[batch.tokens]
        # exp overflows to inf for very negative gates, and x / inf = 0 is what silu means there.
        with np.errstate(over="ignore"):
            for index, layer in enumerate(self._layers):
                x += self._attention(index, layer, x, batch)
                x += self._feed_forward(layer, x)
        for span in spans:
            span.past.length += len(span.tokens)
        result = np.empty((rows, self.config.hidden), np.float32)
        result[batch.order] = self._normalise(x)[:rows]
        return result

    def _plan(self, spans: Sequence[Span]) -> _Batch:
        """Sort the rows of the spans by bucket, so that a bucket is one slice of the batch."""
        pieces = sorted(_pieces(spans), key=lambda item: room_for(item[1].stop))
        groups: list[_Group] = []
        order: list[int] = []
        members: list[_Piece] = []
        for index, (first_row, piece) in enumerate(pieces):
            count = piece.stop - piece.start
            rows = slice(len(order), len(order) + count)
            order.extend(range(first_row, first_row + count))
            members.append(_Piece(piece.past, piece.start, piece.stop, rows))
            room = room_for(piece.stop)
            if index + 1 == len(pieces) or room_for(pieces[index + 1][1].stop) != room:
                groups.append(self._group(room, members))
                members = []
        flat = np.array([token for span in spans for token in span.tokens], np.intp)
        positions = [
            p for g in groups for piece in g.pieces for p in range(piece.start, piece.stop)
        ]
        rows_in_order = np.array(order, np.intp)
        return _Batch(
            flat[rows_in_order], np.array(positions, np.intp), rows_in_order, tuple(groups)
        )

    def _group(self, room: int, members: list[_Piece]) -> _Group:
        inside = [p % BUCKET for piece in members for p in range(piece.start, piece.stop)]
        rows = slice(members[0].rows.start, members[-1].rows.stop)
        return _Group(room, rows, self._mask[inside], tuple(members))

    def _attention(self, index: int, layer: _Layer, x: Floats, batch: _Batch) -> Floats:
        config = self.config
        rows = len(batch.tokens)
        both = config.heads + config.kv_heads
        z = _project(self._normalise(x), layer.qkv, self.height)
        z = z.reshape(len(x), both + config.kv_heads, config.head_dim)[:rows]
        turned = self._rotate(z[:, :both], batch.positions)
        per_kv = (rows, config.kv_heads, config.heads // config.kv_heads, config.head_dim)
        queries = turned[:, : config.heads].reshape(per_kv)
        for group in batch.groups:
            for piece in group.pieces:
                piece.past.write(
                    index, piece.start, turned[piece.rows, config.heads :], z[piece.rows, both:]
                )
        mixed = np.zeros((len(x), config.heads * config.head_dim), np.float32)
        view = mixed[:rows].reshape(per_kv)
        for group in batch.groups:
            _attend(index, group, queries, view)
        return _project(mixed, layer.out, self.height)

    def _rotate(self, z: Floats, positions: NDArray[np.intp]) -> Floats:
        """Rotary embedding of queries and keys (rows, heads, head dim)."""
        half = self.config.head_dim // 2
        cos, sin = self._cos[positions], self._sin[positions]
        first, second = z[..., :half], z[..., half:]
        turned = np.empty(z.shape, np.float32)
        turned[..., :half] = first * cos - second * sin
        turned[..., half:] = second * cos + first * sin
        return turned

    def _feed_forward(self, layer: _Layer, x: Floats) -> Floats:
        y = _project(self._normalise(x), layer.gate_up, self.height)
        gate, up = y[:, : self.config.ffn], y[:, self.config.ffn :]
        return _project(gate / (1 + np.exp(-gate)) * up, layer.down, self.height)

    def _normalise(self, x: Floats) -> Floats:
        """RMS norm without its scale, which is part of the next matrix."""
        mean = np.add.reduce(x * x, axis=-1, keepdims=True) / np.float32(x.shape[-1])
        root = np.sqrt(mean + np.float32(self.config.epsilon))
        return np.divide(x, root, dtype=np.float32)

    def _block_height(self) -> int:
        """The first height at which a row's place in a block makes no difference."""
        layer = self._layers[0]
        weights = (layer.qkv, layer.out, layer.gate_up, layer.down)
        for height in BLOCK_HEIGHTS:
            if all(invariant(weight, height) for weight in weights):
                return height
        return 1


def invariant(weight: Floats, height: int) -> bool:
    """Whether the product of a row with `weight` is the same bits at each place of a block.

    True for the BLAS kernels known to us up to a height of 8, but no BLAS promises it, so it is
    measured on the machine that will run the model.
    """
    rows = np.random.default_rng(0).standard_normal((height, weight.shape[0]), np.float32)
    at_home = rows @ weight
    return all(
        np.array_equal(np.roll(rows, shift, 0) @ weight, np.roll(at_home, shift, 0))
        for shift in range(1, height)
    )


def _project(x: Floats, weight: Floats, height: int) -> Floats:
    """x @ weight, as one product of a fixed shape per `height` rows."""
    blocks = x.reshape(-1, height, x.shape[1])
    product: Floats = np.matmul(blocks, weight).reshape(len(x), weight.shape[1])
    return product


def _attend(index: int, group: _Group, queries: Floats, mixed: Floats) -> None:
    """Softmax attention of one bucket.

    `queries` and `mixed` are (rows, kv heads, query heads per kv head, head dim).
    """
    asking = queries[group.rows]
    scores = np.empty((*asking.shape[:-1], group.room), np.float32)
    first = group.rows.start
    for piece in group.pieces:
        own = slice(piece.rows.start - first, piece.rows.stop - first)
        np.matmul(asking[own], piece.past.keys(index, group.room), out=scores[own])
    scores[..., -BUCKET:] += group.bias
    scores -= np.maximum.reduce(scores, axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    total = np.add.reduce(scores, axis=-1, keepdims=True)
    for piece in group.pieces:
        own = slice(piece.rows.start - first, piece.rows.stop - first)
        np.matmul(scores[own], piece.past.values(index, group.room), out=mixed[piece.rows])
    mixed[group.rows] /= total


def _pieces(spans: Sequence[Span]) -> Iterator[tuple[int, _Piece]]:
    """Cut the spans at bucket ends; yields the first row of the span order with each piece."""
    row = 0
    for span in spans:
        start, end = span.past.length, span.past.length + len(span.tokens)
        span.past.reserve(end)
        while start < end:
            stop = min(end, room_for(start + 1))
            yield row, _Piece(span.past, start, stop, slice(0))
            row += stop - start
            start = stop


def _round_up(count: int, step: int) -> int:
    return -(-count // step) * step


def _tensor(tensors: Mapping[str, Floats], name: str, shape: tuple[int, ...]) -> Floats:
    tensor = tensors[f"{name}.weight"]
    if tensor.shape != shape:
        raise ValueError(f"{name}.weight has the shape {tensor.shape}, config.json says {shape}")
    return tensor


def _layer(config: LlamaConfig, tensors: Mapping[str, Floats], index: int) -> _Layer:
    """One layer's matrices, joined and turned for x @ W, with the norms' scales inside."""
    hidden, ffn = config.hidden, config.ffn
    wide, narrow = config.heads * config.head_dim, config.kv_heads * config.head_dim

    def get(name: str, *shape: int) -> Floats:
        return _tensor(tensors, f"model.layers.{index}.{name}", shape)

    before, after = get("input_layernorm", hidden), get("post_attention_layernorm", hidden)
    query = get("self_attn.q_proj", wide, hidden) * np.float32(config.head_dim**-0.5)
    key, value = (get(f"self_attn.{name}_proj", narrow, hidden) for name in "kv")
    gate, up = (get(f"mlp.{name}_proj", ffn, hidden) for name in ("gate", "up"))
    return _Layer(
        qkv=np.ascontiguousarray((np.concatenate((query, key, value)) * before).T),
        out=np.ascontiguousarray(get("self_attn.o_proj", hidden, wide).T),
        gate_up=np.ascontiguousarray((np.concatenate((gate, up)) * after).T),
        down=np.ascontiguousarray(get("mlp.down_proj", hidden, ffn).T),
    )


def _rotation(config: LlamaConfig) -> tuple[Floats, Floats]:
    """Cosines and sines (window, 1, head dim / 2)."""
    exponents = np.arange(0, config.head_dim, 2) / config.head_dim
    angles = np.outer(np.arange(config.window), config.rope_theta**-exponents)[:, None, :]
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
