"""LiteRT: opens .tflite files on the CPU (XNNPACK); one interpreter a lane, since it may only run alone."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np

from profiler.backends import litert_placement, litert_words, precisions, tflite_file, tflite_precision
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder, Untold
from profiler.errors import ErrorKind, KnownError
from profiler.result import Placement, Reason, Tensor

Shapes = tuple[tuple[int, ...], ...]
_SMALL_BATCH = 2
_MAYBE_SHAPES = (ErrorKind.SHAPE_MISMATCH, ErrorKind.RUNTIME_REFUSED)
"""Operators that refuse sizes have words of their own for it; when sizes are what changed, it is these."""


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
        session = LiteRtSession(self._module, path, options.threads)
        precisions.check_own(options, self.name, self.precisions(options.device), session.precision_effective)
        return session

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        """The interpreter's profiler is not among what its Python module offers (2.3)."""
        raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime="LiteRT")


class LiteRtSession(Untold):
    """An open model. A call copies its inputs into the interpreter, which has buffers of its own."""

    def __init__(self, module: Any, path: Path, threads: int) -> None:
        self._module, self._path, self._threads = module, path, threads
        self._lanes: dict[int, tuple[Any, Shapes | None]] = {}
        self._bound: dict[int, tuple[Call, Any]] = {}
        begin = perf_counter_ns()
        file = tflite_file.read(path)
        self._input_at, self._output_at = dict(file.inputs), dict(file.outputs)
        self.inputs: tuple[Tensor, ...] = file.specs(file.inputs)
        self.outputs: tuple[Tensor, ...] = file.specs(file.outputs)
        self.precision_effective = tflite_precision.effective(file)
        stored = tuple(file.main.tensors[index].dims for index in self._input_at.values())
        self.ours_ns = perf_counter_ns() - begin
        self.notes: tuple[Reason, ...] = ()
        self.compile_ns: int | None = None
        self._lanes[0] = self._opened(stored)

    @cached_property
    def placement(self) -> tuple[Placement, ...]:
        """Going through a long list is no part of loading; before shapes are settled nobody knows it."""
        interpreter, shapes = self._lanes[0]
        return litert_placement.of(interpreter) if shapes is not None else ()

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        """Bindings of one lane share its interpreter as long as their shapes agree."""
        given = [(name, index, inputs[name]) for name, index in self._input_at.items()]
        interpreter = self._fitting(lane, tuple(array.shape for _, _, array in given))
        pairs = tuple((index, array) for _, index, array in given)
        call = _one(interpreter, *pairs[0]) if len(pairs) == 1 else _several(interpreter, pairs)
        self._bound[id(call)] = (call, interpreter)
        return call

    def results(self, call: Call) -> dict[str, Array]:
        call()
        _, interpreter = self._bound[id(call)]
        return {name: np.array(interpreter.get_tensor(index)) for name, index in self._output_at.items()}

    def explain(self, error: Exception) -> KnownError:
        return litert_words.explain(error)

    def close(self) -> None:
        self._lanes.clear()
        self._bound.clear()

    def _opened(self, stored: Shapes) -> tuple[Any, Shapes | None]:
        """With tensors in place, unless the sizes that the file holds for free dimensions do not work."""
        made = self._made()
        try:
            made.allocate_tensors()
        except Exception as error:
            known = litert_words.explain(error)
            if known.kind not in _MAYBE_SHAPES or not self._is_free():
                raise known from error
            return self._made(), None
        return made, stored

    def _made(self) -> Any:
        try:
            return self._module.Interpreter(model_path=str(self._path), num_threads=self._threads)
        except Exception as error:
            raise litert_words.explain(error) from error

    def _is_free(self) -> bool:
        return any(not isinstance(size, int) for spec in self.inputs for size in spec.shape or ())

    def _fitting(self, lane: int, shapes: Shapes) -> Any:
        """The lane's interpreter with these shapes; a new one where calls of other shapes are bound to it."""
        interpreter, has = self._lanes.get(lane, (None, None))
        if interpreter is None or (has != shapes and self._is_bound(interpreter)):
            interpreter, has = self._made(), None
        if has != shapes:
            self._fit(interpreter, shapes)
        self._lanes[lane] = (interpreter, shapes)
        return interpreter

    def _is_bound(self, interpreter: Any) -> bool:
        return any(owner is interpreter for _, owner in self._bound.values())

    def _fit(self, interpreter: Any, shapes: Shapes) -> None:
        try:
            self._resize(interpreter, shapes)
        except Exception as error:
            known = litert_words.explain(error)
            if known.kind not in _MAYBE_SHAPES:
                raise known from error
            kind = ErrorKind.OUT_OF_MEMORY if self._works_small(shapes) else ErrorKind.SHAPE_MISMATCH
            raise KnownError(kind, known.info.text, runtime="LiteRT") from error

    def _resize(self, interpreter: Any, shapes: Shapes) -> None:
        for index, shape in zip(self._input_at.values(), shapes):
            interpreter.resize_tensor_input(index, shape, strict=True)
        interpreter.allocate_tensors()

    def _works_small(self, shapes: Shapes) -> bool:
        """Whether a batch of two works: then a large one fails for lack of memory, whatever was said.

        XNNPACK says that it cannot reshape, and not why.
        """
        if any(not shape or shape[0] <= _SMALL_BATCH for shape in shapes):
            return False
        try:
            self._resize(self._made(), tuple((_SMALL_BATCH, *shape[1:]) for shape in shapes))
        except (RuntimeError, ValueError):
            return False
        return True


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
