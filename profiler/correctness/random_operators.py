"""Operators that draw random numbers, by what the formats call them."""

from __future__ import annotations

import re
from collections.abc import Iterable

# ONNX, OpenVINO and TFLite say RandomNormalLike, RANDOM_UNIFORM; PyTorch aten::randn_like, aten.rand.default.
# Dropout and RReLU only draw where a model was exported as for training: who repeats a call finds out.
_NAMES = {
    "bernoulli", "bernoulli_", "multinomial", "dropout", "dropout_", "native_dropout", "feature_dropout",
    "alpha_dropout", "rand", "rand_like", "randn", "randn_like", "randint", "randint_like", "randperm",
    "normal", "normal_", "uniform", "uniform_", "poisson", "exponential_", "geometric_", "cauchy_",
    "log_normal_", "rrelu", "rrelu_", "rrelu_with_noise",
}  # fmt: skip
_APART = re.compile(r"[:./]+")


def among(types: Iterable[str]) -> tuple[str, ...]:
    """Those of these operator types that may draw random numbers, each once, in their order."""
    return tuple(dict.fromkeys(name for name in types if _is_random(name)))


def _is_random(name: str) -> bool:
    words = _APART.split(name.lower())
    return any(word in _NAMES or word.startswith("random") for word in words)
