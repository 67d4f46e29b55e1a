"""The sample and a ResNet-50 in every format that can be made on a CPU, for benchmarks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import onnx
import onnxruntime
import torch

from profiler.backends import openvino_import
from tests import networks
from tests.benchmarks import tflite_from_onnx
from tools import samples_pt2

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
SIDE = 224


class Exported(NamedTuple):
    """A file and a runtime that opens it."""

    path: Path
    runtime: str


def samples(folder: Path) -> Iterator[Exported]:
    """Those that are committed, and an ONNX Runtime file and an AOTInductor package that are made now."""
    yield Exported(SAMPLES / "digits.onnx", "onnxruntime")
    yield Exported(_ort_format(SAMPLES / "digits.onnx", folder), "onnxruntime")
    yield Exported(SAMPLES / "digits.onnx", "openvino")
    yield Exported(SAMPLES / "digits.xml", "openvino")
    yield Exported(SAMPLES / "digits.torchscript.pt", "torchscript")
    yield Exported(SAMPLES / "digits.pt2", "torch_export")
    samples_pt2.compile_package(
        samples_pt2.exported(samples_pt2.stored_network()), folder / "digits.aot.pt2", samples_pt2.SIGNATURE
    )
    yield Exported(folder / "digits.aot.pt2", "aot_inductor")
    yield Exported(SAMPLES / "digits.tflite", "litert")
    yield Exported(SAMPLES / "digits.tflite", "openvino")


def resnet(folder: Path) -> Iterator[Exported]:
    """Random weights, 1 x 3 x 224 x 224, the batch fixed."""
    torch.manual_seed(0)
    network, image = networks.resnet50(), torch.randn(1, 3, SIDE, SIDE)
    model = networks.exported(network, image)
    onnx_file = folder / "resnet50.onnx"
    onnx.save(model, onnx_file)
    yield Exported(onnx_file, "onnxruntime")
    yield Exported(_ort_format(onnx_file, folder), "onnxruntime")
    yield Exported(onnx_file, "openvino")
    openvino = openvino_import.openvino()
    openvino.save_model(
        openvino.Core().read_model(str(onnx_file)), folder / "resnet50.xml", compress_to_fp16=False
    )
    yield Exported(folder / "resnet50.xml", "openvino")
    torch.jit.save(networks.traced(network, image), folder / "resnet50.torchscript.pt")
    yield Exported(folder / "resnet50.torchscript.pt", "torchscript")
    program = torch.export.export(network, (image,))
    torch.export.save(program, folder / "resnet50.pt2")
    yield Exported(folder / "resnet50.pt2", "torch_export")
    torch._inductor.aoti_compile_and_package(program, package_path=str(folder / "resnet50.aot.pt2"))
    yield Exported(folder / "resnet50.aot.pt2", "aot_inductor")
    tflite_from_onnx.write(model, folder / "resnet50.tflite")
    yield Exported(folder / "resnet50.tflite", "litert")
    yield Exported(folder / "resnet50.tflite", "openvino")


def _ort_format(path: Path, folder: Path) -> Path:
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.save_model_format", "ORT")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folder / f"{path.stem}.ort")
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return folder / f"{path.stem}.ort"


def make(folder: Path) -> list[Exported]:
    return [*samples(folder), *resnet(folder)]


if __name__ == "__main__":
    for one in make(Path(sys.argv[1])):
        print(one.path, one.runtime)
