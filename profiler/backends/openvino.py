"""OpenVINO: opens ONNX, OpenVINO IR and TFLite, and keeps the file's precision unless asked otherwise."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from profiler.backends import (
    openvino_graph,
    openvino_import,
    openvino_names,
    openvino_trace,
    openvino_words,
    precisions,
)
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder, Untold
from profiler.backends.onnx_dimensions import Shapes
from profiler.errors import ErrorKind, KnownError
from profiler.result import Placement, Reason, Tensor

_HINTS = {"fp32": "f32", "bf16": "bf16", "fp16": "f16"}
_CAPABILITIES = {"FP32": "fp32", "BF16": "bf16", "FP16": "fp16"}


def open_backend() -> OpenVino:
    """Raises ImportError where openvino is not installed."""
    return OpenVino(openvino_import.openvino())


class OpenVino:
    """The backend; `module` is the imported openvino."""

    name = "openvino"

    def __init__(self, module: Any) -> None:
        self._ov = module
        self._core = module.Core()

    def version(self) -> str:
        return str(self._ov.__version__).partition("-")[0]

    def devices(self) -> tuple[str, ...]:
        offered = [str(name).lower() for name in self._core.available_devices]
        return tuple(sorted(offered, key=lambda device: device != "cpu"))

    def precisions(self, device: str) -> tuple[str, ...]:
        able = self._core.get_property(device.upper(), "OPTIMIZATION_CAPABILITIES")
        return tuple(name for capability, name in _CAPABILITIES.items() if capability in able)

    def load(self, path: Path, options: LoadOptions) -> OpenVinoSession:
        model = self.read(path, options)
        begin = time.perf_counter_ns()
        compiled = self._compile(model, options)
        compile_ns = time.perf_counter_ns() - begin
        session = OpenVinoSession(self._ov, compiled, compile_ns, options.device, model)
        begin = time.perf_counter_ns()
        session.take_names(openvino_names.of(path))
        session.ours_ns = time.perf_counter_ns() - begin
        return session

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        model = self.read(path, options)
        try:
            compiled = self._compile(model, options, PERF_COUNT=True)
            session = OpenVinoSession(self._ov, compiled, None, options.device, model)
            return openvino_trace.trace(
                compiled, model, session.bind(order.inputs), session.request(0), order, options.device
            )
        except Exception as error:
            raise openvino_words.explain(error) from error

    def values_inside(
        self, path: Path, options: LoadOptions, names: Sequence[str], inputs: Mapping[str, Array]
    ) -> list[tuple[str, Array]]:
        """Tensors by their names in the file, of one call of a model that has them as outputs, too."""
        model = self.read(path, options)
        try:
            declared = {name: at for at, port in enumerate(model.outputs) for name in port.get_names()}
            places = {name: declared[name] for name in names if name in declared}
            added = [name for name in names if name not in declared]
            places.update((name, len(model.outputs) + at) for at, name in enumerate(added))
            model.add_outputs(added)
            session = OpenVinoSession(self._ov, self._compile(model, options), None, options.device, model)
            session.bind(inputs)()
            request = session.request(0)
            return [(name, np.array(request.get_output_tensor(places[name]).data)) for name in names]
        except Exception as error:
            raise openvino_words.explain(error) from error

    def read(self, path: Path, options: LoadOptions) -> Any:
        """The model as OpenVINO has it before it is compiled; raises KnownError."""
        if options.device not in self.devices():
            raise KnownError(
                ErrorKind.DEVICE_UNKNOWN,
                device=options.device,
                runtime=self.name,
                known=", ".join(self.devices()),
            )
        offered = self.precisions(options.device)
        if options.precision not in ("as_is", *offered):
            raise precisions.refusal(options.precision, self.name, offered)
        try:
            return self._core.read_model(str(path))
        except Exception as error:
            raise openvino_words.explain(error, _weights_of(path)) from error

    def _compile(self, model: Any, options: LoadOptions, **more: object) -> Any:
        device = options.device.upper()
        wanted = {**self._settings(model, options), **more}
        supported = set(self._core.get_property(device, "SUPPORTED_PROPERTIES"))
        settings = {name: value for name, value in wanted.items() if name in supported}
        try:
            return self._core.compile_model(model, device, settings)
        except Exception as error:
            raise openvino_words.explain(error) from error

    def _settings(self, model: Any, options: LoadOptions) -> dict[str, object]:
        """A lane is a stream, with `threads` of its own.

        Pinning is left off: the child may itself be kept to some processors, and streams would share the
        first of them.
        """
        lanes = options.lanes
        precision = options.precision
        if precision == "as_is":
            precision = openvino_graph.precision_of_file(model)
        return {
            "INFERENCE_NUM_THREADS": options.threads * lanes,
            "NUM_STREAMS": lanes,
            "PERFORMANCE_HINT": "LATENCY" if lanes == 1 else "THROUGHPUT",
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": _HINTS.get(precision, "f32"),
            # 0: activations are not quantised behind the user's back where only the weights are.
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0,
            "CPU_DENORMALS_OPTIMIZATION": options.flush_denormals,
        }


class OpenVinoSession(Untold):
    """A compiled model; the calls of a lane share one infer request. `model` is what was read."""

    def __init__(self, module: Any, compiled: Any, compile_ns: int | None, device: str, model: Any) -> None:
        self._ov, self._compiled = module, compiled
        self._requests: dict[int, Any] = {}
        self._bound: dict[int, int] = {}
        self.inputs: tuple[Tensor, ...] = tuple(openvino_graph.tensor(port) for port in compiled.inputs)
        self.outputs: tuple[Tensor, ...] = tuple(openvino_graph.tensor(port) for port in compiled.outputs)
        layers = openvino_graph.layers(compiled.get_runtime_model())
        self.placement = (Placement(_where(compiled, device), len(layers)),)
        self.precision_effective = openvino_graph.precision_of_layers(layers, _bodies(compiled, model))
        self.notes: tuple[Reason, ...] = ()
        self.compile_ns = compile_ns
        self.ours_ns = 0

    def take_names(self, told: Shapes) -> None:
        """Free dimensions go by the names that the file gives them."""
        self.inputs = tuple(openvino_graph.tensor(port, told) for port in self._compiled.inputs)
        self.outputs = tuple(openvino_graph.tensor(port, told) for port in self._compiled.outputs)

    def request(self, lane: int) -> Any:
        """The infer request of a lane, made at first need."""
        if lane not in self._requests:
            self._requests[lane] = self._compiled.create_infer_request()
        return self._requests[lane]

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        request = self.request(lane)
        tensors = [self._tensor(inputs[spec.name]) for spec in self.inputs]
        call = _one(request, tensors[0]) if len(tensors) == 1 else _several(request, tensors)
        self._bound[id(call)] = lane
        return call

    def _tensor(self, array: Array) -> Any:
        """Over the caller's memory, which OpenVINO wants whole and writable; text is copied."""
        if array.dtype.kind in "OUS":
            return self._ov.Tensor(array.astype(str))
        return self._ov.Tensor(np.require(array, requirements=["C", "W"]), shared_memory=True)

    def results(self, call: Call) -> dict[str, Array]:
        call()
        request = self._requests[self._bound[id(call)]]
        return {
            spec.name: np.array(request.get_output_tensor(index).data)
            for index, spec in enumerate(self.outputs)
        }

    def explain(self, error: Exception) -> KnownError:
        return openvino_words.explain(error)

    def close(self) -> None:
        self._requests.clear()
        self._compiled = None


def _one(request: Any, tensor: Any) -> Call:
    def call() -> None:
        request.set_input_tensor(0, tensor)
        request.infer()

    return call


def _several(request: Any, tensors: list[Any]) -> Call:
    numbered = tuple(enumerate(tensors))

    def call() -> None:
        for index, tensor in numbered:
            request.set_input_tensor(index, tensor)
        request.infer()

    return call


def _bodies(compiled: Any, model: Any) -> list[openvino_graph.Layer]:
    """What runs inside of loops and branches; empty where the device does not tell what it compiled for."""
    try:
        hint = str(compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name())
    except Exception:  # noqa: BLE001 - not every device has this property
        return []
    return openvino_graph.bodies(model, hint)


def _where(compiled: Any, device: str) -> str:
    """Where it really runs, in OpenVINO's own words: AUTO and HETERO spread a model."""
    try:
        found = compiled.get_property("EXECUTION_DEVICES")
    except Exception:  # noqa: BLE001 - not every device has this property; then it is the one that was asked for
        return device.upper()
    return ", ".join(found) if isinstance(found, (list, tuple)) else str(found)


def _weights_of(path: Path) -> str:
    """The file beside an IR that holds its weights; other formats name theirs themselves."""
    return path.with_suffix(".bin").name if path.suffix.lower() == ".xml" else ""
