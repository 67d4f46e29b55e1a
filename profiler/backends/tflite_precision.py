"""Which precision the arithmetic of a .tflite file has, by the numbers that its products read."""

from __future__ import annotations

from profiler.backends.tflite_file import File, FileGraph, FileOperator

_WEIGHTS_AT = {
    "CONV_2D": (0, 1), "DEPTHWISE_CONV_2D": (0, 1), "CONV_3D": (0, 1), "FULLY_CONNECTED": (0, 1),
    "BATCH_MATMUL": (0, 1), "TRANSPOSE_CONV": (2, 1), "CONV_3D_TRANSPOSE": (2, 1),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (0, 2), "BIDIRECTIONAL_SEQUENCE_LSTM": (0, 2), "LSTM": (0, 2),
    "UNIDIRECTIONAL_SEQUENCE_RNN": (0, 1), "RNN": (0, 1), "SVDF": (0, 1),
}  # fmt: skip
_FLOATING = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp64"}
_BYTES = frozenset(("int8", "uint8"))
_NARROW = _BYTES | {"int4", "int2", "uint4"}
MIXED = "mixed"


def effective(file: File) -> str:
    """fp32, fp16, bf16, fp64, int8 or mixed; without products by all other numbers that operators make.

    Weights kept in half precision are widened by an operator of their own, so arithmetic stays fp32.
    Integer weights beside floating data are `mixed`: kernels bring the data to integers at each call.
    """
    found = {
        _product(one, graph) for graph in file.graphs for one in graph.operators if one.kind in _WEIGHTS_AT
    }
    found = found or {kind for graph in file.graphs for kind in _made(graph)}
    return found.pop() if len(found) == 1 else MIXED if found else "fp32"


def _product(operator: FileOperator, graph: FileGraph) -> str:
    data, weights = (_dtype(operator, place, graph) for place in _WEIGHTS_AT[operator.kind])
    if data in _BYTES and weights in _NARROW:
        return "int8"
    return _FLOATING.get(data, MIXED) if data == weights else MIXED


def _dtype(operator: FileOperator, place: int, graph: FileGraph) -> str:
    index = operator.inputs[place] if place < len(operator.inputs) else -1
    return graph.tensors[index].dtype if index >= 0 else ""


def _made(graph: FileGraph) -> set[str]:
    """Precisions of what operators make; indices and shapes have none."""
    dtypes = {graph.tensors[index].dtype for one in graph.operators for index in one.outputs if index >= 0}
    return {
        "int8" if dtype in _BYTES else _FLOATING[dtype] for dtype in dtypes if dtype in {*_BYTES, *_FLOATING}
    }
