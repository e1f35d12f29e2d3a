"""The forward pass equals the textbook, bit for bit the same in any company."""

import random
from pathlib import Path

import numpy as np
import pytest

from backend.models.embedded import llama as llama_module
from backend.models.embedded.checkpoint import Checkpoint, Floats, read_checkpoint
from backend.models.embedded.llama import Head, Llama, Span, invariant
from backend.models.embedded.past import Past
from tests.models.tiny import WINDOW, Shape, naive_logits, tiny_directory

SHAPES = [
    Shape(),
    Shape(heads=4, kv_heads=4, tied=True),
    Shape(heads=4, kv_heads=1, seed=1),
    Shape(dtype="F16"),
    Shape(dtype="BF16"),
]


def read(llama: Llama, ids: list[int], chunk: int | None = None) -> Floats:
    """Hidden states of a sequence read alone, at once or in chunks."""
    past = Past(llama.config)
    chunk = chunk or len(ids)
    return np.concatenate(
        [llama.forward([Span(past, ids[i : i + chunk])]) for i in range(0, len(ids), chunk)]
    )


def random_ids(checkpoint: Checkpoint, count: int, seed: int = 0) -> list[int]:
    return random.Random(seed).choices(range(checkpoint.config.vocabulary), k=count)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_logits_equal_the_textbook(tmp_path: Path, shape: Shape) -> None:
    checkpoint = read_checkpoint(tiny_directory(tmp_path, shape))
    llama = Llama(checkpoint)
    ids = random_ids(checkpoint, 80)
    expected = naive_logits(checkpoint, ids)
    np.testing.assert_allclose(llama.head()(read(llama, ids)), expected, atol=2e-4)
    columns = llama.head((7, 3))(read(llama, ids, chunk=13))
    np.testing.assert_allclose(columns, expected[:, [7, 3]], atol=2e-4)


@pytest.mark.parametrize("chunk", [1, 2, 7, 16, 63, 64, 65, 100])
def test_chunks_do_not_change_a_bit(checkpoint: Checkpoint, chunk: int) -> None:
    llama = Llama(checkpoint)
    ids = random_ids(checkpoint, WINDOW)
    assert np.array_equal(read(llama, ids, chunk), read(llama, ids))


@pytest.mark.parametrize("height", llama_module.BLOCK_HEIGHTS)
@pytest.mark.parametrize("shape", SHAPES[:3], ids=str)
def test_a_crowd_does_not_change_a_bit(
    tmp_path: Path, shape: Shape, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama_module, "BLOCK_HEIGHTS", (height,))
    checkpoint = read_checkpoint(tiny_directory(tmp_path, shape))
    llama = Llama(checkpoint)
    rng = random.Random(height)
    sequences = [random_ids(checkpoint, rng.randint(1, WINDOW), seed) for seed in range(30)]
    pasts = [Past(llama.config) for _ in sequences]
    seen: list[list[Floats]] = [[] for _ in sequences]
    while open_ones := [i for i, ids in enumerate(sequences) if pasts[i].length < len(ids)]:
        chosen = rng.sample(open_ones, rng.randint(1, len(open_ones)))
        spans = []
        for i in chosen:
            start = pasts[i].length
            spans.append(Span(pasts[i], sequences[i][start : start + rng.choice((1, 1, 5, 40))]))
        hidden = llama.forward(spans)
        for i, span in zip(chosen, spans, strict=True):
            seen[i].append(hidden[: len(span.tokens)])
            hidden = hidden[len(span.tokens) :]
    head = llama.head()
    for ids, parts in zip(sequences, seen, strict=True):
        alone = read(llama, ids)
        assert np.array_equal(np.concatenate(parts), alone)
        assert np.array_equal(head(alone)[-1:], head(alone[-1:]))


@pytest.mark.parametrize("columns", [2, 50, 131, 758])
def test_a_row_s_logits_do_not_depend_on_the_other_rows(columns: int) -> None:
    """Plain products of these widths do: BLAS adds in another order for another shape."""
    rng = np.random.default_rng(columns)
    head = Head(rng.standard_normal((128, columns), np.float32), 4)
    rows = rng.standard_normal((40, 128), np.float32)
    together = head(rows)
    for count in range(1, 40):
        assert np.array_equal(head(rows[-count:]), together[-count:])


def test_the_block_height_is_measured(checkpoint: Checkpoint) -> None:
    weight = np.random.default_rng(0).standard_normal((32, 20)).astype(np.float32)
    assert invariant(weight, 1)
    assert Llama(checkpoint).height in llama_module.BLOCK_HEIGHTS


def test_tensors_of_another_shape_are_refused(checkpoint: Checkpoint) -> None:
    tensors = {**checkpoint.tensors, "model.norm.weight": np.ones(3, np.float32)}
    with pytest.raises(ValueError, match=r"model\.norm\.weight has the shape \(3,\)"):
        Llama(Checkpoint(checkpoint.config, tensors, checkpoint.tokenizer_json))
