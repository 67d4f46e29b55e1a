"""What `inspect` says of an ONNX model, read from a file or from ONNX Runtime's own format."""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from profiler import denormals, messages
from profiler import inspection_parts as parts
from profiler.backends import (
    onnx_file,
    onnx_flops,
    onnx_functions,
    onnx_model,
    onnx_operators,
    onnx_tables,
    onnx_weights,
)
from profiler.result import Flops, ModelPart, Reason


def describe(
    request: messages.Inspect, model: onnx.ModelProto, parts_of: Mapping[str, int] | None = None
) -> messages.Description:
    """`parts_of` are bytes of the files beside it by name.

    Raises KnownError: INPUT_UNKNOWN or SHAPE_MISMATCH where the request asks for what cannot be.
    """
    inputs = onnx_file.inputs(model)
    weights = onnx_weights.weights(model)
    shapes, unavailable = parts.shapes(inputs, request)
    if onnx_model.is_too_large(model):
        most = {"most": str(onnx_functions.MOST_NODES)}
        unavailable["flops.per_inference"] = Reason("functions_too_large", most)
    survey = onnx_flops.survey(model, shapes) if shapes is not None else None
    nodes = survey.nodes if survey is not None else ()
    if len(nodes) > parts.MOST_NODES:
        unavailable["nodes"] = Reason("nodes_cut", {"most": str(parts.MOST_NODES), "count": str(len(nodes))})
    return messages.Description(
        inputs=inputs,
        outputs=onnx_file.outputs(model),
        parameters=weights.parameters,
        weights_bytes=weights.total_bytes,
        weights_by_dtype=weights.bytes_by_dtype,
        operators=parts.operators(onnx_operators.histogram(model)),
        flops=survey.tally.to_flops(request.batch) if survey is not None else Flops(),
        producer=onnx_file.producer(model),
        opsets=onnx_file.opsets(model),
        input_limits=onnx_tables.embedding_limits(model),
        buffers=weights.buffers,
        shapes=shapes or {},
        unavailable=unavailable,
        denormal_fraction=denormals.fraction(onnx_weights.inline_floats(model)),
        nodes=nodes[: parts.MOST_NODES],
        parts=tuple(ModelPart(name, size) for name, size in (parts_of or {}).items()),
        memory=survey.memory if survey is not None else None,
    )
