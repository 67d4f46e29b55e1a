"""How large an ONNX model becomes when its local functions are written out, told before anybody does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import onnx

from profiler.backends import onnx_tensors

MOST_NODES = 200_000
"""Nodes in all; the largest networks that are exported hold some ten thousand."""

MOST_BYTES = 512 << 20
"""Of the nodes alone, with the constants in them."""

_DEEPEST = 200

Key = tuple[str, str, str]


class Size(NamedTuple):
    """Nodes, and the bytes that they take in the file."""

    nodes: int = 0
    size_bytes: int = 0


class EndlessError(Exception):
    """Functions that call themselves, or one another deeper than any export writes."""


def written_out(model: onnx.ModelProto) -> Size:
    """The graph with every call of a local function replaced by what the function holds.

    Each function is looked at once, however often it is called. Raises EndlessError.
    """
    bodies = {(each.domain, each.name, each.overload): each.node for each in model.functions}
    return _sum(model.graph.node, bodies, {}, 0)


def _sum(nodes: Any, bodies: Mapping[Key, Any], known: dict[Key, Size], depth: int) -> Size:
    """A call that is not known yet is followed; one that leads back to itself ends at the deepest level."""
    if depth > _DEEPEST:
        raise EndlessError
    count, size_bytes = 0, 0
    for node in _all(nodes):
        key = (node.domain, node.op_type, node.overload)
        if key in bodies and key not in known:
            known[key] = _sum(bodies[key], bodies, known, depth + 1)
        each = known[key] if key in bodies else Size(1, node.ByteSize())
        count, size_bytes = count + each.nodes, size_bytes + each.size_bytes
    return Size(count, size_bytes)


def _all(nodes: Any) -> Iterator[Any]:
    """Also those in the bodies of branches and loops."""
    for node in nodes:
        yield node
        for graph in onnx_tensors.subgraphs([node]):
            yield from _all(graph.node)
