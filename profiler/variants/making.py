"""The child's side of making variants: by the format's own tools, and tried before they count as made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from profiler import allowed_copy, messages
from profiler.backends import catalog
from profiler.backends.base import Array, Backend, LoadOptions, Session
from profiler.errors import ErrorKind, KnownError
from profiler.messages import MakeVariants, Variant, VariantsMade
from profiler.opening import open_beside
from profiler.plan import RunPlan
from profiler.result import Reason, Tensor
from profiler.variants import calibration, kinds
from profiler.variants.refusal import NoVariant, reason_of

Send = Callable[[messages.Report], None]
Sets = Sequence[Mapping[str, Array]]


class Original(NamedTuple):
    """What is known of the original once it was opened and has answered.

    `sets` of inputs feed it; `is_finite` whether its answer to the first of them is all numbers.
    """

    backend: Backend
    inputs: tuple[Tensor, ...]
    outputs: dict[str, tuple[int, ...]]
    sets: Sets
    is_finite: bool
    threads: int
    notes: tuple[Reason, ...]


def make(request: MakeVariants, send: Send) -> VariantsMade:
    """Write variants into the folder, which is empty and ours; those that could not be had say why.

    Raises KnownError for what stands in the way of all of them: FORMAT_NOT_OPENED, RUNTIME_MISSING,
    FILE_SWAPPED, what opening the original raises, and what is wrong with the data for calibration.
    """
    if not kinds.kinds_for(request.format):
        raise KnownError(ErrorKind.VARIANTS_NOT_OFFERED, file=Path(request.path).name, what=request.format)
    working = Path(request.folder) / "working"
    working.mkdir()
    # Tools put models into the place for temporary files, which may be too small for them; the folder that
    # the user chose has to take the variants anyway.
    tempfile.tempdir = str(working)
    try:
        original = _opened(request, working, send)
        made = tuple(_tried(kind, request, original, working, send) for kind in request.kinds)
    finally:
        tempfile.tempdir = None
        shutil.rmtree(working, ignore_errors=True)
    return VariantsMade(made, f"{_title(request.format)} {original.backend.version()}")


def _title(format_name: str) -> str:
    return "ONNX Runtime" if format_name == "onnx" else "PyTorch"


def _opened(request: MakeVariants, working: Path, send: Send) -> Original:
    """The original, opened as it is measured and answering once; calibration opens it with its own data."""
    is_calibrated = "int8_static" in request.kinds
    plan = RunPlan(
        model_path=request.path,
        runtime=kinds.runtime_of(request.format),
        shapes=request.shapes,
        dimensions=request.dimensions,
        seed=request.seed,
        model_sha256=request.sha256,
        distinct_inputs=calibration.MADE_UP if is_calibrated else 1,
        # A dimension that an example fills with 1 would be fixed to it by torch.export.
        batch=2 if request.format == "torch_export" else 1,
    )
    original = _answered(plan, request, send)
    if not is_calibrated:
        return original
    if not request.calibration:
        made_up = Reason("variant_calibrated_made_up", {"count": str(len(original.sets))})
        return original._replace(notes=(made_up,))
    given = Path(request.calibration)
    files, count = calibration.written(given, original.sets[0], working)
    plan = msgspec.structs.replace(plan, input_files=files, distinct_inputs=count)
    note = Reason("variant_calibrated", {"count": str(count)})
    return _answered(plan, request, send)._replace(notes=(note,))


def _answered(plan: RunPlan, request: MakeVariants, send: Send) -> Original:
    try:
        opened = open_beside(plan, request.format, send)
    except KnownError as error:
        if error.kind is not ErrorKind.SHAPE_MISMATCH or plan.batch == 1:
            raise
        opened = open_beside(msgspec.structs.replace(plan, batch=1), request.format, send)
    session = opened.session
    try:
        answer = _answer(session, opened.pool[0])
    finally:
        session.close()
    return Original(
        backend=opened.backend,
        inputs=session.inputs,
        outputs={name: array.shape for name, array in answer.items()},
        sets=opened.pool,
        is_finite=_is_finite(answer),
        threads=opened.threads,
        notes=(),
    )


def _tried(kind: str, request: MakeVariants, original: Original, working: Path, send: Send) -> Variant:
    send(messages.Loading(step=f"variant_{kind}"))
    target = Path(request.folder) / kinds.file_name(Path(request.path), kind, request.format)
    inside = Path(tempfile.mkdtemp(dir=working))
    try:
        notes = _made(kind, request, original, target, inside)
    except Exception as error:  # noqa: BLE001 - whatever a tool raises is why this kind is not to be had
        _remove(target)
        return Variant(kind, missing=reason_of(error))
    finally:
        shutil.rmtree(inside, ignore_errors=True)
    size = sum(part.stat().st_size for part in _files(target))
    return Variant(kind, target.name, size, notes=notes)


def _made(
    kind: str, request: MakeVariants, original: Original, target: Path, inside: Path
) -> tuple[Reason, ...]:
    if kind not in kinds.kinds_for(request.format):
        title = catalog.format_named(request.format).title
        raise NoVariant("variant_not_offered", kind=kind, format=title)
    runtime = kinds.runtime_of(request.format)
    with allowed_copy.of(Path(request.path), runtime, request.sha256) as path:
        _maker(request.format)(kind, path, target, inside, original.sets)
    notes = original.notes if kind == "int8_static" else ()
    return (*notes, *_check(target, original))


def _maker(format_name: str) -> Callable[[str, Path, Path, Path, Sets], None]:
    """Imported with the tools that it needs."""
    if format_name == "onnx":
        from profiler.variants import onnx_variants

        return onnx_variants.make
    if format_name == "torchscript":
        from profiler.variants import torchscript_variants

        return torchscript_variants.make
    from profiler.variants import pt2_variants

    return pt2_variants.make


def _check(target: Path, original: Original) -> tuple[Reason, ...]:
    """Open the variant and have it answer once what the original answered; what is to be said of it."""
    session = None
    try:
        session = original.backend.load(target, LoadOptions("cpu", original.threads, preallocates=False))
        answer = _answer(session, original.sets[0])
        notes = _free(original.inputs, session.inputs)
    except Exception as error:
        known = error if session is None else session.explain(error)
        raise NoVariant(**_opened_not(known)) from error
    finally:
        if session is not None:
            session.close()
    shapes = {name: array.shape for name, array in answer.items()}
    if list(shapes.values()) != list(original.outputs.values()):
        raise NoVariant("variant_answers_otherwise")
    if original.is_finite and not _is_finite(answer):
        notes = (*notes, Reason("variant_not_finite"))
    return notes


def _opened_not(error: Exception) -> dict[str, str]:
    reason = reason_of(error, "variant_not_opened")
    return {"code": reason.code, **reason.parameters}


def _answer(session: Session, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Raises KnownError."""
    try:
        return session.results(session.bind(inputs))
    except Exception as error:
        raise session.explain(error) from error


def _is_finite(answer: Mapping[str, Array]) -> bool:
    floats = (array for array in answer.values() if array.dtype.kind == "f")
    return all(bool(np.isfinite(array).all()) for array in floats)


def _free(before: Sequence[Tensor], after: Sequence[Tensor]) -> tuple[Reason, ...]:
    """Whether dimensions that were free are fixed now."""
    now = {spec.name: spec.shape for spec in after}
    fixed = [
        f"{spec.name}.{at}"
        for spec in before
        for at, size in enumerate(spec.shape or ())
        if not isinstance(size, int) and isinstance((now.get(spec.name) or spec.shape or ())[at], int)
    ]
    return (Reason("variant_shape_fixed", {"names": ", ".join(fixed)}),) if fixed else ()


def _files(target: Path) -> list[Path]:
    data = target.with_name(target.name + kinds.DATA)
    return [part for part in (target, data) if part.is_file()]


def _remove(target: Path) -> None:
    for part in _files(target):
        part.unlink()
