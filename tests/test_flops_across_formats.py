"""The same network has the same FLOPs in every export, and they are those that its layers' formulas give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnxruntime.quantization import QuantFormat, QuantType, quantize_dynamic
from torch import nn

from profiler import inspection, messages, model_facts
from profiler.backends import torchscript
from profiler.backends.base import LoadOptions
from profiler.result import Flops
from tests import networks, networks_formats, tflite_networks
from tests.benchmarks import tflite_from_onnx
from tests.networks_formats import Export

DIGITS = Path(__file__).resolve().parent.parent / "resources" / "samples" / "digits.onnx"
INTEGER_EXPORTS = ("ONNX", "ort extended", "ort all", "OpenVINO IR")
EXPORTS = (*INTEGER_EXPORTS, "OpenVINO IR of PyTorch", "torch.export", "TorchScript", "TFLite")
BATCHES = (1, 3)
RELATIVE = 1e-3


def _halved(side: int) -> int:
    return (side + 1) // 2


def _resnet50_macs(side: int = 224) -> int:
    """He et al. 2015, table 1, the stride at the 3x3: a stem, four stages of bottlenecks, a dense layer."""
    side = _halved(side)
    macs = side**2 * 64 * 3 * 49
    side, entry = _halved(side), 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        width = 64 << stage
        for block in range(blocks):
            macs += side**2 * entry * width
            side = _halved(side) if stage and not block else side
            macs += side**2 * (9 * width * width + width * 4 * width)
            macs += 0 if block else side**2 * entry * 4 * width
            entry = 4 * width
    return macs + entry * 1000


def _mobilenet_macs(side: int = 32) -> int:
    """A stem, and for each inverted residual what widens, what looks around and what narrows."""
    side = _halved(side)
    macs = side**2 * 16 * 3 * 9
    for entry, leave, stride, expansion in ((16, 8, 1, 1), (8, 12, 2, 6), (12, 12, 1, 6)):
        wide = entry * expansion
        macs += side**2 * entry * wide if expansion > 1 else 0
        side = _halved(side) if stride == 2 else side
        macs += side**2 * wide * (9 + leave)
    return macs + 12 * 10


def _transformer_macs(height: int = 32, width: int = 48) -> int:
    """Patches of 8x8, the four projections, the two products of attention, and the two dense layers."""
    tokens, size = height // 8 * (width // 8), 32
    attention = 2 * tokens * tokens * size
    return tokens * size * 3 * 64 + tokens * size * size * (4 + 4 + 4) + attention


def _lstm_macs(steps: int = 7) -> int:
    """Four gates for each of 16 cells, which read the input and their own state; 5 classes a step."""
    first, second = (4 * 16 * (entry + 16) for entry in (12, 16))
    return steps * (first + second + 16 * 5)


class Case(NamedTuple):
    """How to make a network and the shape of one sample; how to put it down as TensorFlow Lite, and the
    batches which that runs at."""

    make: Callable[[], nn.Module]
    sample: tuple[int, ...]
    macs: int
    tflite: Callable[[Path], None] | None = None
    tflite_batches: tuple[int, ...] = BATCHES


CASES = {
    "resnet50": Case(networks.resnet50, (3, 224, 224), _resnet50_macs()),
    "mobilenet": Case(networks.mobilenet, (3, 32, 32), _mobilenet_macs()),
    "transformer": Case(
        networks.vision_transformer, (3, 32, 48), _transformer_macs(), tflite_networks.vision_transformer
    ),
    # Its layer keeps a state of a fixed batch in the file.
    "lstm": Case(networks.lstm, (7, 12), _lstm_macs(), tflite_networks.lstm, tflite_batches=(1,)),
}


def test_resnet50_by_its_formula_does_the_published_work():
    assert _resnet50_macs() == 4_089_184_256


@pytest.fixture(scope="module", params=CASES)
def exports(request, tmp_path_factory) -> Iterator[tuple[Case, dict[str, Export]]]:
    folder = tmp_path_factory.mktemp(request.param)
    case = CASES[request.param]
    torch.manual_seed(0)
    found = networks_formats.from_torch(case.make(), torch.randn(2, *case.sample), folder)
    lite = folder / "network.tflite"
    if case.tflite is None:
        tflite_from_onnx.write(onnx.load(found["ONNX"].path), lite)
    else:
        case.tflite(lite)
    found["TFLite"] = Export(lite, "tflite")
    yield case, found
    for path in folder.iterdir():
        path.unlink()


def _counted(export: Export, sample: tuple[int, ...], batch: int) -> Flops:
    if export.form == "torchscript":
        return _run(export.path, sample, batch)
    described = inspection.describe(messages.Inspect(str(export.path), export.form, batch))
    assert not described.unavailable
    return described.flops


def _run(path: Path, sample: tuple[int, ...], batch: int) -> Flops:
    """As the measuring child counts what only running tells."""
    count = model_facts.flop_counter("torchscript")
    session = torchscript.open_backend().load(path, LoadOptions("cpu", 1))
    try:
        inputs = {spec.name: np.zeros((batch, *sample), np.float32) for spec in session.inputs}
        assert count is not None
        return count(session.bind(inputs), batch)
    finally:
        session.close()


@pytest.mark.parametrize("label", EXPORTS)
def test_every_export_does_the_work_of_the_formula(exports, label):
    case, found = exports
    for batch in case.tflite_batches if label == "TFLite" else BATCHES:
        counted = _counted(found[label], case.sample, batch)
        assert counted.per_inference == pytest.approx(2 * case.macs * batch, rel=RELATIVE)
        assert counted.macs_per_inference == pytest.approx(case.macs * batch, rel=RELATIVE)
        assert counted.per_sample == pytest.approx(2 * case.macs, rel=RELATIVE)
        assert (counted.counted_fraction, counted.uncounted_operators) == (1.0, {})
        assert counted.integer_per_inference == 0


def test_onnx_that_was_optimised_for_this_processor_does_the_same_work(tmp_path):
    source, target = tmp_path / "plain.onnx", tmp_path / "optimised.onnx"
    onnx.save(networks.exported(networks.mobilenet(), torch.randn(2, 3, 32, 32)), source)
    networks_formats.optimised(source, target, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL)
    for path in (source, target):
        counted = _counted(Export(path, "onnx"), (), 3)
        assert (counted.per_inference, counted.counted_fraction) == (2 * 3 * _mobilenet_macs(), 1.0)


def test_torchscript_tells_that_its_work_is_known_once_it_runs(tmp_path):
    path = tmp_path / "network.pt"
    networks.traced(networks.lstm(), torch.randn(2, 7, 12)).save(str(path))
    described = inspection.describe(messages.Inspect(str(path), "torchscript", 1))
    assert described.flops.per_inference is None
    assert described.unavailable["flops.per_inference"].code == "needs_run"


class Quantised(NamedTuple):
    """A float network as ONNX: one sample of its input, its MACs, and those of its last dense layer."""

    make: Callable[[Path], Path]
    name: str
    sample: tuple[int, ...]
    macs: int
    last: int


def _digits_macs() -> int:
    """An image that is doubled, three convolutions of 3x3 around two halvings, ten classes."""
    doubled = 8 * 8 * 32 * 4
    convolutions = 16 * 16 * 9 * (32 * 64 + 64 * 64) + 8 * 8 * 9 * 64 * 128
    return doubled + convolutions + 4 * 4 * 128 * 10


def _exported(make: Callable[[], nn.Module], *sample: int) -> Callable[[Path], Path]:
    def written(folder: Path) -> Path:
        torch.manual_seed(0)
        onnx.save(networks.exported(make(), torch.randn(2, *sample)), folder / "float.onnx")
        return folder / "float.onnx"

    return written


QUANTISED = {
    "digits": Quantised(lambda folder: DIGITS, "image", (1, 8, 8), _digits_macs(), 2048 * 10),
    "mobilenet": Quantised(
        _exported(networks.mobilenet, 3, 32, 32), "input_0", (3, 32, 32), _mobilenet_macs(), 120
    ),
    "transformer": Quantised(
        _exported(networks.vision_transformer, 3, 32, 48),
        "input_0",
        (3, 32, 48),
        _transformer_macs(),
        24 * 32 * 128,
    ),
}


class Integers(NamedTuple):
    """Both quantised forms of one network: all of it, and with its last dense layer left in floats."""

    case: Quantised
    whole: dict[str, Export]
    part: dict[str, Export]


@pytest.fixture(scope="module", params=QUANTISED)
def integers(request, tmp_path_factory) -> Integers:
    case, folder = QUANTISED[request.param], tmp_path_factory.mktemp(request.param)
    source = case.make(folder)
    whole = _quantised(case, source, folder / "whole.onnx")
    part = _quantised(case, source, folder / "part.onnx", nodes_to_exclude=[_last_product(source)])
    return Integers(case, networks_formats.from_onnx(whole, folder), networks_formats.from_onnx(part, folder))


def _quantised(case: Quantised, source: Path, target: Path, **options: Any) -> Path:
    sample = np.random.default_rng(0).random((2, *case.sample), dtype=np.float32)
    asked = {"quant_format": QuantFormat.QDQ, "activation_type": QuantType.QUInt8, **options}
    return networks_formats.quantised(
        source, target, {case.name: sample}, weight_type=QuantType.QInt8, **asked
    )


def _last_product(path: Path) -> str:
    nodes = onnx.load(path).graph.node
    return str([node.name for node in nodes if node.op_type in ("Gemm", "MatMul")][-1])


@pytest.mark.parametrize("label", INTEGER_EXPORTS)
def test_integer_operations_are_told_apart_and_are_the_work_of_the_float_network(integers, label):
    for batch in BATCHES:
        counted = _counted(integers.whole[label], (), batch)
        assert counted.per_inference == pytest.approx(2 * batch * integers.case.macs, rel=RELATIVE)
        assert counted.integer_per_inference == counted.per_inference
        assert counted.counted_fraction == 1.0


@pytest.mark.parametrize("label", INTEGER_EXPORTS)
def test_what_is_left_in_floats_is_no_integer_operation(integers, label):
    counted = _counted(integers.part[label], (), 3)
    assert counted.per_inference == pytest.approx(2 * 3 * integers.case.macs, rel=RELATIVE)
    assert counted.per_inference - counted.integer_per_inference == 2 * 3 * integers.case.last
    assert counted.counted_fraction == 1.0


def test_rows_of_a_quantised_graph_add_up_to_both_counts(integers):
    for label in INTEGER_EXPORTS:
        export = integers.part[label]
        described = inspection.describe(messages.Inspect(str(export.path), export.form, 3))
        whole = described.flops.integer_per_inference
        assert sum(node.integer_operations or 0 for node in described.nodes) == whole
        assert sum(node.flops or 0 for node in described.nodes) == described.flops.per_inference - whole


@pytest.mark.parametrize("activation", [QuantType.QInt8, QuantType.QUInt8])
@pytest.mark.parametrize("per_channel", [False, True])
def test_every_way_to_quantise_counts_the_same(activation, per_channel, tmp_path):
    case = QUANTISED["digits"]
    path = _quantised(case, DIGITS, tmp_path / "q.onnx", activation_type=activation, per_channel=per_channel)
    for export in networks_formats.from_onnx(path, tmp_path).values():
        counted = _counted(export, (), 1)
        assert counted.per_inference == counted.integer_per_inference == 2 * case.macs


def test_operators_of_integers_count_as_products_between_dequantised_tensors(tmp_path):
    """There is none for the transposed convolution that doubles the image: it stays in floats."""
    case = QUANTISED["digits"]
    path = _quantised(case, DIGITS, tmp_path / "q.onnx", quant_format=QuantFormat.QOperator)
    kinds = {node.op_type for node in onnx.load(path).graph.node}
    assert {"QLinearConv", "QGemm"} <= kinds
    levels = onnxruntime.GraphOptimizationLevel
    optimised = networks_formats.optimised(path, tmp_path / "q.ort", levels.ORT_ENABLE_ALL)
    for export in (Export(path, "onnx"), Export(optimised, "ort_format")):
        counted = _counted(export, (), 3)
        assert counted.per_inference == 2 * 3 * case.macs
        assert counted.integer_per_inference == 2 * 3 * (case.macs - 8 * 8 * 32 * 4)
        assert counted.counted_fraction == 1.0


def test_attention_of_integer_operators_is_of_integers_in_openvino_too(tmp_path):
    case = QUANTISED["transformer"]
    path = _quantised(case, case.make(tmp_path), tmp_path / "q.onnx", quant_format=QuantFormat.QOperator)
    counted = _counted(Export(networks_formats.converted(path, tmp_path), "openvino_ir"), (), 1)
    assert counted.integer_per_inference == counted.per_inference == 2 * case.macs


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize(("dtype", "integer_share"), [(torch.qint8, 1), (torch.float16, 0)])
def test_recurrent_layer_that_torchscript_quantises_as_it_runs_counts_the_same(
    dtype, integer_share, tmp_path
):
    kinds, path = {nn.LSTM, nn.Linear}, tmp_path / "q.pt"
    network = torch.ao.quantization.quantize_dynamic(networks.lstm(), kinds, dtype=dtype)
    networks.traced(network, torch.randn(2, 7, 12)).save(str(path))
    counted = _run(path, (7, 12), 3)
    assert counted.per_inference == 2 * 3 * _lstm_macs()
    assert counted.integer_per_inference == counted.per_inference * integer_share
    assert counted.counted_fraction == 1.0


def test_recurrent_layer_that_is_quantised_as_it_runs_counts_the_same(tmp_path):
    source = _exported(networks.lstm, 7, 12)(tmp_path)
    quantize_dynamic(str(source), str(tmp_path / "q.onnx"))
    assert "DynamicQuantizeLSTM" in {node.op_type for node in onnx.load(tmp_path / "q.onnx").graph.node}
    found = networks_formats.from_onnx(tmp_path / "q.onnx", tmp_path)
    for label in ("ONNX", "ort extended", "ort all"):
        counted = _counted(found[label], (), 3)
        assert counted.per_inference == counted.integer_per_inference == 2 * 3 * _lstm_macs()
    # OpenVINO widens the weights and computes the layer in floats; the classes are of integers.
    counted = _counted(found["OpenVINO IR"], (), 3)
    assert (counted.per_inference, counted.integer_per_inference) == (2 * 3 * _lstm_macs(), 2 * 3 * 7 * 80)
