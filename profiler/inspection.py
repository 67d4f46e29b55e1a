"""The child's side of `inspect`: what a file is, read as data; nothing of it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from profiler import dimensions, messages
from profiler import inspection_parts as parts
from profiler.errors import ErrorKind, KnownError
from profiler.result import Flops, Reason


def describe(request: messages.Inspect) -> messages.Description:
    """Describe the file of a request by the reader of its format.

    Raises KnownError: FORMAT_UNKNOWN, MODEL_DAMAGED, EXTERNAL_DATA_MISSING, EXTERNAL_DATA_OUTSIDE,
    FILE_UNREADABLE, and INPUT_UNKNOWN or SHAPE_MISMATCH where the request asks for shapes that cannot be.
    """
    reader = _READERS.get(request.format)
    path = Path(request.path)
    if reader is None:
        raise KnownError(ErrorKind.FORMAT_UNKNOWN, file=path.name)
    try:
        return _placed(_explained(reader(request, path)))
    except OSError as error:
        raise KnownError(ErrorKind.FILE_UNREADABLE, str(error), file=path.name) from error


def _placed(found: messages.Description) -> messages.Description:
    """Each free dimension of the inputs goes by a name."""
    return msgspec.structs.replace(found, inputs=dimensions.all_placed(found.inputs))


def _explained(found: messages.Description) -> messages.Description:
    """FLOPs that are not known have a reason: the operators that nothing was counted of."""
    missing = "flops.per_inference"
    if found.flops.per_inference is not None or missing in found.unavailable:
        return found
    names = ", ".join(f"{name} {count}" for name, count in sorted(found.flops.uncounted_operators.items()))
    reason = Reason("operators_not_counted", {"operators": names}) if names else Reason("nothing_to_count")
    return msgspec.structs.replace(found, unavailable={**found.unavailable, missing: reason})


def _onnx(request: messages.Inspect, path: Path) -> messages.Description:
    from profiler import inspection_onnx
    from profiler.backends import onnx_external, onnx_file, ort_blocked_weights

    model = onnx_file.read(path)
    ort_blocked_weights.mark_own(model.graph)
    return inspection_onnx.describe(request, model, onnx_external.sizes(model, path))


def _ort_format(request: messages.Inspect, path: Path) -> messages.Description:
    from profiler import inspection_onnx
    from profiler.backends import ort_format_file

    return inspection_onnx.describe(request, ort_format_file.read(path))


def _torchscript(request: messages.Inspect, path: Path) -> messages.Description:
    from profiler.backends import torchscript_archive

    archive = torchscript_archive.read(path)
    told = archive.signature
    shapes, _ = parts.shapes(told.inputs, request)
    unavailable = {"flops.per_inference": Reason("needs_run")}
    if not told.outputs:
        unavailable["outputs"] = Reason("outputs_need_run")
    if archive.parameters is None:
        unavailable |= dict.fromkeys(("parameters", "buffers"), Reason("sources_unreadable"))
    if archive.operators is None:
        unavailable["operators"] = Reason("sources_unreadable")
    if archive.other_arguments:
        first = archive.other_arguments[0]
        unavailable["inputs"] = Reason("input_not_tensor", {"name": first.name, "type": first.annotation})
    return messages.Description(
        inputs=told.inputs,
        outputs=told.outputs,
        parameters=archive.parameters,
        weights_bytes=archive.weights_bytes,
        weights_by_dtype=archive.bytes_by_dtype,
        operators=parts.operators(archive.operators or {}),
        flops=Flops(),
        shapes_origin=told.origin,
        input_limits=archive.input_limits,
        buffers=archive.buffers,
        shapes=shapes or {},
        unavailable=unavailable,
    )


def _tensorrt(request: messages.Inspect, path: Path) -> messages.Description:
    """An engine is native code, of which nothing can be read without running some of it."""
    names = ("inputs", "outputs", "parameters", "buffers", "operators", "flops.per_inference")
    return messages.Description(
        inputs=(),
        outputs=(),
        parameters=None,
        weights_bytes=None,
        weights_by_dtype={},
        operators=(),
        flops=Flops(),
        shapes_origin="unknown",
        unavailable=dict.fromkeys(names, Reason("native_code")),
    )


def _openvino_ir(request: messages.Inspect, path: Path) -> messages.Description:
    from profiler import inspection_openvino

    return inspection_openvino.describe(request, path)


def _tflite(request: messages.Inspect, path: Path) -> messages.Description:
    from profiler import inspection_tflite

    return inspection_tflite.describe(request, path)


def _null(request: messages.Inspect, path: Path) -> messages.Description:
    """The yardstick computes nothing."""
    from profiler.backends import null

    null.read(path)
    shapes, _ = parts.shapes(null.NullSession.inputs, request)
    return messages.Description(
        inputs=null.NullSession.inputs,
        outputs=null.NullSession.outputs,
        parameters=0,
        weights_bytes=0,
        weights_by_dtype={},
        operators=(),
        flops=Flops(),
        shapes=shapes or {},
        unavailable={"flops.per_inference": Reason("yardstick")},
    )


def _torch_export(request: messages.Inspect, path: Path) -> messages.Description:
    from profiler import inspection_pt2

    return inspection_pt2.program(request, path)


def _aot_inductor(request: messages.Inspect, path: Path) -> messages.Description:
    from profiler import inspection_pt2

    return inspection_pt2.package(request, path)


_READERS: dict[str, Callable[[messages.Inspect, Path], messages.Description]] = {
    "onnx": _onnx,
    "ort_format": _ort_format,
    "torchscript": _torchscript,
    "torch_export": _torch_export,
    "aot_inductor": _aot_inductor,
    "openvino_ir": _openvino_ir,
    "tflite": _tflite,
    "tensorrt": _tensorrt,
    "null": _null,
}
