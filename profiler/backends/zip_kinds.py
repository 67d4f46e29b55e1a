"""What a zip archive is, told from the names in its directory alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Names = frozenset[str]


def kind_of(names: Sequence[str]) -> str:
    """A format name of the catalogue or a code of resources/texts/formats.toml; `zip` where nothing fits.

    `names` are the entries' full names. PyTorch puts everything under one folder, named after the file;
    its entries are therefore looked for one level down.
    """
    full = frozenset(names)
    below = frozenset(name.partition("/")[2] for name in names)
    return next((kind for kind, fits in _RULES if fits(full, below)), "zip")


def _any(names: Names, *, ends: str | tuple[str, ...] = "", starts: str = "") -> bool:
    return any(name.startswith(starts) and name.endswith(ends) for name in names)


def _is_aot_inductor(full: Names, below: Names) -> bool:
    native = (".so", ".pyd", ".dll", ".cubin", ".dylib")
    exported = _is_torch_export(full, below)
    return _any(full | below, starts="data/aotinductor/") or (exported and _any(full, ends=native))


def _is_torch_export(full: Names, below: Names) -> bool:
    old = "serialized_exported_program.json" in full | below
    return old or "archive_format" in below or _any(below, starts="models/", ends=".json")


def _is_torchscript(full: Names, below: Names) -> bool:
    return "data.pkl" in below and _any(below, starts="code/")


def _is_old_torchscript(full: Names, below: Names) -> bool:
    return "model.json" in below and _any(below, starts="code/")


def _is_checkpoint(full: Names, below: Names) -> bool:
    return "data.pkl" in below or "data.pkl" in full


def _is_torch_package(full: Names, below: Names) -> bool:
    return ".data/extern_modules" in below or ".data/python_version" in below


def _is_keras(full: Names, below: Names) -> bool:
    return {"config.json", "model.weights.h5"} <= full


def _is_coreml(full: Names, below: Names) -> bool:
    return _any(full, ends=".mlmodel")


def _is_npz(full: Names, below: Names) -> bool:
    return bool(full) and all(name.endswith(".npy") for name in full)


def _is_office(full: Names, below: Names) -> bool:
    return "[Content_Types].xml" in full


def _holds_onnx(full: Names, below: Names) -> bool:
    return _any(full, ends=".onnx")


_RULES: tuple[tuple[str, Callable[[Names, Names], bool]], ...] = (
    ("aot_inductor", _is_aot_inductor),
    ("torch_export", _is_torch_export),
    ("torchscript", _is_torchscript),
    ("old_torchscript", _is_old_torchscript),
    ("torch_package", _is_torch_package),
    ("checkpoint", _is_checkpoint),
    ("keras", _is_keras),
    ("coreml", _is_coreml),
    ("npz", _is_npz),
    ("office", _is_office),
    ("zip_of_onnx", _holds_onnx),
)
