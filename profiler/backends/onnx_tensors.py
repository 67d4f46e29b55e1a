"""Every graph, node and constant tensor of an ONNX model, subgraphs and local functions included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import onnx


def graphs(model: onnx.ModelProto) -> Iterator[Any]:
    """The main graph and every subgraph (bodies of If, Loop and Scan), those in local functions included."""
    waiting: list[Any] = [model.graph]
    for function in model.functions:
        waiting.extend(subgraphs(function.node))
    while waiting:
        graph = waiting.pop()
        yield graph
        waiting.extend(subgraphs(graph.node))


def nodes(model: onnx.ModelProto) -> Iterator[Any]:
    """Every node once."""
    for graph in graphs(model):
        yield from graph.node
    for function in model.functions:
        yield from function.node


def subgraphs(node_list: Iterable[Any]) -> Iterator[Any]:
    """The graphs that are attributes of these nodes, one level down."""
    for node in node_list:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield attribute.g
            yield from attribute.graphs


def initialisers(model: onnx.ModelProto) -> Iterator[Any]:
    """Initialisers of every graph; a sparse one as the tensor of its stored values."""
    for graph in graphs(model):
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield sparse.values


def constants(model: onnx.ModelProto) -> Iterator[Any]:
    """Tensors that are attributes of nodes, such as the value of a Constant."""
    for node in nodes(model):
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def reads(node: Any) -> Iterator[str]:
    """What a node reads: its inputs, and what the graphs that it holds take from around them."""
    yield from node.input
    for graph in subgraphs([node]):
        yield from _taken(graph)


def _taken(graph: Any) -> Iterator[str]:
    own = {entry.name for entry in (*graph.input, *graph.initializer)}
    own |= {sparse.values.name for sparse in graph.sparse_initializer}
    own |= {name for node in graph.node for name in node.output}
    ends = [value.name for value in graph.output]
    yield from (name for node in graph.node for name in reads(node) if name not in own)
    yield from (name for name in ends if name not in own)
