"""LiteRT: opens .tflite files on the CPU (XNNPACK); one interpreter a lane, since it may only run alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from profiler.backends import litert_words
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder
from profiler.backends.cuda_spans import Spans
from profiler.errors import ErrorKind, KnownError
from profiler.result import Placement, Reason, Tensor

_INTEGERS = ("int8", "uint8", "int16")


def open_backend() -> LiteRt:
    """Raises ImportError where ai-edge-litert is not installed."""
    import ai_edge_litert
    from ai_edge_litert import interpreter

    return LiteRt(interpreter, str(getattr(ai_edge_litert, "__version__", "")))


class LiteRt:
    """The backend; `module` is the imported ai_edge_litert.interpreter."""

    name = "litert"

    def __init__(self, module: Any, version: str) -> None:
        self._module, self._version = module, version

    def version(self) -> str:
        if self._version:
            return self._version
        from importlib import metadata

        with contextlib.suppress(metadata.PackageNotFoundError):
            return metadata.version("ai-edge-litert")
        return "unknown"

    def devices(self) -> tuple[str, ...]:
        return ("cpu",)

    def precisions(self, device: str) -> tuple[str, ...]:
        """None: the arithmetic is that of the file."""
        return ()

    def load(self, path: Path, options: LoadOptions) -> LiteRtSession:
        if options.device != "cpu":
            raise KnownError(ErrorKind.DEVICE_UNKNOWN, device=options.device, runtime=self.name, known="cpu")
        if options.precision != "as_is":
            raise KnownError(ErrorKind.PRECISION_UNKNOWN, precision=options.precision, known="as_is")
        return LiteRtSession(self._module, path, options.threads)

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        """LiteRT's profiler is not reached from Python (2.3)."""
        raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime="LiteRT")


class LiteRtSession:
    """An open model. A call copies its inputs into the interpreter, which has buffers of its own."""

    def __init__(self, module: Any, path: Path, threads: int) -> None:
        self._module, self._path, self._threads = module, path, threads
        self._lanes: dict[int, Any] = {}
        self._shapes: dict[int, dict[str, tuple[int, ...]]] = {}
        self._bound: dict[int, int] = {}
        first = self._interpreter(0)
        names = _Names(first)
        self.inputs: tuple[Tensor, ...] = names.inputs
        self.outputs: tuple[Tensor, ...] = names.outputs
        self._input_at, self._output_at = names.input_at, names.output_at
        self.precision_effective = _precision(first)
        self.placement = (Placement("XNNPACK / CPU", len(first._get_ops_details())),)
        self.notes: tuple[Reason, ...] = ()
        self.compile_ns: int | None = None
        self.ours_ns = 0

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        interpreter = self._interpreter(lane)
        try:
            self._fit(interpreter, inputs, lane)
        except Exception as error:
            raise litert_words.explain(error) from error
        pairs = tuple((self._input_at[name], array) for name, array in inputs.items())
        call = _one(interpreter, *pairs[0]) if len(pairs) == 1 else _several(interpreter, pairs)
        self._bound[id(call)] = lane
        return call

    def results(self, call: Call) -> dict[str, Array]:
        call()
        interpreter = self._lanes[self._bound[id(call)]]
        return {
            spec.name: np.array(interpreter.get_tensor(self._output_at[spec.name])) for spec in self.outputs
        }

    def device_memory_bytes(self) -> int | None:
        return None

    def arena_bytes(self) -> int | None:
        return None

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        return None

    def weights(self) -> Iterator[Array]:
        return iter(())

    def explain(self, error: Exception) -> KnownError:
        return litert_words.explain(error)

    def close(self) -> None:
        self._lanes.clear()

    def _interpreter(self, lane: int) -> Any:
        if lane not in self._lanes:
            try:
                made = self._module.Interpreter(model_path=str(self._path), num_threads=self._threads)
                made.allocate_tensors()
            except Exception as error:
                raise litert_words.explain(error) from error
            self._lanes[lane] = made
        return self._lanes[lane]

    def _fit(self, interpreter: Any, inputs: Mapping[str, Array], lane: int) -> None:
        """Give the interpreter the shapes of these inputs; all inputs of a lane have the same."""
        shapes = {name: tuple(array.shape) for name, array in inputs.items()}
        if self._shapes.get(lane) == shapes:
            return
        for detail in interpreter.get_input_details():
            name = next(name for name, at in self._input_at.items() if at == detail["index"])
            if tuple(detail["shape"]) != shapes[name]:
                interpreter.resize_tensor_input(detail["index"], shapes[name], strict=True)
        interpreter.allocate_tensors()
        self._shapes[lane] = shapes


def _one(interpreter: Any, index: int, array: Array) -> Call:
    set_tensor, invoke = interpreter.set_tensor, interpreter.invoke

    def call() -> None:
        set_tensor(index, array)
        invoke()

    return call


def _several(interpreter: Any, pairs: tuple[tuple[int, Array], ...]) -> Call:
    set_tensor, invoke = interpreter.set_tensor, interpreter.invoke

    def call() -> None:
        for index, array in pairs:
            set_tensor(index, array)
        invoke()

    return call


class _Names:
    """Inputs and outputs by the names of the first signature, else by those of the tensors."""

    def __init__(self, interpreter: Any) -> None:
        inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
        named: Mapping[str, Any] = next(iter(interpreter._get_full_signature_list().values()), {})
        self.input_at = _places(inputs, named.get("inputs", {}))
        self.output_at = _places(outputs, named.get("outputs", {}))
        self.inputs = _specs(inputs, self.input_at)
        self.outputs = _specs(outputs, self.output_at)


def _places(details: list[dict[str, Any]], named: Mapping[str, int]) -> dict[str, int]:
    by_index = {index: name for name, index in named.items()}
    return {by_index.get(detail["index"], detail["name"]): detail["index"] for detail in details}


def _specs(details: list[dict[str, Any]], places: Mapping[str, int]) -> tuple[Tensor, ...]:
    by_index = {index: name for name, index in places.items()}
    return tuple(_spec(by_index[detail["index"]], detail) for detail in details)


def _spec(name: str, detail: Mapping[str, Any]) -> Tensor:
    """The signature of the shape has -1 where a dimension may vary; the first such one is the batch."""
    signature = [int(size) for size in detail.get("shape_signature", detail["shape"])]
    dims = tuple(
        size if size >= 0 else ("batch" if place == 0 else None) for place, size in enumerate(signature)
    )
    dtype = "object" if detail["dtype"] in (np.bytes_, np.object_) else np.dtype(detail["dtype"]).name
    return Tensor(name, dtype, dims)


def _precision(interpreter: Any) -> str:
    """By the numbers that operators with weights read: int8 where data and weights are integers.

    Weights that are kept in half precision, or in integers while the data is floating, are widened.
    """
    kinds = {detail["index"]: np.dtype(detail["dtype"]).name for detail in interpreter.get_tensor_details()
             if detail["dtype"] not in (np.bytes_, np.object_)}  # fmt: skip
    found = set()
    for operator in interpreter._get_ops_details():
        if operator["op_name"] in _PRODUCTS:
            read = [kinds.get(int(index), "") for index in operator["inputs"] if int(index) >= 0]
            found.add("int8" if read[0] in _INTEGERS else {"float16": "fp16"}.get(read[0], "fp32"))
    if len(found) > 1:
        return "mixed"
    return next(iter(found), "fp32")


_PRODUCTS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "BATCH_MATMUL", "CONV_3D",
             "UNIDIRECTIONAL_SEQUENCE_LSTM")  # fmt: skip
