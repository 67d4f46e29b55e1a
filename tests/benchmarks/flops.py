"""Parameters and FLOPs of fifteen published networks, as this program counts them in ONNX and TorchScript.

Run: python -m tests.benchmarks.flops [network ...]. The networks come from torchvision, which need not fit
the installed torch: `pip install --no-deps --target FOLDER torchvision pillow`, then PYTHONPATH=FOLDER.
Prints both counts of both formats with their deviation from the published figures; exits 1 above 0.5 %.
"""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import onnx
import torch
from torch import nn

from profiler.backends import onnx_file, onnx_flops, onnx_weights, torch_flops, torchscript_archive
from tests import networks

LIMIT = 0.005


class Published(NamedTuple):
    """What torchvision publishes: input size, parameters, and GFLOPs as twice its GMACs (measured by
    torch's FlopCounterMode); `exported` parameters where a format drops a part that inference never runs.
    """

    size: int
    parameters: int
    gflops: float
    exported: int | None = None


TABLE = {
    "resnet18": Published(224, 11_689_512, 3.628),
    "resnet34": Published(224, 21_797_672, 7.328),
    "resnet50": Published(224, 25_557_032, 8.178),
    "resnet101": Published(224, 44_549_160, 15.603),
    "resnet152": Published(224, 60_192_808, 23.027),
    "vgg16": Published(224, 138_357_544, 30.941),
    "mobilenet_v2": Published(224, 3_504_872, 0.602),
    "mobilenet_v3_large": Published(224, 5_483_032, 0.433),
    "efficientnet_b0": Published(224, 5_288_548, 0.772),
    "densenet121": Published(224, 7_978_856, 5.668),
    "inception_v3": Published(299, 27_161_264, 11.426, exported=23_834_568),
    "squeezenet1_0": Published(224, 1_248_424, 1.638),
    "vit_b_16": Published(224, 86_567_656, 35.128),
    "swin_t": Published(224, 28_288_354, 8.981),
    "convnext_tiny": Published(224, 28_589_128, 8.911),
}


class Counted(NamedTuple):
    parameters: int
    gflops: float
    fraction: float


def zoo() -> Any:
    """torchvision.models, with its own compiled operators declared where its binary does not fit this torch.

    None of the fifteen networks calls one of them. Raises ImportError where torchvision is not installed.
    """
    library = torch.library.Library("torchvision", "FRAGMENT")
    for _ in range(20):
        try:
            return importlib.import_module("torchvision.models")
        except RuntimeError as error:
            missing = re.search(r"operator torchvision::(\w+) does not exist", str(error))
            if missing is None:
                raise
            library.define(f"{missing.group(1)}(Tensor boxes) -> Tensor")
            for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
                del sys.modules[name]
    raise ImportError("torchvision")


def build(models: Any, name: str) -> nn.Module:
    quick = {"init_weights": False} if name == "inception_v3" else {}
    network: nn.Module = getattr(models, name)(weights=None, **quick)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=1e-3)  # the exporter merges equal tensors
    return network.eval()


def count_onnx(network: nn.Module, image: torch.Tensor, folder: Path) -> Counted:
    path = folder / "network.onnx"
    onnx.save(networks.exported(network, image, folded=False), path)
    model = onnx_file.read(path)
    tally = onnx_flops.count(model, {"input_0": tuple(image.shape)})
    return Counted(onnx_weights.weights(model).parameters, 2e-9 * tally.macs, tally.counted_fraction or 0.0)


def count_torchscript(network: nn.Module, image: torch.Tensor, folder: Path) -> Counted:
    path = folder / "network.pt"
    module = networks.traced(network, image)
    module.save(str(path))
    tally = torch_flops.count(lambda: module(image))
    parameters = torchscript_archive.read(path).parameters or 0
    return Counted(parameters, 2e-9 * tally.macs, tally.counted_fraction or 0.0)


def line(name: str, form: str, counted: Counted, parameters: int, gflops: float) -> tuple[str, bool]:
    """One row of the table, and whether both figures are within the limit."""
    off = counted.parameters / parameters - 1
    work_off = counted.gflops / gflops - 1
    text = (
        f"{name:19}{form:12}{counted.parameters:>12,}{off:>+9.3%}"
        f"{counted.gflops:>10.4f}{gflops:>9.3f}{work_off:>+9.3%}{counted.fraction:>9.1%}"
    )
    return text, max(abs(off), abs(work_off)) <= LIMIT and counted.fraction == 1.0


def rows(models: Any, name: str) -> list[tuple[str, bool]]:
    published = TABLE[name]
    network, image = build(models, name), torch.randn(1, 3, published.size, published.size)
    with tempfile.TemporaryDirectory() as folder:
        exported = count_onnx(network, image, Path(folder))
        torchscript = count_torchscript(network, image, Path(folder))
    reference = published.exported or published.parameters
    return [
        line(name, "ONNX", exported, reference, published.gflops),
        line(name, "TorchScript", torchscript, published.parameters, published.gflops),
    ]


def main(names: list[str]) -> int:
    models = zoo()
    print(
        f"{'network':19}{'format':12}{'parameters':>12}{'off':>9}{'GFLOPs':>10}{'table':>9}{'off':>9}{'counted':>9}"
    )
    fits = True
    for name in names or TABLE:
        for text, within in rows(models, name):
            print(text if within else f"{text}  over {LIMIT:.1%}", flush=True)
            fits &= within
    print("all within" if fits else "not all within", f"{LIMIT:.1%}")
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
