"""What a .tflite graph computes at the shapes that are asked for, by the rules of every other format."""

from profiler.backends import tflite_survey
from profiler.backends.tflite_file import File, FileGraph, FileOperator
from profiler.backends.tflite_survey import Surveyed
from profiler.backends.tflite_tensors import FileTensor


def _tensor(*dims: int, dtype: str = "float32", weights: int = 0, free: bool = False) -> FileTensor:
    signature = (-1, *dims[1:]) if free else dims
    return FileTensor("", dtype, dims, signature, weights)


def _values(*values: int) -> FileTensor:
    dims = (len(values),)
    return FileTensor("", "int32", dims, dims, 4 * len(values), 0, values)


def _file(kind: str, *tensors: FileTensor, inputs: tuple[int, ...], output: int) -> File:
    graph = FileGraph(tensors, (FileOperator(kind, inputs, (output,)),), (0,), (output,))
    return File((graph,), (("x", 0),), (("y", output),))


def _surveyed(file: File, *shape: int) -> Surveyed:
    return tflite_survey.survey(file, {"x": shape})


def test_a_depthwise_convolution_has_one_filter_a_channel() -> None:
    file = _file("DEPTHWISE_CONV_2D", _tensor(1, 8, 8, 16), _tensor(1, 3, 3, 16, weights=576),
                 _tensor(1, 8, 8, 16), inputs=(0, 1), output=2)  # fmt: skip
    assert _surveyed(file, 1, 8, 8, 16).tally.macs == 8 * 8 * 16 * 9


def test_a_convolution_of_volumes_keeps_its_weights_with_channels_last() -> None:
    file = _file("CONV_3D", _tensor(1, 4, 4, 4, 2), _tensor(3, 3, 3, 2, 5, weights=1080),
                 _tensor(1, 4, 4, 4, 5), inputs=(0, 1), output=2)  # fmt: skip
    assert _surveyed(file, 1, 4, 4, 4, 2).tally.macs == 4**3 * 5 * 27 * 2


def test_a_product_of_integers_is_counted_apart() -> None:
    file = _file("FULLY_CONNECTED", _tensor(1, 64, dtype="int8"), _tensor(10, 64, weights=640, dtype="int8"),
                 _tensor(1, 10, dtype="int8"), inputs=(0, 1), output=2)  # fmt: skip
    survey = _surveyed(file, 1, 64)
    assert survey.tally.to_flops(1).integer_per_inference == 2 * 640
    assert (survey.nodes[0].flops, survey.nodes[0].integer_operations) == (0, 2 * 640)


def test_half_precision_weights_that_are_widened_are_no_arithmetic() -> None:
    file = _file("DEQUANTIZE", _tensor(64, dtype="float16"), _tensor(64), inputs=(0,), output=1)
    assert (_surveyed(file, 64).tally.movement, _surveyed(file, 64).tally.other) == (1, 0)


def test_another_batch_goes_through_by_rules_not_by_scaling() -> None:
    file = _file("TRANSPOSE", _tensor(1, 6, 8, free=True), _values(2, 1, 0),
                 FileTensor("", "float32", (8, 6, 1), (8, 6, -1)), inputs=(0, 1), output=2)  # fmt: skip
    assert _surveyed(file, 5, 6, 8).nodes[0].shape == (8, 6, 5)


def test_a_shape_that_no_rule_tells_is_unknown_and_uncounted() -> None:
    file = _file("RFFT2D", _tensor(1, 8, 8, free=True), _tensor(1, 8, 5, free=True), inputs=(0,), output=1)
    survey = _surveyed(file, 2, 8, 8)
    assert survey.tally.uncounted == {"RFFT2D": 1}
    assert (survey.nodes[0].shape, survey.nodes[0].flops) == (None, None)
    assert survey.memory.peak_activations_bytes is None


def test_operands_that_do_not_fit_are_uncounted() -> None:
    file = _file("BATCH_MATMUL", _tensor(1, 4, 64), _tensor(1, 63, 4, weights=1008), _tensor(1, 4, 4),
                 inputs=(0, 1), output=2)  # fmt: skip
    assert _surveyed(file, 1, 4, 64).tally.uncounted == {"BATCH_MATMUL": 1}


def _with_inner(kind: str, inputs: tuple[int, ...], inner: FileOperator, options: object) -> File:
    tensors = (_tensor(1, 64), _tensor(1, 64), _tensor(1, 64))
    outer = FileGraph(tensors, (FileOperator(kind, inputs, (2,), options, options),), (0,), (2,))
    part = FileGraph((_tensor(1, 64), _tensor(1, 64)), (inner,), (0,), (1,))
    return File((outer, part, part), (("x", 0),), (("y", 2),))


class _Options:
    """As flatbuffer.Table: every field holds 1, the number of the inner graph."""

    def number(self, field: int, kind: str, default: float = 0) -> int:
        return 1


def test_a_composite_counts_as_what_it_stands_for() -> None:
    file = _with_inner("STABLEHLO_COMPOSITE", (0,), FileOperator("TANH", (0,), (1,)), _Options())
    survey = _surveyed(file, 1, 64)
    assert dict(survey.tally.counted) == {"TANH": 1}
    assert survey.nodes[0].other_flops == 64


def test_what_is_in_a_loop_is_uncounted() -> None:
    file = _with_inner("WHILE", (0,), FileOperator("TANH", (0,), (1,)), _Options())
    survey = _surveyed(file, 1, 64)
    assert survey.tally.uncounted["TANH"] == 2
    assert survey.nodes[0].other_flops is None


def test_graphs_that_hold_themselves_end() -> None:
    itself = FileOperator("STABLEHLO_COMPOSITE", (0,), (1,), None, _Options())
    file = _with_inner("STABLEHLO_COMPOSITE", (0,), itself, _Options())
    assert _surveyed(file, 1, 64).tally.uncounted == {"STABLEHLO_COMPOSITE": 1}


def test_a_free_batch_written_as_arithmetic_on_a_shape_is_followed() -> None:
    tensors = (
        _tensor(1, 4, 4, free=True),
        FileTensor("", "int32", (3,), (3,)),
        _values(0), _values(1), _values(1),
        FileTensor("", "int32", (), ()),
        FileTensor("", "int32", (), (), 4, 0, (16,)),
        FileTensor("", "int32", (2,), (2,)),
        _tensor(1, 16, free=True),
    )  # fmt: skip
    operators = (
        FileOperator("SHAPE", (0,), (1,)),
        FileOperator("STRIDED_SLICE", (1, 2, 3, 4), (5,), _Shrinks()),
        FileOperator("PACK", (5, 6), (7,)),
        FileOperator("RESHAPE", (0, 7), (8,)),
    )
    file = File((FileGraph(tensors, operators, (0,), (8,)),), (("x", 0),), (("y", 8),))
    assert _surveyed(file, 7, 4, 4).nodes[-1].shape == (7, 16)


class _Shrinks(_Options):
    def number(self, field: int, kind: str, default: float = 0) -> int:
        return int(field == 4)
