"""Work of operators that only torch itself can tell: by its own registry, and from packed weights.

torch.utils.flop_counter knows matrix products, convolutions and the GPU's attention kernels, and takes all
else as 0: vectors, recurrent layers, the CPU's fused attention and transformer layers are in torch_formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.utils.flop_counter import flop_registry

from profiler.backends.torch_invocation import Invocation, shape_of
from profiler.metrics import flops
from profiler.metrics.flops import Work

Rule = Callable[[Invocation], Work]


def is_registered(operator: Any) -> bool:
    """Whether torch has a formula of its own for the operator."""
    return getattr(operator, "_overloadpacket", operator) in flop_registry


def registered(call: Invocation) -> Work | None:
    """The work by torch's own formula (which counts 2 FLOPs per MAC), or None where it has none."""
    formula = flop_registry.get(getattr(call.operator, "_overloadpacket", call.operator))
    if formula is None:
        return None
    counted: int = formula(*call.positional, **call.named, out_val=call.result)
    return Work(counted // 2, _beside(call))


def _beside(call: Invocation) -> int:
    """What such an operator does besides its product: the bias, or the softmax of attention."""
    if "attention" in call.name:
        query, key = call.shape("query"), call.shape("key")
        return flops.attention(math.prod(query[:-2]), query[-2], key[-2], 0, 0).other
    added = call.has("bias") or call.name in ("aten.addmm", "aten.baddbmm")
    return call.elements if added else 0


def _packed_weight(call: Invocation) -> tuple[Any, Any]:
    """Weight and bias of a packed layer (torch.ao packs them into an object)."""
    weight, bias, *_ = call.positional[1].unpack()
    return weight, bias


def _packed_linear(integer: bool) -> Rule:
    def rule(call: Invocation) -> Work:
        macs = call.elements * call.first[-1]
        _, bias = _packed_weight(call)
        extra = (bias is not None) + call.name.endswith("_relu")
        return Work(macs, call.elements * extra, macs if integer else 0)

    return rule


def _packed_convolution(call: Invocation) -> Work:
    weight, bias = _packed_weight(call)
    macs = flops.convolution(call.output, shape_of(weight))
    extra = (bias is not None) + call.name.endswith("_relu")
    return Work(macs, call.elements * extra, macs)


def _packed_transposed(call: Invocation) -> Work:
    weight, bias = _packed_weight(call)
    macs = flops.transposed_convolution(call.first, shape_of(weight))
    return Work(macs, call.elements * (bias is not None), macs)


def _packed_recurrent(gates: int) -> Rule:
    """All layers at once; input (T, B, I), (B, T, I), or packed (tokens, I); state (layers, B, H)."""

    def rule(call: Invocation) -> Work:
        *tokens, size = call.shape("input", "data")
        state = call.argument("hx")
        hidden = shape_of(state if isinstance(state, torch.Tensor) else state[0])[-1]
        directions = 2 if call.argument("bidirectional") else 1
        sizes = [size] + [directions * hidden] * (call.argument("num_layers") - 1)
        layers = [flops.recurrent(gates, math.prod(tokens), directions, each, hidden) for each in sizes]
        macs = sum(layer.macs for layer in layers)
        floats = call.argument("dtype") == torch.float16
        return Work(macs, sum(layer.other for layer in layers), 0 if floats else macs)

    return rule


_QUANTISED_LINEAR = "linear linear_relu linear_dynamic linear_relu_dynamic"
_QUANTISED_CONVOLUTIONS = """conv1d conv1d_relu conv2d conv2d_relu conv3d conv3d_relu conv1d_dynamic
    conv2d_dynamic conv3d_dynamic"""
_QUANTISED_TRANSPOSED = "conv_transpose1d conv_transpose2d conv_transpose3d"

RULES: dict[str, Rule] = {
    **{f"quantized.{name}": _packed_linear(True) for name in _QUANTISED_LINEAR.split()},
    **{f"quantized.{name}": _packed_convolution for name in _QUANTISED_CONVOLUTIONS.split()},
    **{f"quantized.{name}": _packed_transposed for name in _QUANTISED_TRANSPOSED.split()},
    "quantized.linear_dynamic_fp16": _packed_linear(False),
    "aten.quantized_lstm": _packed_recurrent(flops.LSTM_GATES),
    "aten.quantized_gru": _packed_recurrent(flops.GRU_GATES),
}
