"""Bad input on the command line: one clear sentence, exit code 1, and nothing else harmed."""

from __future__ import annotations

import errno
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import main
from profiler import atomic_file, folders
from profiler.commands import demo
from profiler.store import Store

ONNX, TORCHSCRIPT = demo.sample_paths()[:2]
QUICK = ["--duration", "0.3", "--warmup", "5", "--replicates", "1", "--repeats", "0", "--quiet"]

Result = tuple[int, str, str]
Profile = Callable[..., Result]


@pytest.fixture
def profile(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Profile:
    """Runs `inferometer profile` in English; hands back exit code, standard output, standard error."""
    monkeypatch.setenv("INFEROMETER_LANG", "en")

    def run(*arguments: object) -> Result:
        code = main.main(["profile", *QUICK, *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def _relu(**changes: Any) -> onnx.ModelProto:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 4]) for name in ("x", "y")]
    node = helper.make_node(changes.get("operator", "Relu"), ["x"], ["y"], domain=changes.get("domain", ""))
    graph = helper.make_graph([node], "g", values[:1], values[1:], changes.get("weights", []))
    opsets = [helper.make_opsetid("", changes.get("opset", 17))]
    if "domain" in changes:
        opsets.append(helper.make_opsetid(changes["domain"], 1))
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def _saved(model: onnx.ModelProto, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path


def _external(folder: Path) -> Path:
    weight = numpy_helper.from_array(np.ones((4, 4), dtype=np.float32), "w")
    model = _relu(weights=[weight], operator="MatMul")
    model.graph.node[0].input.append("w")
    onnx.save_model(
        model, str(folder / "big.onnx"), save_as_external_data=True, location="big.data", size_threshold=0
    )
    (folder / "big.data").unlink()
    return folder / "big.onnx"


def _checkpoint(folder: Path) -> Path:
    path = folder / "weights.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights/data.pkl", pickle.dumps({"w": 1}))
        archive.writestr("weights/version", "3\n")
    return path


def _bytes(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


FILES: dict[str, Callable[[Path], Path]] = {
    "missing": lambda folder: folder / "none.onnx",
    "folder": lambda folder: folder,
    "empty": lambda folder: _bytes(folder, "empty.onnx", b""),
    "random": lambda folder: _bytes(folder, "x.onnx", np.random.default_rng(0).bytes(4_096)),
    "truncated onnx": lambda folder: _bytes(folder, "t.onnx", ONNX.read_bytes()[:100_000]),
    "truncated torchscript": lambda folder: _bytes(folder, "t.pt", TORCHSCRIPT.read_bytes()[:100_000]),
    "external data gone": _external,
    "unknown operator": lambda folder: _saved(_relu(operator="Frobnicate"), folder / "o.onnx"),
    "unknown domain": lambda folder: _saved(_relu(operator="F", domain="my.ops"), folder / "d.onnx"),
    "unknown opset": lambda folder: _saved(_relu(opset=99), folder / "v.onnx"),
    "checkpoint": _checkpoint,
    "text": lambda folder: _bytes(folder, "model.onnx", b"hello, I am a text file\n"),
}


def _is_one_sentence(err: str) -> bool:
    lines = err.strip().splitlines()
    return (
        len(lines) == 1 and lines[0].startswith("error: ") and lines[0].endswith(".") and "{" not in lines[0]
    )


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_gets_one_sentence_and_exit_code_1(profile: Profile, tmp_path: Path, name: str) -> None:
    path = FILES[name](tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, _, err = profile(path)
    assert code == 1
    assert _is_one_sentence(err), err
    assert path.name in err
    assert sorted(tmp_path.rglob("*")) == before


OPTIONS: dict[str, list[str]] = {
    "shape of another rank": ["--shape", "image=1,8,8"],
    "shape that clashes": ["--shape", "image=1,3,8,8"],
    "input that is not there": ["--shape", "picture=1,1,8,8"],
    "device that is not there": ["--device", "cuda:7"],
    "device that was never heard of": ["--device", "abacus"],
    "runtime that was never heard of": ["--runtime", "abacus"],
    "batch beyond all memory": ["--batch", "100000000000"],
}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("path", [ONNX, TORCHSCRIPT], ids=["onnx", "torchscript"])
def test_a_plan_that_cannot_be_gets_one_sentence(profile: Profile, path: Path, name: str) -> None:
    code, _, err = profile(path, *OPTIONS[name])
    assert code == 1
    assert _is_one_sentence(err), err


@pytest.mark.parametrize("wrong", ["nan", "float64", "shape", "name", "text"])
def test_wrong_inputs_get_one_sentence(profile: Profile, tmp_path: Path, wrong: str) -> None:
    array = np.ones((1, 1, 8, 8), dtype=np.float64 if wrong == "float64" else np.float32)
    if wrong == "float64":
        array += 1e-12
    if wrong == "nan":
        array[0, 0, 0, 0] = np.nan
    if wrong == "shape":
        array = array[:, :, :4]
    np.savez(tmp_path / "in.npz", **{"other" if wrong == "name" else "image": array})
    if wrong == "text":
        (tmp_path / "in.npz").write_text("no array")
    code, _, err = profile(ONNX, "--inputs", tmp_path / "in.npz")
    assert code == 1
    assert _is_one_sentence(err), err


def test_a_batch_that_exhausts_memory_is_a_sentence_and_not_a_crash(profile: Profile) -> None:
    code, _, err = profile(ONNX, "--batch", "200000", "--memory-limit", "900")
    assert code == 1
    assert _is_one_sentence(err), err
    assert "memory" in err


def test_the_other_files_still_run(profile: Profile, tmp_path: Path) -> None:
    bad = _bytes(tmp_path, "bad.onnx", b"no model")
    code, out, err = profile(bad, ONNX, "--json", "-")
    assert code == 1
    assert _is_one_sentence(err), err
    (document,) = json.loads(out)
    assert document["model"]["name"] == ONNX.name
    assert document["status"] == "finished"


def test_an_untrusted_torchscript_file_wants_to_be_trusted_first(profile: Profile, tmp_path: Path) -> None:
    path = tmp_path / "mine.pt"
    with zipfile.ZipFile(TORCHSCRIPT) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            target.writestr(info, source.read(info))
        target.writestr("digits.torchscript/extra/note", "mine")
    code, _, err = profile(path)
    assert code == 1
    assert _is_one_sentence(err), err
    assert "--trust" in err
    assert profile(path, "--trust", path)[0] == 0
    assert profile(path)[0] == 0


def test_a_full_disk_while_saving_shows_the_result_and_exits_1(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = atomic_file.write_once

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_file, "write_once", full)
    code, out, err = profile(ONNX, "--json", "-")
    assert code == 1
    assert json.loads(out)["status"] == "finished"
    assert len(err.strip().splitlines()) == 1
    assert Store(folders.history_folder()).rows() == []
    code, out, _ = profile(ONNX)
    assert "  P50  " in out
    assert "kept in the history" not in out
    monkeypatch.setattr(atomic_file, "write_once", real)
    left = list(folders.running_folder().iterdir())
    assert [any(folder.glob("*/*/samples.bin")) for folder in left] == [True, True]


def test_a_report_that_cannot_be_written_leaves_the_result_in_the_history(
    profile: Profile, tmp_path: Path
) -> None:
    code, _, err = profile(ONNX, "--report", tmp_path / "no" / "such" / "report.html")
    assert code == 1
    assert _is_one_sentence(err), err
    assert len(Store(folders.history_folder()).rows()) == 1


@pytest.mark.parametrize(
    "arguments",
    [["--batch", "0"], ["--shape", "x"], ["--shape", "x=a,b"], ["--seed", "-1"], ["--duration", "nan"],
     ["--preset", "endless"], ["--report", "x.docx"], ["--warmup", "many"]],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(profile: Profile, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        profile(ONNX, *arguments)
    assert caught.value.code == 2
