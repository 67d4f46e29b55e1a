"""Work of torch operators that multiply and accumulate: those of torch's own registry, and those it misses.

torch.utils.flop_counter knows matrix products, convolutions and the GPU's attention kernels, and takes all
else as 0. The rules here add what it misses: vectors, recurrent layers, the CPU's fused attention and
transformer layers, and quantised operators.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

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


def _convolution(call: Invocation) -> Work:
    weight = call.shape("weight")
    extra = call.has("bias") + call.name.endswith("_relu") + call.has("z")
    return Work(flops.convolution(call.output, weight), call.elements * extra)


def _transposed_convolution(call: Invocation) -> Work:
    other = call.elements if call.has("bias") else 0
    return Work(flops.transposed_convolution(call.first, call.shape("weight")), other)


def _time_convolution(call: Invocation) -> Work:
    """conv_tbc: weight (kernel, Cin, Cout), output (T, B, Cout)."""
    kernel, channels, _ = call.shape("weight")
    return Work(call.elements * kernel * channels, call.elements)


def _product(left: str, right: str, added: bool = False) -> Rule:
    def rule(call: Invocation) -> Work:
        macs = flops.matmul(call.shape(left), call.shape(right))
        return Work(macs, call.elements if added else 0)

    return rule


def _integer_product(call: Invocation) -> Work:
    macs = flops.matmul(call.shape("self"), call.shape("mat2"))
    return Work(macs, 0, macs)


def _linear(call: Invocation) -> Work:
    """input (..., k) by weight (n, k)."""
    return Work(call.elements * call.first[-1], call.elements if call.has("bias") else 0)


def _recurrent_layer(call: Invocation) -> Work:
    """oneDNN: one layer in one direction; input (T, B, I), weight0 (gates x H, I), weight1 (gates x H, H)."""
    steps, batch, size = call.shape("input")
    hidden = call.argument("hidden_size")
    return flops.recurrent(call.shape("weight0")[0] // hidden, steps, batch, size, hidden)


_GATES_BY_MODE = (flops.RNN_GATES, flops.RNN_GATES, flops.LSTM_GATES, flops.GRU_GATES)


def _recurrent_stack(call: Invocation) -> Work:
    """cuDNN and MIOpen: all layers at once; every weight matrix multiplies every token once.

    The input is (T, B, I), (B, T, I), or (tokens, I) where sequences are packed.
    """
    tokens = math.prod(call.shape("input")[:-1])
    matrices = [shape_of(weight) for weight in call.argument("weight") if weight.dim() == 2]
    hidden, gates = call.argument("hidden_size"), _GATES_BY_MODE[call.argument("mode")]
    layers = call.argument("num_layers") * (2 if call.argument("bidirectional") else 1)
    macs = sum(math.prod(matrix) for matrix in matrices) * tokens
    return Work(macs, flops.recurrent(gates, tokens, 1, 0, hidden).other * layers)


def _fused_cell(gates: int) -> Rule:
    """The part of a recurrent step that follows its two products; hidden state is (B, H)."""

    def rule(call: Invocation) -> Work:
        batch, hidden = call.output
        return Work(0, flops.recurrent(gates, 1, batch, 0, hidden).other)

    return rule


def _attention(call: Invocation) -> Work:
    """query (..., L, E), key (..., S, E), value (..., S, Ev); a causal mask saves nothing in this count."""
    query, key, value = call.shape("query"), call.shape("key"), call.shape("value")
    return flops.attention(math.prod(query[:-2]), query[-2], key[-2], query[-1], value[-1])


def _multi_head_attention(call: Invocation) -> Work:
    """query (B, L, D), key and value (B, S, D): three projections, attention, the output projection."""
    (batch, queries, width), keys = call.shape("query"), call.shape("key")[1]
    return _attention_block(batch, queries, keys, width, call.argument("num_head"))


def _attention_block(batch: int, queries: int, keys: int, width: int, heads: int) -> Work:
    inner = flops.attention(batch * heads, queries, keys, width // heads, width // heads)
    projected = batch * (2 * queries + 2 * keys) * width
    return Work(inner.macs + projected * width, inner.other + projected)


def _transformer_layer(call: Invocation) -> Work:
    """src (B, L, D): attention, two linear layers, two norms, two residuals and one activation."""
    batch, length, width = call.shape("src")
    inner = call.shape("ffn_weight_1")[0]
    block = _attention_block(batch, length, length, width, call.argument("num_heads"))
    tokens = batch * length
    each = 2 * width * (flops.LAYER_NORM_PER_ELEMENT + 1) + 2 * inner + width
    return Work(block.macs + 2 * tokens * width * inner, block.other + tokens * each)


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


_CONVOLUTIONS = """_conv_depthwise2d _nnpack_spatial_convolution conv_depthwise3d cudnn_convolution_add_relu
    cudnn_convolution_relu miopen_convolution miopen_convolution_add_relu miopen_convolution_relu
    miopen_depthwise_convolution mkldnn_convolution slow_conv3d_forward slow_conv_dilated2d
    slow_conv_dilated3d"""
_TRANSPOSED = """cudnn_convolution_transpose miopen_convolution_transpose slow_conv_transpose2d
    slow_conv_transpose3d"""
_QUANTISED_LINEAR = "linear linear_relu linear_dynamic linear_relu_dynamic"
_QUANTISED_CONVOLUTIONS = """conv1d conv1d_relu conv2d conv2d_relu conv3d conv3d_relu conv1d_dynamic
    conv2d_dynamic conv3d_dynamic"""
_QUANTISED_TRANSPOSED = "conv_transpose1d conv_transpose2d conv_transpose3d"

RULES: dict[str, Rule] = {
    **{f"aten.{name}": _convolution for name in _CONVOLUTIONS.split()},
    **{f"aten.{name}": _transposed_convolution for name in _TRANSPOSED.split()},
    **{f"quantized.{name}": _packed_linear(True) for name in _QUANTISED_LINEAR.split()},
    **{f"quantized.{name}": _packed_convolution for name in _QUANTISED_CONVOLUTIONS.split()},
    **{f"quantized.{name}": _packed_transposed for name in _QUANTISED_TRANSPOSED.split()},
    "quantized.linear_dynamic_fp16": _packed_linear(False),
    "aten.conv_tbc": _time_convolution,
    "aten.mv": _product("self", "vec"),
    "aten.addmv": _product("mat", "vec", added=True),
    "aten.dot": _product("self", "tensor"),
    "aten.vdot": _product("self", "other"),
    "aten.addbmm": _product("batch1", "batch2", added=True),
    "aten._addmm_activation": _product("mat1", "mat2", added=True),
    "aten._int_mm": _integer_product,
    "aten._weight_int8pack_mm": _linear,
    "aten.mkldnn_linear": _linear,
    "aten.mkldnn_rnn_layer": _recurrent_layer,
    "aten._cudnn_rnn": _recurrent_stack,
    "aten.miopen_rnn": _recurrent_stack,
    "aten._thnn_fused_lstm_cell": _fused_cell(flops.LSTM_GATES),
    "aten._thnn_fused_gru_cell": _fused_cell(flops.GRU_GATES),
    "aten._scaled_dot_product_flash_attention_for_cpu": _attention,
    "aten._scaled_dot_product_fused_attention_overrideable": _attention,
    "aten._scaled_dot_product_attention_math_for_mps": _attention,
    "aten._native_multi_head_attention": _multi_head_attention,
    "aten._transformer_encoder_layer_fwd": _transformer_layer,
}
