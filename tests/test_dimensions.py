"""The free dimensions of one file go by the same names, and get the same sizes, on every runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import openvino
import pytest
from onnx import TensorProto, helper
from openvino import opset13

from profiler import dimensions, shapes
from profiler.backends.base import LoadOptions
from profiler.backends.litert import open_backend as open_litert
from profiler.backends.openvino import OpenVino, open_backend
from profiler.backends.ort import open_backend as open_onnxruntime
from profiler.result import Free

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
OPTIONS = LoadOptions("cpu", 1)


@pytest.fixture(scope="module")
def backend() -> OpenVino:
    return open_backend()


def _same_shapes(path: Path, backend: OpenVino, other: Any) -> bool:
    """Whether both runtimes run the same unasked, and by the same names."""
    here, there = (dimensions.all_placed(one.load(path, OPTIONS).inputs) for one in (backend, other))
    assert [spec.shape for spec in here] == [spec.shape for spec in there]
    return list(shapes.concrete_shapes(here).values()) == list(shapes.concrete_shapes(there).values())


def test_free_dimensions_of_a_file_have_one_name_and_one_size_on_every_runtime(
    backend: OpenVino, tmp_path: Path
) -> None:
    ids = helper.make_tensor_value_info("ids", TensorProto.FLOAT, ["batch", "seq", None, 4])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", "seq", None, 4])
    graph = helper.make_graph([helper.make_node("Relu", ["ids"], ["y"])], "g", [ids], [out])
    path = tmp_path / "named.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    assert _same_shapes(path, backend, open_onnxruntime())
    (told,) = backend.load(path, OPTIONS).inputs
    assert shapes.concrete_shapes([told]) == {"ids": (1, 128, 1, 4)}
    assert _same_shapes(SAMPLES / "digits.tflite", backend, open_litert())


def test_sizes_that_an_ir_bounds_are_told(backend: OpenVino, tmp_path: Path) -> None:
    given = opset13.parameter(openvino.PartialShape("?,3..64,2.."), np.float32, name="x")
    openvino.save_model(openvino.Model([opset13.relu(given)], [given], "g"), tmp_path / "bounded.xml")
    (told,) = dimensions.all_placed(backend.load(tmp_path / "bounded.xml", OPTIONS).inputs)
    assert told.shape == ("x.0", "x.1", "x.2")
    assert told.free == (Free("x.1", 3, 64), Free("x.2", 2))
