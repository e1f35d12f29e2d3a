"""Model runtimes: tokens per CPU-second with 1, 8 and 32 sequences in flight; PRM chains likewise.

Run `python -m benchmarks.runtimes [--json] [--models DIRECTORY]`. DIRECTORY holds `generator` and
`prm`; by default the shipped ones. CTranslate2 and onnxruntime are measured when installed and when
DIRECTORY also holds their conversions: `generator-ct2`, `prm-ct2`, `generator.onnx`, `prm.onnx`.
Every runtime has a process of its own with one BLAS thread. Work is counted in CPU time, so other
programs disturb it little; `best` is the best of the repetitions.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SIZES = (1, 8, 32)
CHAINS = 32
SECONDS = 3.0
"""CPU time spent on each row at least."""

PROBLEM = (
    "Tom buys 5 apples at 12 dollars each and 7 books at 9 dollars each. "
    "Tom pays with 150 dollars. How much change is given?"
)
STEPS = (
    ("restate", "We want the change."),
    ("solve", "The apples cost 5 * 12 = 60 dollars."),
    ("solve", "The books cost 7 * 9 = 63 dollars."),
    ("solve", "The bill is 60 + 63 = 123 dollars."),
    ("solve", "The change is 150 - 123 = 27 dollars."),
    ("answer", "Answer: 27"),
)
PREFIX_STEPS = 2
MAX_TOKENS = 40
TEMPERATURE = 0.8


@dataclass(frozen=True)
class Figure:
    """One row. `unit` is tokens or chains; rates are per CPU-second."""

    runtime: str
    task: str
    in_flight: int
    unit: str
    mean: float
    best: float
    repetitions: int


def repeat(row: tuple[str, str, int, str], work: Callable[[int], float]) -> Figure:
    """Repeat work(i), which returns units done, for SECONDS of CPU time after a warm-up."""
    work(0)
    done, spent, best, count = 0.0, 0.0, 0.0, 0
    while spent < SECONDS:
        started = time.process_time()
        units = work(count + 1)
        took = time.process_time() - started
        done, spent, count = done + units, spent + took, count + 1
        best = max(best, units / took)
    return Figure(*row, mean=done / spent, best=best, repetitions=count)


def measure_numpy(models: Path) -> list[Figure]:
    """This project's own runtime, through the interface the application uses.

    `step` is the next step after a prefix that is cached, as in a search. `prm cold` judges chains
    of problems never seen before; `prm warm` chains whose last step only is new.
    """
    # Here and not above: the process must have its BLAS settings before NumPy is imported.
    from backend.models.embedded.loader import load_generator, load_prm
    from backend.models.protocols import GenerationRequest, ModelStep, Prefix

    generator = load_generator(models / "generator", "benchmark")
    prm = load_prm(models / "prm", "benchmark")
    steps = tuple(ModelStep(action, text) for action, text in STEPS)
    loop = asyncio.new_event_loop()

    def step(size: int, i: int) -> float:
        prefix = Prefix(PROBLEM, steps[:PREFIX_STEPS])
        seeds = tuple(range(i * size, (i + 1) * size))
        request = GenerationRequest(prefix, seeds, temperature=TEMPERATURE, max_tokens=MAX_TOKENS)
        return loop.run_until_complete(generator.generate(request)).usage.generated_tokens

    def cold(i: int) -> float:
        chains = tuple(Prefix(f"{i} {k} {PROBLEM}", steps) for k in range(CHAINS))
        loop.run_until_complete(prm.score(chains))
        return CHAINS

    def warm(i: int) -> float:
        ends = (ModelStep("answer", f"Answer: {i * CHAINS + k}") for k in range(CHAINS))
        chains = tuple(Prefix(PROBLEM, (*steps[:-1], end)) for end in ends)
        loop.run_until_complete(prm.score(chains))
        return CHAINS

    rows = [
        repeat(("numpy", "step", size, "tokens"), lambda i, size=size: step(size, i))  # type: ignore[misc]
        for size in SIZES
    ]
    rows.append(repeat(("numpy", "prm cold", CHAINS, "chains"), cold))
    rows.append(repeat(("numpy", "prm warm", CHAINS, "chains"), warm))
    generator.close()
    prm.close()
    loop.close()
    return rows


def texts() -> tuple[str, str]:
    """The prefix to continue and the chain to judge, special tokens written out."""
    lines = [f"<{action}> {text}\n" for action, text in STEPS]
    start = f"<|bos|><|user|>{PROBLEM}<|assistant|>"
    return start + "".join(lines[:PREFIX_STEPS]), start + "".join(lines)


def measure_ctranslate2(models: Path) -> list[Figure]:
    """CTranslate2 in float32 with its own sampling: n hypotheses of one cached prefix."""
    import numpy as np
    from tokenizers import Tokenizer

    ctranslate2: Any = importlib.import_module("ctranslate2")
    tokenizer = Tokenizer.from_file(str(models / "generator" / "tokenizer.json"))
    settings = {"device": "cpu", "intra_threads": 1, "compute_type": "float32"}
    generator = ctranslate2.Generator(str(models / "generator-ct2"), **settings)
    prm = ctranslate2.Generator(str(models / "prm-ct2"), **settings)
    prefix, chain = (tokenizer.encode(text) for text in texts())

    def step(size: int) -> float:
        results = generator.generate_batch(
            [prefix.tokens[-1:]] * size,
            static_prompt=prefix.tokens[:-1],
            max_length=MAX_TOKENS,
            end_token=[tokenizer.encode("\n").tokens[0], "<|end|>"],
            return_end_token=True,
            include_prompt_in_result=False,
            return_scores=True,
            sampling_topk=0,
            sampling_temperature=TEMPERATURE,
        )
        return sum(len(result.sequences_ids[0]) for result in results)

    def cold(_: int) -> float:
        np.asarray(prm.forward_batch([chain.ids] * CHAINS))
        return CHAINS

    rows = [
        repeat(("ctranslate2", "step", size, "tokens"), lambda _, size=size: step(size))  # type: ignore[misc]
        for size in SIZES
    ]
    return [*rows, repeat(("ctranslate2", "prm cold", CHAINS, "chains"), cold)]


class OnnxModel:
    """A graph (ids, pk, pv) -> (logits, keys, values) under onnxruntime, on one thread."""

    def __init__(self, models: Path, name: str) -> None:
        ort: Any = importlib.import_module("onnxruntime")
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(str(models / f"{name}.onnx"), options)
        self._config = json.loads((models / name / "config.json").read_text("utf-8"))

    def start(self, ids: Any) -> Any:
        """Read sequences (batch, tokens) from their beginning."""
        import numpy as np

        config = self._config
        heads, size = config["num_attention_heads"], config["head_dim"]
        empty = np.zeros((config["num_hidden_layers"], len(ids), heads, 0, size), np.float32)
        return self.read(ids, empty, empty)

    def read(self, ids: Any, keys: Any, values: Any) -> Any:
        """Read on after what keys and values hold."""
        return self._session.run(None, {"ids": ids, "pk": keys, "pv": values})


def measure_onnxruntime(models: Path) -> list[Figure]:
    """onnxruntime for the forward pass, sampling in NumPy; one prefill per call."""
    import numpy as np
    from tokenizers import Tokenizer

    generator, prm = OnnxModel(models, "generator"), OnnxModel(models, "prm")
    tokenizer = Tokenizer.from_file(str(models / "generator" / "tokenizer.json"))
    prefix, chain = (tokenizer.encode(text).ids for text in texts())
    ends = [tokenizer.encode(text).ids[0] for text in ("\n", "<|end|>")]
    rng = np.random.default_rng(0)

    def step(size: int) -> float:
        logits, keys, values = generator.start(np.array([prefix]))
        logits = np.repeat(logits[:, -1], size, 0)
        keys, values = np.repeat(keys, size, 1), np.repeat(values, size, 1)
        written = 0
        for _ in range(MAX_TOKENS):
            noise = -np.log(-np.log(rng.random(logits.shape)))
            tokens = (logits / TEMPERATURE + noise).argmax(-1)
            written += len(tokens)
            on = ~np.isin(tokens, ends)
            if not on.any():
                break
            logits, keys, values = generator.read(tokens[on, None], keys[:, on], values[:, on])
            logits = logits[:, 0]
        return written

    def cold(_: int) -> float:
        prm.start(np.array([chain] * CHAINS))
        return CHAINS

    rows = [
        repeat(("onnxruntime", "step", size, "tokens"), lambda _, size=size: step(size))  # type: ignore[misc]
        for size in SIZES
    ]
    return [*rows, repeat(("onnxruntime", "prm cold", CHAINS, "chains"), cold)]


RUNTIMES: dict[str, tuple[Callable[[Path], list[Figure]], tuple[str, ...]]] = {
    "numpy": (measure_numpy, ("generator", "prm")),
    "ctranslate2": (measure_ctranslate2, ("generator-ct2", "prm-ct2")),
    "onnxruntime": (measure_onnxruntime, ("generator.onnx", "prm.onnx")),
}


def in_own_process(runtime: str, models: Path) -> list[Figure]:
    """Measure one runtime in a fresh process with one BLAS thread."""
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    command = [sys.executable, "-m", "benchmarks.runtimes", "--only", runtime]
    result = subprocess.run(
        [*command, "--models", str(models)],
        env={**os.environ, **dict.fromkeys(threads, "1")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Figure(**row) for row in json.loads(result.stdout)]


def main() -> None:
    """Print the table, or JSON with --json."""
    parser = argparse.ArgumentParser(description="Measure the model runtimes.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--models", type=Path, help="directory of generator and prm")
    parser.add_argument("--only", choices=RUNTIMES, help="measure in this very process, as JSON")
    arguments = parser.parse_args()
    models = arguments.models or Path(__file__).parents[1] / "backend/models/embedded/weights"
    if arguments.only:
        rows = RUNTIMES[arguments.only][0](models)
        sys.stdout.write(json.dumps([asdict(row) for row in rows]))
        return
    rows = []
    for runtime, (_, needed) in RUNTIMES.items():
        here = runtime == "numpy" or importlib.util.find_spec(runtime) is not None
        if here and all((models / name).exists() for name in needed):
            rows += in_own_process(runtime, models)
        else:
            sys.stderr.write(f"{runtime} left out: it or {' and '.join(needed)} is not here\n")
    if arguments.json:
        sys.stdout.write(json.dumps({"runtimes": [asdict(row) for row in rows]}, indent=2) + "\n")
        return
    for row in rows:
        sys.stdout.write(f"{row}\n")


if __name__ == "__main__":
    main()
