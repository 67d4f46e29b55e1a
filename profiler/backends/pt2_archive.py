"""The entries of a .pt2 archive, read as data, and a copy of it that holds nothing else.

Opening such a file as it is would run pickled sample inputs, pickled constants and any native library in
it (SAFETY.md, section 1). The copy holds the program, its weights and its constant tensors, all of them
plain bytes, and the few lines that name the format; every text that PyTorch would run was looked at.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from profiler.backends import pt2_screen, zip_directory
from profiler.errors import KnownError

PROGRAM_LIMIT_BYTES = 128 << 20
VALUES_LIMIT = 8_000_000
"""Values of a JSON document, bounded by its commas and brackets: each takes up to 64 bytes in memory."""

TEXT_LIMIT_BYTES = 1 << 20
PROGRAM = "models/model.json"
SIGNATURE = "extra/inferometer.json"
WEIGHTS = ("data/weights/", "model_weights_config.json", re.compile(r"weight_\d+"))
CONSTANTS = ("data/constants/", "model_constants_config.json", re.compile(r"tensor_\d+"))

_SAMPLE_INPUTS = "data/sample_inputs/model.pt"
_FORMAT = ("archive_format", "archive_version", "byteorder", ".data/version", ".data/serialization_id")
_NATIVE = (".so", ".pyd", ".dll", ".cubin", ".dylib")
_AOT_INDUCTOR = "data/aotinductor/"


class Pt2Archive:
    """The list of contents of a .pt2; entries go by their names below the archive's root folder.

    Raises KnownError(MODEL_DAMAGED) as zip_directory does, zip_compressed for any compressed entry, and
    OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        infos = zip_directory.entries(path)
        for info in infos:
            if info.compress_type != zipfile.ZIP_STORED:
                raise zip_directory.damaged("zip_compressed", path, info.filename)
        zip_directory.refuse_compressed(infos, path)
        roots = {info.filename.partition("/")[0] for info in infos}
        if len(roots) != 1 or any("/" not in info.filename for info in infos):
            raise zip_directory.damaged("pt2_old", path)
        self._root = roots.pop()
        self._infos = {info.filename.partition("/")[2]: info for info in infos}
        self._program: dict[str, Any] | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._infos)

    @property
    def native(self) -> tuple[str, ...]:
        """Entries that are native code, or belong to a compiled package."""
        return tuple(
            name for name in self._infos if name.startswith(_AOT_INDUCTOR) or name.lower().endswith(_NATIVE)
        )

    def size(self, name: str) -> int | None:
        info = self._infos.get(name)
        return None if info is None else info.file_size

    def text(self, name: str, limit: int = TEXT_LIMIT_BYTES) -> bytes:
        """The bytes of an entry; raises KnownError where it is missing, damaged, or too large."""
        info = self._infos.get(name)
        if info is None:
            raise self.damaged(name)
        if info.file_size > limit:
            raise self.damaged(name, what="pt2_large")
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(info)
        except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
            raise self.damaged(name, str(error)) from error

    def program(self) -> dict[str, Any]:
        """models/model.json, decoded and looked at; raises KnownError pt2_old, pt2_entry or pt2_unsafe."""
        if PROGRAM not in self._infos or f"{WEIGHTS[0]}{WEIGHTS[1]}" not in self._infos:
            raise zip_directory.damaged("pt2_old", self.path)
        if self._program is None:
            self._program = self.screened(PROGRAM)
        return self._program

    def screened(self, name: str) -> dict[str, Any]:
        """A JSON object of the archive in which every text that PyTorch runs has its plain form."""
        try:
            text = self.text(name, PROGRAM_LIMIT_BYTES)
            if sum(text.count(sign) for sign in b",[{") > VALUES_LIMIT:
                raise self.damaged(name, what="pt2_large")
            document = json.loads(text)
            pt2_screen.check(document)
        except pt2_screen.UnsafeError as error:
            raise zip_directory.damaged("pt2_unsafe", self.path, str(error)) from error
        except (ValueError, RecursionError) as error:
            raise self.damaged(name, str(error)) from error
        if not isinstance(document, dict):
            raise self.damaged(name)
        return document

    def payloads(self, kind: tuple[str, str, re.Pattern[str]]) -> dict[str, Any]:
        """The list of stored tensors, of which each entry is bytes and no pickle.

        Raises KnownError: pt2_pickled, or pt2_entry where an entry is missing.
        """
        folder, config, plain = kind
        document = self.screened(folder + config)
        for each in self._listed(document, folder + config):
            name = each.get("path_name")
            if each.get("use_pickle") or not isinstance(name, str) or not plain.fullmatch(name):
                raise zip_directory.damaged("pt2_pickled", self.path, str(name))
            if folder + name not in self._infos:
                raise self.damaged(folder + name)
        return document

    def _listed(self, document: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
        listed = document.get("config")
        for each in listed.values() if isinstance(listed, dict) else (None,):
            if not isinstance(each, dict):
                raise self.damaged(name)
            yield each

    def damaged(self, entry: str, text: str = "", what: str = "pt2_entry") -> KnownError:
        """MODEL_DAMAGED of one entry, ready to be raised."""
        error = zip_directory.damaged(what, self.path, text)
        return KnownError(error.kind, text, **{**error.info.parameters, "entry": entry})

    def write_copy(self, target: Path) -> None:
        """What torch.export.load needs of the archive and nothing else, without sample inputs.

        Raises KnownError: pt2_native, pt2_pickled, pt2_unsafe, pt2_old, pt2_entry.
        """
        if self.native:
            raise zip_directory.damaged("pt2_native", self.path, self.native[0])
        made: dict[str, bytes] = {PROGRAM: json.dumps(self.program()).encode(), _SAMPLE_INPUTS: b""}
        copied = {name for name in _FORMAT if name in self._infos}
        for kind in (WEIGHTS, CONSTANTS):
            config = self.payloads(kind)
            made[kind[0] + kind[1]] = json.dumps(config).encode()
            copied |= {kind[0] + each["path_name"] for each in config["config"].values()}
        with zipfile.ZipFile(self.path) as source, zipfile.ZipFile(target, "w") as copy:
            for name, content in made.items():
                copy.writestr(zipfile.ZipInfo(f"{self._root}/{name}"), content)
            for name in sorted(copied):
                self._copy(source, copy, name)

    def _copy(self, source: zipfile.ZipFile, copy: zipfile.ZipFile, name: str) -> None:
        info = zipfile.ZipInfo(f"{self._root}/{name}")
        info.file_size = self._infos[name].file_size
        try:
            with source.open(self._infos[name]) as given, copy.open(info, "w") as taken:
                shutil.copyfileobj(given, taken, 1 << 20)
        except (zipfile.BadZipFile, EOFError, ValueError) as error:
            raise self.damaged(name, str(error)) from error
