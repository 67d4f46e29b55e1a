"""One row per format and one per runtime: what it is called, how it is recognised, which module opens it.

Importing this loads no runtime, and recognising a file reads its first bytes, its zip directory or the
top-level fields of its protobuf: nothing is interpreted, nothing unpickled.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import stat
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from profiler.backends import base, signatures, text_kinds, zip_directory, zip_kinds
from profiler.errors import ErrorKind, KnownError
from profiler.trust import Tier


class Runtime(msgspec.Struct, frozen=True):
    """A runtime: `module` holds `open_backend()`, pip installs `distribution`, which brings `import_name`.

    `holds_lock`: its calls keep Python's interpreter lock, so several at once need several processes.
    `needs_gpu`: nothing but an NVIDIA GPU runs it.
    """

    name: str
    title: str
    module: str
    distribution: str
    import_name: str
    holds_lock: bool = False
    needs_gpu: bool = False

    @property
    def install_command(self) -> str:
        return f"python -m pip install {self.distribution}"


class Format(msgspec.Struct, frozen=True):
    """A format: `runtimes` in order of preference, `suffixes` as a hint for file choosers only."""

    name: str
    title: str
    tier: Tier
    runtimes: tuple[str, ...]
    suffixes: tuple[str, ...]


RUNTIMES: tuple[Runtime, ...] = (
    Runtime("onnxruntime", "ONNX Runtime", "profiler.backends.ort", "onnxruntime", "onnxruntime"),
    Runtime("torchscript", "PyTorch (TorchScript)", "profiler.backends.torchscript", "torch", "torch"),
    Runtime("torch_export", "PyTorch (torch.export)", "profiler.backends.torch_export", "torch", "torch"),
    Runtime("aot_inductor", "PyTorch (AOTInductor)", "profiler.backends.aot_inductor", "torch", "torch",
            holds_lock=True),
    Runtime("openvino", "OpenVINO", "profiler.backends.openvino", "openvino", "openvino"),
    Runtime("litert", "LiteRT", "profiler.backends.litert", "ai-edge-litert", "ai_edge_litert"),
    Runtime("tensorrt", "TensorRT", "profiler.backends.tensorrt", "tensorrt", "tensorrt",
            needs_gpu=True),
)  # fmt: skip

FORMATS: tuple[Format, ...] = (
    Format("onnx", "ONNX", Tier.DATA, ("onnxruntime", "openvino"), (".onnx",)),
    Format("ort_format", "ORT format", Tier.DATA, ("onnxruntime",), (".ort",)),
    Format("torchscript", "TorchScript", Tier.CODE, ("torchscript",), (".pt", ".pth", ".ts", ".torchscript")),
    Format("torch_export", "torch.export", Tier.CODE, ("torch_export",), (".pt2",)),
    Format("aot_inductor", "AOTInductor", Tier.PROGRAM, ("aot_inductor",), (".pt2",)),
    Format("openvino_ir", "OpenVINO IR", Tier.DATA, ("openvino",), (".xml",)),
    Format("tflite", "TensorFlow Lite", Tier.DATA, ("litert", "openvino"), (".tflite",)),
    Format("tensorrt", "TensorRT engine", Tier.PROGRAM, ("tensorrt",), (".engine", ".plan")),
)

# The yardstick of `doctor --self-test` and of the tests; no runtime that anybody would choose.
YARDSTICK = Runtime("null", "yardstick", "profiler.backends.null", "inferometer", "profiler")
YARDSTICK_FORMAT = Format("null", "yardstick", Tier.DATA, ("null",), ())

_NEVER_LOADED = {"checkpoint", "pickle", "torch_package"}
_NOT_OPENED = {
    "old_torchscript", "hdf5", "keras", "saved_model", "tensorflow_graph", "coreml", "gguf", "executorch",
    "paddle", "ncnn", "rknn", "mxnet", "tensorflow_js",
}  # fmt: skip
_DAMAGED = {"onnx_cut_short", "onnx_no_graph"}


def runtime(name: str) -> Runtime:
    """The row of a runtime; raises KnownError(RUNTIME_UNKNOWN) with the names there are."""
    for row in (*RUNTIMES, YARDSTICK):
        if row.name == name:
            return row
    raise KnownError(ErrorKind.RUNTIME_UNKNOWN, runtime=name, known=", ".join(row.name for row in RUNTIMES))


def format_named(name: str) -> Format:
    """The row of a format; raises KnownError(FORMAT_UNKNOWN)."""
    for row in (*FORMATS, YARDSTICK_FORMAT):
        if row.name == name:
            return row
    raise KnownError(ErrorKind.FORMAT_UNKNOWN, file=name)


def tier_of(runtime_name: str) -> Tier:
    """What a file may do that this runtime opens; raises KnownError(RUNTIME_UNKNOWN)."""
    row = runtime(runtime_name)
    return max(form.tier for form in (*FORMATS, YARDSTICK_FORMAT) if row.name in form.runtimes)


def installed(name: str) -> bool:
    """Whether the runtime's package can be found; nothing is imported."""
    return importlib.util.find_spec(runtime(name).import_name) is not None


def open_backend(name: str) -> base.Backend:
    """Import the runtime, in the child only; raises KnownError(RUNTIME_UNKNOWN or RUNTIME_MISSING)."""
    row = runtime(name)
    try:
        return cast(base.Backend, importlib.import_module(row.module).open_backend())
    except (ImportError, OSError) as error:
        raise _missing(row, str(error).partition("\n")[0]) from error


def default_runtime(model_format: Format) -> str:
    """The first runtime of the format that is installed; raises KnownError(RUNTIME_MISSING)."""
    for name in model_format.runtimes:
        if installed(name):
            return name
    raise _missing(runtime(model_format.runtimes[0]))


def recognise(path: Path) -> Format:
    """The format of a file, by its content.

    Raises KnownError: FILE_MISSING, FILE_IS_FOLDER, FILE_FORBIDDEN, FILE_EMPTY, FILE_UNREADABLE,
    MODEL_DAMAGED, FORMAT_UNKNOWN, and FORMAT_NOT_A_MODEL, FORMAT_NOT_OPENED, FORMAT_NEVER_LOADED, whose
    parameter `what` is a code of resources/texts/formats.toml.
    """
    try:
        with _opened(path) as file:
            kind = _kind(file, path)
            if kind == "lfs_pointer":
                raise _lfs_pointer(file, path)
    except FileNotFoundError as error:
        raise KnownError(ErrorKind.FILE_MISSING, file=path.name, path=path) from error
    except PermissionError as error:
        raise KnownError(ErrorKind.FILE_FORBIDDEN, file=path.name) from error
    except (OSError, ValueError) as error:
        raise KnownError(ErrorKind.FILE_UNREADABLE, str(error), file=path.name) from error
    return _format_or_refusal(kind, path)


def _opened(path: Path) -> BinaryIO:
    """A regular file, open for reading; a pipe or a device is refused before a byte is read of it."""
    if path.is_dir():
        raise _folder(path)
    # without O_NONBLOCK, opening a pipe that nobody writes to would never return
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise KnownError(ErrorKind.FILE_UNREADABLE, file=path.name, what="special_file")
    return file


def _folder(path: Path) -> KnownError:
    for inside, what in (("saved_model.pb", "saved_model"), ("Manifest.json", "coreml")):
        if (path / inside).is_file():
            return KnownError(ErrorKind.FORMAT_NOT_OPENED, file=path.name, what=what)
    what = "transformers" if (path / "config.json").is_file() and _holds_weights(path) else ""
    return KnownError(ErrorKind.FILE_IS_FOLDER, file=path.name or str(path), what=what)


def _holds_weights(folder: Path) -> bool:
    return any(next(folder.glob(kind), None) is not None for kind in ("*.safetensors", "pytorch_model*.bin"))


def _kind(file: BinaryIO, path: Path) -> str:
    size = os.fstat(file.fileno()).st_size
    if not size:
        raise KnownError(ErrorKind.FILE_EMPTY, file=path.name)
    kind = signatures.kind_of(file, size)
    return _kind_of_zip(path) if kind == "zip" else kind


def _kind_of_zip(path: Path) -> str:
    infos = zip_directory.entries(path)
    kind = zip_kinds.kind_of([info.filename for info in infos])
    if kind == "torchscript":
        zip_directory.refuse_compressed(infos, path)
    return kind


def _lfs_pointer(file: BinaryIO, path: Path) -> KnownError:
    file.seek(0)
    size = text_kinds.lfs_size(file.read(signatures.HEAD_BYTES))
    return KnownError(
        ErrorKind.FORMAT_NOT_A_MODEL,
        file=path.name,
        what="lfs_pointer",
        size_bytes=os.fstat(file.fileno()).st_size,
        model_bytes="" if size is None else size,
    )


def _format_or_refusal(kind: str, path: Path) -> Format:
    for row in (*FORMATS, YARDSTICK_FORMAT):
        if row.name == kind:
            return row
    if kind == "unknown":
        raise KnownError(ErrorKind.FORMAT_UNKNOWN, file=path.name)
    if kind in _DAMAGED:
        raise KnownError(ErrorKind.MODEL_DAMAGED, file=path.name, what=kind)
    if kind in _NEVER_LOADED:
        raise KnownError(ErrorKind.FORMAT_NEVER_LOADED, file=path.name, what=kind)
    refusal = ErrorKind.FORMAT_NOT_OPENED if kind in _NOT_OPENED else ErrorKind.FORMAT_NOT_A_MODEL
    raise KnownError(refusal, file=path.name, what=kind)


def missing(name: str, text: str = "") -> KnownError:
    """What is to be said where a runtime is not installed here."""
    return _missing(runtime(name), text)


def _missing(row: Runtime, text: str = "") -> KnownError:
    return KnownError(
        ErrorKind.RUNTIME_MISSING, text, runtime=row.name, title=row.title, command=row.install_command
    )
