"""A .tflite file read as data: the same count as ONNX, and no bytes that crash or hang the reader."""

import random
from pathlib import Path

import pytest

from profiler import inspection, messages
from profiler.backends import tflite_file
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


def _outcome(file: Path, batch: int) -> Description | ErrorKind:
    try:
        return inspection.describe(messages.Inspect(str(file), "tflite", batch))
    except KnownError as error:
        return error.kind


def test_damaged_files_are_told_and_never_crash(tmp_path: Path) -> None:
    data, chance, file = TFLITE.read_bytes(), random.Random(4), tmp_path / "changed.tflite"
    told: set[ErrorKind] = set()
    read = 0
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            place = chance.choice([chance.randrange(2_000), len(data) - 1 - chance.randrange(3_000)])
            changed[place] = chance.randrange(256)
        file.write_bytes(changed)
        found = _outcome(file, chance.choice([1, 3]))
        if isinstance(found, Description):
            read += 1
            assert messages.decode_report(messages.encode(found)) == found
        else:
            told.add(found)
    assert read > 0
    assert ErrorKind.MODEL_DAMAGED in told
    assert told <= {ErrorKind.MODEL_DAMAGED, ErrorKind.SHAPE_MISMATCH, ErrorKind.INPUT_UNKNOWN}


@pytest.mark.parametrize("data", [b"", b"\x04", b"\xff\xff\xff\xff" * 8, bytes(64), bytes(range(256)) * 40])
def test_what_is_no_table_is_damaged(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "broken.tflite"
    file.write_bytes(data)
    with pytest.raises(KnownError) as refused:
        tflite_file.read(file)
    assert refused.value.kind is ErrorKind.MODEL_DAMAGED
