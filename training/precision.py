"""Products of matrices in bf16 where the processor does them faster; everything else stays fp32."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

import torch
from torch import Tensor


def has_fast_bf16() -> bool:
    """Whether training is quicker with products in bf16: on a GPU, and on CPUs with AVX512-BF16."""
    return bool(torch.cuda.is_available() or torch.cpu._is_avx512_bf16_supported())


def products() -> AbstractContextManager[object]:
    """Within it the products of layers are done in bf16 where that is faster; weights stay fp32."""
    return _autocast(enabled=has_fast_bf16())


def exact() -> AbstractContextManager[object]:
    """Within it, inside of `products`, everything is fp32 again."""
    return _autocast(enabled=False)


def _autocast(*, enabled: bool) -> AbstractContextManager[object]:
    device = torch.get_default_device().type
    return cast(
        AbstractContextManager[object],
        torch.autocast(device, dtype=torch.bfloat16, enabled=enabled),
    )


def for_products(matrices: Tensor) -> Tensor:
    """A stack of matrices in what `products` would take."""
    return matrices.bfloat16() if has_fast_bf16() else matrices
