"""Static reading of a TorchScript archive: no line of it runs, and nothing in it is unpickled.

The zip directory is checked first (zip_directory), pickles are read as plain data (pickle_reader), sources
are parsed as text (torchscript_code). Entries have caps, and the bytes of weights are not read at all.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Optional, TypeVar

import msgspec

from profiler.backends import pickle_reader, zip_directory
from profiler.backends import torchscript_signature as signatures
from profiler.backends import torchscript_tensors as stored
from profiler.backends.torchscript_code import Argument, Code, CodeUnreadableError
from profiler.backends.torchscript_signature import Signature
from profiler.errors import ErrorKind, KnownError

TEXT_LIMIT_BYTES = 1 << 20
_T = TypeVar("_T")


class Archive(msgspec.Struct, frozen=True):
    """What the file tells. `parameters` and `buffers` count elements, None where its sources cannot be read.

    A frozen module keeps no parameters, only constants: its floating-point constants with at least one
    dimension are counted as parameters then, as an ONNX file's are. `bytes_by_dtype` is everything stored.
    """

    signature: Signature
    parameters: Optional[int]
    buffers: Optional[int]
    bytes_by_dtype: dict[str, int]
    operators: Optional[dict[str, int]]
    input_limits: dict[str, int]
    other_arguments: tuple[Argument, ...]

    @property
    def weights_bytes(self) -> int:
        return sum(self.bytes_by_dtype.values())


def read(path: Path) -> Archive:
    """Everything; raises KnownError(MODEL_DAMAGED) and OSError."""
    archive = _Opened(path)
    root, constants = archive.root(), archive.pickle("constants.pkl")
    code = archive.code()
    signature = _signature(archive, root, constants, code)
    arguments = _arguments(root, code)
    parameters, buffers = _counts(archive, root, constants, code)
    return Archive(
        signature=signature,
        parameters=parameters,
        buffers=buffers,
        bytes_by_dtype=_bytes(archive, root, constants),
        operators=_operators(root, code),
        input_limits=_limits(root, signature),
        other_arguments=tuple(
            each for each in arguments if not each.has_default and each.annotation != "Tensor"
        ),
    )


def signature(path: Path) -> Signature:
    """The inputs alone; raises KnownError(MODEL_DAMAGED) and OSError."""
    archive = _Opened(path)
    root, constants = archive.root(), archive.pickle("constants.pkl")
    return _signature(archive, root, constants, archive.code())


class _Opened:
    """Entries of one archive by their names below its root folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        infos = zip_directory.entries(path)
        zip_directory.refuse_compressed(infos, path)
        self._infos = {info.filename.partition("/")[2]: info for info in infos}

    def has(self, name: str) -> bool:
        return name in self._infos

    def size(self, name: str) -> int | None:
        info = self._infos.get(name)
        return None if info is None else info.file_size

    def bytes(self, name: str, limit: int = pickle_reader.SIZE_LIMIT_BYTES) -> bytes:
        info = self._infos.get(name)
        if info is None or info.file_size > limit:
            raise self.damaged(name)
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
            raise self.damaged(name, str(error)) from error

    def pickle(self, name: str) -> object:
        return self.checked(name, lambda: pickle_reader.read(self.bytes(name)))

    def root(self) -> object:
        """What data.pkl holds, which must be a module."""
        value = self.pickle("data.pkl")
        if stored.module(value) is None:
            raise self.damaged("data.pkl", "no module")
        return value

    def code(self) -> Code | None:
        """The sources, or None where one cannot be parsed."""
        names = [name for name in self._infos if name.startswith("code/") and name.endswith(".py")]
        try:
            sources = {_module_name(name): self.bytes(name).decode("utf-8") for name in names}
            return Code(sources)
        except (CodeUnreadableError, UnicodeDecodeError):
            return None

    def checked(self, name: str, read_it: Callable[[], _T]) -> _T:
        """The same, with an odd structure told as damage of that entry."""
        try:
            return read_it()
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise self.damaged(name, str(error)) from error

    def damaged(self, entry: str, text: str = "") -> KnownError:
        return KnownError(
            ErrorKind.MODEL_DAMAGED, text, file=self.path.name, what="torchscript_entry", entry=entry
        )


def _module_name(entry: str) -> str:
    return entry.removeprefix("code/").removesuffix(".py").replace("/", ".")


def _signature(archive: _Opened, root: object, constants: object, code: Code | None) -> Signature:
    if archive.has("extra/inferometer.json"):
        try:
            return signatures.from_document(archive.bytes("extra/inferometer.json", TEXT_LIMIT_BYTES))
        except signatures.SignatureError as error:
            raise KnownError(
                ErrorKind.MODEL_DAMAGED, str(error), file=archive.path.name, what="signature"
            ) from error
    arguments = _arguments(root, code)
    if archive.has("traced_inputs.pkl"):
        traced = archive.pickle("traced_inputs.pkl")
        told = archive.checked("traced_inputs.pkl", lambda: signatures.from_traced(traced, arguments))
        if told is not None:
            return told
    known = code or Code({})
    return archive.checked("data.pkl", lambda: signatures.from_weights(root, constants, known, arguments))


def _arguments(root: object, code: Code | None) -> tuple[Argument, ...]:
    module = stored.module(root)
    return code.arguments(module.class_name) if module and code else ()


def _operators(root: object, code: Code | None) -> dict[str, int] | None:
    module = stored.module(root)
    if module is None or code is None:
        return None
    try:
        return dict(code.operators(module.class_name))
    except CodeUnreadableError:
        return None


def _counts(
    archive: _Opened, root: object, constants: object, code: Code | None
) -> tuple[int | None, int | None]:
    if code is None:
        return None, None
    parameters, buffers = archive.checked("data.pkl", lambda: stored.registered(root, code.classes))
    if not parameters:
        frozen = _tensors(archive, "constants.pkl", constants)
        parameters = [each for each in frozen if each.is_floating and each.shape]
    return sum(each.elements for each in parameters), sum(each.elements for each in buffers)


def _bytes(archive: _Opened, root: object, constants: object) -> dict[str, int]:
    """Sizes of the entries that tensors refer to, each once; a tensor larger than its entry is damage."""
    sizes: Counter[str] = Counter()
    seen: set[str] = set()
    for folder, pickled in (("data", root), ("constants", constants)):
        for tensor in _tensors(archive, f"{folder}.pkl", pickled):
            entry = f"{folder}/{tensor.key}"
            size = archive.size(entry)
            if size is None or tensor.reach_bytes > size:
                raise archive.damaged(entry)
            if entry not in seen:
                seen.add(entry)
                sizes[tensor.dtype] += size
    return dict(sizes)


def _tensors(archive: _Opened, name: str, pickled: object) -> list[stored.Tensor]:
    return archive.checked(name, lambda: list(stored.tensors(pickled)))


def _limits(root: object, told: Signature) -> dict[str, int]:
    """Integer inputs below the shortest table of an Embedding are in range wherever they are looked up."""
    rows = signatures.embedding_rows(root)
    if not rows:
        return {}
    return {spec.name: min(rows) for spec in told.inputs if spec.dtype.startswith(("int", "uint"))}
