"""A .tflite file read as data: the same count as ONNX, and no bytes that crash or hang the reader."""

import random
from pathlib import Path

import pytest

from profiler import inspection, messages
from profiler.backends import flatbuffer, tflite_file, tflite_flops
from profiler.backends.tflite_file import File, FileOperator, FileTensor
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Description

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
TFLITE = SAMPLES / "digits.tflite"


def _described(batch: int, form: str = "tflite") -> Description:
    name = {"tflite": "digits.tflite", "onnx": "digits.onnx"}[form]
    return inspection.describe(messages.Inspect(str(SAMPLES / name), form, batch))


@pytest.mark.parametrize("batch", [1, 3])
def test_the_sample_counts_as_much_as_in_onnx(batch: int) -> None:
    here, there = _described(batch), _described(batch, "onnx")
    assert here.flops.per_inference == there.flops.per_inference
    assert here.flops.counted_fraction == 1.0
    assert sum(node.flops or 0 for node in here.nodes) == here.flops.per_inference
    assert here.memory is not None
    assert there.memory is not None
    assert here.memory.peak_activations_bytes == there.memory.peak_activations_bytes


def test_what_the_file_is() -> None:
    found = _described(1)
    assert [(spec.name, spec.shape) for spec in found.inputs] == [("image", ("batch", 8, 8, 1))]
    assert [(spec.name, spec.shape) for spec in found.outputs] == [("logits", ("batch", 10))]
    assert {one.type: one.count for one in found.operators} == {
        "CONV_2D": 4, "MAX_POOL_2D": 2, "DEPTH_TO_SPACE": 1, "RESHAPE": 1, "FULLY_CONNECTED": 1,
    }  # fmt: skip
    assert (found.producer, found.opsets) == ("inferometer sample", {"schema": 3})
    assert set(found.weights_by_dtype) == {"float32", "int32"}


def _file(kind: str, *tensors: FileTensor, inputs: tuple[int, ...], output: int) -> File:
    operator = FileOperator(kind, inputs, (output,), None)
    return File(tensors, (operator,), (("x", 0),), (("y", output),), 1, "", 3, {kind: 1})


def _tensor(*dims: int, dtype: str = "float32", weights: int = 0) -> FileTensor:
    return FileTensor("", dtype, dims, dims, weights)


def test_a_depthwise_convolution_has_one_filter_a_channel() -> None:
    file = _file("DEPTHWISE_CONV_2D", _tensor(1, 8, 8, 16), _tensor(1, 3, 3, 16, weights=576),
                 _tensor(1, 8, 8, 16), inputs=(0, 1), output=2)  # fmt: skip
    assert tflite_flops.survey(file, {"x": (1, 8, 8, 16)}).tally.macs == 8 * 8 * 16 * 9


def test_a_product_of_integers_is_counted_apart() -> None:
    int8 = {"dtype": "int8"}
    file = _file("FULLY_CONNECTED", _tensor(1, 64, **int8), _tensor(10, 64, weights=640, **int8),
                 _tensor(1, 10, **int8), inputs=(0, 1), output=2)  # fmt: skip
    survey = tflite_flops.survey(file, {"x": (1, 64)})
    assert survey.tally.to_flops(1).integer_per_inference == 2 * 640
    assert (survey.nodes[0].flops, survey.nodes[0].integer_operations) == (0, 2 * 640)


def test_shapes_that_do_not_follow_leave_the_operator_uncounted() -> None:
    file = _file("FULLY_CONNECTED", _tensor(1, 64), _tensor(10, 64, weights=2560), _tensor(1, 10),
                 inputs=(0, 1), output=2)  # fmt: skip
    survey = tflite_flops.survey(file, {"x": (2, 32)})
    assert survey.tally.uncounted == {"FULLY_CONNECTED": 1}
    assert survey.memory.peak_activations_bytes is None


def test_damaged_files_are_told_and_never_crash() -> None:
    data, chance = TFLITE.read_bytes(), random.Random(4)
    head = 60_000
    refused = 0
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            place = chance.choice(
                [chance.randrange(2_000), len(data) - 1 - chance.randrange(head % 3_000 + 1)]
            )
            changed[place] = chance.randrange(256)
        try:
            survey = tflite_flops.survey(tflite_file._file(flatbuffer.root(bytes(changed))), {})
        except (flatbuffer.Damaged, IndexError, OverflowError):
            refused += 1
        else:
            assert survey.nodes is not None
    assert 0 < refused < 300


@pytest.mark.parametrize("data", [b"", b"\x04", b"\xff\xff\xff\xff" * 8, bytes(64)])
def test_what_is_no_table_is_damaged(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "broken.tflite"
    file.write_bytes(data)
    with pytest.raises(KnownError) as refused:
        tflite_file.read(file)
    assert refused.value.kind is ErrorKind.MODEL_DAMAGED
