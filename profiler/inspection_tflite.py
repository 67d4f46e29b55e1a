"""What `inspect` says of a .tflite file; nothing of it runs, and the runtime is not needed."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import msgspec

from profiler import inspection_parts as parts
from profiler import messages
from profiler.backends import tflite_embeddings, tflite_file, tflite_survey
from profiler.backends.flatbuffer import Damaged
from profiler.backends.tflite_schema import BITS
from profiler.backends.tflite_tensors import FileTensor
from profiler.errors import ErrorKind, KnownError
from profiler.result import Flops, Reason


def describe(request: messages.Inspect, path: Path) -> messages.Description:
    """Raises KnownError(MODEL_DAMAGED) and those of profiler.shapes.concrete_shapes."""
    file = tflite_file.read(path)
    try:
        return _described(request, file)
    except Damaged as error:
        raise KnownError(ErrorKind.MODEL_DAMAGED, str(error), file=path.name, what="tflite") from error


def _described(request: messages.Inspect, file: tflite_file.File) -> messages.Description:
    inputs = file.specs(file.inputs)
    shapes, reasons = parts.shapes(inputs, _by_signature(request, file))
    survey = tflite_survey.survey(file, shapes) if shapes is not None else None
    nodes = survey.nodes if survey is not None else ()
    reasons.update(_unlisted(file, len(nodes)))
    sizes: Counter[str] = Counter()
    for tensor in file.weights:
        sizes[tensor.dtype] += tensor.weights_bytes
    return messages.Description(
        inputs=inputs,
        outputs=file.specs(file.outputs),
        parameters=sum(tensor.elements for tensor in file.weights if _is_parameter(tensor)),
        weights_bytes=file.weights_bytes,
        weights_by_dtype=dict(sizes),
        operators=parts.operators(Counter(one.kind for graph in file.graphs for one in graph.operators)),
        flops=survey.tally.to_flops(request.batch) if survey is not None else Flops(),
        producer=_producer(file),
        opsets={"schema": file.version},
        input_limits=tflite_embeddings.limits(file),
        shapes=shapes or {},
        unavailable=reasons,
        nodes=nodes[: parts.MOST_NODES],
        memory=survey.memory if survey is not None else None,
        buffers=0,
    )


def _by_signature(request: messages.Inspect, file: tflite_file.File) -> messages.Inspect:
    """With inputs by the names of the file's signature: OpenVINO knows those of its tensors alone."""
    names = {file.main.tensors[index].name: name for name, index in file.inputs}
    own = {name for name, _ in file.inputs}
    shapes = {name if name in own else names.get(name, name): at for name, at in request.shapes.items()}
    return msgspec.structs.replace(request, shapes=shapes)


def _unlisted(file: tflite_file.File, nodes: int) -> dict[str, Reason]:
    """Why not every operator has a row of its own."""
    if nodes > parts.MOST_NODES:
        return {"nodes": Reason("nodes_cut", {"most": str(parts.MOST_NODES), "count": str(nodes)})}
    if len(file.graphs) > 1:
        return {"nodes": Reason("more_graphs", {"count": str(len(file.graphs) - 1)})}
    return {}


def _producer(file: tflite_file.File) -> str | None:
    needs = f"min_runtime_version {file.needs}" if file.needs else ""
    return ", ".join(filter(None, (file.description, needs))) or None


def _is_parameter(tensor: FileTensor) -> bool:
    """As profiler.backends.onnx_weights: floating ones, and narrow integers of two dimensions or more; the
    32-bit integers beside quantised weights are their biases."""
    if tensor.dtype.startswith(("float", "bfloat")):
        return math.prod(tensor.dims) > 0
    return BITS.get(tensor.dtype, 64) <= 8 and len(tensor.dims) > 1
