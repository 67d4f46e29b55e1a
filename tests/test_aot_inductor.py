"""AOTInductor packages: inspected as data, refused as programs, run where a compiler can build one."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import zipfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from profiler import inspection, messages
from profiler.backends import aot_inductor, catalog, pt2_package
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.errors import ErrorKind, KnownError
from profiler.result import Reason
from profiler.trust import Tier

COMPILER = os.environ.get("CXX", "g++")
CPU = LoadOptions("cpu", 1)
NOTES = {"AOTI_DEVICE_KEY": "cuda", "AOTI_PLATFORM": "linux", "AOTI_MACHINE": "x86_64"}
SHAPES = {"inputs": [{"name": "x", "dtype": "float32", "shape": ["batch", 4]}]}


def _tool() -> ModuleType:
    path = Path(__file__).parent.parent / "tools" / "samples_pt2.py"
    spec = importlib.util.spec_from_file_location("samples_pt2", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _imitation(path: Path, **more: str) -> Path:
    """An archive with the names of a package, whose library is no library."""
    entries = {
        "data/aotinductor/model/a.wrapper.so": "no library",
        "data/aotinductor/model/a.wrapper_metadata.json": json.dumps(NOTES),
        "archive_format": "pt2",
        "archive_version": "0",
        **more,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(f"model/{name}", content)
    return path


def test_a_package_is_a_program_of_its_own_format(tmp_path: Path) -> None:
    found = catalog.recognise(_imitation(tmp_path / "p.pt2"))
    assert (found.name, found.tier) == ("aot_inductor", Tier.PROGRAM)
    assert catalog.runtime("aot_inductor").holds_lock


def test_inspecting_reads_the_notes_and_says_what_native_code_hides(tmp_path: Path) -> None:
    path = _imitation(tmp_path / "p.pt2", **{"extra/inferometer.json": json.dumps(SHAPES)})
    found = inspection.describe(messages.Inspect(str(path), "aot_inductor", batch=3))
    assert found.producer == "AOTInductor (cuda linux)"
    assert found.shapes == {"x": (3, 4)}
    assert found.flops.per_inference is None
    for name in ("flops.per_inference", "operators", "parameters", "weights_bytes"):
        assert found.unavailable[name] == Reason("native_code")


def test_shapes_may_lie_beside_the_file(tmp_path: Path) -> None:
    path = _imitation(tmp_path / "p.pt2")
    assert pt2_package.read(path).inputs == ()
    (tmp_path / "p.inferometer.json").write_text(json.dumps(SHAPES))
    assert pt2_package.read(path).inputs[0].shape == ("batch", 4)


def test_a_package_without_shapes_says_so(tmp_path: Path) -> None:
    found = inspection.describe(messages.Inspect(str(_imitation(tmp_path / "p.pt2")), "aot_inductor"))
    assert found.shapes_origin == "unknown"
    assert found.unavailable["inputs"] == Reason("native_code_inputs")


def test_a_package_for_another_device_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as caught:
        aot_inductor.open_backend().load(_imitation(tmp_path / "p.pt2"), CPU)
    assert caught.value.kind is ErrorKind.DEVICE_UNKNOWN


def test_a_precision_cannot_be_asked_of_compiled_code(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as caught:
        aot_inductor.open_backend().load(_imitation(tmp_path / "p.pt2"), LoadOptions("cpu", 1, "bf16"))
    assert caught.value.kind is ErrorKind.PRECISION_UNKNOWN


def test_a_library_that_does_not_open_is_told_by_the_runtime(tmp_path: Path) -> None:
    notes = {"data/aotinductor/model/a.wrapper_metadata.json": json.dumps({"AOTI_DEVICE_KEY": "cpu"})}
    with pytest.raises(KnownError) as caught:
        aot_inductor.open_backend().load(_imitation(tmp_path / "p.pt2", **notes), CPU)
    assert caught.value.kind is ErrorKind.RUNTIME_REFUSED


class _Tiny(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x * 2).relu()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which(COMPILER) is None:
        pytest.skip(f"building an AOTInductor package needs a C++ compiler, and {COMPILER} is not here")
    folder = tmp_path_factory.mktemp("package")
    made = folder / "tiny.pt2"
    batch = torch.export.Dim("batch", min=1)
    exported = torch.export.export(_Tiny(), (torch.zeros(2, 4),), dynamic_shapes={"x": {0: batch}})
    _tool().compile_package(exported, made, SHAPES)
    return made


@pytest.mark.timeout(300)
def test_a_built_package_answers_with_its_own_names(package: Path) -> None:
    before = torch.get_num_threads()
    session = aot_inductor.open_backend().load(package, CPU)
    given = np.array([[-1, 2, -3, 4]], dtype=np.float32)
    found = session.results(session.bind({"x": given}))
    session.close()
    torch.set_num_threads(before)
    assert [array.tolist() for array in found.values()] == [[[0, 4, 0, 8]]]
    assert session.inputs[0].shape == ("batch", 4)


@pytest.mark.timeout(300)
def test_a_package_has_no_profiler(package: Path) -> None:
    with pytest.raises(KnownError) as caught:
        aot_inductor.open_backend().trace(package, CPU, TraceOrder({}, 1, 0, package.parent))
    assert caught.value.kind is ErrorKind.TRACE_NOT_OFFERED
