"""Rules for operators as torch.export writes them: whole layers, which PyTorch takes apart when they run.

What they are taken apart into is counted by the same formulas (torch_formulas, torch_tables), so that a
program that is read and one that runs give the same count.
"""

from __future__ import annotations

import math
from typing import Optional

from profiler.backends import torch_contractions, torch_formulas, torch_tables
from profiler.backends.torch_formulas import Call, Rule
from profiler.metrics import flops
from profiler.metrics.einsum import einsum
from profiler.metrics.flops import Work

_POINTWISE = """__ilshift__ __ixor__ __lshift__ __rshift__ __xor__ __and__ __or__ _conj_physical abs acos
    acosh add addcdiv addcmul angle asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_not
    bitwise_or bitwise_right_shift bitwise_xor ceil celu clamp clamp_max clamp_min clip conj_physical
    copysign cos cosh deg2rad digamma div divide elu eq erf erfc erfinv exp exp2 expm1 float_power floor fmax
    fmin fmod frac ge gelu ger gt hardshrink hardsigmoid hardtanh heaviside hypot isfinite isinf isnan
    isneginf isposinf kron ldexp le leaky_relu lerp lgamma log log10 log1p log2 log_sigmoid logaddexp
    logaddexp2 logical_and logical_not logical_or logical_xor logit lt masked_fill maximum minimum mish mul
    multiply nan_to_num ne neg nextafter outer positive pow prelu rad2deg reciprocal relu relu6 remainder
    round rrelu rsqrt rsub selu sgn sigmoid sign signbit silu sin sinc sinh softplus softshrink sqrt square
    sub subtract tan tanh threshold true_divide trunc where xlogy"""
_REDUCTIONS = """adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d all amax amin
    aminmax any argmax argmin count_nonzero logsumexp mean nansum norm prod std std_mean sum var var_mean
    linalg_norm"""
_MOVES = """_assert_async _assert_scalar _assert_tensor_metadata adjoint alias alpha_dropout as_strided
    atleast_1d atleast_2d atleast_3d broadcast_tensors broadcast_to chunk column_stack concat concatenate
    contiguous conj detach diag diagonal dropout dstack empty_like expand expand_as feature_dropout
    flatten fliplr flipud hstack index_select item meshgrid moveaxis movedim narrow numpy_T one_hot pad
    permute ravel real imag reshape reshape_as resolve_conj resolve_neg select slice split
    split_with_sizes squeeze swapaxes sym_constrain_range sym_constrain_range_for_size sym_numel sym_size
    sym_storage_offset sym_stride t take_along_dim tensor_split tile to transpose type_as unbind
    unflatten unfold unsqueeze vander view view_as view_as_complex view_as_real vstack mT mH"""
_POOLS = "avg_pool1d max_pool1d max_pool1d_with_indices max_pool2d max_pool3d"
_PER_OUTPUT = {
    "batch_norm": flops.BATCH_NORM_PER_ELEMENT,
    "group_norm": flops.LAYER_NORM_PER_ELEMENT,
    "instance_norm": flops.LAYER_NORM_PER_ELEMENT,
    "layer_norm": flops.LAYER_NORM_PER_ELEMENT,
    "log_softmax": flops.SOFTMAX_PER_ELEMENT,
    "rms_norm": flops.RMS_NORM_PER_ELEMENT,
    "softmax": flops.SOFTMAX_PER_ELEMENT,
}
_MOVING_NAMESPACES = ("_operator.", "math.", "torch.sym_", "torch._sym_", "prim.", "prims.device_put")


def moves(name: str) -> bool:
    """Whether the operator does no arithmetic on tensors."""
    return name.removesuffix("_") in MOVES or name.startswith(_MOVING_NAMESPACES)


def work(call: Call) -> Optional[Work]:
    """What the operator does, or None where no rule covers it."""
    rule = RULES.get(call.name) or RULES.get(call.name.removesuffix("_"))
    return None if rule is None else rule(call)


def _convolution(call: Call) -> Work:
    transposed = call.argument("transposed")
    return torch_formulas.transposed_convolution(call) if transposed else torch_formulas.convolution(call)


def _einsum(call: Call) -> Work:
    return einsum(str(call.argument("equation")), call.shapes("tensors"))


def _layers(gates: int) -> Rule:
    """LSTM, GRU or RNN of all layers and directions: every weight matrix multiplies every token once.

    `input` is (T, B, I), (B, T, I) or (T, I); `params` holds for each layer and direction (gates x H, I),
    (gates x H, H), two biases, and a projection where there is one.
    """

    def rule(call: Call) -> Work:
        tokens = math.prod(call.shape("input")[:-1])
        matrices = [shape for shape in call.shapes("params") if len(shape) == 2]
        hidden = matrices[0][0] // gates
        layers = call.argument("num_layers") * (2 if call.argument("bidirectional") else 1)
        macs = tokens * sum(math.prod(matrix) for matrix in matrices)
        return Work(macs, flops.recurrent(gates, tokens, 1, 0, hidden).other * layers)

    return rule


def _cell(gates: int) -> Rule:
    """One step of one layer: input (B, I), w_ih (gates x H, I), w_hh (gates x H, H)."""

    def rule(call: Call) -> Work:
        batch = math.prod(call.shape("input")[:-1])
        given, kept = call.shape("w_ih"), call.shape("w_hh")
        other = flops.recurrent(gates, batch, 1, 0, kept[1]).other
        return Work(batch * (math.prod(given) + math.prod(kept)), other)

    return rule


_CONVOLUTIONS = "conv1d conv2d conv3d convolution _convolution"
_TRANSPOSED = "conv_transpose1d conv_transpose2d conv_transpose3d"
_ATTENTIONS = """scaled_dot_product_attention _scaled_dot_product_efficient_attention
    _scaled_dot_product_flash_attention
    _scaled_dot_product_cudnn_attention _scaled_dot_product_attention_math"""
_QUANTISED = "quantize_per_tensor dequantize_per_tensor quantize_per_channel dequantize_per_channel"

RULES: dict[str, Rule] = {
    **torch_tables.RULES,
    **torch_contractions.WHOLE,
    **{f"aten.{name}": torch_tables.each(1) for name in _POINTWISE.split()},
    **{f"aten.{name}": torch_tables.per_input for name in _REDUCTIONS.split()},
    **{f"aten.{name}": torch_tables.each(count) for name, count in _PER_OUTPUT.items()},
    **{f"aten.{name}": torch_tables.pool for name in _POOLS.split()},
    **{f"aten.{name}": _convolution for name in _CONVOLUTIONS.split()},
    **{f"aten.{name}": torch_formulas.transposed_convolution for name in _TRANSPOSED.split()},
    **{f"aten.{name}": torch_formulas.attention for name in _ATTENTIONS.split()},
    **{f"quantized_decomposed.{name}": torch_tables.each(2) for name in _QUANTISED.split()},
    "aten.embedding_bag": torch_tables.embedding_bag,
    "aten.max": torch_tables.per_input,
    "aten.min": torch_tables.per_input,
    "aten.mm": torch_formulas.product("self", "mat2"),
    "aten.bmm": torch_formulas.product("self", "mat2"),
    "aten.matmul": torch_formulas.product("self", "other"),
    "aten.addmm": torch_formulas.product("mat1", "mat2", added=True),
    "aten.baddbmm": torch_formulas.product("batch1", "batch2", added=True),
    "aten.linear": torch_formulas.linear,
    "aten.einsum": _einsum,
    "aten.lstm": _layers(flops.LSTM_GATES),
    "aten.gru": _layers(flops.GRU_GATES),
    "aten.rnn_tanh": _layers(flops.RNN_GATES),
    "aten.rnn_relu": _layers(flops.RNN_GATES),
    "aten.lstm_cell": _cell(flops.LSTM_GATES),
    "aten.gru_cell": _cell(flops.GRU_GATES),
    "aten.rnn_tanh_cell": _cell(flops.RNN_GATES),
    "aten.rnn_relu_cell": _cell(flops.RNN_GATES),
}
MOVES = torch_tables.MOVES | {f"aten.{name}" for name in _MOVES.split()}
