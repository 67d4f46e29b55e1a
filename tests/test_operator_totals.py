"""The rows of a traced pass add up to the work of the file, on every runtime that tells where it ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from profiler import inspection, messages, operator_kinds, operators
from profiler.backends import catalog
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.messages import Node
from profiler.result import Operator
from tests import networks, networks_formats
from tests.benchmarks import tflite_from_onnx

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
CPU = LoadOptions("cpu", 1)


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def _traced(
    path: Path, form: str, runtime: str, folder: Path
) -> tuple[tuple[Operator, ...], tuple[Node, ...]]:
    """At a batch of two."""
    backend = catalog.open_backend(runtime)
    session = backend.load(path, CPU)
    sizes = {
        spec.name: tuple(size if isinstance(size, int) else 2 for size in spec.shape or ())
        for spec in session.inputs
    }
    session.close()
    draw = np.random.default_rng(0)
    inputs = {name: draw.standard_normal(shape).astype(np.float32) for name, shape in sizes.items()}
    description = inspection.describe(messages.Inspect(str(path), form, batch=2, shapes=sizes))
    traced = backend.trace(path, CPU, TraceOrder(inputs, 2, 1, folder))
    done = messages.TraceDone(traced.method, traced.operators, traced.call_ns)
    operators.check(done)
    return operators.rows(done, description.nodes), description.nodes


def _work(nodes: tuple[Node, ...]) -> int:
    """All arithmetic of the nodes that run: what reads constants alone is computed while loading."""
    running = [node for node in nodes if node.inputs]
    return sum((n.flops or 0) + (n.other_flops or 0) + (n.integer_operations or 0) for n in running)


def _assert_adds_up(found: tuple[tuple[Operator, ...], tuple[Node, ...]]) -> None:
    rows, nodes = found
    counted = sum((row.flops or 0) + (row.integer_operations or 0) for row in rows)
    whole = _work(nodes)
    assert counted == whole > 0
    assert all(row.flops is not None for row in rows if row.type not in operator_kinds.MOVES)


@pytest.mark.parametrize(
    ("name", "form", "runtime"),
    [
        ("digits.onnx", "onnx", "onnxruntime"),
        ("digits.onnx", "onnx", "openvino"),
        ("digits.xml", "openvino_ir", "openvino"),
        ("digits.tflite", "tflite", "openvino"),
        ("digits.pt2", "torch_export", "torch_export"),
    ],
)
def test_the_rows_of_a_sample_add_up_to_its_work(name: str, form: str, runtime: str, tmp_path: Path) -> None:
    _assert_adds_up(_traced(SAMPLES / name, form, runtime, tmp_path))


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "depthwise": (networks.mobilenet, (2, 3, 32, 32)),
    "lstm": (networks.lstm, (2, 5, 12)),
    "transformer": (networks.vision_transformer, (2, 3, 32, 32)),
}


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_rows_of_a_network_add_up_to_its_work(name: str, runtime: str, tmp_path: Path) -> None:
    make, shape = NETWORKS[name]
    torch.manual_seed(0)
    path = tmp_path / "network.onnx"
    onnx.save(networks.exported(make().eval(), torch.randn(shape)), path)
    _assert_adds_up(_traced(path, "onnx", runtime, tmp_path))
    if runtime == "openvino":
        _assert_adds_up(_traced(networks_formats.converted(path, tmp_path), "openvino_ir", runtime, tmp_path))


def test_a_fusion_that_bears_no_name_of_the_file_is_told_by_its_place(tmp_path: Path) -> None:
    """OpenVINO multiplies the scale of a normalisation into a convolution, and forgets what both were."""
    torch.manual_seed(0)
    path = tmp_path / "network.onnx"
    onnx.save(networks.exported(networks.mobilenet().eval(), torch.randn(2, 3, 32, 32), folded=False), path)
    _assert_adds_up(_traced(path, "onnx", "openvino", tmp_path))


def test_a_file_whose_names_openvino_drops_is_told_by_places_and_sizes(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, path = networks.mobilenet().eval(), tmp_path / "network.tflite"
    tflite_from_onnx.write(networks.exported(network, torch.randn(2, 3, 32, 32)), path)
    _assert_adds_up(_traced(path, "tflite", "openvino", tmp_path))


def _nameless(path: Path, target: Path) -> Path:
    """The model with no names of nodes, as many exporters write it."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.name = ""
    onnx.save(model, target)
    return target


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_nodes_without_a_name_have_their_work_too(runtime: str, tmp_path: Path) -> None:
    path = _nameless(SAMPLES / "digits.onnx", tmp_path / "nameless.onnx")
    rows, nodes = _traced(path, "onnx", runtime, tmp_path)
    _assert_adds_up((rows, nodes))
    kinds = {node.name: node.type for node in nodes}
    for row in rows:
        assert row.type != "Gemm" or [kinds[name] for name in row.nodes] == ["Gemm"]


def test_in_onnx_runtimes_own_format_too(tmp_path: Path) -> None:
    path = _nameless(SAMPLES / "digits.onnx", tmp_path / "nameless.onnx")
    made = networks_formats.optimised(
        path, tmp_path / "nameless.ort", networks_formats.Levels.ORT_ENABLE_BASIC
    )
    _assert_adds_up(_traced(made, "ort_format", "onnxruntime", tmp_path))
