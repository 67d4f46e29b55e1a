"""What `inspect` says of files: in the child, through the child, and on the command line."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import openvino
import pytest
from onnx import TensorProto, helper
from openvino import opset13

from profiler import inspect_client, inspection, messages, survey_client
from profiler.commands import inspect
from profiler.errors import ErrorKind, KnownError
from profiler.result import Reason
from tests import bad_files, onnx_graphs

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
ONNX = SAMPLES / "digits.onnx"
SCRIPT = SAMPLES / "digits.torchscript.pt"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path / "home"))


def describe(path: Path, format_name: str, **wanted: Any) -> messages.Description:
    return inspection.describe(messages.Inspect(str(path), format_name, **wanted))


def command(*words: str, language: Any = "en") -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    inspect.add_arguments(parser)
    out, err = io.StringIO(), io.StringIO()
    code = inspect.run(parser.parse_args(list(words)), language, out, err)
    return code, out.getvalue(), err.getvalue()


def test_both_samples_are_the_same_network() -> None:
    onnx, script = describe(ONNX, "onnx"), describe(SCRIPT, "torchscript")
    assert onnx.inputs == script.inputs
    assert onnx.outputs == script.outputs
    assert onnx.parameters == script.parameters
    assert onnx.weights_bytes == script.weights_bytes


def test_flops_hold_for_the_batch_that_was_asked() -> None:
    one, four = describe(ONNX, "onnx"), describe(ONNX, "onnx", batch=4)
    assert one.flops.per_inference is not None
    assert four.flops.per_inference == 4 * one.flops.per_inference
    assert four.flops.per_sample == one.flops.per_sample
    assert four.shapes == {"image": (4, 1, 8, 8)}


def test_flops_of_torchscript_need_a_run_and_say_so() -> None:
    found = describe(SCRIPT, "torchscript")
    assert found.flops.per_inference is None
    assert found.unavailable["flops.per_inference"] == Reason("needs_run")


def test_a_shape_that_cannot_be_is_refused() -> None:
    with pytest.raises(KnownError) as caught:
        describe(ONNX, "onnx", shapes={"image": (1, 3, 8, 8)})
    assert caught.value.kind is ErrorKind.SHAPE_MISMATCH


def test_an_unknown_rank_leaves_flops_unknown_with_its_reason(tmp_path: Path) -> None:
    model = bad_files.onnx_model()
    model.graph.input[0].type.tensor_type.ClearField("shape")
    path = bad_files.holding("a.onnx", model.SerializeToString())(tmp_path)
    found = describe(path, "onnx")
    assert found.flops.per_inference is None
    assert found.unavailable["flops.per_inference"] == Reason("shape_needed", {"name": "x"})
    assert describe(path, "onnx", shapes={"x": (3, 4)}).flops.per_inference == 2 * 3 * 4 * 2


def test_a_format_without_a_reader_is_refused() -> None:
    with pytest.raises(KnownError) as caught:
        describe(ONNX, "coreml")
    assert caught.value.kind is ErrorKind.FORMAT_UNKNOWN


def test_a_file_that_went_away_is_refused(tmp_path: Path) -> None:
    for name in ("onnx", "torchscript"):
        with pytest.raises(KnownError) as caught:
            describe(tmp_path / "gone", name)
        assert caught.value.kind is ErrorKind.FILE_UNREADABLE


def test_a_child_gives_the_same_description() -> None:
    assert inspect_client.describe(ONNX, "onnx", batch=2) == describe(ONNX, "onnx", batch=2)


def test_an_error_in_the_child_arrives_as_it_was(tmp_path: Path) -> None:
    path = bad_files.holding("a.onnx", bad_files.onnx_bytes(weight=bad_files.external("w.bin")))(tmp_path)
    with pytest.raises(KnownError) as caught:
        inspect_client.describe(path, "onnx")
    assert caught.value.kind is ErrorKind.EXTERNAL_DATA_MISSING
    assert caught.value.info.parameters == {"file": "a.onnx", "data": "w.bin"}


def test_a_payload_does_not_run_in_the_child_either(tmp_path: Path) -> None:
    path = bad_files.script_with_payload_inside(tmp_path)
    assert inspect_client.describe(path, "torchscript").parameters == 149_930
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_the_table_says_what_the_files_are() -> None:
    code, out, err = command(str(ONNX), str(SCRIPT))
    assert (code, err) == (0, "")
    assert "image  float32  batch×1×8×8" in out
    assert "149,930" in out
    assert "37.8 MFLOPs per inference at image 1×1×8×8" in out
    assert "these bytes are trusted" in out


def test_the_table_names_free_sizes_and_marks_guesses(tmp_path: Path) -> None:
    given = opset13.parameter(openvino.PartialShape("?,?,3..64"), np.float32, name="x")
    openvino.save_model(openvino.Model([opset13.relu(given)], [given], "g"), tmp_path / "m.xml")
    _, out, _ = command(str(tmp_path / "m.xml"))
    assert "x.1 = 1, a guess" in out
    assert "x.2 = 3, a guess: give the real size with --dimension x.2=N; from 3 to 64" in out
    _, out, _ = command(
        str(tmp_path / "m.xml"), "--dimension", "x.1=5", "--dimension", "x.2=9", language="zh_CN"
    )
    assert "x.1 = 5\n" in out
    assert "x.2 = 9；允许 3 到 64" in out
    code, _, err = command(str(tmp_path / "m.xml"), "--dimension", "x.2=65")
    assert (code, "from 3 to 64" in err) == (1, True)


def test_the_table_is_aligned_in_chinese_too() -> None:
    _, out, _ = command(str(ONNX), language="zh_CN")
    rows = [line for line in out.splitlines() if line.startswith("  ")]
    labels = ("  格式      ONNX", "  SHA-256   e", "  生成工具  pytorch")
    assert all(any(row.startswith(label) for row in rows) for label in labels)


def test_a_file_that_fails_leaves_the_others_described(tmp_path: Path) -> None:
    bad = bad_files.holding("notes.onnx", b"to do\n")(tmp_path)
    code, out, err = command(str(bad), str(ONNX), "--json", "-")
    first, second = json.loads(out)
    assert code == 1
    assert err.startswith("notes.onnx is a text file")
    assert err.count("\n") == 1
    assert first["error"]["kind"] == "format_not_a_model"
    assert second["parameters"] == 149_930


def test_one_file_is_one_document_in_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    code, out, _ = command(str(SCRIPT), "--json", str(target), "--batch", "2")
    document = json.loads(target.read_text())
    assert code == 0
    assert out.startswith("digits.torchscript.pt\n")
    assert document["format"] == "torchscript"
    assert document["trusted"] is True
    assert document["shapes"] == {"image": [2, 1, 8, 8]}
    assert document["flops"]["per_inference"] is None
    assert "say" not in document


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    code, _, err = command(str(ONNX), "--json", str(tmp_path / "no" / "out.json"))
    assert code == 1
    assert err.startswith("out.json could not be saved")


@pytest.mark.parametrize("batch", ["0", "-1", "x"])
def test_a_batch_that_is_no_count_is_wrong_usage(batch: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command(str(ONNX), "--batch", batch)
    assert caught.value.code == 2
    assert "whole number" in capsys.readouterr().err


def test_flops_that_are_not_known_name_the_operators_that_keep_them(tmp_path: Path) -> None:
    node = helper.make_node("StringNormalizer", ["x"], ["y"])
    text = helper.make_tensor_value_info("x", TensorProto.STRING, [2])
    path = tmp_path / "text.onnx"
    onnx.save(onnx_graphs.build([node], [text]), path)
    found = inspection.describe(messages.Inspect(str(path), "onnx"))
    assert found.flops.per_inference is None
    assert found.unavailable["flops.per_inference"] == Reason(
        "operators_not_counted", {"operators": "StringNormalizer 1"}
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[messages.Request]:
    """Every request that a child was started for."""
    seen: list[messages.Request] = []
    ask = survey_client.ask

    def counting(request: messages.Request, *rest: object) -> messages.Report:
        seen.append(request)
        return ask(request, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(survey_client, "ask", counting)
    return seen


def test_a_file_that_was_described_at_these_shapes_is_not_read_again(
    asked: list[messages.Request], tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(ONNX.read_bytes())
    first = inspect_client.describe(path, "onnx")
    assert inspect_client.describe(path, "onnx", shapes=first.shapes) is first
    assert len(asked) == 1
    inspect_client.describe(path, "onnx", shapes={"image": (2, 1, 8, 8)})
    assert len(asked) == 2


def test_a_file_that_changed_is_read_again(asked: list[messages.Request], tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(ONNX.read_bytes())
    first = inspect_client.describe(path, "onnx")
    path.write_bytes(ONNX.read_bytes() + b"\x00")
    with pytest.raises(KnownError):
        inspect_client.describe(path, "onnx", shapes=first.shapes)
    assert len(asked) == 2
