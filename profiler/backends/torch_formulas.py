"""Work of single torch operators from the shapes of their arguments: one table for programs that are read and
for models that run. Needs no torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from profiler.metrics import flops
from profiler.metrics.flops import Work

Shape = tuple[int, ...]


class Call(Protocol):
    """One operator with its arguments by name, run or read; a shape that is not known raises an exception.

    `name` such as "aten.addmm"; `first` is the shape of the first tensor argument, `output` that of the
    first result and `elements` its product.
    """

    name: str

    @property
    def first(self) -> Shape: ...
    @property
    def output(self) -> Shape: ...
    @property
    def elements(self) -> int: ...
    def argument(self, name: str) -> Any: ...
    def shape(self, *names: str) -> Shape: ...
    def shapes(self, name: str) -> list[Shape]: ...
    def has(self, name: str) -> bool: ...


Rule = Callable[[Call], Work]


def convolution(call: Call) -> Work:
    weight = call.shape("weight")
    extra = call.has("bias") + call.name.endswith("_relu") + call.has("z")
    return Work(flops.convolution(call.output, weight), call.elements * extra)


def transposed_convolution(call: Call) -> Work:
    other = call.elements if call.has("bias") else 0
    return Work(flops.transposed_convolution(call.first, call.shape("weight")), other)


def _time_convolution(call: Call) -> Work:
    """conv_tbc: weight (kernel, Cin, Cout), output (T, B, Cout)."""
    kernel, channels, _ = call.shape("weight")
    return Work(call.elements * kernel * channels, call.elements)


def product(left: str, right: str, added: bool = False) -> Rule:
    def rule(call: Call) -> Work:
        macs = flops.matmul(call.shape(left), call.shape(right))
        return Work(macs, call.elements if added else 0)

    return rule


def _integer_product(call: Call) -> Work:
    macs = flops.matmul(call.shape("self"), call.shape("mat2"))
    return Work(macs, 0, macs)


def linear(call: Call) -> Work:
    """input (..., k) by weight (n, k)."""
    return Work(call.elements * call.first[-1], call.elements if call.has("bias") else 0)


def _recurrent_layer(call: Call) -> Work:
    """oneDNN: one layer in one direction; input (T, B, I), weight0 (gates x H, I), weight1 (gates x H, H)."""
    steps, batch, size = call.shape("input")
    hidden = call.argument("hidden_size")
    return flops.recurrent(call.shape("weight0")[0] // hidden, steps, batch, size, hidden)


_GATES_BY_MODE = (flops.RNN_GATES, flops.RNN_GATES, flops.LSTM_GATES, flops.GRU_GATES)


def _recurrent_stack(call: Call) -> Work:
    """cuDNN and MIOpen: all layers at once; every weight matrix multiplies every token once.

    The input is (T, B, I), (B, T, I), or (tokens, I) where sequences are packed.
    """
    tokens = math.prod(call.shape("input")[:-1])
    matrices = [shape for shape in call.shapes("weight") if len(shape) == 2]
    hidden, gates = call.argument("hidden_size"), _GATES_BY_MODE[call.argument("mode")]
    layers = call.argument("num_layers") * (2 if call.argument("bidirectional") else 1)
    macs = sum(math.prod(matrix) for matrix in matrices) * tokens
    return Work(macs, flops.recurrent(gates, tokens, 1, 0, hidden).other * layers)


def _fused_cell(gates: int) -> Rule:
    """The part of a recurrent step that follows its two products; hidden state is (B, H)."""

    def rule(call: Call) -> Work:
        batch, hidden = call.output
        return Work(0, flops.recurrent(gates, 1, batch, 0, hidden).other)

    return rule


def attention(call: Call) -> Work:
    """query (..., L, E), key (..., S, E), value (..., S, Ev); a causal mask saves nothing in this count."""
    query, key, value = call.shape("query"), call.shape("key"), call.shape("value")
    return flops.attention(flops.attended(query, key, value), query[-2], key[-2], query[-1], value[-1])


def _multi_head_attention(call: Call) -> Work:
    """query (B, L, D), key and value (B, S, D): three projections, attention, the output projection."""
    (batch, queries, width), keys = call.shape("query"), call.shape("key")[1]
    return _attention_block(batch, queries, keys, width, call.argument("num_head"))


def _attention_block(batch: int, queries: int, keys: int, width: int, heads: int) -> Work:
    inner = flops.attention(batch * heads, queries, keys, width // heads, width // heads)
    projected = batch * (2 * queries + 2 * keys) * width
    return Work(inner.macs + projected * width, inner.other + projected)


def _transformer_layer(call: Call) -> Work:
    """src (B, L, D): attention, two linear layers, two norms, two residuals and one activation."""
    batch, length, width = call.shape("src")
    inner = call.shape("ffn_weight_1")[0]
    block = _attention_block(batch, length, length, width, call.argument("num_heads"))
    tokens = batch * length
    each = 2 * width * (flops.LAYER_NORM_PER_ELEMENT + 1) + 2 * inner + width
    return Work(block.macs + 2 * tokens * width * inner, block.other + tokens * each)


_CONVOLUTIONS = """_conv_depthwise2d _nnpack_spatial_convolution conv_depthwise3d cudnn_convolution_add_relu
    cudnn_convolution_relu miopen_convolution miopen_convolution_add_relu miopen_convolution_relu
    miopen_depthwise_convolution mkldnn_convolution slow_conv3d_forward slow_conv_dilated2d
    slow_conv_dilated3d"""
_TRANSPOSED = """cudnn_convolution_transpose miopen_convolution_transpose slow_conv_transpose2d
    slow_conv_transpose3d"""

RULES: dict[str, Rule] = {
    **{f"aten.{name}": convolution for name in _CONVOLUTIONS.split()},
    **{f"aten.{name}": transposed_convolution for name in _TRANSPOSED.split()},
    "aten.conv_tbc": _time_convolution,
    "aten.mv": product("self", "vec"),
    "aten.addmv": product("mat", "vec", added=True),
    "aten.dot": product("self", "tensor"),
    "aten.vdot": product("self", "other"),
    "aten.addbmm": product("batch1", "batch2", added=True),
    "aten._addmm_activation": product("mat1", "mat2", added=True),
    "aten._int_mm": _integer_product,
    "aten._weight_int8pack_mm": linear,
    "aten.mkldnn_linear": linear,
    "aten.mkldnn_rnn_layer": _recurrent_layer,
    "aten._cudnn_rnn": _recurrent_stack,
    "aten.miopen_rnn": _recurrent_stack,
    "aten._thnn_fused_lstm_cell": _fused_cell(flops.LSTM_GATES),
    "aten._thnn_fused_gru_cell": _fused_cell(flops.GRU_GATES),
    "aten._scaled_dot_product_flash_attention_for_cpu": attention,
    "aten._scaled_dot_product_fused_attention_overrideable": attention,
    "aten._scaled_dot_product_attention_math_for_mps": attention,
    "aten._native_multi_head_attention": _multi_head_attention,
    "aten._transformer_encoder_layer_fwd": _transformer_layer,
}
