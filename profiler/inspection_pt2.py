"""The child's side of `inspect` for .pt2 files: torch.export programs and compiled packages, as data."""

from __future__ import annotations

from pathlib import Path

from profiler import inspection_parts as parts
from profiler import messages
from profiler.backends import pt2_package, pt2_program, pt2_survey
from profiler.result import Flops, Reason

_COMPILED_AWAY = ("operators", "nodes", "memory", "flops.per_inference")
_OF_WEIGHTS = ("parameters", "buffers", "weights_bytes")


def program(request: messages.Inspect, path: Path) -> messages.Description:
    """A torch.export program: everything but its weights is read, and nothing needs PyTorch."""
    read = pt2_program.read(path)
    shapes, unavailable = parts.shapes(read.inputs, request)
    found = pt2_survey.survey(read, shapes) if shapes is not None else None
    nodes = found.nodes if found is not None else ()
    if len(nodes) > parts.MOST_NODES:
        cut = {"most": str(parts.MOST_NODES), "count": str(len(nodes))}
        unavailable["nodes"] = Reason("nodes_cut", cut)
    return messages.Description(
        inputs=read.inputs,
        outputs=read.outputs,
        parameters=read.parameters,
        weights_bytes=sum(read.bytes_by_dtype.values()),
        weights_by_dtype=dict(read.bytes_by_dtype),
        operators=parts.operators(pt2_survey.histogram(read)),
        flops=found.tally.to_flops(request.batch) if found is not None else Flops(),
        producer=f"PyTorch {read.torch_version}" if read.torch_version else None,
        opsets=dict(read.opsets),
        input_limits=pt2_survey.embedding_limits(read),
        buffers=read.buffers,
        shapes=shapes or {},
        unavailable=unavailable,
        nodes=nodes[: parts.MOST_NODES],
        memory=found.memory if found is not None else None,
    )


def package(request: messages.Inspect, path: Path) -> messages.Description:
    """An AOTInductor package: native code, of which only the notes and the C++ source beside it are read."""
    read = pt2_package.read(path)
    shapes, _ = parts.shapes(read.inputs, request)
    unavailable = dict.fromkeys(_COMPILED_AWAY, Reason("native_code"))
    if read.constants is None:
        unavailable |= dict.fromkeys(_OF_WEIGHTS, Reason("native_code"))
    if not read.inputs:
        unavailable["inputs"] = Reason("native_code_inputs")
    if not read.outputs:
        unavailable["outputs"] = Reason("outputs_need_run")
    return messages.Description(
        inputs=read.inputs,
        outputs=read.outputs,
        parameters=_elements(read, are_parameters=True),
        weights_bytes=None if read.constants is None else sum(_by_dtype(read).values()),
        weights_by_dtype=_by_dtype(read),
        operators=(),
        flops=Flops(),
        producer=_producer(read),
        buffers=_elements(read, are_parameters=False),
        shapes_origin=read.origin,
        shapes=shapes or {},
        unavailable=unavailable,
    )


def _producer(read: pt2_package.Package) -> str:
    target = " ".join(part for part in (read.device, read.platform) if part)
    return f"AOTInductor ({target})" if target else "AOTInductor"


def _elements(read: pt2_package.Package, are_parameters: bool) -> int | None:
    if read.constants is None:
        return None
    return sum(each.elements for each in read.constants if each.is_parameter == are_parameters)


def _by_dtype(read: pt2_package.Package) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in read.constants or ():
        found[each.dtype] = found.get(each.dtype, 0) + each.stored_bytes
    return found
