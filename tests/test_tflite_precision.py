"""The precision of a .tflite file is that of the numbers which its products read."""

import pytest

from profiler.backends import tflite_precision
from profiler.backends.tflite_file import File, FileGraph, FileOperator
from profiler.backends.tflite_tensors import FileTensor


def _file(*operators: tuple[str, str, str]) -> File:
    tensors, listed = [], []
    for kind, data, weights in operators:
        first = len(tensors)
        tensors += [FileTensor("", dtype, (1, 4), (1, 4)) for dtype in (data, weights, data)]
        listed.append(FileOperator(kind, (first, first + 1), (first + 2,)))
    return File((FileGraph(tuple(tensors), tuple(listed), (), ()),), (), ())


@pytest.mark.parametrize(
    ("data", "weights", "precision"),
    [
        ("float32", "float32", "fp32"),
        ("float16", "float16", "fp16"),
        ("int8", "int8", "int8"),
        ("int8", "int4", "int8"),
        ("uint8", "uint8", "int8"),
        ("float32", "int8", "mixed"),
        ("int16", "int8", "mixed"),
    ],
)
def test_data_and_weights_of_products_say_it(data: str, weights: str, precision: str) -> None:
    assert tflite_precision.effective(_file(("FULLY_CONNECTED", data, weights))) == precision


def test_weights_that_an_operator_widens_leave_single_precision() -> None:
    file = _file(("DEQUANTIZE", "float16", ""), ("CONV_2D", "float32", "float32"))
    assert tflite_precision.effective(file) == "fp32"


def test_products_of_both_kinds_are_mixed() -> None:
    file = _file(("CONV_2D", "int8", "int8"), ("FULLY_CONNECTED", "float32", "float32"))
    assert tflite_precision.effective(file) == "mixed"


def test_without_products_all_else_says_it() -> None:
    assert tflite_precision.effective(_file(("ADD", "int8", "int8"))) == "int8"
    assert tflite_precision.effective(_file(("ADD", "float32", "float32"), ("SHAPE", "int32", ""))) == "fp32"
