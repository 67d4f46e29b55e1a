"""`inferometer variants` as a person uses it: made, measured beside the original, or refused and why."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from profiler import trust
from profiler.commands import demo
from tests.test_commands import SHORT, Command, inferometer  # noqa: F401 - a fixture

ONNX, TORCHSCRIPT = demo.sample_paths()[:2]
DIGITS = ONNX.with_name("digits_test.npz")


def test_variants_are_made_and_measured_beside_the_original(
    inferometer: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    out, document = tmp_path / "out", tmp_path / "r.json"
    given = ["--calibrate", DIGITS, "--dataset", DIGITS, "--kinds", "int8_static", "--json", document]
    code, said, err = inferometer("variants", ONNX, "--out", out, *given, "--repeats", "0", *SHORT)
    assert (code, err) == (0, "")
    assert said.startswith("Variants made with ONNX Runtime")
    assert "Its ranges were set with 128 of the given samples." in said
    assert "Side by side" in said
    own, static = json.loads(document.read_bytes())
    assert [one["model"]["name"] for one in (own, static)] == ["digits.onnx", "digits.int8_static.onnx"]
    assert own["accuracy"]["agreement"]["state"] == "is_reference"
    assert own["group"] == static["group"] != ""
    assert static["accuracy"]["agreement"]["state"] == "within"
    assert abs(static["accuracy"]["top1"] - own["accuracy"]["top1"]) <= 0.01
    assert static["model"]["size_bytes"] < 0.3 * own["model"]["size_bytes"]


def test_without_measuring_the_document_lists_the_variants_and_is_all_of_standard_output(
    inferometer: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    arguments = ["--out", tmp_path, "--kinds", "int8_dynamic,bf16", "--no-measure", "--json", "-"]
    code, out, err = inferometer("variants", ONNX, *arguments)
    assert code == 1  # bf16 was asked for by name
    made, missing = json.loads(out)["variants"]
    assert made["file"] == str(tmp_path / "digits.int8_dynamic.onnx")
    assert missing["missing"]["code"] == "variant_not_offered"
    assert "There are no tools here that make bf16 of a model in the format ONNX." in err
    code, out, err = inferometer("variants", ONNX, *arguments)
    assert (code, out) == (1, "")
    assert "digits.int8_dynamic.onnx is there already" in err
    code, _, _ = inferometer("variants", ONNX, *arguments, "--overwrite")
    assert code == 1
    assert os.listdir(tmp_path) == ["digits.int8_dynamic.onnx"]


def test_pictures_calibrate_with_the_preprocessing_that_is_named(
    inferometer: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    data = np.load(DIGITS)
    for at in range(60):
        folder = tmp_path / "pictures" / str(data["y"][at])
        folder.mkdir(parents=True, exist_ok=True)
        pixels = (data["x"][at, 0] * 255).round().astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{at}.png")
    code, out, err = inferometer(
        "variants", ONNX, "--out", tmp_path / "out", "--calibrate", tmp_path / "pictures",
        "--preprocess", "unit", "--kinds", "int8_static", "--no-measure", "--quiet",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "Its ranges were set with 60 of the given samples." in out


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (ONNX.with_name("digits.tflite"), "is a TensorFlow Lite model, which is quantised while"),
        (ONNX.with_name("digits.xml"), "is an OpenVINO IR, which is made smaller by a tool of its own"),
        (DIGITS, "and not a model"),
        (Path("nowhere.onnx"), "was not found"),
    ],
)
def test_a_file_without_variants_is_refused_in_one_sentence(
    inferometer: Command,  # noqa: F811
    tmp_path: Path,
    file: Path,
    words: str,
) -> None:
    code, out, err = inferometer("variants", file, "--out", tmp_path / "out")
    assert (code, out) == (1, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_code_of_a_stranger_has_to_be_allowed(inferometer: Command, tmp_path: Path) -> None:  # noqa: F811
    stranger = tmp_path / "net.pt"
    stranger.write_bytes(TORCHSCRIPT.read_bytes().replace(b"image", b"photo"))
    assert not trust.is_trusted(trust.sha256_of(stranger), trust.Tier.CODE)
    code, _, err = inferometer("variants", stranger, "--out", tmp_path / "out")
    assert code == 1
    assert "--trust" in err or "allow" in err


def test_options_of_the_measurement_are_looked_at_before_anything_is_made(
    inferometer: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    code, _, err = inferometer("variants", ONNX, "--out", tmp_path / "out", "--scenario", "Server")
    assert code == 2
    assert "--qps" in err
    assert not (tmp_path / "out").exists()
