"""TensorRT: runs engines that were built for this GPU and this version; opening one runs native code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

import numpy as np

from profiler.backends import cuda_spans, precisions, tensorrt_memory
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder, Untold
from profiler.backends.cuda_spans import Spans
from profiler.errors import ErrorKind, KnownError
from profiler.messages import TracedOperator
from profiler.result import Placement, Reason, Tensor

METHOD = "tensorrt_profiler"
MakeMemory = Callable[[int], tensorrt_memory.Memory]
_NS_PER_MS = 1_000_000


def open_backend() -> TensorRt:
    """Raises ImportError where tensorrt is not installed."""
    import tensorrt

    return TensorRt(tensorrt, tensorrt_memory.of)


def engine_in(data: bytes) -> bytes:
    """The engine alone: Ultralytics writes a JSON text and its length in four bytes before it."""
    length = int.from_bytes(data[:4], "little")
    is_noted = data[4:5] == b"{" and length < len(data) and data[4 + length - 1 : 4 + length] == b"}"
    return data[4 + length :] if is_noted else data


class TensorRt:
    """The backend; `module` is the imported tensorrt, `memory` makes buffers on a device by its number."""

    name = "tensorrt"

    def __init__(self, module: Any, memory: MakeMemory) -> None:
        self._trt, self._memory = module, memory

    def version(self) -> str:
        return str(self._trt.__version__)

    def devices(self) -> tuple[str, ...]:
        """TensorRT itself counts none: the first GPU, which `--device cuda:N` replaces."""
        return ("cuda:0",)

    def precisions(self, device: str) -> tuple[str, ...]:
        """None: an engine computes as it was built."""
        return ()

    def load(self, path: Path, options: LoadOptions) -> TensorRtSession:
        kind, _, number = options.device.partition(":")
        if kind != "cuda" or not (number or "0").isdecimal():
            raise KnownError(
                ErrorKind.DEVICE_UNKNOWN, device=options.device, runtime=self.name, known="cuda:0"
            )
        if options.precision != "as_is":
            raise precisions.refusal(options.precision, self.name, ())
        memory = self._memory(int(number or 0))
        runtime = self._trt.Runtime(self._trt.Logger(self._trt.Logger.ERROR))
        engine = runtime.deserialize_cuda_engine(engine_in(path.read_bytes()))
        if engine is None:
            raise KnownError(ErrorKind.ENGINE_OTHER, runtime=f"TensorRT {self.version()}")
        return TensorRtSession(self._trt, runtime, engine, memory)

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        session = self.load(path, options)
        call = session.bind(order.inputs)
        for _ in range(order.practice):
            call()
        rows: dict[str, list[float]] = {}
        session.watch(lambda name, milliseconds: rows.setdefault(name, []).append(milliseconds))
        call_ns = []
        for _ in range(order.calls):
            begin = perf_counter_ns()
            call()
            call_ns.append(perf_counter_ns() - begin)
        operators = tuple(
            TracedOperator(
                name, _kind(name), round(sum(times) * _NS_PER_MS), len(times), (name,), "", options.device
            )
            for name, times in rows.items()
        )
        return Traced(METHOD, operators, tuple(call_ns))


class _Bound(NamedTuple):
    """Arrays on the host and the places on the device that stand for them, by the names of the engine."""

    given: dict[str, Array]
    answers: dict[str, Array]
    places: dict[str, int]

    def send(self, memory: tensorrt_memory.Memory) -> None:
        for name, array in self.given.items():
            memory.to_device(self.places[name], array)

    def run(self, context: Any, memory: tensorrt_memory.Memory) -> None:
        for name, place in self.places.items():
            context.set_tensor_address(name, place)
        if not context.execute_async_v3(memory.stream):
            raise RuntimeError("TensorRT did not run the engine")

    def fetch(self, memory: tensorrt_memory.Memory) -> None:
        for name, array in self.answers.items():
            memory.to_host(array, self.places[name])


class TensorRtSession(Untold):
    """An engine with its buffers; a lane has an execution context of its own."""

    def __init__(self, module: Any, runtime: Any, engine: Any, memory: tensorrt_memory.Memory) -> None:
        self._trt, self._runtime, self._engine, self._memory = module, runtime, engine, memory
        self._contexts: dict[int, Any] = {}
        self._answers: dict[int, dict[str, Array]] = {}
        names = [str(engine.get_tensor_name(index)) for index in range(engine.num_io_tensors)]
        is_input = {name: engine.get_tensor_mode(name) == module.TensorIOMode.INPUT for name in names}
        self.inputs: tuple[Tensor, ...] = tuple(self._spec(name) for name in names if is_input[name])
        self.outputs: tuple[Tensor, ...] = tuple(self._spec(name) for name in names if not is_input[name])
        self.placement = (Placement("TensorRT", int(engine.num_layers)),)
        # An engine does not say what it computes in; its layers may each use another precision.
        self.precision_effective = "unknown"
        self.notes: tuple[Reason, ...] = ()
        self.compile_ns: int | None = None
        self.ours_ns = 0

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        context, memory = self._context(lane), self._memory
        bound = self._bound(inputs, context)

        def call() -> None:
            bound.send(memory)
            bound.run(context, memory)
            bound.fetch(memory)
            memory.wait()

        self._answers[id(call)] = bound.answers
        return call

    def _bound(self, inputs: Mapping[str, Array], context: Any) -> _Bound:
        given = {spec.name: np.ascontiguousarray(inputs[spec.name]) for spec in self.inputs}
        for name, array in given.items():
            if not context.set_input_shape(name, array.shape):
                raise KnownError(ErrorKind.SHAPE_MISMATCH, name=name, detail=str(array.shape))
        answers = {spec.name: self._empty(context, spec) for spec in self.outputs}
        places = {name: self._memory.allocate(array.nbytes) for name, array in {**given, **answers}.items()}
        return _Bound(given, answers, places)

    def results(self, call: Call) -> dict[str, Array]:
        call()
        return {name: np.array(array) for name, array in self._answers[id(call)].items()}

    def watch(self, heard: Callable[[str, float], None]) -> None:
        """Let the first lane report its layers: name and milliseconds, after every call."""
        self._context(0).profiler = _profiler(self._trt, heard)

    def device_memory_bytes(self) -> int | None:
        return int(self._engine.device_memory_size)

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        """By the host's clock over values that lie on the device already."""
        context, memory = self._context(0), self._memory
        bound = self._bound(inputs, context)
        bound.send(memory)

        def compute() -> None:
            bound.run(context, memory)
            memory.wait()

        return cuda_spans.by_wall(compute)

    def explain(self, error: Exception) -> KnownError:
        if isinstance(error, KnownError):
            return error
        text = " ".join(str(error).split())
        is_full = isinstance(error, MemoryError) or "out of memory" in text.lower()
        kind = ErrorKind.OUT_OF_MEMORY if is_full else ErrorKind.RUNTIME_REFUSED
        return KnownError(kind, text, runtime="TensorRT")

    def close(self) -> None:
        self._contexts.clear()

    def _context(self, lane: int) -> Any:
        if lane not in self._contexts:
            self._contexts[lane] = self._engine.create_execution_context()
        return self._contexts[lane]

    def _spec(self, name: str) -> Tensor:
        """A dimension that the engine was built to vary has no name; the first one is the batch."""
        sizes = [int(size) for size in self._engine.get_tensor_shape(name)]
        dims = tuple(size if size >= 0 else ("batch" if at == 0 else None) for at, size in enumerate(sizes))
        return Tensor(name, np.dtype(self._trt.nptype(self._engine.get_tensor_dtype(name))).name, dims)

    def _empty(self, context: Any, spec: Tensor) -> Array:
        shape = tuple(int(size) for size in context.get_tensor_shape(spec.name))
        return np.empty(shape, dtype=np.dtype(spec.dtype))


def _profiler(module: Any, heard: Callable[[str, float], None]) -> Any:
    """TensorRT calls a subclass of its own type."""

    class Profiler(module.IProfiler):  # type: ignore[misc]  # the base is only known once tensorrt is imported
        def __init__(self) -> None:
            module.IProfiler.__init__(self)

        def report_layer_time(self, layer_name: str, ms: float) -> None:
            heard(layer_name, ms)

    return Profiler()


def _kind(name: str) -> str:
    """TensorRT names no types; what stands before the first bracket or space is as close as it comes."""
    return name.replace("[", " ").replace("(", " ").split(" ", 1)[0] or name
