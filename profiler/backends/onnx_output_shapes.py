"""Output shapes of operators that ONNX's own inference does not know: ONNX Runtime's, and two of its own."""

from __future__ import annotations

from collections.abc import Callable

from profiler.backends import onnx_layouts
from profiler.backends.onnx_node import Operator
from profiler.backends.onnx_scope import Shape
from profiler.metrics import flops

Rule = Callable[[Operator], Shape]

_AS_FIRST = ("GroupNormalization", "MeanVarianceNormalization", "SimplifiedLayerNormalization")
_MICROSOFT_AS_FIRST = """BiasAdd BiasGelu BiasSoftmax DequantizeLinear FastGelu Gelu QLinearLeakyRelu
    QLinearSigmoid QLinearSoftmax QuantizeLinear QuickGelu RotaryEmbedding SkipLayerNormalization
    SkipSimplifiedLayerNormalization"""


def _as_first(op: Operator) -> Shape:
    return op.input(0)


def _broadcast(left: int, right: int) -> Rule:
    return lambda op: flops.broadcast(op.input(left), op.input(right))


def _product(op: Operator) -> Shape:
    return _product_shape(op.input(0), op.input(1))


def _product_shape(left: Shape, right: Shape) -> Shape:
    batch = flops.broadcast(left[:-2], right[:-2])
    return batch + left[-2:-1] + (right[-1:] if len(right) > 1 else ())


def _fused_product(op: Operator) -> Shape:
    turned = (_swapped(op.input(i), op.attribute(f"trans{'AB'[i]}", 0)) for i in (0, 1))
    return _product_shape(*turned)


def _swapped(shape: Shape, transpose: int) -> Shape:
    return (*shape[:-2], shape[-1], shape[-2]) if transpose and len(shape) > 1 else shape


def _gemm(right: int) -> Rule:
    def rule(op: Operator) -> Shape:
        rows = op.input(0)[1 if op.attribute("transA", 0) else 0]
        return rows, op.input(right)[0 if op.attribute("transB", 0) else 1]

    return rule


def _matmul_nbits(op: Operator) -> Shape:
    return (*op.input(0)[:-1], op.attribute("N"))


def _projected_attention(op: Operator) -> Shape:
    batch, length, _ = op.input(0)
    sizes = op.attribute("qkv_hidden_sizes", None)
    return batch, length, sizes[2] if sizes else op.input(1)[1] // 3


def _multi_head_attention(op: Operator) -> Shape:
    query, value = op.input(0), op.input(2)
    return query[0], query[1], value[2]


def _group_query_attention(op: Operator) -> Shape:
    batch, length, width = op.input(0)
    heads = op.attribute("num_heads")
    packed = heads + 2 * op.attribute("kv_num_heads")
    return batch, length, width if op.has(1) else width // packed * heads


def _embedded(op: Operator) -> Shape:
    """Token ids (B, L); input 2 is the table of words."""
    return (*op.input(0), op.input(2)[1])


def _global_pool(op: Operator) -> Shape:
    data = op.input(0)
    if op.attribute("channels_last", 0):
        return (data[0], *[1] * (len(data) - 2), data[-1])
    return (*data[:2], *[1] * (len(data) - 2))


_RULES: dict[str, Rule] = {
    **dict.fromkeys(_AS_FIRST, _as_first),
    "GreaterOrEqual": _broadcast(0, 1),
    "LessOrEqual": _broadcast(0, 1),
}
_MICROSOFT_RULES: dict[str, Rule] = {
    **dict.fromkeys(_MICROSOFT_AS_FIRST.split(), _as_first),
    "Attention": _projected_attention,
    "DynamicQuantizeMatMul": _product,
    "EmbedLayerNormalization": _embedded,
    "FusedGemm": _gemm(1),
    "FusedMatMul": _fused_product,
    "GroupQueryAttention": _group_query_attention,
    "MatMulIntegerToFloat": _product,
    "MatMulNBits": _matmul_nbits,
    "MultiHeadAttention": _multi_head_attention,
    "QAttention": _projected_attention,
    "QGemm": _gemm(3),
    "QLinearAdd": _broadcast(0, 3),
    "QLinearGlobalAveragePool": _global_pool,
    "QLinearMul": _broadcast(0, 3),
    **onnx_layouts.MICROSOFT_SHAPES,
}


def rule_for(domain: str, kind: str) -> Rule | None:
    """How to find the shape of an operator's first output, or None where nothing is known of it."""
    if domain in ("", "ai.onnx"):
        return _RULES.get(kind)
    if domain == onnx_layouts.BLOCKED:
        return onnx_layouts.BLOCKED_SHAPES.get(kind)
    return _MICROSOFT_RULES.get(kind) if domain == "com.microsoft" else None
