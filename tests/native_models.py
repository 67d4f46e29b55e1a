"""Small models whose answers are known to the Python session, for native loops: ONNX and TorchScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper

from profiler.backends import ort, torchscript
from profiler.backends.base import Array, Call, LoadOptions, Session
from profiler.backends.native import NativeTask
from tests import networks

Values = Sequence[tuple[str, int, list[int | str]]]


def graph(path: Path, nodes: list[onnx.NodeProto], inputs: Values, outputs: Values) -> Path:
    """Save a graph; inputs and outputs are (name, element type, shape)."""
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(*value) for value in inputs],
        [helper.make_tensor_value_info(*value) for value in outputs],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save_model(model, str(path))
    return path


def relu(path: Path) -> Path:
    """One Relu on 1x16."""
    kind = TensorProto.FLOAT
    return graph(
        path, [helper.make_node("Relu", ["x"], ["y"])], [("x", kind, [1, 16])], [("y", kind, [1, 16])]
    )


def two_by_two(path: Path) -> Path:
    """float a and int64 b in; a + float(b) and b * b out, of which the second is a whole number."""
    nodes = [
        helper.make_node("Cast", ["b"], ["c"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["a", "c"], ["sum"]),
        helper.make_node("Mul", ["b", "b"], ["square"]),
    ]
    inputs: Values = [("a", TensorProto.FLOAT, [2, 3]), ("b", TensorProto.INT64, [2, 3])]
    outputs: Values = [("sum", TensorProto.FLOAT, [2, 3]), ("square", TensorProto.INT64, [2, 3])]
    return graph(path, nodes, inputs, outputs)


def one_node(path: Path, operator: str, kind: int, shape: list[int | str]) -> Path:
    """An operator with one input x and one output y of the same type and shape."""
    return graph(path, [helper.make_node(operator, ["x"], ["y"])], [("x", kind, shape)], [("y", kind, shape)])


def perceptron(path: Path, width: int = 16) -> Path:
    """A linear layer and a Relu in TorchScript."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(width, width), torch.nn.ReLU()).eval()
    networks._quietly(torch.jit.save, networks.traced(network, torch.zeros(1, width)), str(path))
    return path


class _Pair(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(4))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        scaled = x * self.scale
        return scaled.to(torch.bfloat16), {"same": scaled, "best": scaled.argmax(1)}


def pair(path: Path) -> Path:
    """TorchScript that answers with a bfloat16 tensor and a dictionary of two more."""
    networks._quietly(torch.jit.save, networks.scripted(_Pair().eval()), str(path))
    return path


def opened(path: Path) -> Session:
    """The Python session, with one thread on the CPU."""
    backend: Any = ort if path.suffix == ".onnx" else torchscript
    session: Session = backend.open_backend().load(path, LoadOptions("cpu", 1))
    return session


def task(path: Path, session: Session, pool: Sequence[Mapping[str, Array]]) -> tuple[NativeTask, Call]:
    """What a native loop is given for this session, and the Python call of the first inputs."""
    names = tuple(spec.name for spec in session.inputs)
    call = session.bind(pool[0])
    return NativeTask(path, LoadOptions("cpu", 1), names, pool, session.results(call)), call


def floats(count: int, *shape: int, name: str = "x") -> list[dict[str, Array]]:
    """Distinct sets of one float32 input."""
    random = np.random.default_rng(0)
    return [{name: random.standard_normal(shape).astype(np.float32)} for _ in range(count)]
