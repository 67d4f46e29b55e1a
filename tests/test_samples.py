"""The bundled samples: small, alike in both formats, and free of traces of the machine that made them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
TORCHSCRIPT = SAMPLES / "digits.torchscript.pt"
SIGNATURE = {
    "inputs": [{"name": "image", "dtype": "float32", "shape": ["batch", 1, 8, 8]}],
    "outputs": [{"name": "logits", "dtype": "float32", "shape": ["batch", 10]}],
}

# A process of its own, so that no runtime gets into the process of the tests.
ANSWER = """
import json, sys, warnings
import numpy as np, onnxruntime, torch
folder = sys.argv[1]
images = np.load(f"{folder}/digits_test.npz")["x"]
session = onnxruntime.InferenceSession(f"{folder}/digits.onnx", providers=["CPUExecutionProvider"])
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    module = torch.jit.load(f"{folder}/digits.torchscript.pt").eval()
with torch.inference_mode():
    script = {f"torchscript_{n}": module(torch.from_numpy(images[:n])).numpy() for n in (1, 360)}
onnx = {f"onnx_{n}": session.run(["logits"], {"image": images[:n]})[0] for n in (1, 360)}
np.savez(sys.argv[2], **onnx, **script)
ports = [(port.name, port.type, port.shape) for port in session.get_inputs() + session.get_outputs()]
print(json.dumps(ports))
"""

Answers = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Answers, list[list[object]]]:
    """What both real runtimes answer for the held-out images, and the ports that ONNX declares."""
    answers = tmp_path_factory.mktemp("answers") / "answers.npz"
    environment = os.environ | {"ORT_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", ANSWER, str(SAMPLES), str(answers)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with np.load(answers) as arrays:
        return dict(arrays), json.loads(done.stdout)


def _held_out() -> tuple[np.ndarray, np.ndarray]:
    with np.load(SAMPLES / "digits_test.npz") as data:
        return data["x"], data["y"]


def test_samples_stay_under_five_megabytes() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 5_000_000


def test_held_out_images_are_scaled_and_hold_every_digit() -> None:
    images, labels = _held_out()
    assert images.dtype == np.float32
    assert images.shape == (360, 1, 8, 8)
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert labels.dtype == np.int64
    assert np.bincount(labels, minlength=10).min() > 30


@pytest.mark.parametrize("count", [1, 360])
def test_formats_agree_at_any_batch(told: tuple[Answers, list[list[object]]], count: int) -> None:
    answers, _ = told
    onnx, script = answers[f"onnx_{count}"], answers[f"torchscript_{count}"]
    assert onnx.shape == (count, 10)
    assert np.abs(onnx - script).max() < 1e-5


@pytest.mark.parametrize("name", ["onnx_360", "torchscript_360"])
def test_accuracy_is_what_the_readme_says(told: tuple[Answers, list[list[object]]], name: str) -> None:
    right = int((told[0][name].argmax(axis=1) == _held_out()[1]).sum())
    assert f"{right} of the 360" in (SAMPLES / "README.md").read_text(encoding="utf-8")


def test_answers_are_logits_not_shares(told: tuple[Answers, list[list[object]]]) -> None:
    assert told[0]["onnx_360"].min() < -1.0


def test_onnx_declares_the_same_ports_as_the_torchscript_extra_file(
    told: tuple[Answers, list[list[object]]],
) -> None:
    declared = [
        [port["name"], "tensor(float)", port["shape"]] for side in SIGNATURE.values() for port in side
    ]
    assert told[1] == declared


def test_torchscript_carries_its_shapes() -> None:
    with zipfile.ZipFile(TORCHSCRIPT) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("extra/inferometer.json")]
        assert json.loads(archive.read(name)) == SIGNATURE


def test_samples_that_can_run_code_are_trusted_by_their_hash() -> None:
    trusted = json.loads((SAMPLES / "trusted.json").read_text(encoding="utf-8"))
    files = (TORCHSCRIPT, SAMPLES / "digits.pt2")
    assert trusted == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


@pytest.mark.parametrize("name", ["digits.onnx", "digits.torchscript.pt", "digits.pt2"])
def test_no_path_of_a_machine_is_inside(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    for trace in (b"site-packages", b"make_samples", b"/home/", b"/tmp/", b"/Users/", b"debug_pkl"):
        assert trace not in content
