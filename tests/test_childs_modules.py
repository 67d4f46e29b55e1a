"""What the measuring child imports runs on Python 3.9 with numpy, msgspec and the runtime alone."""

from __future__ import annotations

import ast
import functools
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from profiler import native_loop
from profiler.backends import catalog

ROOT = Path(__file__).parent.parent
OURS = ("profiler", "hardware", "resources")
# Started in our own interpreter, whatever the measuring child is.
ELSEWHERE = (
    "profiler.inspection",
    "profiler.image_decoding",
    "profiler.image_fitting",
    "profiler.variants.making",
)
NEEDED = {"numpy", "msgspec"}
# Newer than Python 3.9, and not found by ruff, which knows the syntax.
NEWER = {
    "StrEnum", "UTC", "pairwise", "batched", "ExceptionGroup", "BaseExceptionGroup", "TaskGroup", "tomllib",
    "assert_never", "Self", "TypeAlias", "ParamSpec", "Concatenate", "NotRequired", "Required", "override",
    "file_digest", "bit_count", "aiter", "anext", "EncodingWarning", "chdir", "aclosing",
    "dataclass_transform", "add_note", "Buffer", "total", "hardlink_to", "orig_argv", "get_annotations",
    "packages_distributions", "correlation", "covariance", "linear_regression", "cbrt", "exp2", "sumprod",
    "UnionType", "NoneType", "EllipsisType", "TypeGuard", "LiteralString", "Never", "Unpack", "TypeVarTuple",
    "assert_type", "reveal_type", "EnumType", "ReprEnum", "nonmember", "KW_ONLY", "freedesktop_os_release",
    "stdlib_module_names", "with_segments",
}  # fmt: skip


_TYPES = {"int", "str", "float", "bool", "bytes", "dict", "list", "tuple", "set", "object", "type"}


def _source(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, also inside functions; names of a package may be modules themselves."""
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def _childs() -> dict[str, Path]:
    """The modules of ours that a child with another interpreter may come to import."""
    found: dict[str, Path] = {}
    waiting = ["profiler.worker", *native_loop._MODULES.values()]
    waiting += [row.module for row in (*catalog.RUNTIMES, catalog.YARDSTICK)]
    while waiting:
        module = waiting.pop()
        path = _source(module) if module.startswith(OURS) else None
        if path is None or module in found or module in ELSEWHERE:
            continue
        found[module] = path
        waiting += _imported(_tree(path))
    return found


MODULES = sorted(_childs())


def test_the_worker_and_what_it_measures_with_are_among_them() -> None:
    needed = {"profiler.measurement", "profiler.companion", "profiler.survey", "profiler.backends.ort"}
    assert needed <= set(MODULES)


def test_ruff_reads_each_of_them_as_python_3_9() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    patterns = [name for name, version in settings["per-file-target-version"].items() if version == "py39"]
    names = [path.relative_to(ROOT).as_posix() for path in _childs().values() if path.name != "__init__.py"]
    left_out = [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)]
    assert left_out == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_the_child_uses_nothing_newer_than_python_3_9(module: str) -> None:
    assert list(_newer(_tree(_childs()[module]))) == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_the_child_imports_numpy_and_msgspec_alone(module: str) -> None:
    """Runtimes (and TensorRT's way to the GPU) are imported by backends, psutil where it is there."""
    known = {*NEEDED, *OURS, *sys.stdlib_module_names}
    foreign = {name.partition(".")[0] for name in _imported(_tree(_childs()[module]))} - known
    if module.startswith("profiler.backends."):
        foreign -= {row.import_name for row in catalog.RUNTIMES} | {"cuda"}
    allowed = {"profiler.process_memory": {"psutil"}, "profiler.folders": {"platformdirs"}}
    assert foreign <= allowed.get(module, set())


@pytest.mark.parametrize(
    "line",
    [
        "from itertools import pairwise",
        "import datetime; datetime.UTC",
        "isinstance(x, int | str)",
        "zip(a, b, strict=True)",
        "Shape = int | None",
        "Shapes = dict[str, int | None]",
        "class A(Struct):\n    x: int | None",
        "cast(int | None, x)",
        "counts.total()",
        "number.from_bytes(data)",
    ],
)
def test_what_is_newer_is_found(line: str) -> None:
    assert list(_newer(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ["def f(x: int | None) -> str | None: ...", "a = flags | os.O_CREAT", "known = first() | second()"],
)
def test_what_python_3_9_takes_is_let_through(line: str) -> None:
    assert not list(_newer(ast.parse(line)))


def _newer(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.name in NEWER)
        elif isinstance(node, ast.Attribute) and node.attr in NEWER:
            yield ast.unparse(node)
        elif isinstance(node, ast.Call):
            yield from _newer_in_call(node)
        elif isinstance(node, ast.ClassDef) and _is_struct(node):
            yield from _unions(node)
        elif isinstance(node, ast.Assign) and _is_type(node.value):
            yield ast.unparse(node)


def _newer_in_call(call: ast.Call) -> Iterator[str]:
    """isinstance of a union, zip that is strict, dataclass with slots."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in ("isinstance", "issubclass", "cast", "TypeVar") and any(map(_is_type, call.args)):
        yield ast.unparse(call)
    if name in ("from_bytes", "to_bytes") and len(call.args) + len(call.keywords) < 2:
        yield ast.unparse(call)
    newer = {"zip": {"strict"}, "dataclass": {"slots", "kw_only"}}.get(name, set())
    yield from (ast.unparse(call) for keyword in call.keywords if keyword.arg in newer)


def _is_struct(node: ast.ClassDef) -> bool:
    """By its base, or by options that only a struct takes."""
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    return "Struct" in bases or bool({word.arg for word in node.keywords} & {"frozen", "tag", "tag_field"})


def _unions(node: ast.ClassDef) -> Iterator[str]:
    """Msgspec evaluates what a struct says of its fields."""
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and _is_type(line.annotation):
            yield ast.unparse(line)


def _is_type(node: ast.expr) -> bool:
    """Whether it joins types by |, as far as their names tell."""
    unions = (inner for inner in ast.walk(node) if isinstance(inner, ast.BinOp))
    return any(
        isinstance(union.op, ast.BitOr) and _names_type(union.left) and _names_type(union.right)
        for union in unions
    )


def _names_type(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _names_type(node.left) and _names_type(node.right)
    if isinstance(node, ast.Subscript):
        return _names_type(node.value)
    if isinstance(node, ast.Constant):
        return node.value is None
    name = ast.unparse(node).rpartition(".")[2]
    return name in _TYPES or (name[:1].isupper() and not name.isupper())
