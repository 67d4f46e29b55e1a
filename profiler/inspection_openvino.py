"""What `inspect` says of OpenVINO IR: OpenVINO reads it and infers its shapes, and compiles nothing."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

from profiler import inspection_parts as parts
from profiler import messages
from profiler.backends import (
    catalog,
    openvino_flops,
    openvino_graph,
    openvino_import,
    openvino_tables,
    openvino_words,
)
from profiler.errors import ErrorKind, KnownError
from profiler.result import Flops, ModelPart, Reason, Tensor
from profiler.shapes import Shape


def describe(request: messages.Inspect, path: Path) -> messages.Description:
    """Raises KnownError: RUNTIME_MISSING, MODEL_DAMAGED, EXTERNAL_DATA_MISSING, SHAPE_MISMATCH."""
    model = _read(path)
    inputs = tuple(openvino_graph.tensor(port) for port in model.inputs)
    outputs = tuple(openvino_graph.tensor(port) for port in model.outputs)
    shapes, reasons = parts.shapes(inputs, request)
    constants = [node for node in model.get_ops() if node.get_type_name() == "Constant"]
    kinds = Counter(
        str(node.get_type_name())
        for node in model.get_ops()
        if node.get_type_name() not in ("Constant", "Parameter", "Result")
    )
    versions = Counter[str]()
    for node in model.get_ops():
        versions[str(node.get_type_info().version_id)] += 1
    sizes = Counter[str]()
    for node in constants:
        sizes[openvino_graph.dtype(node.output(0))] += node.get_byte_size()
    survey = _survey(model, inputs, shapes, sizes.total()) if shapes is not None else None
    nodes = survey.nodes if survey is not None else ()
    if len(nodes) > parts.MOST_NODES:
        reasons["nodes"] = Reason("nodes_cut", {"most": str(parts.MOST_NODES), "count": str(len(nodes))})
    return messages.Description(
        inputs=inputs,
        outputs=outputs,
        parameters=sum(_elements(node) for node in constants),
        weights_bytes=sizes.total(),
        weights_by_dtype=dict(sizes),
        operators=parts.operators(kinds),
        flops=survey.tally.to_flops(request.batch) if survey is not None else Flops(),
        producer=_producer(model),
        opsets=_opsets(versions),
        input_limits=_limits(model, inputs),
        buffers=0,
        shapes=shapes or {},
        unavailable=reasons,
        nodes=nodes[: parts.MOST_NODES],
        parts=(ModelPart(path.with_suffix(".bin").name, path.with_suffix(".bin").stat().st_size),),
        memory=survey.memory if survey is not None else None,
    )


def _limits(model: Any, inputs: tuple[Tensor, ...]) -> dict[str, int]:
    found = openvino_tables.embedding_limits(model)
    nodes = (str(port.get_node().get_friendly_name()) for port in model.inputs)
    return {spec.name: found[node] for spec, node in zip(inputs, nodes, strict=True) if node in found}


def _read(path: Path) -> Any:
    try:
        openvino = openvino_import.openvino()
    except ImportError as error:
        raise catalog.missing("openvino", str(error)) from error
    if not path.with_suffix(".bin").is_file():
        raise KnownError(ErrorKind.EXTERNAL_DATA_MISSING, file=path.name, data=path.with_suffix(".bin").name)
    try:
        return openvino.Core().read_model(str(path))
    except Exception as error:
        raise openvino_words.explain(error) from error


def _survey(
    model: Any, inputs: tuple[Tensor, ...], shapes: dict[str, Shape], weights_bytes: int
) -> openvino_flops.Surveyed:
    wanted = {
        port: list(shapes[spec.name])
        for port, spec in zip(model.inputs, inputs, strict=True)
        if spec.name in shapes
    }
    try:
        if wanted:
            model.reshape(wanted)
    except Exception as error:
        raise openvino_words.explain(error) from error
    return openvino_flops.survey(model, weights_bytes)


def _elements(node: Any) -> int:
    """As profiler.backends.onnx_weights counts parameters."""
    kind = node.output(0).get_element_type()
    shape = [int(size) for size in node.output(0).get_shape()]
    if kind.is_real():
        return math.prod(shape) if shape else 0
    return math.prod(shape) if int(kind.bitwidth) <= 8 and len(shape) > 1 else 0


def _opsets(versions: Counter[str]) -> dict[str, int]:
    numbers = [int(name.removeprefix("opset")) for name in versions if name.removeprefix("opset").isdigit()]
    return {"openvino": max(numbers)} if numbers else {}


def _producer(model: Any) -> str | None:
    """The version that wrote the file, where the file says so."""
    for name in ("Runtime_version", "OpenVINO Runtime"):
        if model.has_rt_info([name]):
            value = model.get_rt_info([name])
            return f"OpenVINO {getattr(value, 'value', value)}"
    return None
