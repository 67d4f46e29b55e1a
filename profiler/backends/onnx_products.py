"""Work of the ONNX operators that multiply and accumulate: products, convolutions, recurrence, attention."""

from __future__ import annotations

import math
from collections.abc import Callable

from profiler.backends.onnx_node import Operator, ShapeUnknown
from profiler.metrics import flops
from profiler.metrics.einsum import einsum
from profiler.metrics.flops import Work

Rule = Callable[[Operator], Work]


def _product(op: Operator, macs: int, other: int = 0, integer: bool = False) -> Work:
    return Work(macs, other, macs if integer or op.quantised else 0)


def _matmul(left: int, right: int, integer: bool = False, bias: int | None = None) -> Rule:
    def rule(op: Operator) -> Work:
        macs = flops.matmul(op.input(left), op.input(right))
        other = math.prod(op.output()) if bias is not None and op.has(bias) else 0
        return _product(op, macs, other, integer)

    return rule


def _gemm(left: int = 0, right: int = 1, bias: int = 2, integer: bool = False) -> Rule:
    def rule(op: Operator) -> Work:
        rows, inner = _turned(op.input(left), op.attribute("transA", 0))
        _, columns = _turned(op.input(right), op.attribute("transB", 0))
        fused = bool(op.attribute("activation"))
        other = rows * columns * (op.has(bias) + fused)
        return _product(op, rows * inner * columns, other, integer)

    return rule


def _turned(shape: tuple[int, ...], transpose: int) -> tuple[int, ...]:
    return shape[::-1] if transpose else shape


def _fused_matmul(op: Operator) -> Work:
    if op.attribute("transBatchA", 0) or op.attribute("transBatchB", 0):
        raise ShapeUnknown(op.name)
    left, right = (_swapped(op.input(i), op.attribute(f"trans{'AB'[i]}", 0)) for i in (0, 1))
    return _product(op, flops.matmul(left, right))


def _swapped(shape: tuple[int, ...], transpose: int) -> tuple[int, ...]:
    return (*shape[:-2], shape[-1], shape[-2]) if transpose and len(shape) > 1 else shape


def _convolution(weight: int = 1, bias: int | None = 2, integer: bool = False) -> Rule:
    def rule(op: Operator) -> Work:
        elements = math.prod(op.output())
        fused = bool(op.attribute("activation"))
        added = op.has(3) and op.kind in ("FusedConv", "NhwcFusedConv")
        biased = bias is not None and op.has(bias)
        other = elements * (biased + fused + added)
        return _product(op, flops.convolution(op.output(), op.input(weight)), other, integer)

    return rule


def _transposed_convolution(op: Operator) -> Work:
    other = math.prod(op.output()) if op.has(2) else 0
    return _product(op, flops.transposed_convolution(op.input(0), op.input(1)), other)


def _deformable_convolution(op: Operator) -> Work:
    """A convolution of samples that are each interpolated between 2^d neighbours (one FLOP pair each)."""
    output, weight = op.output(), op.input(1)
    spatial = len(weight) - 2
    samples = math.prod(output) // output[1] * op.input(0)[1] * math.prod(weight[2:])
    other = samples * 2 * 2**spatial + (math.prod(output) if op.has(3) else 0)
    return Work(flops.convolution(output, weight), other)


def _recurrent(gates: int) -> Rule:
    """Full sequences: lengths given per sample are data, so that the count is the work at full length."""

    def rule(op: Operator) -> Work:
        data, weight, hidden = op.input(0), op.input(1), op.input(2)[-1]
        steps, batch = (data[1], data[0]) if op.attribute("layout", 0) else data[:2]
        one = flops.recurrent(gates, steps, batch, data[2], hidden)
        return Work(one.macs * weight[0], one.other * weight[0])

    return rule


def _quantised_lstm(op: Operator) -> Work:
    """com.microsoft: weights (directions, in, 4 x hidden) and (directions, hidden, 4 x hidden)."""
    (steps, batch, size), (directions, hidden, _) = op.input(0), op.input(2)
    one = flops.recurrent(flops.LSTM_GATES, steps, batch, size, hidden)
    return Work(one.macs * directions, one.other * directions, one.macs * directions)


def _einsum(op: Operator) -> Work:
    return einsum(op.text("equation", ""), [op.input(i) for i in range(op.given_inputs())])


def _attention(op: Operator) -> Work:
    """The operator of opset 23: inputs (B, heads, L, size) or (B, L, heads x size)."""
    query, key, value = op.input(0), op.input(1), op.input(2)
    past = op.input(4)[2] if op.has(4) else 0
    if len(query) == 4:
        lead = flops.attended(query, key, value)
        return flops.attention(lead, query[2], past + key[2], query[3], value[3])
    heads, value_heads = op.attribute("q_num_heads"), op.attribute("kv_num_heads")
    sizes = (query[2] // heads, value[2] // value_heads)
    batch = math.prod(flops.broadcast(query[:1], key[:1]))
    return flops.attention(batch * heads, query[1], past + key[1], *sizes)


def _multi_head_attention(op: Operator) -> Work:
    """com.microsoft: three inputs (B, L, heads x size), without projections; packed ones are not counted."""
    query, key, value = op.input(0), op.input(1), op.input(2)
    if not len(query) == len(key) == len(value) == 3:
        raise ShapeUnknown(op.name)
    heads = op.attribute("num_heads")
    past = op.input(6)[2] if op.has(6) else 0
    inner = flops.attention(query[0] * heads, query[1], past + key[1], query[2] // heads, value[2] // heads)
    return Work(inner.macs, inner.other + (math.prod(query) if op.has(3) else 0))


def _group_query_attention(op: Operator) -> Work:
    """com.microsoft: query (B, L, heads x size), or with keys and values packed behind; past (B, groups, P,
    size), which counts at its whole length."""
    heads, groups = op.attribute("num_heads"), op.attribute("kv_num_heads")
    batch, length, width = op.input(0)
    size = width // (heads if op.has(1) else heads + 2 * groups)
    before = op.input(3)[2] if op.has(3) else 0
    return flops.attention(batch * heads, length, before + length, size, size)


def _projected_attention(past: int, integer: bool = False) -> Rule:
    """com.microsoft Attention and QAttention: input (B, L, D) times weights (D, q + k + v), then attend."""

    def rule(op: Operator) -> Work:
        (batch, length, _), weight = op.input(0), op.input(1)
        heads = op.attribute("num_heads")
        query, _, value = op.attribute("qkv_hidden_sizes", None) or [weight[1] // 3] * 3
        before = op.input(past)[3] if op.has(past) else 0
        inner = flops.attention(batch * heads, length, before + length, query // heads, value // heads)
        projection = flops.matmul(op.input(0), weight)
        bias = batch * length * weight[1] if op.has(2) else 0
        return Work(projection + inner.macs, inner.other + bias, projection if integer else 0)

    return rule


def _matmul_nbits(op: Operator) -> Work:
    """Weights of few bits are widened before the product, so that its MACs are on floats."""
    rows = math.prod(op.input(0)[:-1])
    return Work(rows * op.attribute("K") * op.attribute("N"))


RULES: dict[str, Rule] = {
    "MatMul": _matmul(0, 1),
    "Gemm": _gemm(),
    "Conv": _convolution(),
    "ConvTranspose": _transposed_convolution,
    "DeformConv": _deformable_convolution,
    "ConvInteger": _convolution(bias=None, integer=True),
    "QLinearConv": _convolution(weight=3, bias=8, integer=True),
    "MatMulInteger": _matmul(0, 1, integer=True),
    "QLinearMatMul": _matmul(0, 3, integer=True),
    "LSTM": _recurrent(flops.LSTM_GATES),
    "GRU": _recurrent(flops.GRU_GATES),
    "RNN": _recurrent(flops.RNN_GATES),
    "Einsum": _einsum,
    "Attention": _attention,
}
MICROSOFT_RULES: dict[str, Rule] = {
    "FusedMatMul": _fused_matmul,
    "FusedGemm": _gemm(),
    "FusedConv": _convolution(),
    "QGemm": _gemm(0, 3, 6, integer=True),
    "MatMulIntegerToFloat": _matmul(0, 1, integer=True, bias=6),
    "DynamicQuantizeMatMul": _matmul(0, 1, integer=True, bias=4),
    "DynamicQuantizeLSTM": _quantised_lstm,
    "NhwcConv": _convolution(),
    "NhwcFusedConv": _convolution(),
    "QLinearConv": _convolution(weight=3, bias=8, integer=True),
    "MatMulNBits": _matmul_nbits,
    "Attention": _projected_attention(past=4),
    "QAttention": _projected_attention(past=8, integer=True),
    "MultiHeadAttention": _multi_head_attention,
    "GroupQueryAttention": _group_query_attention,
}
