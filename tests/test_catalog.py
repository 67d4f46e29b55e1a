"""Formats are recognised by content, runtimes are found without being imported."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from profiler.backends import catalog
from profiler.errors import ErrorKind, KnownError
from profiler.trust import Tier
from tests import bad_files

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "resources" / "samples"


@pytest.mark.parametrize(
    ("sample", "name", "format_name"),
    [
        ("digits.onnx", "digits.onnx", "onnx"),
        ("digits.onnx", "model.txt", "onnx"),
        ("digits.onnx", "weights.pt", "onnx"),
        ("digits.torchscript.pt", "model.onnx", "torchscript"),
        ("digits.torchscript.pt", "no suffix", "torchscript"),
    ],
)
def test_a_model_is_recognised_whatever_its_name(
    sample: str, name: str, format_name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    shutil.copyfile(SAMPLES / sample, path)
    assert catalog.recognise(path).name == format_name


def test_an_onnx_file_with_fields_of_a_later_standard_is_recognised(tmp_path: Path) -> None:
    later = b"\xfa\x3e\x05later"
    path = bad_files.holding("a.onnx", bad_files.onnx_bytes() + later)(tmp_path)
    assert catalog.recognise(path).name == "onnx"


def test_a_link_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "linked"
    link.symlink_to(SAMPLES / "digits.onnx")
    assert catalog.recognise(link).name == "onnx"


def test_a_broken_link_is_a_missing_file(tmp_path: Path) -> None:
    link = tmp_path / "broken.onnx"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(KnownError) as caught:
        catalog.recognise(link)
    assert caught.value.kind is ErrorKind.FILE_MISSING


def test_tiers_follow_what_a_format_can_do() -> None:
    assert catalog.format_named("onnx").tier is Tier.DATA
    assert catalog.format_named("torchscript").tier is Tier.CODE


def test_every_runtime_of_a_format_is_in_the_catalogue() -> None:
    for row in catalog.FORMATS:
        assert [catalog.runtime(name).name for name in row.runtimes] == list(row.runtimes)


def test_every_backend_module_exists_without_being_imported() -> None:
    for row in catalog.RUNTIMES:
        assert importlib.util.find_spec(row.module) is not None


def test_an_unknown_runtime_is_refused_with_the_names_there_are() -> None:
    for action in (catalog.open_backend, catalog.installed):
        with pytest.raises(KnownError) as caught:
            action("tensorflow")
        assert caught.value.kind is ErrorKind.RUNTIME_UNKNOWN
        assert (
            caught.value.info.parameters["known"]
            == "onnxruntime, torchscript, torch_export, aot_inductor, openvino, litert, tensorrt"
        )


def test_a_runtime_that_is_not_installed_is_refused_with_its_pip_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = catalog.Runtime("absent", "Absent", "profiler.backends.absent", "absent-runtime", "absent_runtime")
    monkeypatch.setattr(catalog, "RUNTIMES", (row,))
    assert not catalog.installed("absent")
    with pytest.raises(KnownError) as caught:
        catalog.open_backend("absent")
    assert caught.value.kind is ErrorKind.RUNTIME_MISSING
    assert caught.value.info.parameters["command"] == "python -m pip install absent-runtime"


def test_the_first_installed_runtime_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    here = catalog.Runtime("here", "Here", "profiler.backends.here", "here", "json")
    gone = catalog.Runtime("gone", "Gone", "profiler.backends.gone", "gone", "gone_runtime")
    monkeypatch.setattr(catalog, "RUNTIMES", (gone, here))
    both = catalog.Format("f", "F", Tier.DATA, ("gone", "here"), ())
    assert catalog.default_runtime(both) == "here"
    with pytest.raises(KnownError) as caught:
        catalog.default_runtime(catalog.Format("f", "F", Tier.DATA, ("gone",), ()))
    assert caught.value.info.parameters["title"] == "Gone"


def test_recognising_and_asking_what_is_installed_loads_no_runtime() -> None:
    program = """
import json, sys
from pathlib import Path
from profiler.backends import catalog
for sample in ("digits.onnx", "digits.torchscript.pt"):
    catalog.recognise(Path("resources/samples") / sample)
[catalog.installed(row.name) for row in catalog.RUNTIMES]
print(json.dumps([m for m in ("torch", "onnxruntime", "onnx", "google.protobuf") if m in sys.modules]))
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
    assert json.loads(done.stdout) == []
