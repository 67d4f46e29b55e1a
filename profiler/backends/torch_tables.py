"""Which torch operators only move data, and which do a fixed number of FLOPs per element. Needs no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from profiler.backends import torch_contractions, torch_formulas
from profiler.backends.torch_formulas import Call, Rule
from profiler.metrics import flops
from profiler.metrics.flops import Work

_MOVEMENT = """_cat _chunk_cat _convert_weight_to_int4pack _copy_from _copy_from_and_resize
    _cudnn_rnn_flatten_weight
    _efficientzerotensor _empty_affine_quantized _empty_per_channel_affine_quantized _fused_sdp_choice
    _index_put_impl _lazy_clone _local_scalar_dense _make_per_channel_quantized_tensor
    _make_per_tensor_quantized_tensor _mkldnn_reshape _mkldnn_transpose _pack_padded_sequence _pin_memory
    _reshape_copy _resize_output _stack _to_copy _to_dense _unique _unique2 _unsafe_index _unsafe_index_put
    _unsafe_masked_index _unsafe_view arange as_strided_scatter block_diag cat channel_shuffle clone complex
    constant_pad_nd copy diag_embed diagonal_scatter embedding empty empty_like empty_permuted
    empty_quantized empty_strided eye fill flip full full_like gather im2col index index_copy index_fill
    index_put index_select int_repr lift lift_fresh lift_fresh_copy masked_scatter masked_select max_unpool2d
    max_unpool3d mkldnn_reorder_conv2d_weight mkldnn_reorder_conv3d_weight new_empty new_empty_strided
    new_full new_ones new_zeros nonzero nonzero_static ones ones_like pixel_shuffle pixel_unshuffle put range
    record_stream reflection_pad1d reflection_pad2d reflection_pad3d repeat repeat_interleave
    replication_pad1d replication_pad2d replication_pad3d resize resize_as roll rot90 scalar_tensor scatter
    select_scatter set slice_scatter sort stack take to_mkldnn to_padded_tensor topk tril tril_indices triu
    triu_indices unique_consecutive unique_dim unique_dim_consecutive unsafe_split unsafe_split_with_sizes
    upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d
    _upsample_nearest_exact2d _upsample_nearest_exact3d zero zeros zeros_like"""
_PER_OUTPUT = {
    "_add_relu": 2,
    "_batch_norm_no_update": flops.BATCH_NORM_PER_ELEMENT,
    "_batch_norm_with_update": flops.LAYER_NORM_PER_ELEMENT,
    "_fused_rms_norm": flops.RMS_NORM_PER_ELEMENT,
    "_log_softmax": flops.SOFTMAX_PER_ELEMENT,
    "_masked_softmax": flops.SOFTMAX_PER_ELEMENT + 1,
    "_native_batch_norm_legit": flops.LAYER_NORM_PER_ELEMENT,
    "_native_batch_norm_legit_no_training": flops.BATCH_NORM_PER_ELEMENT,
    "_prelu_kernel": 1,
    "_safe_softmax": flops.SOFTMAX_PER_ELEMENT,
    "_softmax": flops.SOFTMAX_PER_ELEMENT,
    "_transform_bias_rescale_qkv": 1,
    "addr": 2,
    "batch_norm_elemt": flops.BATCH_NORM_PER_ELEMENT,
    "col2im": 1,
    "cudnn_batch_norm": flops.BATCH_NORM_PER_ELEMENT,
    "cumprod": 1,
    "cumsum": 1,
    "dequantize": 2,
    "floor_divide": 1,
    "glu": 2,
    "grid_sampler_2d": 8,
    "grid_sampler_3d": 16,
    "cudnn_grid_sampler": 8,
    "hardswish": 1,
    "index_add": 1,
    "isin": 1,
    "linspace": 1,
    "log_sigmoid_forward": 1,
    "logcumsumexp": 1,
    "miopen_batch_norm": flops.BATCH_NORM_PER_ELEMENT,
    "native_batch_norm": flops.BATCH_NORM_PER_ELEMENT,
    "native_dropout": 1,
    "native_group_norm": flops.LAYER_NORM_PER_ELEMENT,
    "native_layer_norm": flops.LAYER_NORM_PER_ELEMENT,
    "polar": 2,
    "quantize_per_channel": 2,
    "quantize_per_tensor": 2,
    "quantize_per_tensor_dynamic": 4,
    "quantized_batch_norm": flops.BATCH_NORM_PER_ELEMENT,
    "scatter_add": 1,
    "scatter_reduce": 1,
    "upsample_bicubic2d": 32,
    "upsample_bilinear2d": 8,
    "upsample_linear1d": 4,
    "upsample_trilinear3d": 16,
}
"""FLOPs per output element of operators that torch does not tag as pointwise."""

_PER_INPUT = """_adaptive_avg_pool2d _adaptive_avg_pool3d _aminmax _cummax_helper _cummin_helper
    _is_all_true _is_any_true adaptive_max_pool2d adaptive_max_pool3d linalg_vector_norm
    mkldnn_adaptive_avg_pool2d trace"""
_POOLS = """avg_pool2d avg_pool3d max_pool2d_with_indices max_pool3d_with_indices mkldnn_max_pool2d
    mkldnn_max_pool3d quantized_max_pool1d quantized_max_pool2d quantized_max_pool3d"""
_QUANTISED_ELEMENTWISE = """add add_relu add_scalar add_scalar_relu celu elu hardswish leaky_relu mul mul_relu
    mul_scalar mul_scalar_relu prelu relu6 sigmoid threshold"""


def each(count: int) -> Rule:
    return lambda call: Work(0, count * call.elements)


def per_input(call: Call) -> Work:
    return Work(0, math.prod(call.first))


def pool(call: Call) -> Work:
    return Work(0, call.elements * _kernel(call.argument("kernel_size"), call.name))


def _kernel(sizes: Sequence[int], name: str) -> int:
    """Elements of a pooling window; one number stands for every dimension."""
    dimensions = next(int(letter) for letter in name if letter.isdigit())
    return int(math.prod(sizes if len(sizes) == dimensions else [sizes[0]] * dimensions))


def embedding_bag(call: Call) -> Work:
    """The sum of the rows that the indices pick."""
    return Work(0, math.prod(call.shape("indices")) * call.shape("weight")[1])


RULES: dict[str, Rule] = {
    **{f"aten.{name}": each(count) for name, count in _PER_OUTPUT.items()},
    **{f"aten.{name}": per_input for name in _PER_INPUT.split()},
    **{f"aten.{name}": pool for name in _POOLS.split()},
    **{f"quantized.{name}": each(1) for name in _QUANTISED_ELEMENTWISE.split()},
    "aten._embedding_bag": embedding_bag,
    "aten._embedding_bag_forward_only": embedding_bag,
    **torch_formulas.RULES,
    **torch_contractions.RULES,
}
MOVES = frozenset(f"aten.{name}" for name in _MOVEMENT.split())
