"""What `inspect` says of a .tflite file; nothing of it runs, and the runtime is not needed."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from profiler import inspection_parts as parts
from profiler import messages
from profiler.backends import tflite_file, tflite_flops
from profiler.result import Flops, Reason


def describe(request: messages.Inspect, path: Path) -> messages.Description:
    """Raises KnownError(MODEL_DAMAGED) and those of profiler.shapes.concrete_shapes."""
    file = tflite_file.read(path)
    inputs = file.specs(file.inputs)
    shapes, reasons = parts.shapes(inputs, request)
    survey = tflite_flops.survey(file, shapes) if shapes is not None else None
    if file.graphs > 1:
        reasons["nodes"] = Reason("more_graphs", {"count": str(file.graphs - 1)})
    kinds = Counter(operator.kind for operator in file.operators)
    weights = [tensor for tensor in file.tensors if tensor.weights_bytes]
    sizes: Counter[str] = Counter()
    for tensor in weights:
        sizes[tensor.dtype] += tensor.weights_bytes
    return messages.Description(
        inputs=inputs,
        outputs=file.specs(file.outputs),
        parameters=sum(tensor.elements for tensor in weights if _is_parameter(tensor)),
        weights_bytes=sum(tensor.weights_bytes for tensor in weights),
        weights_by_dtype=dict(sizes),
        operators=parts.operators(kinds),
        flops=survey.tally.to_flops(request.batch) if survey is not None else Flops(),
        producer=file.description or None,
        opsets={"schema": file.version},
        shapes=shapes or {},
        unavailable=reasons,
        nodes=survey.nodes if survey is not None else (),
        memory=survey.memory if survey is not None else None,
        buffers=0,
    )


def _is_parameter(tensor: tflite_file.FileTensor) -> bool:
    """As profiler.backends.onnx_weights: floating ones, and narrow integers of two dimensions or more; the
    32-bit integers beside quantised weights are their biases."""
    if tensor.dtype.startswith(("float", "bfloat")):
        return math.prod(tensor.dims) > 0
    bits = tflite_file.bits_of(tensor.dtype) or 64
    return bits <= 8 and len(tensor.dims) > 1
