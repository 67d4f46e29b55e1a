"""OpenVINO IR inspected: the same count as ONNX, at any batch, with its weights and its memory."""

from pathlib import Path

import numpy as np
import openvino
import pytest
from openvino import opset13

from profiler import inspection, messages
from profiler.backends import openvino_flops
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Description

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"


def _described(name: str, form: str, batch: int) -> Description:
    return inspection.describe(messages.Inspect(str(SAMPLES / name), form, batch))


@pytest.mark.parametrize("batch", [1, 3])
def test_the_sample_counts_as_much_as_in_onnx(batch: int) -> None:
    here, there = _described("digits.xml", "openvino_ir", batch), _described("digits.onnx", "onnx", batch)
    assert here.flops.per_inference == there.flops.per_inference
    assert (here.flops.counted_fraction, here.parameters) == (1.0, there.parameters)
    assert sum(node.flops or 0 for node in here.nodes) == here.flops.per_inference
    assert here.memory is not None
    assert there.memory is not None
    assert here.memory.peak_activations_bytes == there.memory.peak_activations_bytes


def test_what_the_file_is() -> None:
    found = _described("digits.xml", "openvino_ir", 1)
    assert [(spec.name, spec.dtype, spec.shape) for spec in found.inputs] == [
        ("image", "float32", ("image.0", 1, 8, 8))
    ]
    assert {one.type: one.count for one in found.operators}["Convolution"] == 3
    assert found.opsets["openvino"] >= 1
    assert str(found.producer).startswith("OpenVINO 20")


def test_ids_stay_below_the_table_that_they_are_looked_up_in(tmp_path: Path) -> None:
    ids, other, column = (
        opset13.parameter(openvino.PartialShape("?,?"), np.int64, name=name)
        for name in ("ids", "n", "column")
    )
    small = opset13.constant(np.zeros((30, 4), np.int8))
    wide = opset13.multiply(opset13.convert(small, "f32"), opset13.constant(np.float32(0.5)))
    found = [
        opset13.gather(wide, opset13.convert(ids, "i32"), opset13.constant(0)),
        opset13.gather(opset13.constant(np.zeros((50, 4), np.float32)), ids, opset13.constant(0)),
        opset13.gather(opset13.constant(np.zeros((50, 4), np.float32)), column, opset13.constant(1)),
        opset13.convert(other, "f32"),
    ]
    path = tmp_path / "tables.xml"
    openvino.save_model(openvino.Model(found, [ids, other, column], "g"), path)
    told = inspection.describe(messages.Inspect(str(path), "openvino_ir"))
    assert told.input_limits == {"ids": 30}


def test_a_missing_bin_is_named(tmp_path: Path) -> None:
    file = tmp_path / "alone.xml"
    file.write_bytes((SAMPLES / "digits.xml").read_bytes())
    with pytest.raises(KnownError) as refused:
        inspection.describe(messages.Inspect(str(file), "openvino_ir"))
    assert refused.value.kind is ErrorKind.EXTERNAL_DATA_MISSING
    assert refused.value.info.parameters["data"] == "alone.bin"


def _constant(*shape: int, dtype: type = np.float32) -> openvino.Node:
    return opset13.constant(np.ones(shape, dtype=dtype))


def test_groups_recurrence_and_attention_are_counted() -> None:
    image = opset13.parameter([1, 16, 8, 8], np.float32)
    grouped = opset13.group_convolution(image, _constant(16, 1, 1, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1])
    query = opset13.parameter([2, 4, 10, 16], np.float32)
    attention = opset13.scaled_dot_product_attention(query, query, query)
    data = opset13.parameter([2, 5, 8], np.float32)
    state, lengths = _constant(2, 1, 12), opset13.constant(np.array([5, 5]))
    lstm = opset13.lstm_sequence(
        data,
        state,
        state,
        lengths,
        _constant(1, 48, 8),
        _constant(1, 48, 12),
        _constant(1, 48),
        12,
        "forward",
    )
    model = openvino.Model([grouped.output(0), attention.output(0), lstm.output(0)], [image, query, data])
    macs = {node.type: (node.flops or 0) // 2 for node in openvino_flops.survey(model, 0).nodes}
    assert macs["GroupConvolution"] == 16 * 8 * 8 * 9
    assert macs["ScaledDotProductAttention"] == 2 * 4 * 10 * 10 * 32
    assert macs["LSTMSequence"] == 2 * 5 * 4 * 12 * (8 + 12)


def test_a_product_of_levels_and_integer_weights_is_counted_apart() -> None:
    data = opset13.parameter([1, 64], np.float32)
    ends = [opset13.constant(np.float32(value)) for value in (-1, 1, -1, 1)]
    levels = opset13.fake_quantize(data, *ends, 256)
    weights = opset13.multiply(
        opset13.convert(_constant(64, 10, dtype=np.int8), "f32"), opset13.constant(np.float32(0.1))
    )
    model = openvino.Model([opset13.matmul(levels, weights, False, False)], [data])
    survey = openvino_flops.survey(model, 0)
    assert survey.tally.to_flops(1).integer_per_inference == 2 * 640
    (product,) = [node for node in survey.nodes if node.type == "MatMul"]
    assert (product.flops, product.integer_operations) == (0, 2 * 640)
