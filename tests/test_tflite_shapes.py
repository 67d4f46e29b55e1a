"""Shapes that rules make of a free batch are those that LiteRT makes of it."""

from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from profiler.backends import tflite_file, tflite_shapes
from tests import tflite_graphs

_SAME, _VALID = 0, 1


def _floats(*shape: int) -> np.ndarray[Any, Any]:
    return np.zeros(shape, dtype=np.float32)


def _ints(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, dtype=np.int32)


def _window(padding: int, stride: int, dilation: int = 1) -> dict[str, Any]:
    return {"padding": padding, "strideW": stride, "strideH": stride,
            "dilationWFactor": dilation, "dilationHFactor": dilation}  # fmt: skip


def _pool(padding: int) -> dict[str, Any]:
    return {"options": "Pool2DOptions", "padding": padding, "strideW": 2, "strideH": 3,
            "filterWidth": 3, "filterHeight": 2}  # fmt: skip


_CONVOLUTION, _DEPTHWISE = {"options": "Conv2DOptions"}, {"options": "DepthwiseConv2DOptions"}
_REDUCES, _KEEPS = {"options": "ReducerOptions"}, {"options": "ReducerOptions", "keepDims": True}
_CUTS = {"options": "StridedSliceOptions"}
_CASES: dict[str, tuple[str, dict[str, Any], list[Any], int]] = {
    "same": ("CONV_2D", {**_CONVOLUTION, **_window(_SAME, 2)}, [None, _floats(5, 3, 3, 4), _floats(5)], 1),
    "valid": ("CONV_2D", {**_CONVOLUTION, **_window(_VALID, 2)}, [None, _floats(5, 3, 3, 4), _floats(5)], 1),
    "dilated": ("CONV_2D", {**_CONVOLUTION, **_window(_VALID, 1, 2)},
                [None, _floats(5, 2, 3, 4), _floats(5)], 1),
    "depthwise": ("DEPTHWISE_CONV_2D", {**_DEPTHWISE, **_window(_VALID, 2), "depthMultiplier": 2},
                  [None, _floats(1, 3, 2, 8), _floats(8)], 1),
    "pool same": ("MAX_POOL_2D", _pool(_SAME), [None], 1),
    "pool valid": ("AVERAGE_POOL_2D", _pool(_VALID), [None], 1),
    "dense": ("FULLY_CONNECTED", {"options": "FullyConnectedOptions"}, [None, _floats(3, 4), _floats(3)], 1),
    "dense flat": ("FULLY_CONNECTED", {"options": "FullyConnectedOptions"},
                   [None, _floats(3, 192), _floats(3)], 1),
    "dense kept": ("FULLY_CONNECTED", {"options": "FullyConnectedOptions", "keepNumDims": True},
                   [None, _floats(3, 4), _floats(3)], 1),
    "product": ("BATCH_MATMUL", {"options": "BatchMatMulOptions", "adjY": True},
                [None, _floats(1, 6, 3, 4)], 1),
    "reshape": ("RESHAPE", {"options": "ReshapeOptions", "newShape": [-1, 24]}, [None, _ints(-1, 24)], 1),
    "transpose": ("TRANSPOSE", {"options": "TransposeOptions"}, [None, _ints(1, 3, 0, 2)], 1),
    "expand": ("EXPAND_DIMS", {"options": "ExpandDimsOptions"}, [None, _ints(-2)], 1),
    "concatenate": ("CONCATENATION", {"options": "ConcatenationOptions", "axis": -1}, [None, None], 1),
    "pack": ("PACK", {"options": "PackOptions", "axis": 1, "valuesCount": 3}, [None] * 3, 1),
    "pack last": ("PACK", {"options": "PackOptions", "axis": -1, "valuesCount": 2}, [None] * 2, 1),
    "unpack": ("UNPACK", {"options": "UnpackOptions", "axis": -1, "num": 4}, [None], 4),
    "split": ("SPLIT", {"options": "SplitOptions", "numSplits": 2}, [np.int32(2), None], 2),
    "split by sizes": ("SPLIT_V", {"options": "SplitVOptions", "numSplits": 3},
                       [None, _ints(1, -1, 2), np.int32(1)], 3),
    "pad": ("PAD", {"options": "PadOptions"}, [None, _ints(0, 0, 1, 2, 3, 0, 0, 0).reshape(4, 2)], 1),
    "mirrored": ("MIRROR_PAD", {"options": "MirrorPadOptions"},
                 [None, _ints(0, 0, 1, 2, 3, 0, 0, 0).reshape(4, 2)], 1),
    "slice": ("SLICE", {"options": "SliceOptions"}, [None, _ints(0, 1, 2, 0), _ints(-1, 2, -1, 3)], 1),
    "strided": ("STRIDED_SLICE", {**_CUTS, "beginMask": 1, "endMask": 9},
                [None, _ints(0, 1, 7, 0), _ints(0, -1, 1, 0), _ints(1, 2, -3, 1)], 1),
    "strided away": ("STRIDED_SLICE", {**_CUTS, "beginMask": 1, "endMask": 1, "shrinkAxisMask": 2},
                     [None, _ints(0, 3), _ints(0, 4), _ints(1, 1)], 1),
    "strided rest": ("STRIDED_SLICE", {**_CUTS, "ellipsisMask": 1, "newAxisMask": 2},
                     [None, _ints(0, 0, 1), _ints(0, 0, 3), _ints(1, 1, 1)], 1),
    "gather": ("GATHER", {"options": "GatherOptions", "axis": 2}, [None, _ints(3, 1, 1)], 1),
    "gather last": ("GATHER", {"options": "GatherOptions", "axis": -1},
                    [None, _ints(3, 1, 1, 0).reshape(2, 2)], 1),
    "mean": ("MEAN", _REDUCES, [None, _ints(1, 2)], 1),
    "mean kept": ("MEAN", _KEEPS, [None, _ints(-1)], 1),
    "largest": ("ARG_MAX", {"options": "ArgMaxOptions", "outputType": 2}, [None, np.int32(-1)], 1),
    "tile": ("TILE", {"options": "TileOptions"}, [None, _ints(1, 2, 1, 3)], 1),
    "bilinear": ("RESIZE_BILINEAR", {"options": "ResizeBilinearOptions"}, [None, _ints(12, 5)], 1),
    "opened": ("DEPTH_TO_SPACE", {"options": "DepthToSpaceOptions", "blockSize": 2}, [None], 1),
    "folded": ("SPACE_TO_DEPTH", {"options": "SpaceToDepthOptions", "blockSize": 2}, [None], 1),
    "to batch": ("SPACE_TO_BATCH_ND", {"options": "SpaceToBatchNDOptions"},
                 [None, _ints(2, 3), _ints(1, 1, 0, 1).reshape(2, 2)], 1),
    "softmax": ("SOFTMAX", {"options": "SoftmaxOptions", "beta": 1.0}, [None], 1),
    "broadcast": ("ADD", {"options": "AddOptions"}, [None, _floats(8, 1)], 1),
    "chosen": ("TOPK_V2", {"options": "TopKV2Options"}, [None, np.int32(3)], 2),
    "shape": ("SHAPE", {"options": "ShapeOptions", "outType": 2}, [None], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", _CASES)
def test_a_rule_makes_the_shape_that_the_runtime_makes(case: str) -> None:
    data = tflite_graphs.single(*_CASES[case])
    graph, shape = tflite_file.parse(data).main, (5, *tflite_graphs.ROW[1:])
    interpreter = Interpreter(
        model_content=data, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    interpreter.resize_tensor_input(graph.inputs[0], shape)
    interpreter.allocate_tensors()
    interpreter.invoke()
    details = {one["index"]: tuple(map(int, one["shape"])) for one in interpreter.get_tensor_details()}
    known = tflite_shapes.settle(graph, [shape])
    made = graph.operators[0].outputs
    assert [known.shapes[index] for index in made] == [details[index] for index in made]
