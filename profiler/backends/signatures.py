"""Which kind of file this is, told from its first bytes and never from its name; nothing is interpreted."""

from __future__ import annotations

import io
import json
import pickletools
import re
import struct
from collections.abc import Callable
from typing import BinaryIO

from profiler.backends import protobuf_fields, protobuf_kinds, text_kinds

HEAD_BYTES = 4096
_PICKLE_PROTOCOLS = range(2, 6)
_PICKLE_OPCODES_WANTED = 3
_EXECUTORCH = re.compile(rb"ET[0-9?]{2}")
_TENSORRT = (b"ptrt", b"ftrt")
# torch.serialization.MAGIC_NUMBER, pickled: how torch.save began before PyTorch 1.6
_LEGACY_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"%PDF-", "pdf"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"GGUF", "gguf"),
    (b"RKNN", "rknn"),
    (b"7767517\n", "ncnn"),
    (b"\x93NUMPY", "npy"),
    (b"SQLite format 3\0", "database"),
    (b"\x7fELF", "native_code"),
    (b"MZ\x90\0", "native_code"),
    (b"\xcf\xfa\xed\xfe", "native_code"),
    (b"\xca\xfe\xba\xbe", "native_code"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"ptrt", "tensorrt"),
    (b"ftrt", "tensorrt"),
    (_LEGACY_TORCH, "checkpoint"),
    (b'{"inferometer_null"', "null"),
)

_MAGIC_INSIDE: tuple[tuple[int, bytes, str], ...] = (
    (4, b"TFL3", "tflite"),
    (4, b"ORTM", "ort_format"),
    (4, b"ftyp", "media"),
    (8, b"WAVE", "media"),
    (8, b"WEBP", "webp"),
    (257, b"ustar", "archive"),
)


def kind_of(file: BinaryIO, size: int) -> str:
    """A code: `onnx`, `zip` (look at its directory), `unknown`, or one of resources/texts/formats.toml.

    `file` is open for reading and holds `size` bytes, at least one. Raises OSError only.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    for look in _LOOKS:
        found = look(head, size)
        if found:
            return found
    return protobuf_kinds.kind_of(protobuf_fields.walk(file, size)) or "unknown"


def _by_magic(head: bytes, size: int) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for offset, magic, kind in _MAGIC_INSIDE:
        if head[offset : offset + len(magic)] == magic:
            return kind
    return "executorch" if _EXECUTORCH.fullmatch(head[4:8]) else None


def _safetensors(head: bytes, size: int) -> str | None:
    """Eight bytes with the length of a JSON header, which stands behind them."""
    if len(head) < 10:
        return None
    (length,) = struct.unpack_from("<Q", head)
    return "safetensors" if length + 8 <= size and head[8:10] in (b'{"', b"{}") else None


def _tensorrt_of_ultralytics(head: bytes, size: int) -> str | None:
    """Ultralytics writes four bytes of length and JSON before the engine."""
    if len(head) < 6:
        return None
    (length,) = struct.unpack_from("<I", head)
    if head[4:5] != b"{" or head[4 + length : 8 + length] not in _TENSORRT:
        return None
    try:
        json.loads(head[4 : 4 + length])
    except (ValueError, RecursionError):
        return None
    return "tensorrt"


def _pickle(head: bytes, size: int) -> str | None:
    """Two bytes of protocol and some valid opcodes; listed, never carried out."""
    if len(head) < 3 or head[0] != 0x80 or head[1] not in _PICKLE_PROTOCOLS:
        return None
    count = 0
    try:
        for _ in pickletools.genops(io.BytesIO(head)):
            count += 1
    except ValueError:
        # ends where the head ends, or where the pickle is no pickle
        return "pickle" if count >= _PICKLE_OPCODES_WANTED else None
    return "pickle"


def _text(head: bytes, size: int) -> str | None:
    return text_kinds.kind_of(head, whole=size <= len(head))


_LOOKS: tuple[Callable[[bytes, int], str | None], ...] = (
    _by_magic,
    _safetensors,
    _tensorrt_of_ultralytics,
    _pickle,
    _text,
)
