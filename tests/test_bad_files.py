"""Every kind of file that is no good: the right error, one sentence in both languages, nothing touched."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from random import Random

import pytest

from profiler import error_text, inspection, messages
from profiler.backends import catalog
from profiler.errors import ErrorInfo, KnownError
from profiler.wording import LANGUAGES
from tests import bad_files as bad

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:%b\nsize 102442450\n" % (b"4d" * 32)
RANDOM = bytes((index * 197 + 91) % 251 for index in range(3000))
LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."

NO_MODELS: dict[str, tuple[bad.Make, str]] = {
    "missing": (bad.missing, "file_missing"),
    "folder": (bad.subfolder, "file_is_folder"),
    "pipe": (bad.pipe, "file_unreadable.special_file"),
    "empty": (bad.holding("a.onnx", b""), "file_empty"),
    "random bytes": (bad.holding("a.onnx", RANDOM), "format_unknown"),
    "text": (bad.holding("a.onnx", b"not a model\n"), "format_not_a_model.text"),
    "text in Chinese, cut in a letter": (
        bad.holding("a.onnx", "模型".encode() * 1500), "format_not_a_model.text"),
    "JSON": (bad.holding("a.onnx", b'{"epoch": 3}'), "format_not_a_model.json"),
    "web page": (bad.holding("a.onnx", b"\n<!DOCTYPE html><html>404"), "format_not_a_model.html"),
    "Git LFS pointer": (bad.holding("a.onnx", LFS), "format_not_a_model.lfs_pointer"),
    "PNG": (bad.holding("a.onnx", b"\x89PNG\r\n\x1a\n\0\0"), "format_not_a_model.png"),
    "JPEG": (bad.holding("a.onnx", b"\xff\xd8\xff\xe0"), "format_not_a_model.jpeg"),
    "GIF": (bad.holding("a.onnx", b"GIF89a\x01\0"), "format_not_a_model.gif"),
    "PDF": (bad.holding("a.onnx", b"%PDF-1.7\n"), "format_not_a_model.pdf"),
    "program": (bad.holding("a.onnx", b"\x7fELF\x02\x01\x01\0"), "format_not_a_model.native_code"),
    "gzip": (bad.holding("a.onnx", b"\x1f\x8b\x08\0"), "format_not_a_model.archive"),
    "npy": (bad.holding("a.onnx", bad.npy()), "format_not_a_model.npy"),
    "npz": (bad.holding("a.onnx", bad.npz()), "format_not_a_model.npz"),
    "safetensors": (bad.holding("a.onnx", bad.safetensors()), "format_not_a_model.safetensors"),
    "other zip": (bad.archive({"a.txt": b"hello"}), "format_not_a_model.zip"),
    "zip without entries": (bad.archive({}), "format_not_a_model.zip"),
    "zip of an ONNX": (bad.archive({"a.onnx": b"x"}), "format_not_a_model.zip_of_onnx"),
    "office document": (bad.archive({"[Content_Types].xml": b""}), "format_not_a_model.office"),
    "HDF5": (bad.holding("a.onnx", b"\x89HDF\r\n\x1a\n\0"), "format_not_opened.hdf5"),
    "Keras": (bad.archive({"config.json": b"{}", "model.weights.h5": b""}), "format_not_opened.keras"),
    "GGUF": (bad.holding("a.onnx", b"GGUF\x03\0\0\0"), "format_not_opened.gguf"),
    "SavedModel folder": (bad.saved_model, "format_not_opened.saved_model"),
    "SavedModel file": (
        bad.holding("a.onnx", b"\x08\x01\x12\x06\x0a\x04\x12\x02hi"), "format_not_opened.saved_model"),
    "TensorFlow graph": (
        bad.holding("a.onnx", b"\x0a\x08\x0a\x01x\x12\x03Add"), "format_not_opened.tensorflow_graph"),
    "Core ML": (
        bad.holding("a.onnx", b"\x08\x07\x12\x04\x0a\x02hi\xa2\x1f\x02\x0a\0"), "format_not_opened.coreml"),
    "Paddle": (
        bad.holding("a.onnx", b"\x0a\x10\x08\0\x10" + b"\xff" * 9 + b"\x01\x1a"), "format_not_opened.paddle"),
    "Paddle in JSON": (
        bad.holding("inference.json", b'{"base_code":{"magic":"pir","trainable":1}}'),
        "format_not_opened.paddle"),
    "ncnn": (bad.holding("a.param", b"7767517\n75 83\nInput data 0 1 data\n"), "format_not_opened.ncnn"),
    "RKNN": (bad.holding("a.onnx", b"RKNN\0\0\0\0"), "format_not_opened.rknn"),
    "MXNet": (
        bad.holding("a.json", b'{\n  "nodes": [\n    {\n      "op": "null", "name": "data"}]}'),
        "format_not_opened.mxnet"),
    "TensorFlow.js": (
        bad.holding("model.json", b'{"format": "graph-model", "modelTopology": {}}'),
        "format_not_opened.tensorflow_js"),
    "Hugging Face folder": (bad.transformers_folder, "file_is_folder.transformers"),
    "ExecuTorch": (bad.holding("a.onnx", b"\x18\0\0\0ET12" + bytes(9)), "format_not_opened.executorch"),
    "checkpoint": (
        bad.archive({"m/data.pkl": b"\x80\x02}.", "m/data/0": b"", "m/version": b"3"}),
        "format_never_loaded.checkpoint"),
    "old checkpoint": (bad.holding("a.pth", LEGACY), "format_never_loaded.checkpoint"),
    "checkpoint with a payload": (bad.checkpoint_with_payload, "format_never_loaded.checkpoint"),
    "torch.package": (
        bad.archive({"m/.data/extern_modules": b"", "m/model/data.pkl": b""}),
        "format_never_loaded.torch_package"),
    **{f"pickle with a payload, protocol {protocol}": (
        bad.pickle_with_payload(protocol), "format_never_loaded.pickle") for protocol in (0, 2, 4, 5)},
}  # fmt: skip

DAMAGED: dict[str, tuple[bad.Make, str | None]] = {
    "ONNX cut in the graph": (bad.cut(bad.holding("a.onnx", bad.onnx_bytes()), 0.6), "onnx_cut_short"),
    "ONNX cut before the graph": (bad.holding("a.onnx", bad.onnx_bytes()[:8]), "onnx_no_graph"),
    "TorchScript cut": (bad.cut(bad.archive(bad.script()), 0.7), "zip_cut_short"),
    "directory that lies": (bad.lying_directory, "zip_cut_short"),
    "one name twice": (bad.twice_named, "zip_name_twice"),
    "name upwards": (bad.renamed_entry(b"archive/data/0", b"archive/../../0"[:14]), "zip_name_outside"),
    "absolute name": (bad.renamed_entry(b"archive/data/0", b"/rchive/data/0"), "zip_name_outside"),
    "encrypted": (bad.encrypted, "zip_encrypted"),
    "compressed weights": (bad.bomb, "zip_compressed"),
    "sources without end": (bad.source_bomb, "zip_too_big"),
    "wrong checksum": (bad.wrong_checksum, "torchscript_entry"),
    "no constants": (bad.script_with(constants_pkl=None), "torchscript_entry"),
    "weights missing": (bad.script_with(weight=None), "torchscript_entry"),
    "weights too short": (bad.script_with(weight=b"1234"), "torchscript_entry"),
    "pickle of another kind": (bad.script_with(data_pkl=pickle.dumps({1, 2}, 4)), "torchscript_entry"),
    "pickle with a payload": (bad.script_with_payload, "torchscript_entry"),
    "name that is no text": (
        bad.holding("a.onnx", bad.onnx_bytes().replace(b"\x06MatMul", b"\x06Mat\xfful")), None),
    "signature without shapes": (bad.script_with(signature=b'{"inputs": [{"name": "x"}]}'), "signature"),
    "signature of no JSON": (bad.script_with(signature=b"[" * 100_000), "signature"),
    "negative dimension": (
        bad.holding("a.onnx", bad.onnx_bytes(weight=bad.weight_of([-4, 2], b""))), "onnx_weights"),
    "overflowing dimensions": (
        bad.holding("a.onnx", bad.onnx_bytes(weight=bad.weight_of([2**40, 2**40], b""))), "onnx_weights"),
    "weights of another size": (
        bad.holding("a.onnx", bad.onnx_bytes(weight=bad.weight_of([4, 2], bytes(16)))), "onnx_weights"),
    "torch.export without weights": (bad.exported(weights=None), "pt2_old"),
    "torch.export of an older PyTorch": (
        bad.archive({"serialized_exported_program.json": b"{}", "serialized_state_dict.pt": b""}), "pt2_old"),
    "torch.export without a graph": (bad.exported(), "pt2_entry"),
    "torch.export of no JSON": (bad.exported(program=b"[" * 100_000), "pt2_entry"),
    "torch.export with code for a name": (
        bad.exported(program=b'{"nodes": [{"name": "x = __import__(\'os\')"}]}'), "pt2_unsafe"),
    "torch.export with code for a size": (
        bad.exported(program=b'{"expr_str": "__import__(\'os\')"}'), "pt2_unsafe"),
    "external data too short": (bad.short_external, "external_data_short"),
}  # fmt: skip

EXTERNAL: dict[str, tuple[bad.Make, str]] = {
    "missing": (
        bad.holding("a.onnx", bad.onnx_bytes(weight=bad.external("w.bin"))), "external_data_missing"),
    "upwards": (
        bad.holding("a.onnx", bad.onnx_bytes(weight=bad.external("../w.bin"))), "external_data_outside"),
    "absolute": (
        bad.holding("a.onnx", bad.onnx_bytes(weight=bad.external("/etc/hostname"))), "external_data_outside"),
    "drive": (
        bad.holding("a.onnx", bad.onnx_bytes(weight=bad.external("C:\\w.bin"))), "external_data_outside"),
    "nameless": (bad.holding("a.onnx", bad.onnx_bytes(weight=bad.external(""))), "external_data_outside"),
    "link": (bad.outside_by_link, "external_data_outside"),
    "device": (bad.device_external, "external_data_outside"),
}  # fmt: skip


def look(path: Path) -> ErrorInfo:
    """What recognising and describing a file, as `inspect` does, complain of."""
    with pytest.raises(KnownError) as caught:
        describe(path)
    return caught.value.info


def describe(path: Path) -> messages.Description:
    form = catalog.recognise(path)
    return inspection.describe(messages.Inspect(str(path), form.name))


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything in a folder with size and time of change."""
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


def check_sentences(info: ErrorInfo, file: str) -> None:
    """One sentence in each language: it names the file, says the cause, and after a colon the remedy."""
    for language, stop, colon in zip(LANGUAGES, (".", "。"), (": ", "："), strict=True):
        sentence = error_text.sentence(info, language)
        assert file in sentence
        assert sentence.endswith(stop)
        assert (sentence.replace(file, "") + " ").count(stop + (" " if language == "en" else "")) == 1
        cause, _, remedy = sentence.partition(colon)
        assert len(cause) > len(file) + 3
        assert len(remedy) > 5
        assert "–" not in sentence


@pytest.mark.parametrize(("make", "expected"), NO_MODELS.values(), ids=NO_MODELS.keys())
def test_a_file_that_is_no_model_is_named_for_what_it_is(
    make: bad.Make, expected: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    before = contents(tmp_path)
    info = look(path)
    assert ".".join(part for part in (info.kind, info.parameters.get("what")) if part) == expected
    check_sentences(info, path.name)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(("make", "expected"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_model_is_refused_with_what_is_wrong(
    make: bad.Make, expected: str | None, tmp_path: Path
) -> None:
    path = make(tmp_path)
    before = contents(tmp_path)
    info = look(path)
    assert (info.kind, info.parameters.get("what")) == ("model_damaged", expected)
    check_sentences(info, path.name)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(("make", "expected"), EXTERNAL.values(), ids=EXTERNAL.keys())
def test_external_data_stays_in_the_folder_of_the_model(
    make: bad.Make, expected: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    before = contents(tmp_path)
    info = look(path)
    assert info.kind == expected
    check_sentences(info, path.name)
    assert contents(tmp_path) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = bad.forbidden(tmp_path)
    info = look(path)
    assert info.kind == "file_forbidden"
    check_sentences(info, path.name)


def test_a_refused_permission_is_told_apart_from_other_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = bad.holding("a.onnx", bad.onnx_bytes())(tmp_path)
    monkeypatch.setattr(os, "open", refuse)
    info = look(path)
    assert info.kind == "file_forbidden"
    check_sentences(info, path.name)


def test_a_pointer_says_its_own_size_and_that_of_the_model(tmp_path: Path) -> None:
    info = look(bad.holding("resnet.onnx", LFS)(tmp_path))
    sentence = error_text.sentence(info, "en")
    assert f"{len(LFS)} B" in sentence
    assert "102 MB" in sentence


def test_the_payload_runs_when_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(bad.Payload(tmp_path))).close()
    assert (tmp_path / bad.MARKER).exists()


def test_a_payload_inside_a_module_is_listed_and_not_run(tmp_path: Path) -> None:
    path = bad.script_with_payload_inside(tmp_path)
    assert describe(path).parameters == 149_930
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("sample", ["digits.onnx", "digits.torchscript.pt"])
def test_a_file_with_wrong_bytes_is_described_or_refused_and_never_a_bug(sample: str, tmp_path: Path) -> None:
    whole, random = (bad.SAMPLES / sample).read_bytes(), Random(sample)
    path, outcomes, sentences = tmp_path / "model", set(), set()
    for _ in range(300):
        path.write_bytes(mutated(whole, random))
        try:
            outcomes.add(type(describe(path)).__name__)
        except KnownError as error:
            outcomes.add(error.kind.value)
            sentences.add(error_text.sentence(error.info, "en"))
    assert all(sentence.endswith(".") for sentence in sentences)
    assert {"Description", "model_damaged"} <= outcomes


def mutated(data: bytes, random: Random) -> bytes:
    """A few bytes replaced, most of them near the start or the end, where the structure is; some cut."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 6)):
        near = random.randrange(400)
        position = random.choice([near, len(changed) - 1 - 8 * near, random.randrange(len(changed))])
        changed[position] = random.randrange(256)
    return bytes(changed[: random.randrange(len(changed))] if random.random() < 0.1 else changed)


RECOGNISED = {
    "tflite": bad.holding("a.onnx", b"\x1c\0\0\0TFL3" + bytes(20)),
    "openvino_ir": bad.holding("a.onnx", b'<?xml version="1.0"?>\n<net name="m" version="11"><layers/>'),
    "tensorrt": bad.holding("a.onnx", b"\x0b\0\0\0" + b'{"a": "bb"}' + b"ftrt" + bytes(20)),
}


@pytest.mark.parametrize("name", RECOGNISED)
def test_a_model_is_recognised_by_its_content_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    assert catalog.recognise(RECOGNISED[name](tmp_path)).name == name


def test_a_tflite_and_an_ir_that_hold_nothing_are_told(tmp_path: Path) -> None:
    kinds = {name: look(RECOGNISED[name](tmp_path)).kind for name in ("tflite", "openvino_ir")}
    assert kinds == {"tflite": "model_damaged", "openvino_ir": "external_data_missing"}
