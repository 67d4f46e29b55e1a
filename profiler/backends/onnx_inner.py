"""The nodes of an ONNX file and the tensors between them, read without onnx, and a copy that hands them out.

A protobuf message that stands behind another of its kind is merged with it: outputs are added to a graph by
bytes behind the file's own, which stay as they are. Numbers of fields: onnx.proto of ONNX 1. Source of the
merging: "Last One Wins" in the encoding guide of protobuf.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from profiler.backends import protobuf_fields
from profiler.backends.protobuf_fields import Span

_GRAPH = 7
_NODE, _OUTPUT = 1, 12
_INPUTS, _OUTPUTS, _NAME, _TYPE, _ATTRIBUTE = 1, 2, 3, 4, 5
_BODY, _BODIES = 6, 11
_VALUE_NAME = 1
_LONGEST_NAME = 10_000
_DEEPEST = 8
_BYTES = 2


class InnerNode(NamedTuple):
    """A node of the main graph; `reads` is what it takes, with what the graphs that it holds take."""

    name: str
    type: str
    reads: tuple[str, ...]
    makes: tuple[str, ...]


class Inner(NamedTuple):
    """The main graph: its nodes in the file's order, which is one in which they can run, and its outputs."""

    nodes: list[InnerNode]
    outputs: tuple[str, ...]


def read(path: Path) -> Inner:
    """Raises OSError only: what makes no sense is left out."""
    with path.open("rb") as file:
        whole = Span(0, 0, path.stat().st_size)
        graphs = [each for each in protobuf_fields.spans(file, whole) if each.number == _GRAPH]
        nodes = [node for graph in graphs for node in _nodes(file, graph, 0)]
        return Inner(nodes, tuple(name for graph in graphs for name in _outputs(file, graph)))


def _outputs(file: BinaryIO, graph: Span) -> Iterator[str]:
    for each in list(protobuf_fields.spans(file, graph)):
        if each.number == _OUTPUT:
            fields = list(protobuf_fields.spans(file, each))
            yield from (_text(file, one) for one in fields if one.number == _VALUE_NAME)


def _nodes(file: BinaryIO, graph: Span, depth: int) -> Iterator[InnerNode]:
    for each in list(protobuf_fields.spans(file, graph)):
        if each.number == _NODE:
            yield _node(file, each, depth)


def _node(file: BinaryIO, span: Span, depth: int) -> InnerNode:
    texts: dict[int, list[str]] = {number: [] for number in (_INPUTS, _OUTPUTS, _NAME, _TYPE)}
    inside: list[str] = []
    for each in list(protobuf_fields.spans(file, span)):
        if each.number in texts:
            texts[each.number].append(_text(file, each))
        elif each.number == _ATTRIBUTE and depth < _DEEPEST:
            inside += _taken(file, each, depth)
    makes = tuple(texts[_OUTPUTS])
    name = next(iter(texts[_NAME]), "") or next((name for name in makes if name), "")
    kind = next(iter(texts[_TYPE]), "")
    return InnerNode(name, kind, (*texts[_INPUTS], *dict.fromkeys(inside)), makes)


def _taken(file: BinaryIO, attribute: Span, depth: int) -> Iterator[str]:
    """What the graphs of an attribute read that they do not make."""
    for each in list(protobuf_fields.spans(file, attribute)):
        if each.number in (_BODY, _BODIES):
            inner = list(_nodes(file, each, depth + 1))
            own = {name for node in inner for name in node.makes}
            yield from (name for node in inner for name in node.reads if name not in own)


def _text(file: BinaryIO, span: Span) -> str:
    if not 0 < span.end - span.start <= _LONGEST_NAME:
        return ""
    file.seek(span.start)
    return file.read(span.end - span.start).decode("utf-8", "replace")


def with_outputs(model: bytes, names: Iterable[str], extra: Iterable[InnerNode] = ()) -> bytes:
    """The model with these tensors as outputs, too, after nodes that are added to its graph."""
    added = b"".join(_field(_NODE, _encoded(node)) for node in extra)
    added += b"".join(_field(_OUTPUT, _field(_VALUE_NAME, name.encode())) for name in names)
    return model + _field(_GRAPH, added)


def _encoded(node: InnerNode) -> bytes:
    parts = [(_INPUTS, name) for name in node.reads] + [(_OUTPUTS, name) for name in node.makes]
    return b"".join(
        _field(number, text.encode()) for number, text in (*parts, (_NAME, node.name), (_TYPE, node.type))
    )


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
