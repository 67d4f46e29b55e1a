"""Small ONNX graphs by hand, for tests of counting: weights are declared without data."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from profiler.backends import onnx_flops

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def value(name, shape, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def weight(name, *dims, kind=FLOAT):
    """An initializer without data: counting may not read it."""
    return TensorProto(name=name, data_type=kind, dims=dims)


def constant(name, value):
    return numpy_helper.from_array(np.asarray(value), name)


def build(nodes, inputs, weights=(), outputs=("y",), opset=17, **more):
    graph = helper.make_graph(nodes, "g", inputs, [value(name, None) for name in outputs], weights, **more)
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=imports)


def count(nodes, shapes, weights=(), opset=17, kinds=None):
    inputs = [
        value(name, [None] * len(shape), (kinds or {}).get(name, FLOAT)) for name, shape in shapes.items()
    ]
    return onnx_flops.count(build(nodes, inputs, weights, opset=opset), shapes)


def one(kind, shapes, weights=(), opset=17, domain="", **attributes):
    """The tally of a single node whose inputs are `shapes` and then `weights`."""
    names = [*shapes, *(weight.name for weight in weights)]
    return count([helper.make_node(kind, names, ["y"], domain=domain, **attributes)], shapes, weights, opset)
