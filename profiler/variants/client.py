"""The parent's side of making variants: a fresh child for each kind, so that one that dies costs no other.

It writes into a folder of ours inside the one that the user chose, from where files are renamed into place.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from profiler import child_environment, childs_word, survey_client, trust
from profiler.backends import catalog
from profiler.checks_plan import Dataset
from profiler.errors import ErrorKind, KnownError
from profiler.messages import MakeVariants, Report, Variant, VariantsMade
from profiler.result import Reason
from profiler.variants import calibration_source, kinds, placing
from profiler.variants.kinds import kinds_for

__all__ = ["Told", "kinds_for", "make"]

TIMEOUT_S = 3600.0
# What a child that could not finish says of this kind alone.
_ITS_OWN = {
    ErrorKind.CHILD_CRASHED: "variant_tool_died",
    ErrorKind.CHILD_KILLED: "variant_tool_killed",
    ErrorKind.CHILD_ENDED: "variant_tool_died",
    ErrorKind.LOAD_TIMEOUT: "variant_too_slow",
    ErrorKind.OUT_OF_MEMORY: "variant_out_of_memory",
    ErrorKind.DISK_FULL: "variant_disk_full",
}

Told = Callable[[str, int, int], None]
Ask = Callable[[MakeVariants, float], Report]


def make(
    path: Path,
    format_name: str,
    folder: Path,
    wanted: Sequence[str] = (),
    calibration: Dataset | None = None,
    *,
    overwrite: bool = False,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    dimensions: Mapping[str, int] | None = None,
    seed: int = 0,
    told: Told = lambda kind, done, total: None,
    stop_asked: Callable[[], bool] = lambda: False,
    timeout_s: float = TIMEOUT_S,
    ask: Ask | None = None,
) -> VariantsMade:
    """Make variants of a model into `folder`, which is made where it is missing; blocking.

    `wanted` empty: all kinds that the format's tools make. `calibration` for int8_static: its `path` is an
    .npz with the model's inputs, or labelled pictures with their preprocessing; None: made-up inputs. `told`
    hears each kind before it is begun, with how many are done of how many. `timeout_s` for each kind. Files
    of the answer are whole paths. The original is only ever read.

    Raises KnownError: VARIANTS_NOT_OFFERED, RUNTIME_MISSING, TRUST_NEEDED, VARIANT_EXISTS, SAVE_FAILED,
    DISK_FULL, CANCELLED, FILE_UNREADABLE, what opening the original raises, and what is wrong with the
    calibration. Nothing of ours stays in the folder then.
    """
    wanted = tuple(dict.fromkeys(wanted)) or kinds_for(format_name)
    _check_format(path, format_name)
    sha256 = _allowed(path, format_name)
    targets = [folder / kinds.file_name(path, kind, format_name) for kind in wanted]
    if overwrite:
        placing.refuse_original(path, format_name, targets)
    else:
        placing.refuse_existing(targets)
    given = ""
    if calibration is not None and "int8_static" in wanted:
        given = calibration_source.ready(
            path, format_name, calibration, shapes or {}, dimensions or {}, seed, stop_asked
        )
    request = MakeVariants(
        path=str(path.resolve()),
        format=format_name,
        folder="",
        kinds=(),
        calibration=given,
        seed=seed,
        sha256=sha256,
        shapes=dict(shapes or {}),
        dimensions=dict(dimensions or {}),
    )

    def asked(one: MakeVariants, seconds: float) -> Report:
        own = child_environment.own_python()
        return survey_client.ask(one, seconds, own, stop_asked)

    with placing.staging(folder) as staged:
        made, tool = [], ""
        for done, kind in enumerate(wanted):
            told(kind, done, len(wanted))
            place = staged / kind
            place.mkdir()
            one = msgspec.structs.replace(request, folder=str(place), kinds=(kind,))
            variant, by = _one(one, ask or asked, timeout_s, stop_asked)
            made.append(variant)
            tool = tool or by
        settled = placing.settle(made, staged, folder, overwrite)
    _remember(settled, format_name)
    return VariantsMade(settled, tool)


def _check_format(path: Path, format_name: str) -> None:
    """Raises KnownError(VARIANTS_NOT_OFFERED, RUNTIME_MISSING)."""
    if not kinds_for(format_name):
        title = catalog.format_named(format_name).title
        raise KnownError(ErrorKind.VARIANTS_NOT_OFFERED, file=path.name, format=title, what=format_name)
    runtime = kinds.runtime_of(format_name)
    if not catalog.installed(runtime):
        raise catalog.missing(runtime)
    if format_name == "onnx" and importlib.util.find_spec("onnx") is None:
        command = "python -m pip install onnx"
        raise KnownError(ErrorKind.RUNTIME_MISSING, runtime="onnx", title="ONNX", command=command)


def _allowed(path: Path, format_name: str) -> str:
    """Making a variant of code opens it, so the same consent is needed as for measuring it."""
    tier = catalog.format_named(format_name).tier
    if tier is trust.Tier.DATA:
        return ""
    try:
        sha256 = trust.sha256_of(path)
    except OSError as error:
        raise KnownError(ErrorKind.FILE_UNREADABLE, str(error), file=path.name) from error
    if not trust.is_trusted(sha256, tier):
        raise KnownError(ErrorKind.TRUST_NEEDED, file=path.name, sha256=sha256)
    return sha256


def _one(
    request: MakeVariants, ask: Ask, timeout_s: float, stop_asked: Callable[[], bool]
) -> tuple[Variant, str]:
    """The variant, with the tool that made it; what befell the child alone is why there is none."""
    (kind,) = request.kinds
    if stop_asked():
        raise KnownError(ErrorKind.CANCELLED)
    try:
        answer = ask(request, timeout_s)
    except KnownError as error:
        code = _ITS_OWN.get(error.kind)
        if code is None:
            raise
        how = error.info.parameters.get("signal") or error.info.parameters.get("code", "")
        return Variant(kind, missing=Reason(code, {"how": how, "seconds": f"{timeout_s:.0f}"})), ""
    if not isinstance(answer, VariantsMade) or [one.kind for one in answer.variants] != [kind]:
        raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
    variant = answer.variants[0]
    own = kinds.file_name(Path(request.path), kind, request.format)
    if variant.missing is None and variant.file != own:  # any other may be one of the user's
        raise KnownError(ErrorKind.CHILD_GARBAGE, f"a file {variant.file!r}")
    childs_word.check_reasons((*variant.notes, *((variant.missing,) if variant.missing else ())))
    return variant, answer.tool


def _remember(variants: Sequence[Variant], format_name: str) -> None:
    """A variant of code is allowed as the original is: PyTorch wrote it a moment ago out of bytes that the
    user allowed, and it holds their code. That code ran with the user's rights while the variant was made, so
    whatever it could have hidden in there it could have done itself."""
    if catalog.format_named(format_name).tier is not trust.Tier.CODE:
        return
    for variant in variants:
        if variant.missing is None:
            trust.remember(trust.sha256_of(Path(variant.file)))
