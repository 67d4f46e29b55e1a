"""ONNX files read as data: inputs, weights, tables, operators, and external data that stays in its place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import psutil
import pytest
from onnx import TensorProto, helper, numpy_helper

from profiler import inspection, messages
from profiler.backends import onnx_dimensions, onnx_file, onnx_operators, onnx_tables, onnx_weights
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor
from tests import bad_files, large_graphs

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def value(name: str, element: int, *shape: int | str | None) -> Any:
    return helper.make_tensor_value_info(name, element, list(shape))


def stored(name: str, *shape: int, dtype: str = "float32") -> TensorProto:
    return numpy_helper.from_array(np.zeros(shape, dtype), name)


def model(
    nodes: list[Any], inputs: list[Any], tensors: list[TensorProto] | None = None, **more: Any
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "g", inputs, [value("y", FLOAT)], tensors or [])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], **more)


def test_shapes_are_read_without_onnx_as_with_it(tmp_path: Path) -> None:
    told = model(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        [value("x", FLOAT, "batch", 3, None, "höhe"), value("s", INT64), value("none", FLOAT)],
        [stored("w", 4, 4)],
    )
    told.graph.input[0].type.tensor_type.shape.dim[1].dim_value = -1
    told.graph.input[2].type.tensor_type.ClearField("shape")
    path = tmp_path / "a.onnx"
    path.write_bytes(told.SerializeToString())
    wanted = {spec.name: spec.shape for spec in onnx_file.inputs(told) if spec.shape is not None}
    found = onnx_dimensions.read(path)
    assert {name: found[name] for name in wanted} == wanted
    assert found["x"] == ("batch", None, None, "höhe")


@pytest.mark.parametrize("cut", range(1, 120, 7))
def test_shapes_of_a_broken_file_are_left_unknown(tmp_path: Path, cut: int) -> None:
    whole = (SAMPLES / "digits.onnx").read_bytes()
    for number, broken in enumerate((whole[:cut], whole[-cut:], bytes(255 for _ in range(cut)))):
        path = tmp_path / f"{number}.onnx"
        path.write_bytes(broken)
        assert isinstance(onnx_dimensions.read(path), dict)


def test_inputs_leave_out_initialisers_and_name_free_dimensions() -> None:
    inputs = [value("x", FLOAT, "batch", 3, None), value("w", FLOAT, 2, 2)]
    built = model([], inputs, [stored("w", 2, 2)])
    assert onnx_file.inputs(built) == (Tensor("x", "float32", ("batch", 3, None)),)


def test_a_free_dimension_written_as_minus_one_is_free() -> None:
    built = model([], [value("x", FLOAT, -1, 4)])
    assert onnx_file.inputs(built)[0].shape == (None, 4)


def test_an_input_without_shape_and_one_that_is_no_tensor_have_none() -> None:
    bare = helper.make_tensor_value_info("x", FLOAT, None)
    sequence = helper.make_tensor_sequence_value_info("s", FLOAT, None)
    built = model([], [bare, sequence])
    assert onnx_file.inputs(built) == (Tensor("x", "float32", None), Tensor("s", "sequence", None))


@pytest.mark.parametrize(
    ("element", "name"),
    [
        (FLOAT, "float32"), (TensorProto.FLOAT16, "float16"), (TensorProto.BFLOAT16, "bfloat16"),
        (INT64, "int64"), (TensorProto.BOOL, "bool"), (TensorProto.STRING, "str"),
        (TensorProto.DOUBLE, "float64"), (TensorProto.INT4, "int4"), (999, "unknown"),
    ],
)  # fmt: skip
def test_element_types_have_their_numpy_names(element: int, name: str) -> None:
    assert onnx_file.dtype_name(element) == name


def test_producer_and_opsets_are_told() -> None:
    built = model([], [], producer_name="pytorch", producer_version="2.13")
    built.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    assert onnx_file.producer(built) == "pytorch 2.13"
    assert onnx_file.opsets(built) == {"ai.onnx": 17, "com.microsoft": 1}
    assert onnx_file.producer(model([], [])) is None


def test_running_statistics_are_buffers_and_indices_are_nothing() -> None:
    names = ["scale", "bias", "mean", "var"]
    nodes = [
        helper.make_node("BatchNormalization", ["x", *names], ["n"]),
        helper.make_node("Reshape", ["n", "shape"], ["y"]),
    ]
    tensors = [stored(name, 8) for name in names] + [stored("shape", 2, dtype="int64")]
    weights = onnx_weights.weights(model(nodes, [value("x", FLOAT, 1, 8)], tensors))
    assert (weights.parameters, weights.buffers) == (16, 16)
    assert weights.bytes_by_dtype == {"float32": 128, "int64": 16}
    assert weights.total_bytes == 144


def test_quantised_weights_and_constant_weights_are_parameters() -> None:
    constant = helper.make_node("Constant", [], ["c"], value=stored("", 3, 3))
    scalar = helper.make_node("Constant", [], ["e"], value=stored(""))
    tensors = [stored("q", 4, 4, dtype="int8"), stored("zero", 4, dtype="int8"), stored("scale")]
    weights = onnx_weights.weights(model([constant, scalar], [], tensors))
    assert weights.parameters == 16 + 9 + 1


def test_packed_elements_count_in_bits() -> None:
    narrow = TensorProto(name="n", data_type=TensorProto.INT4, dims=[3, 5], raw_data=bytes(8))
    assert onnx_weights.byte_count(narrow) == 8


def test_weights_in_a_subgraph_are_found() -> None:
    body = helper.make_graph(
        [helper.make_node("Identity", ["w"], ["z"])], "b", [], [value("z", FLOAT, 2)], [stored("w", 2)]
    )
    node = helper.make_node("If", ["c"], ["y"], then_branch=body, else_branch=body)
    assert onnx_weights.weights(model([node], [value("c", TensorProto.BOOL)])).parameters == 4


def test_operators_are_counted_through_branches_and_functions() -> None:
    body = helper.make_graph([helper.make_node("Relu", ["x"], ["z"])], "b", [], [value("z", FLOAT)])
    nodes = [
        helper.make_node("Constant", [], ["k"], value=stored("", 1)),
        helper.make_node("If", ["c"], ["i"], then_branch=body, else_branch=body),
        helper.make_node("Twice", ["i"], ["t"], domain="local"),
        helper.make_node("Twice", ["t"], ["u"], domain="local"),
        helper.make_node("FusedGelu", ["u"], ["y"], domain="com.microsoft"),
    ]
    built = model(nodes, [])
    inner = [helper.make_node("Exp", ["a"], ["m"]), helper.make_node("Exp", ["m"], ["b"])]
    opset = helper.make_opsetid("", 17)
    built.functions.append(helper.make_function("local", "Twice", ["a"], ["b"], inner, [opset]))
    counted = onnx_operators.histogram(built)
    assert counted == Counter({"Exp": 4, "Relu": 2, "If": 1, "com.microsoft.FusedGelu": 1})


def test_a_function_that_calls_itself_ends() -> None:
    built = model([helper.make_node("F", ["x"], ["y"], domain="local")], [])
    inner = [helper.make_node("F", ["a"], ["b"], domain="local")]
    built.functions.append(
        helper.make_function("local", "F", ["a"], ["b"], inner, [helper.make_opsetid("", 17)])
    )
    assert onnx_operators.histogram(built) == {"local.F": 1}


def framed(field: int, data: bytes) -> bytes:
    """A protobuf field of bytes; the length as a varint of three bytes."""
    size = len(data)
    return bytes([field << 3 | 2, size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) + data


def gather(table: str, indices: str, **attributes: Any) -> Any:
    return helper.make_node("Gather", [table, indices], [f"{table}_{indices}"], **attributes)


def test_an_input_that_is_looked_up_has_the_length_of_the_shortest_table() -> None:
    built = model(
        [gather("long", "ids"), gather("short", "ids")],
        [value("ids", INT64, "n")],
        [stored("long", 500, 4), stored("short", 20, 4)],
    )
    assert onnx_tables.embedding_limits(built) == {"ids": 20}


def test_a_lookup_is_found_behind_a_cast_and_a_quantised_table() -> None:
    nodes = [
        helper.make_node("Cast", ["ids"], ["cast"], to=INT64),
        helper.make_node("Unsqueeze", ["cast", "axes"], ["wide"]),
        helper.make_node("DequantizeLinear", ["q", "scale"], ["table"]),
        gather("table", "wide"),
    ]
    tensors = [stored("q", 30, 4, dtype="int8"), stored("scale"), stored("axes", 1, dtype="int64")]
    assert onnx_tables.embedding_limits(model(nodes, [value("ids", INT64, "n")], tensors)) == {"ids": 30}


def test_a_lookup_inside_a_branch_is_found() -> None:
    body = helper.make_graph([gather("t", "ids")], "b", [], [value("t_ids", FLOAT)])
    node = helper.make_node("If", ["c"], ["y"], then_branch=body, else_branch=body)
    inputs = [value("c", TensorProto.BOOL), value("ids", INT64, "n")]
    assert onnx_tables.embedding_limits(model([node], inputs, [stored("t", 9, 2)])) == {"ids": 9}


def test_no_limit_is_told_for_other_axes_and_for_what_is_no_table() -> None:
    nodes = [gather("t", "a", axis=1), gather("x", "b")]
    inputs = [value("a", INT64, "n"), value("b", INT64, "n"), value("x", FLOAT, 9, 2)]
    assert onnx_tables.embedding_limits(model(nodes, inputs, [stored("t", 9, 2)])) == {}


def test_external_data_is_checked_and_counted_without_being_read(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(bytes(32))
    built = bad_files.onnx_bytes(weight=bad_files.external("w.bin"))
    read = onnx_file.read(bad_files.holding("a.onnx", built)(tmp_path))
    assert onnx_weights.weights(read).total_bytes == 32
    assert not read.graph.initializer[0].raw_data


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts what is read by way of /proc")
def test_two_gigabytes_of_external_weights_are_described_without_being_read(tmp_path: Path) -> None:
    path = large_graphs.external(tmp_path / "large.onnx", 512 * 1024)
    inspection.describe(messages.Inspect(str(large_graphs.chain(tmp_path / "first.onnx", 2)), "onnx"))
    before = psutil.Process().io_counters().read_chars
    found = inspection.describe(messages.Inspect(str(path), "onnx"))
    assert psutil.Process().io_counters().read_chars - before < 100_000
    assert found.weights_bytes == 2 * 1024**3
    assert found.flops.per_inference == 2 * 512 * 1024 * 1024


def test_a_model_in_a_cache_of_links_finds_its_data(tmp_path: Path) -> None:
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "1"
    blobs.mkdir()
    snapshot.mkdir(parents=True)
    (blobs / "0a").write_bytes(bad_files.onnx_bytes(weight=bad_files.external("w.bin")))
    (blobs / "0b").write_bytes(bytes(32))
    (snapshot / "a.onnx").symlink_to("../../blobs/0a")
    (snapshot / "w.bin").symlink_to("../../blobs/0b")
    assert onnx_file.read(snapshot / "a.onnx").graph.node[0].op_type == "MatMul"


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x08\x09\x3a\x05abcde", b"\x3a\x02\x0a\x7f"])
def test_bytes_that_are_no_model_are_damage(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(KnownError) as caught:
        onnx_file.read(bad_files.holding("a.onnx", data)(tmp_path))
    assert caught.value.kind is ErrorKind.MODEL_DAMAGED


def test_a_model_nested_without_end_is_damage(tmp_path: Path) -> None:
    graph = b""
    for field in [6, 5, 1] * 200:  # a graph in an attribute in a node, 200 times
        graph = framed(field, graph)
    path = bad_files.holding("deep.onnx", b"\x08\x09" + framed(7, graph))(tmp_path)
    with pytest.raises(KnownError) as caught:
        onnx_file.read(path)
    assert caught.value.kind is ErrorKind.MODEL_DAMAGED
