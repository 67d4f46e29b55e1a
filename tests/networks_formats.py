"""One network in every format that its work can be counted in, each with its batch left open."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import onnx
import onnxruntime
import torch
from onnxruntime import quantization
from torch import nn

from profiler.backends import openvino_import
from tests import networks, networks_export

Levels = onnxruntime.GraphOptimizationLevel
_LEVELS = {"extended": Levels.ORT_ENABLE_EXTENDED, "all": Levels.ORT_ENABLE_ALL}


class Export(NamedTuple):
    """A file, and the format in the words of the catalogue."""

    path: Path
    form: str


def from_torch(network: nn.Module, example: torch.Tensor, folder: Path) -> dict[str, Export]:
    """By label; `example` holds two samples or more."""
    path = folder / "network.onnx"
    onnx.save(networks.exported(network, example), path)
    free = ({0: torch.export.Dim("batch", min=1, max=64)},)
    program = networks_export.save(network, folder / "network.pt2", example, dynamic_shapes=free)
    script = folder / "network.torchscript.pt"
    networks.traced(network, example).save(str(script))
    return {
        **from_onnx(path, folder),
        "torch.export": Export(program, "torch_export"),
        "TorchScript": Export(script, "torchscript"),
        "OpenVINO IR of PyTorch": Export(_taken_over(network, example, folder), "openvino_ir"),
    }


def from_onnx(path: Path, folder: Path) -> dict[str, Export]:
    """The file itself, what ONNX Runtime makes of it, and OpenVINO IR."""
    found = {"ONNX": Export(path, "onnx")}
    for name, level in _LEVELS.items():
        found[f"ort {name}"] = Export(
            optimised(path, folder / f"{path.stem}.{name}.ort", level), "ort_format"
        )
    return {**found, "OpenVINO IR": Export(converted(path, folder), "openvino_ir")}


def optimised(path: Path, target: Path, level: Any) -> Path:
    """By ONNX Runtime, in its own format where the name asks for it."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # that such a file is for this kind of processor only
    form = "ORT" if target.suffix == ".ort" else "ONNX"
    options.add_session_config_entry("session.save_model_format", form)
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return target


def converted(path: Path, folder: Path) -> Path:
    openvino = openvino_import.openvino()
    target = folder / f"{path.stem}.xml"
    openvino.save_model(openvino.Core().read_model(str(path)), target, compress_to_fp16=False)
    return target


def _taken_over(network: nn.Module, example: torch.Tensor, folder: Path) -> Path:
    """By OpenVINO's own reader of PyTorch, which keeps what ONNX takes apart; weights in half precision."""
    openvino = openvino_import.openvino()
    target = folder / "torch.xml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = openvino.convert_model(network, example_input=example, input=[[-1, *example.shape[1:]]])
    openvino.save_model(model, target)
    return target


class _Samples(quantization.CalibrationDataReader):
    def __init__(self, samples: Iterable[dict[str, Any]]) -> None:
        self._samples = iter(samples)

    def get_next(self) -> Any:
        return next(self._samples, None)


def quantised(path: Path, target: Path, sample: dict[str, Any], **options: Any) -> Path:
    """Weights and activations in 8 bits, by ONNX Runtime's own tool."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantization.quantize_static(str(path), str(target), _Samples([sample]), **options)
    return target
