"""Variants as their parent sees them: names, refusals, children that die, files whole or not there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from profiler import error_text, trust
from profiler.backends import catalog
from profiler.commands import demo
from profiler.errors import ErrorKind, KnownError
from profiler.messages import MakeVariants, Report, Surveyed, Variant, VariantsMade
from profiler.result import Reason
from profiler.variants import client, kinds, placing
from profiler.wording import LANGUAGES
from tests import onnx_graphs

ONNX, TORCHSCRIPT = demo.sample_paths()[:2]
Ask = Callable[[MakeVariants, float], Report]


def _answering(request: MakeVariants, timeout_s: float) -> VariantsMade:
    """A child that writes a file with its kind in it."""
    (kind,) = request.kinds
    name = kinds.file_name(Path(request.path), kind, request.format)
    Path(request.folder, name).write_text(kind)
    return VariantsMade((Variant(kind, name, 1),), "tool 1")


def _failing(kind: str, error: KnownError) -> Ask:
    def ask(request: MakeVariants, timeout_s: float) -> VariantsMade:
        if request.kinds == (kind,):
            raise error
        return _answering(request, timeout_s)

    return ask


def _refused(folder: Path, path: Path = ONNX, form: str = "onnx", **more: object) -> KnownError:
    with pytest.raises(KnownError) as raised:
        client.make(path, form, folder, **{"ask": _answering, **more})  # type: ignore[arg-type]
    return raised.value


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        ("net.onnx", "onnx", "net.fp16.onnx"),
        ("net.v1.ONNX", "onnx", "net.v1.fp16.ONNX"),
        ("net", "onnx", "net.fp16.onnx"),
        ("net.bin", "torchscript", "net.bin.fp16.pt"),
        ("net.ts", "torchscript", "net.fp16.ts"),
        ("net.pt2", "torch_export", "net.fp16.pt2"),
    ],
)
def test_a_variant_is_called_after_the_original_and_its_kind(name: str, form: str, expected: str) -> None:
    assert kinds.file_name(Path(name), "fp16", form) == expected


def test_every_kind_that_is_offered_is_known_and_opened_by_its_runtime() -> None:
    for form in catalog.FORMATS:
        offered = client.kinds_for(form.name)
        assert set(offered) <= set(kinds.KINDS)
        assert not offered or kinds.runtime_of(form.name) in form.runtimes


def test_all_kinds_are_made_where_none_is_named_and_each_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    made = client.make(ONNX, "onnx", tmp_path / "new", ask=_answering, told=lambda *one: told.append(one))
    assert told == [("fp16", 0, 3), ("int8_dynamic", 1, 3), ("int8_static", 2, 3)]
    assert [Path(one.file).name for one in made.variants] == [
        "digits.fp16.onnx", "digits.int8_dynamic.onnx", "digits.int8_static.onnx",
    ]  # fmt: skip
    assert [Path(one.file).read_text() for one in made.variants] == ["fp16", "int8_dynamic", "int8_static"]
    assert [one.size_bytes for one in made.variants] == [4, 12, 11]
    assert made.tool == "tool 1"
    assert len(os.listdir(tmp_path / "new")) == 3


@pytest.mark.parametrize("name", ["digits.int8_static.onnx", "digits.int8_static.onnx.data"])
def test_a_file_of_the_user_is_not_written_over_unasked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    error = _refused(tmp_path)
    assert error.kind is ErrorKind.VARIANT_EXISTS
    assert error_text.sentence(error.info, "en").startswith(f"{name} is there already")
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_asked_to_a_variant_is_replaced_and_weights_of_an_earlier_one_go(tmp_path: Path) -> None:
    for name in ("digits.fp16.onnx", "digits.fp16.onnx.data"):
        (tmp_path / name).write_text("old")
    client.make(ONNX, "onnx", tmp_path, ["fp16"], overwrite=True, ask=_answering)
    assert os.listdir(tmp_path) == ["digits.fp16.onnx"]
    assert (tmp_path / "digits.fp16.onnx").read_text() == "fp16"


def test_a_file_that_appears_meanwhile_is_kept_and_nothing_else_is_left(tmp_path: Path) -> None:
    def ask(request: MakeVariants, timeout_s: float) -> VariantsMade:
        (tmp_path / "digits.int8_static.onnx").write_text("mine")
        return _answering(request, timeout_s)

    assert _refused(tmp_path, ask=ask).kind is ErrorKind.VARIANT_EXISTS
    assert os.listdir(tmp_path) == ["digits.int8_static.onnx"]
    assert (tmp_path / "digits.int8_static.onnx").read_text() == "mine"


def test_weights_of_the_original_are_not_written_over_even_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    node = onnx.helper.make_node("MatMul", ["x", "w"], ["y"])
    weight = onnx.numpy_helper.from_array(onnx_graphs.np.ones((64, 64), dtype="float32"), "w")
    model = onnx_graphs.build([node], [onnx_graphs.value("x", [1, 64])], [weight])
    onnx.save_model(model, path, save_as_external_data=True, location="net.fp16.onnx")
    before = (tmp_path / "net.fp16.onnx").read_bytes()
    error = _refused(tmp_path, path, overwrite=True)
    assert "belongs to the original" in error_text.sentence(error.info, "en")
    assert (tmp_path / "net.fp16.onnx").read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ErrorKind.CHILD_CRASHED, "variant_tool_died"),
        (ErrorKind.CHILD_KILLED, "variant_tool_killed"),
        (ErrorKind.CHILD_ENDED, "variant_tool_died"),
        (ErrorKind.LOAD_TIMEOUT, "variant_too_slow"),
        (ErrorKind.OUT_OF_MEMORY, "variant_out_of_memory"),
        (ErrorKind.DISK_FULL, "variant_disk_full"),
    ],
)
def test_a_child_that_dies_costs_its_own_kind_only(tmp_path: Path, kind: ErrorKind, code: str) -> None:
    ask = _failing("int8_dynamic", KnownError(kind, signal="SIGSEGV"))
    half, dynamic, static = client.make(ONNX, "onnx", tmp_path, ask=ask).variants
    assert dynamic.missing is not None
    assert (dynamic.file, dynamic.missing.code) == ("", code)
    assert (half.missing, static.missing) == (None, None)
    assert sorted(os.listdir(tmp_path)) == ["digits.fp16.onnx", "digits.int8_static.onnx"]


def test_what_stands_in_the_way_of_all_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    ask = _failing("int8_static", KnownError(ErrorKind.MODEL_DAMAGED, file="digits.onnx"))
    assert _refused(folder, ask=ask).kind is ErrorKind.MODEL_DAMAGED
    assert not folder.exists()


def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(request: MakeVariants, timeout_s: float) -> VariantsMade:
        asked.extend(request.kinds)
        return _answering(request, timeout_s)

    error = _refused(tmp_path, ask=ask, stop_asked=lambda: bool(asked))
    assert error.kind is ErrorKind.CANCELLED
    assert asked == ["fp16"]
    assert os.listdir(tmp_path) == []


def test_what_a_killed_process_left_goes_and_what_a_living_one_makes_stays(tmp_path: Path) -> None:
    with placing.staging(tmp_path) as staged:
        own = staged.name.rpartition("-")[0]
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        dead = tmp_path / f"{own.rpartition('-')[0]}-{gone.pid}-x"
        dead.mkdir()
        (dead / "large").write_text("")
        client.make(ONNX, "onnx", tmp_path, ["fp16"], ask=_answering)
        assert set(os.listdir(tmp_path)) == {staged.name, "digits.fp16.onnx"}


@pytest.mark.parametrize("name", ["", "../escaped.onnx", "digits.fp16.onnx", "digits.onnx"])
def test_a_name_is_the_childs_word(tmp_path: Path, name: str) -> None:
    def ask(request: MakeVariants, timeout_s: float) -> VariantsMade:
        Path(request.folder, "digits.fp16.onnx").symlink_to(ONNX)
        Path(request.folder, "digits.onnx").write_text("in the place of the original")
        (Path(request.folder).parent / "escaped.onnx").write_text("")
        return VariantsMade((Variant("fp16", name, 1),), "tool 1")

    assert _refused(tmp_path, wanted=["fp16"], ask=ask).kind is ErrorKind.CHILD_GARBAGE
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "answer",
    [
        Surveyed(()),
        VariantsMade((), "tool"),
        VariantsMade((Variant("bf16", "a.onnx"),), "tool"),
        VariantsMade((Variant("fp16", missing=Reason("no_such_reason")),), "tool"),
    ],
)
def test_an_answer_to_another_question_is_garbage(tmp_path: Path, answer: Report) -> None:
    error = _refused(tmp_path, wanted=["fp16"], ask=lambda request, timeout_s: answer)
    assert error.kind is ErrorKind.CHILD_GARBAGE


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "save_failed")])
def test_a_folder_that_takes_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(placing.os, "link", refuse)
    monkeypatch.setattr(placing.os, "rename", refuse)
    assert _refused(tmp_path).kind.value == kind
    assert os.listdir(tmp_path) == []


def test_a_disk_without_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(placing.os, "link", refuse)
    client.make(ONNX, "onnx", tmp_path, ["fp16"], ask=_answering)
    assert os.listdir(tmp_path) == ["digits.fp16.onnx"]


@pytest.mark.parametrize("form", [one.name for one in catalog.FORMATS if not client.kinds_for(one.name)])
def test_a_format_without_tools_is_refused_with_a_way_out(tmp_path: Path, form: str) -> None:
    error = _refused(tmp_path / "new", Path("model.bin"), form)
    assert error.kind is ErrorKind.VARIANTS_NOT_OFFERED
    sentences = [error_text.sentence(error.info, language) for language in LANGUAGES]
    assert all(said.startswith("model.bin ") for said in sentences)
    assert "take the" in sentences[0]
    assert not (tmp_path / "new").exists()


def test_tools_that_are_missing_are_named_with_the_way_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.importlib.util, "find_spec", lambda name: None)
    said = error_text.sentence(_refused(tmp_path).info, "en")
    assert "ONNX Runtime" in said
    assert "pip install onnxruntime" in said
    monkeypatch.setattr(client.importlib.util, "find_spec", lambda name: name != "onnx" or None)
    assert "pip install onnx`" in error_text.sentence(_refused(tmp_path).info, "en")


def test_code_needs_the_same_consent_as_for_measuring_and_its_variants_are_allowed_with_it(
    tmp_path: Path,
) -> None:
    stranger = tmp_path / "net.pt"
    stranger.write_bytes(TORCHSCRIPT.read_bytes() + b"\0")
    error = _refused(tmp_path / "new", stranger, "torchscript")
    assert error.kind is ErrorKind.TRUST_NEEDED
    assert not (tmp_path / "new").exists()
    trust.remember(trust.sha256_of(stranger))
    made = client.make(stranger, "torchscript", tmp_path / "new", ["fp16"], ask=_answering)
    assert trust.is_trusted(trust.sha256_of(Path(made.variants[0].file)), trust.Tier.CODE)


def test_a_variant_that_is_data_is_not_remembered(tmp_path: Path) -> None:
    made = client.make(ONNX, "onnx", tmp_path, ["fp16"], ask=_answering)
    assert not trust.is_trusted(trust.sha256_of(Path(made.variants[0].file)), trust.Tier.CODE)
