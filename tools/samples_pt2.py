"""The sample as a torch.export program, and on request as an AOTInductor package.

    python tools/samples_pt2.py                          resources/samples/digits.pt2, and its hash as trusted
    python tools/samples_pt2.py --aot-inductor OUT.pt2   compiled for this machine; needs a C++ compiler

Weights come from digits.torchscript.pt, so nothing is trained. The program is the same bytes each time with
one version of torch, and holds no path of the machine that wrote it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
import torch._inductor
from torch import nn

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
SHAPE = (1, 8, 8)
SIGNATURE = {
    "inputs": [{"name": "image", "dtype": "float32", "shape": ["batch", *SHAPE]}],
    "outputs": [{"name": "logits", "dtype": "float32", "shape": ["batch", 10]}],
}
# Where each operator came from: lines and folders of the machine that exported it.
_IDENTITY, _IDENTITY_DIGITS = ".data/serialization_id", 40
_PATHS = ("stack_trace", "source_fn_stack", "from_node")


class Digits(nn.Module):
    """The classifier with a named input: image float32 [n, 1, 8, 8] to logits [n, 10]."""

    __module__ = "samples_pt2"  # the program names it, and the same bytes are wanted from every caller

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.layers(image)


def stored_network(folder: Path = SAMPLES) -> nn.Sequential:
    """The network of make_samples.py after training, its weights read from the TorchScript sample."""
    layers = nn.Sequential(
        nn.ConvTranspose2d(1, 32, 2, stride=2), nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(1), nn.Linear(128 * 4 * 4, 10),
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        stored = torch.jit.load(str(folder / "digits.torchscript.pt")).state_dict()
    layers.load_state_dict(stored)
    return layers.eval().requires_grad_(False)


def exported(network: nn.Sequential) -> Any:
    """The program, with a batch of at least one image."""
    batch = torch.export.Dim("batch", min=1)
    images = (torch.zeros(2, *SHAPE),)
    return torch.export.export(Digits(network).eval(), images, dynamic_shapes={"image": {0: batch}})


def write(network: nn.Sequential, path: Path) -> None:
    """The torch.export program."""
    buffer = io.BytesIO()
    signature = {"inferometer.json": json.dumps(SIGNATURE)}
    torch.export.save(exported(network), buffer, extra_files=signature)
    path.write_bytes(without_paths(buffer.getvalue()))


def without_paths(archive: bytes) -> bytes:
    """The archive without dates, and without what its operators say of the files that they came from."""
    kept, digest = io.BytesIO(), hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(kept, "w") as target:
        # What torch names a file by is made of all that it holds, and so goes last.
        for name in sorted(source.namelist(), key=lambda name: name.endswith(_IDENTITY)):
            content = source.read(name)
            if "/models/" in name:
                content = _stripped(content)
            if name.endswith(_IDENTITY):
                content = str(int(digest.hexdigest(), 16))[:_IDENTITY_DIGITS].encode()
            digest.update(content)
            target.writestr(zipfile.ZipInfo(name), content)
    return kept.getvalue()


def _stripped(program: bytes) -> bytes:
    document = json.loads(program)
    for node in document["graph_module"]["graph"]["nodes"]:
        for key in _PATHS:
            node["metadata"].pop(key, None)
    return json.dumps(document).encode()


def compile_package(program: Any, path: Path, signature: object) -> None:
    """An AOTInductor package of an exported program, with the shapes that the format does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "model.pt2"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch._inductor.aoti_compile_and_package(program, package_path=str(made))
        with zipfile.ZipFile(made, "a") as archive:
            root = archive.namelist()[0].partition("/")[0]
            archive.writestr(f"{root}/extra/inferometer.json", json.dumps(signature))
        path.write_bytes(made.read_bytes())


def trust(folder: Path) -> None:
    """List the hashes of the samples that can run code, which are opened without asking."""
    samples = [folder / name for name in ("digits.torchscript.pt", "digits.pt2")]
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in samples]
    (folder / "trusted.json").write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the sample as .pt2.")
    parser.add_argument("--folder", type=Path, default=SAMPLES, help="where the other samples lie")
    parser.add_argument("--aot-inductor", type=Path, metavar="OUT", help="compile a package instead")
    arguments = parser.parse_args()
    if arguments.aot_inductor is not None:
        compile_package(exported(stored_network()), arguments.aot_inductor, SIGNATURE)
        return 0
    write(stored_network(arguments.folder), arguments.folder / "digits.pt2")
    trust(arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
