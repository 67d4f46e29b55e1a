"""ONNX Runtime without Python: the compiled loop of resources/native/ort_loop.c on a session of its own.

The wheel's own library is loaded a second time, as any C program would: its memory is not the session's.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from profiler.backends.base import Array
from profiler.backends.native import Block, NativeTask, NativeUnavailable
from profiler.pairs import paired

_CALLS_AT_ONCE = 1 << 17
_ERROR_BYTES = 1_024

# ONNXTensorElementDataType in onnxruntime_c_api.h, the same numbers as TensorProto.DataType.
_TYPES = {
    "float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7, "bool": 9,
    "float16": 10, "float64": 11, "uint32": 12, "uint64": 13, "complex64": 14, "complex128": 15,
}  # fmt: skip


class _Tensor(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("bytes", ctypes.c_size_t),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("rank", ctypes.c_size_t),
        ("type", ctypes.c_int),
    )


def open_loop(task: NativeTask, library: Path | None) -> OrtLoop:
    """A loop on `task`; `library` is what profiler.native_build made. Raises NativeUnavailable."""
    if library is None:
        raise NativeUnavailable("native_no_library")
    if task.options.device != "cpu":
        raise NativeUnavailable("native_device_other", device=task.options.device)
    try:
        helper = ctypes.CDLL(str(library))
    except OSError as error:
        raise NativeUnavailable("native_failed", detail=str(error)) from error
    return OrtLoop(helper, runtime_library(), task)


def runtime_library() -> Path:
    """The shared library that the installed onnxruntime brings; raises NativeUnavailable without one."""
    import onnxruntime

    folder = Path(onnxruntime.__file__).parent / "capi"
    found = sorted([*folder.glob("libonnxruntime.so*"), *folder.glob("libonnxruntime*.dylib")])
    if not found:
        raise NativeUnavailable("native_runtime_library_missing", runtime="onnxruntime")
    return found[0]


class OrtLoop:
    """See profiler.backends.native.NativeLoop.

    Attributes: `outputs` for each set of inputs the arrays that its answers are written to.
    """

    method = "ort_c_api"

    def __init__(self, helper: ctypes.CDLL, runtime: Path, task: NativeTask) -> None:
        self._run, self._close = helper.inferometer_ort_run, helper.inferometer_ort_close
        self._run.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
        self._run.restype = ctypes.c_int64
        self._close.argtypes, self._close.restype = (ctypes.c_void_p,), None
        self._said = ctypes.create_string_buffer(_ERROR_BYTES)
        self._times = np.zeros(_CALLS_AT_ONCE, np.int64)
        self.outputs = [
            {name: np.empty(array.shape, array.dtype) for name, array in task.expected.items()}
            for _ in task.pool
        ]
        self._kept: list[Any] = []
        self._loop = self._open(helper, runtime, task)
        if not self._loop:
            raise self._failure()

    def answers(self) -> dict[str, Array]:
        """Runs the whole pool once, so that the next block begins with the first set again."""
        for _ in self.outputs:
            self._call(1, 0)
        return self.outputs[0]

    def run(self, budget_ns: int) -> Block:
        count = self._call(len(self._times), budget_ns)
        times = self._times[:count].copy()
        return Block(times, count, float(times.sum()))

    def close(self) -> None:
        self._close(self._loop)
        self._loop = None

    def _call(self, capacity: int, budget_ns: int) -> int:
        count = int(self._run(self._loop, self._times.ctypes.data, capacity, budget_ns))
        if count < 0:
            raise self._failure()
        return count

    def _failure(self) -> NativeUnavailable:
        words = self._said.value.decode("utf-8", "replace").split()
        return NativeUnavailable("native_failed", detail=" ".join(words))

    def _open(self, helper: ctypes.CDLL, runtime: Path, task: NativeTask) -> int | None:
        names = [name.encode() for name in (*task.inputs, *task.expected)]
        arrays = [
            array
            for given, outputs in paired(task.pool, self.outputs)
            for array in (*_inputs(task, given), *outputs.values())
        ]
        tensors = (_Tensor * len(arrays))(*map(self._tensor, arrays))
        listed = (ctypes.c_char_p * len(names))(*names)
        self._kept += [arrays, listed]
        begin = helper.inferometer_ort_open
        begin.restype = ctypes.c_void_p
        begin.argtypes = (
            ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, *(ctypes.c_size_t,) * 3,
            ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t,
        )  # fmt: skip
        handle: int | None = begin(
            os.fsencode(runtime), os.fsencode(task.path), task.options.threads,
            len(task.pool), len(task.inputs), len(task.expected), listed, tensors, self._said, _ERROR_BYTES,
        )  # fmt: skip
        return handle

    def _tensor(self, array: Array) -> _Tensor:
        """The array's own memory; it must be contiguous and must live as long as the loop."""
        if array.dtype.name not in _TYPES:
            raise NativeUnavailable("native_type_other", dtype=array.dtype.name)
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        self._kept.append(shape)
        return _Tensor(array.ctypes.data, array.nbytes, shape, array.ndim, _TYPES[array.dtype.name])


def _inputs(task: NativeTask, given: Mapping[str, Array]) -> list[Array]:
    return [np.require(given[name], requirements="C") for name in task.inputs]
