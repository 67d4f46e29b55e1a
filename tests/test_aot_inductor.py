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
from profiler.backends import aot_inductor, catalog, pt2_package, pt2_wrapper
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.errors import ErrorKind, KnownError
from profiler.result import Reason
from profiler.trust import Tier

COMPILER = os.environ.get("CXX", "g++")
CPU = LoadOptions("cpu", 1)
NOTES = {"AOTI_DEVICE_KEY": "cuda", "AOTI_PLATFORM": "linux", "AOTI_MACHINE": "x86_64"}
SHAPES = {"inputs": [{"name": "x", "dtype": "float32", "shape": ["batch", 4]}]}

SOURCE = """
    constants_info_[0].dtype = cached_torch_dtype_float32;
    constants_info_[0].data_size = 512;
    constants_info_[0].from_folded = false;
    constants_info_[0].type = static_cast<int32_t>(torch::aot_inductor::ConstantType::Parameter);
    constants_info_[0].shape = {1, 32, 2, 2};
    constants_info_[1].dtype = cached_torch_dtype_int64;
    constants_info_[1].data_size = 24;
    constants_info_[1].from_folded = false;
    constants_info_[1].type = static_cast<int32_t>(torch::aot_inductor::ConstantType::Buffer);
    constants_info_[1].shape = {3};
    constants_info_[2].dtype = cached_torch_dtype_float32;
    constants_info_[2].data_size = 99;
    constants_info_[2].from_folded = true;
    ConstantHandle arg0 = ConstantHandle(input_handles[0]);
    int32_t arg0_dtype;
    AOTI_TORCH_ERROR_CODE_CHECK(aoti_torch_get_dtype(arg0, &arg0_dtype));

    int32_t arg0_expected_dtype = aoti_torch_dtype_float32();
        ss << "input_handles[0]: dim value is too small at 0, "
           << "expected it to be >= 2, " << "but got: "
        ss << "input_handles[0]: unmatched dim value at 1, "
           << "expected: 8, " << "but got: " << arg0_size[1]
    ConstantHandle arg1 = ConstantHandle(input_handles[1]);
    int32_t arg1_dtype;
    AOTI_TORCH_ERROR_CODE_CHECK(aoti_torch_get_dtype(arg1, &arg1_dtype));

    int32_t arg1_expected_dtype = aoti_torch_dtype_int64();
        ss << "input_handles[1]: unmatched stride value at 0, "
           << "expected: 1, " << "but got: " << arg1_stride[0]
"""


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
    for name in ("flops.per_inference", "operators", "parameters", "weights_bytes", "memory"):
        assert found.unavailable[name] == Reason("native_code")


def test_shapes_may_lie_beside_the_file(tmp_path: Path) -> None:
    path = _imitation(tmp_path / "p.pt2")
    assert pt2_package.read(path).inputs == ()
    (tmp_path / "p.inferometer.json").write_text(json.dumps(SHAPES))
    assert pt2_package.read(path).inputs[0].shape == ("batch", 4)


def test_the_source_beside_the_library_tells_weights_and_inputs(tmp_path: Path) -> None:
    path = _imitation(tmp_path / "p.pt2", **{"data/aotinductor/model/a.wrapper.cpp": SOURCE})
    found = inspection.describe(messages.Inspect(str(path), "aot_inductor", batch=2))
    assert (found.parameters, found.buffers, found.weights_by_dtype) == (
        128,
        3,
        {"float32": 512, "int64": 24},
    )
    assert [(spec.name, spec.dtype, spec.shape) for spec in found.inputs] == [
        ("input_0", "float32", ("batch", 8)), ("input_1", "int64", ("batch",)),
    ]  # fmt: skip
    assert found.shapes == {"input_0": (2, 8), "input_1": (2,)}
    assert found.unavailable["flops.per_inference"] == Reason("native_code")


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


def test_the_precision_that_was_compiled_in_may_be_asked_for(tmp_path: Path) -> None:
    """It gets as far as the library, which is none here."""
    notes = {"data/aotinductor/model/a.wrapper_metadata.json": json.dumps({"AOTI_DEVICE_KEY": "cpu"})}
    path = _imitation(tmp_path / "p.pt2", **notes, **{"data/aotinductor/model/a.wrapper.cpp": SOURCE})
    for precision, kind in (("fp32", ErrorKind.RUNTIME_REFUSED), ("bf16", ErrorKind.PRECISION_UNKNOWN)):
        with pytest.raises(KnownError) as caught:
            aot_inductor.open_backend().load(path, LoadOptions("cpu", 1, precision))
        assert caught.value.kind is kind
    assert caught.value.info.parameters["known"] == "as_is, fp32"


def test_a_library_that_does_not_open_is_told_by_the_runtime(tmp_path: Path) -> None:
    notes = {"data/aotinductor/model/a.wrapper_metadata.json": json.dumps({"AOTI_DEVICE_KEY": "cpu"})}
    with pytest.raises(KnownError) as caught:
        aot_inductor.open_backend().load(_imitation(tmp_path / "p.pt2", **notes), CPU)
    assert caught.value.kind is ErrorKind.RUNTIME_REFUSED


class _Tiny(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x * 2).relu()


@pytest.fixture(autouse=True)
def _unpacked_in_a_folder_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages are unpacked into the temporary folder, and a failed load leaves its files there."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))


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
    assert session.precision_effective == "fp32"


@pytest.mark.timeout(300)
def test_a_built_package_tells_its_inputs_in_its_source(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(pt2_wrapper.SUFFIX)]
        source = pt2_wrapper.parse(archive.read(name).decode())
    assert [spec.shape for spec in source.inputs] == [("batch", 4)]
    assert source.constants == ()


@pytest.mark.timeout(300)
def test_a_package_has_no_profiler(package: Path) -> None:
    with pytest.raises(KnownError) as caught:
        aot_inductor.open_backend().trace(package, CPU, TraceOrder({}, 1, 0, package.parent))
    assert caught.value.kind is ErrorKind.TRACE_NOT_OFFERED
