"""Which kind of protobuf file this is, told from the numbers and wire types of its top-level fields.

Field numbers: onnx.proto ModelProto, tensorflow saved_model.proto and graph.proto, coremltools Model.proto,
PaddlePaddle framework.proto ProgramDesc, whose first block has the number 0 and no parent (-1).
"""

from __future__ import annotations

from profiler.backends.protobuf_fields import Field, Fields

_VARINT, _BYTES = 0, 2
_GRAPH = 7
_OPSETS = 8
_ONNX_FIELDS = {
    1: _VARINT, 2: _BYTES, 3: _BYTES, 4: _BYTES, 5: _VARINT, 6: _BYTES, _GRAPH: _BYTES, _OPSETS: _BYTES,
    14: _BYTES, 20: _BYTES, 25: _BYTES, 26: _BYTES,
}  # fmt: skip
_VERSION_LIMIT = 1000
_TENSORFLOW_NODE, _TENSORFLOW_GRAPH_FIELDS = 1, {1, 2, 3, 4}
_COREML_TYPES = range(200, 4000)
_FIRST_FIELD_IS_TEXT = b"\x0a"
_FIRST_BLOCK_OF_PADDLE = b"\x08\x00\x10\xff"


def kind_of(read: Fields) -> str | None:
    """`onnx`, another code of formats.toml, `onnx_cut_short` or `onnx_no_graph`; None for anything else."""
    if not read.fields:
        return None
    if _starts_like_onnx(read.fields):
        return _onnx(read)
    if read.state == "broken":
        return None
    return _of_other_makers(read.fields)


def _onnx(read: Fields) -> str:
    if read.state != "whole":
        return "onnx_cut_short"
    return "onnx" if any(field.number == _GRAPH for field in read.fields) else "onnx_no_graph"


def _starts_like_onnx(fields: list[Field]) -> bool:
    """A version and then fields of ModelProto only; unknown ones may follow the graph (a later standard)."""
    numbers = [field.number for field in fields]
    known = fields[: numbers.index(_GRAPH) + 1] if _GRAPH in numbers else fields
    if any(_ONNX_FIELDS.get(field.number) != field.wire for field in known):
        return False
    if not ({1, _OPSETS} & set(numbers)) or len(fields) < 2:
        return False
    return all(_is_plausible(field) for field in known)


def _is_plausible(field: Field) -> bool:
    if field.number == 1:
        return 0 < field.value < _VERSION_LIMIT
    # the producer's name: TensorFlow's and Core ML's second field is a message, which starts with a tag
    return field.number != 2 or (
        field.preview.isascii() and not field.preview.startswith(_FIRST_FIELD_IS_TEXT)
    )


def _of_other_makers(fields: list[Field]) -> str | None:
    first, numbers = fields[0], {field.number for field in fields}
    versioned = first.number == 1 and first.wire == _VARINT and 0 < first.value < _VERSION_LIMIT
    if versioned and any(number in _COREML_TYPES for number in numbers):
        return "coreml"
    if versioned and numbers == {1, 2} and fields[1].preview.startswith(_FIRST_FIELD_IS_TEXT):
        return "saved_model"
    if first.number == 1 and first.preview.startswith(_FIRST_BLOCK_OF_PADDLE):
        return "paddle"
    node = first.number == _TENSORFLOW_NODE and first.preview.startswith(_FIRST_FIELD_IS_TEXT)
    if node and numbers <= _TENSORFLOW_GRAPH_FIELDS and all(f.wire == _BYTES for f in fields):
        return "tensorflow_graph"
    return None
