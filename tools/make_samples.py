"""Train the digit classifier and write everything under resources/samples; the same bytes each time it runs.

Needs the `cpu` and `dev` extras (scikit-learn carries the images). Run from the root of the checkout:

    python tools/make_samples.py

Reproducible on one machine with one version of torch: one thread, fixed seeds, archives without dates.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

SEED = 20261
HELD_OUT = 360
EPOCHS = 40
BATCH = 64
OPSET = 17
SHAPE = (1, 8, 8)
SIGNATURE = {
    "inputs": [{"name": "image", "dtype": "float32", "shape": ["batch", *SHAPE]}],
    "outputs": [{"name": "logits", "dtype": "float32", "shape": ["batch", 10]}],
}


class Digits(NamedTuple):
    """Images float32 [n, 1, 8, 8] in 0..1 and labels int64 [n], split by position."""

    train_x: torch.Tensor
    train_y: torch.Tensor
    test_x: torch.Tensor
    test_y: torch.Tensor


def digits() -> Digits:
    """scikit-learn's bundled digits: 1,797 images of 8x8 with 17 grey levels.

    The last ones are held out, not random ones: neighbours come from the same few writers, and random
    test images (which the network gets all right) would be of hands that it has learned from.
    """
    bunch = load_digits()
    images = torch.from_numpy((bunch.images / 16.0).astype(np.float32).reshape(-1, *SHAPE))
    labels = torch.from_numpy(bunch.target.astype(np.int64))
    return Digits(images[:-HELD_OUT], labels[:-HELD_OUT], images[-HELD_OUT:], labels[-HELD_OUT:])


def _stage(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


def classifier() -> nn.Sequential:
    """The image doubled by a learned step, three 3x3 convolutions, ten logits; 150 thousand weights.

    Doubling costs four times the arithmetic for the same file size, so that a call takes tenths of a
    millisecond on a CPU and not the microseconds that the runtime itself needs.
    """
    return nn.Sequential(
        nn.ConvTranspose2d(1, 32, 2, stride=2),
        nn.ReLU(),
        *_stage(32, 64),
        *_stage(64, 64),
        nn.MaxPool2d(2),
        *_stage(64, 128),
        nn.MaxPool2d(2),
        nn.Flatten(1),
        nn.Linear(128 * 4 * 4, 10),
    )


def _shifted(images: torch.Tensor) -> torch.Tensor:
    """The batch moved by up to one pixel: 1,437 images are few, and people write beside the centre."""
    down, right = torch.randint(-1, 2, (2,)).tolist()
    return torch.roll(images, (down, right), (2, 3))


def train(network: nn.Sequential, data: Digits) -> None:
    """AdamW with one cycle of the learning rate; the held-out images are not looked at."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
    steps = -(-len(data.train_x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, EPOCHS * steps)
    network.train()
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(data.train_x)).split(BATCH):
            logits = network(_shifted(data.train_x[chosen]))
            loss = nn.functional.cross_entropy(logits, data.train_y[chosen], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def folded(network: nn.Sequential) -> nn.Sequential:
    """The network for inference: each normalisation goes into the convolution before it."""
    layers: list[nn.Module] = []
    for layer in network.eval():
        if isinstance(layer, nn.BatchNorm2d):
            layers[-1] = fuse_conv_bn_eval(layers[-1], layer)
        else:
            layers.append(layer)
    return nn.Sequential(*layers).eval().requires_grad_(False)


def accuracy(network: nn.Module, data: Digits) -> float:
    """Share of the held-out images whose largest logit is at the label."""
    return float((network(data.test_x).argmax(1) == data.test_y).float().mean())


def write_onnx(network: nn.Module, path: Path) -> None:
    """ONNX with a free batch dimension; torch's older exporter, as it needs no further package."""
    buffer = io.BytesIO()
    names = {"input_names": ["image"], "output_names": ["logits"]}
    free = {"image": {0: "batch"}, "logits": {0: "batch"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (torch.zeros(2, *SHAPE),),
            buffer,
            opset_version=OPSET,
            dynamo=False,
            dynamic_axes=free,
            **names,
        )
    model = onnx.load_from_string(buffer.getvalue())
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(buffer.getvalue())


def write_torchscript(network: nn.Module, path: Path) -> None:
    """TorchScript with the shapes that the format does not hold, in its extra file inferometer.json."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        traced = torch.jit.trace(network, torch.zeros(2, *SHAPE))
        torch.jit.save(traced, buffer, _extra_files={"inferometer.json": json.dumps(SIGNATURE)})
    path.write_bytes(without_source_paths(buffer.getvalue()))


def without_source_paths(archive: bytes) -> bytes:
    """The archive without its *.debug_pkl entries, which hold the paths of the machine that traced it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(kept, "w") as target:
        for name in source.namelist():
            if not name.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(name), source.read(name))
    return kept.getvalue()


def write_all(network: nn.Module, data: Digits, folder: Path) -> None:
    """Every format, the held-out images, and the hashes that the bundled samples are trusted by."""
    folder.mkdir(parents=True, exist_ok=True)
    write_onnx(network, folder / "digits.onnx")
    write_torchscript(network, folder / "digits.torchscript.pt")
    np.savez_compressed(folder / "digits_test.npz", x=data.test_x.numpy(), y=data.test_y.numpy())
    write_further(folder)


def write_further(folder: Path) -> None:
    """The formats that are made from these, each by its own script in a process of its own."""
    tools, source = Path(__file__).resolve().parent, str(folder / "digits.onnx")
    for script, *arguments in (
        ("samples_pt2.py", "--folder", str(folder)),
        ("samples_openvino.py", source, str(folder / "digits.xml")),
        ("samples_tflite.py", source, str(folder / "digits.tflite")),
    ):
        subprocess.run([sys.executable, str(tools / script), *arguments], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Train and export the bundled samples.")
    default = Path(__file__).resolve().parent.parent / "resources" / "samples"
    parser.add_argument("--out", type=Path, default=default)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    data, network = digits(), classifier()
    train(network, data)
    ready = folded(network)
    write_all(ready, data, arguments.out)
    print(f"held-out accuracy: {accuracy(ready, data):.4f} of {len(data.test_y)} images")
    return 0


if __name__ == "__main__":
    sys.exit(main())
