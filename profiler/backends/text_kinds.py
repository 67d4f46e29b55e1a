"""Which kind of text a file holds, from its first bytes."""

from __future__ import annotations

import codecs
import io
import json
import pickletools
import re

_ALLOWED_CONTROL = set("\t\n\r\f\x1b")
_HTML = re.compile(r"<(!doctype html|html|head|body)\b", re.IGNORECASE)
_OPENVINO = re.compile(r"<net\b[^>]*\bversion\s*=")
_SVG = re.compile(r"<svg\b")
_LFS = b"version https://git-lfs.github.com/spec/"
_LFS_SIZE = re.compile(rb"^size (\d{1,18})$", re.MULTILINE)
# Keys by which networks written as JSON are known: Paddle's PIR, MXNet's symbols, TensorFlow.js.
_JSON_KINDS = (
    (re.compile(r'"magic"\s*:\s*"pir"'), "paddle"),
    (re.compile(r'^\s*\{\s*"nodes"\s*:\s*\[\s*\{\s*"op"\s*:'), "mxnet"),
    (re.compile(r'"modelTopology"\s*:'), "tensorflow_js"),
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def kind_of(head: bytes, whole: bool) -> str | None:
    """A code of formats.toml, or None where the bytes are no text; `whole`: `head` is all there is."""
    if head.startswith(_LFS):
        return "lfs_pointer"
    if head.startswith(_UTF16):
        return "text"
    text = _decoded(head, whole)
    if text is None:
        return None
    if _is_text_pickle(head):
        return "pickle"
    return _marked_up(text) or (_json_kind(text) if _is_json(text, whole) else "text")


def lfs_size(head: bytes) -> int | None:
    """The size in bytes of the file that a Git LFS pointer stands for."""
    found = _LFS_SIZE.search(head)
    return int(found[1]) if found else None


def _decoded(head: bytes, whole: bool) -> str | None:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        text = decoder.decode(head, final=whole)
    except UnicodeDecodeError:
        return None
    if any(ord(letter) < 32 and letter not in _ALLOWED_CONTROL for letter in text):
        return None
    return text


def _marked_up(text: str) -> str | None:
    if not text.lstrip().startswith("<"):
        return None
    for pattern, kind in ((_HTML, "html"), (_OPENVINO, "openvino_ir"), (_SVG, "svg")):
        if pattern.search(text):
            return kind
    return "xml"


def _is_json(text: str, whole: bool) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return not whole
    return True


def _json_kind(text: str) -> str:
    return next((kind for pattern, kind in _JSON_KINDS if pattern.search(text)), "json")


def _is_text_pickle(head: bytes) -> bool:
    """Protocol 0 is letters: it is told apart from prose by reading as opcodes that name something."""
    names = set()
    try:
        for opcode, _argument, _position in pickletools.genops(io.BytesIO(head)):
            names.add(opcode.name)
    except ValueError:
        return False
    return bool(names & {"GLOBAL", "INST", "REDUCE", "DICT"})
