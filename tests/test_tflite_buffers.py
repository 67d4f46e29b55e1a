"""Where a .tflite file keeps its data: shared, behind the tables, or beside it; and hostile lists."""

from pathlib import Path
from time import perf_counter
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from profiler import inspection, messages
from profiler.backends import flatbuffer, tflite_embeddings, tflite_file
from profiler.backends.tflite_file import File, FileGraph, FileOperator
from profiler.backends.tflite_tensors import FileTensor
from tests import tflite_graphs

TFLITE = Path(__file__).resolve().parent.parent / "resources" / "samples" / "digits.tflite"


def _sample() -> Any:
    return schema.ModelT.InitFromPackedBuf(bytearray(TFLITE.read_bytes()))


def _weights(model: Any, **fields: Any) -> None:
    """One more stored tensor of 1,000 floating-point numbers."""
    tensor = schema.TensorT()
    tensor.name, tensor.shape = "more", [1_000]
    for name, value in fields.items():
        setattr(tensor, name, value)
    model.subgraphs[0].tensors.append(tensor)


def test_data_that_tensors_share_is_weighed_once() -> None:
    model = _sample()
    before = tflite_file.parse(tflite_graphs.written(model)).weights_bytes
    buffer = schema.BufferT()
    buffer.data = np.zeros(4_000, dtype=np.uint8)
    model.buffers.append(buffer)
    for _ in range(2):
        _weights(model, buffer=len(model.buffers) - 1)
    assert tflite_file.parse(tflite_graphs.written(model)).weights_bytes == before + 4_000


def test_data_behind_the_tables_is_weighed_and_not_read(tmp_path: Path) -> None:
    model, behind, size = _sample(), 1 << 20, 1 << 31
    buffer = schema.BufferT()
    buffer.offset, buffer.size = behind, size
    model.buffers.append(buffer)
    _weights(model, shape=[size // 4], buffer=len(model.buffers) - 1)
    file = tmp_path / "large.tflite"
    with file.open("wb") as opened:
        opened.write(tflite_graphs.written(model))
        opened.truncate(behind + size)
    begin = perf_counter()
    found = inspection.describe(messages.Inspect(str(file), "tflite"))
    assert perf_counter() - begin < 1
    assert found.weights_bytes is not None
    assert found.weights_bytes > size


def test_data_that_would_end_outside_the_file_is_damage() -> None:
    model = _sample()
    buffer = schema.BufferT()
    buffer.offset, buffer.size = 1 << 20, 4_000
    model.buffers.append(buffer)
    _weights(model, buffer=len(model.buffers) - 1)
    with pytest.raises(flatbuffer.Damaged):
        tflite_file.parse(tflite_graphs.written(model))


def test_less_data_than_a_tensor_needs_is_damage() -> None:
    model = _sample()
    _weights(model, shape=[10**9], buffer=model.subgraphs[0].tensors[1].buffer)
    with pytest.raises(flatbuffer.Damaged):
        tflite_file.parse(tflite_graphs.written(model))


def test_data_in_a_file_beside_it_is_weighed_by_its_stated_length() -> None:
    model = _sample()
    before = tflite_file.parse(tflite_graphs.written(model)).weights_bytes
    group, outside = schema.ExternalBufferGroupT(), schema.ExternalBufferT()
    group.name, outside.id, outside.group, outside.length = "weights.bin", 7, 0, 4_000
    model.externalBufferGroups, model.externalBuffers = [group], [outside]
    _weights(model, externalBuffer=7)
    assert tflite_file.parse(tflite_graphs.written(model)).weights_bytes == before + 4_000


def _again_and_again(times: int) -> bytes:
    """A graph whose operators are one table, listed many times, that reads many tensors."""
    builder = flatbuffers.Builder(1 << 20)
    builder.StartVector(4, times, 4)
    for _ in range(times):
        builder.PrependInt32(-1)
    inputs = builder.EndVector()
    schema.OperatorStart(builder)
    schema.OperatorAddInputs(builder, inputs)
    operator = schema.OperatorEnd(builder)
    schema.OperatorCodeStart(builder)
    code = schema.OperatorCodeEnd(builder)
    operators, codes = _vector(builder, [operator] * times), _vector(builder, [code])
    schema.SubGraphStart(builder)
    schema.SubGraphAddOperators(builder, operators)
    graphs = _vector(builder, [schema.SubGraphEnd(builder)])
    schema.ModelStart(builder)
    schema.ModelAddOperatorCodes(builder, codes)
    schema.ModelAddSubgraphs(builder, graphs)
    builder.Finish(schema.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _vector(builder: Any, tables: list[int]) -> int:
    builder.StartVector(4, len(tables), 4)
    for table in tables:
        builder.PrependUOffsetTRelative(table)
    return int(builder.EndVector())


def test_tables_that_are_listed_again_and_again_are_no_work_without_end() -> None:
    assert len(tflite_file.parse(_again_and_again(3)).main.operators) == 3
    data, begin = _again_and_again(20_000), perf_counter()
    with pytest.raises(flatbuffer.Damaged):
        tflite_file.parse(data)
    assert perf_counter() - begin < 2


@pytest.mark.parametrize("kind", ["GATHER", "EMBEDDING_LOOKUP"])
def test_an_input_that_is_looked_up_knows_the_length_of_its_table(kind: str) -> None:
    tensors = (
        FileTensor("ids", "int64", (1, 7), (1, 7)),
        FileTensor("", "int32", (1, 7), (1, 7)),
        FileTensor("table", "float16", (300, 8), (300, 8), 4_800),
        FileTensor("", "float32", (300, 8), (300, 8)),
        FileTensor("", "float32", (1, 7, 8), (1, 7, 8)),
    )
    looked_up = (3, 1) if kind == "GATHER" else (1, 3)
    operators = (
        FileOperator("CAST", (0,), (1,)),
        FileOperator("DEQUANTIZE", (2,), (3,)),
        FileOperator(kind, looked_up, (4,)),
    )
    file = File((FileGraph(tensors, operators, (0,), (4,)),), (("ids", 0),), (("y", 4),))
    assert tflite_embeddings.limits(file) == {"ids": 300}
