"""Which types of operators stand for one another: a file's Gemm is a runtime's FullyConnected."""

from __future__ import annotations

_FAMILIES = (
    """MatMul Gemm FullyConnected FULLY_CONNECTED BATCH_MATMUL FusedMatMul FusedGemm TransposeMatMul QGemm
    QLinearMatMul MatMulInteger MatMulIntegerToFloat DynamicQuantizeMatMul MatMulNBits MatMulBnb4 Einsum
    FullyConnectedCompressed FullyConnectedQuantized FullyConnectedQuantizedLegacy GemmFastGelu""",
    """Conv FusedConv ConvInteger QLinearConv NhwcFusedConv NhwcConv Convolution GroupConvolution CONV_2D
    DEPTHWISE_CONV_2D CONV_3D BinaryConvolution DeformConv DeformableConvolution""",
    """ConvTranspose ConvolutionBackpropData GroupConvolutionBackpropData Deconvolution TRANSPOSE_CONV
    CONV_3D_TRANSPOSE QLinearConvTranspose ConvTransposeWithDynamicPads""",
    "LSTM LSTMSequence LSTMCell DynamicQuantizeLSTM UNIDIRECTIONAL_SEQUENCE_LSTM BIDIRECTIONAL_SEQUENCE_LSTM",
    "GRU GRUSequence GRUCell",
    "RNN RNNSequence RNNCell UNIDIRECTIONAL_SEQUENCE_RNN BIDIRECTIONAL_SEQUENCE_RNN",
    """LayerNormalization MVN SkipLayerNormalization EmbedLayerNormalization InstanceNormalization
    GroupNormalization GroupNorm RMS RMSNormalization SimplifiedLayerNormalization
    SkipSimplifiedLayerNormalization MeanVarianceNormalization""",
    """Attention MultiHeadAttention QAttention ScaledDotProductAttention GroupQueryAttention
    DecoderMaskedMultiHeadAttention ScaledDotProductAttentionWithKVCache""",
    "Gelu BiasGelu FastGelu QuickGelu Erf GELU",
    "Softmax SoftMax BiasSoftmax SOFTMAX LogSoftmax",
    "Mul Multiply MUL", "Div Divide DIV", "Sub Subtract SUB", "Add ADD", "Pow Power POW",
    "Clip Clamp", "PRelu PReLU PRELU", "Swish HardSwish", "Relu ReLU RELU",
    """MaxPool MAX_POOL_2D GlobalMaxPool ReduceMax""",
    "AveragePool AvgPool AVERAGE_POOL_2D GlobalAveragePool ReduceMean MEAN AdaptiveAvgPool",
    "QuantizeLinear FakeQuantize QUANTIZE", "If IF", "Loop TensorIterator While WHILE Scan",
    "Resize Interpolate Upsample RESIZE_BILINEAR", "TopK TOPK_V2", "CumSum CUMSUM",
)  # fmt: skip
_FAMILY = {name: number for number, names in enumerate(_FAMILIES) for name in names.split()}

# Rows of these types carry data from here to there, or look at its shapes: no arithmetic runs in them.
_MOVES = """Broadcast Cast Concat Concatenation Convert DepthToSpace Expand Flatten Gather GatherElements
    GatherND Identity MemcpyFromHost MemcpyToHost Pad Permute Reorder ReorderInput ReorderOutput Reshape
    ScatterND Shape ShapeOf Slice SpaceToDepth Split Squeeze StridedSlice Tile Transpose Unsqueeze
    VariadicSplit ConstantOfShape Range Copy aten.to _guards_fn"""
MOVES = frozenset(_MOVES.split())
# What runtimes fold into the product before it: it then has no kernel of its own.
_FOLDED = """Add BatchNormalization Clip DequantizeLinear Elu Gelu HardSigmoid HardSwish LOGISTIC LeakyRelu
    Mul PRelu QuantizeLinear RELU6 RELU_N1_TO_1 Relu Sigmoid Softplus Swish TANH Tanh"""
_FOLDED_FAMILIES = frozenset(_FAMILY.get(name, name) for name in _FOLDED.split())
_RECURRENT = frozenset(_FAMILY[name] for name in ("LSTM", "GRU", "RNN"))
_FUSED = frozenset(_FAMILY[name] for name in ("LayerNormalization", "Gelu", "Softmax", "Attention"))


def family(kind: str) -> int | str:
    """The same for types that are alike."""
    return _FAMILY.get(kind, kind)


def alike(one: str, other: str) -> bool:
    """Whether both are words for the same operator."""
    return family(one) == family(other)


def is_known(kind: str) -> bool:
    """Whether rows of this type run a certain operator, and not whatever was fused."""
    return kind in _FAMILY or kind in MOVES


def is_folded(kind: str) -> bool:
    return family(kind) in _FOLDED_FAMILIES


def is_recurrent(kind: str) -> bool:
    """Runtimes run the two directions of a layer of these as two."""
    return _FAMILY.get(kind) in _RECURRENT


def is_fused(kind: str) -> bool:
    """What exporters spell out in many elementwise operators, and runtimes put together again."""
    return _FAMILY.get(kind) in _FUSED
