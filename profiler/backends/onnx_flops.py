"""FLOPs of an ONNX model from its graph at concrete input shapes; nothing is executed, no weight is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import onnx

from profiler.backends import (
    onnx_constants,
    onnx_control,
    onnx_layouts,
    onnx_model,
    onnx_nodes,
    onnx_output_shapes,
    onnx_rules,
)
from profiler.backends.onnx_node import Operator, ShapeUnknown, name_of
from profiler.backends.onnx_scope import Scope, Shape
from profiler.messages import MemoryEstimate, Node
from profiler.metrics.flops import Tally, Work

METHOD = "onnx_graph"

_NOT_AS_THE_RULE_EXPECTS = (
    ShapeUnknown,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    ZeroDivisionError,
)


class Surveyed(NamedTuple):
    """The work of one inference, node by node and in all, and the memory that it needs."""

    tally: Tally
    nodes: tuple[Node, ...]
    memory: MemoryEstimate


def count(model: onnx.ModelProto, shapes: Mapping[str, Shape]) -> Tally:
    """The work of one inference with inputs of these shapes, by input name: see `survey`."""
    return survey(model, shapes).tally


def survey(model: onnx.ModelProto, shapes: Mapping[str, Shape]) -> Surveyed:
    """Walk the graph once with inputs of these shapes, by input name.

    External data may be missing (load the model without it). Local functions are inlined; what is computed
    from weights alone is folded when the model is loaded, and no work of a call; of an If whose
    condition is not constant the larger branch counts; Loop and Scan count their body once per trip. Nodes
    whose shapes stay unknown, custom operators and loops with an unknown number of trips are uncounted.
    Raises ValueError for a name that is no input of the model.
    """
    ready = onnx_model.inlined(model)
    scope = Scope(ready)
    symbols = onnx_model.declare_inputs(ready.graph, shapes, scope)
    rows = onnx_nodes.Rows(ready.graph, scope)
    tally = _Walk(symbols).graph(ready.graph, scope, rows)
    return Surveyed(tally, tuple(rows.nodes), rows.memory())


class _Walk:
    """Goes through nodes in order, so that each finds what the nodes before it made known."""

    def __init__(self, symbols: Mapping[str, int]) -> None:
        self._symbols = symbols

    def graph(self, graph: Any, scope: Scope, rows: onnx_nodes.Rows | None = None) -> Tally:
        """Tally a graph or subgraph whose inputs `scope` already knows; `rows` of the outermost one."""
        tally = Tally(METHOD)
        for value in graph.input:
            scope.set_constant(value.name, False)
        for tensor in graph.initializer:
            scope.add_tensor(tensor.name, tensor)
            scope.set_constant(tensor.name)
        for sparse in graph.sparse_initializer:
            scope.set_shape(sparse.values.name, list(sparse.dims), sparse.values.data_type)
            scope.set_constant(sparse.values.name)
        declared = onnx_model.declared_types(graph, self._symbols)
        for node in graph.node:
            work = self._node(node, scope, tally, declared)
            if rows is not None:
                rows.add(node, work)
        return tally

    def _node(self, node: Any, scope: Scope, tally: Tally, declared: Mapping[str, Any]) -> Work | None:
        """What the node does; None where that is not known."""
        control = onnx_control.RULES.get(node.op_type) if node.domain in ("", "ai.onnx") else None
        if control is not None:
            return self._control(control, node, scope, tally)
        scope.infer(onnx_layouts.plain(node))
        _complete(node, scope, declared)
        onnx_constants.fold(node, scope)
        if node.op_type == "DequantizeLinear":
            scope.dequantised.update(node.output)
        is_folded = onnx_constants.is_folded(node, scope)
        for name in node.output:
            scope.set_constant(name, is_folded)
        if is_folded and onnx_rules.rule_for(node.domain, node.op_type) is not None:
            tally.add_movement()
            return Work()
        return _tally(node, scope, tally)

    def _control(self, control: onnx_control.Rule, node: Any, scope: Scope, tally: Tally) -> Work | None:
        """A control node does the work of its whole body."""
        part = Tally(METHOD)
        try:
            control(node, scope, part, self.graph)
        except _NOT_AS_THE_RULE_EXPECTS:
            tally.add_uncounted(name_of(node))
            return None
        tally.add_repeated(part)
        return None if part.uncounted else Work(part.macs, part.other, part.integer_macs)


def _complete(node: Any, scope: Scope, declared: Mapping[str, Any]) -> None:
    """Find the output shapes that inference left open: by our own rule, else as the file declares them."""
    if all(scope.shape(name) is not None for name in node.output if name):
        return
    rule = onnx_output_shapes.rule_for(node.domain, node.op_type)
    try:
        if rule is not None:
            scope.set_shape(node.output[0], rule(Operator(node, scope)), scope.element(node.input[0]))
    except _NOT_AS_THE_RULE_EXPECTS:
        pass  # the shape stays unknown, and the node is named as uncounted
    if scope.schema(node) is None:
        _take_declared(node, scope, declared)


def _take_declared(node: Any, scope: Scope, declared: Mapping[str, Any]) -> None:
    """Only for operators nobody can infer: a declared shape may be older than the shapes that run."""
    for name in node.output:
        if scope.shape(name) is None and name in declared:
            scope.set_type(name, declared[name])


def _tally(node: Any, scope: Scope, tally: Tally) -> Work | None:
    if onnx_rules.is_movement(node.domain, node.op_type):
        tally.add_movement()
        return Work()
    rule = onnx_rules.rule_for(node.domain, node.op_type)
    try:
        work = None if rule is None else rule(Operator(node, scope))
    except _NOT_AS_THE_RULE_EXPECTS:
        work = None  # too little is known, or the node is not as its operator asks
    if work is None:
        tally.add_uncounted(name_of(node))
    else:
        tally.add(node.op_type, work)
    return work
