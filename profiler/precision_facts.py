"""The precision that a runtime says it computed in, against what is known of the graph and of the card."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from profiler.backends.ort_providers import NEVER_FUSED
from profiler.messages import Node
from profiler.result import Flops

_TF32_SINCE = 8.0  # compute capability; NVIDIA Ampere architecture whitepaper
_FLOATS = ("fp32", "tf32")
_BY_DTYPE = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp64"}


def of_file(nodes: Iterable[Node]) -> str | None:
    """The precision that the file's own products are in; None where it has none, several, or integers.

    Weights kept in half precision and widened before use are fp32 arithmetic, so nodes are asked.
    """
    products = [node for node in nodes if node.flops or node.integer_operations]
    found = {node.dtype for node in products}
    if len(found) != 1 or any(node.integer_operations for node in products):
        return None
    return _BY_DTYPE.get(found.pop() or "")


def other_than_file(own: str | None, ran: str | None) -> bool:
    """Whether arithmetic ran in another floating-point precision than the file's own, or in several."""
    known = {*_FLOATS, *_BY_DTYPE.values(), "mixed"}
    return own is not None and ran in known and ran != own


def effective(
    said: str | None,
    runtime: str,
    device: str,
    machine: Mapping[str, Any],
    flops: Flops,
    weights_by_dtype: Mapping[str, int],
    operators: Collection[str],
) -> str | None:
    """`said` by the runtime, or what it comes to; `machine` is hardware.machine.Machine as plain data.

    ONNX Runtime tells which provider took which node and not in what type the nodes compute, so the
    integer share of the products and the type of the weights are the graph's.
    """
    if said == "tf32" and _capability(device, machine) < _TF32_SINCE:
        return "fp32"
    if runtime != "onnxruntime" or said in (None, "unknown", "mixed"):
        return said
    if device == "cpu":
        return _quantised(flops, operators) or said
    halves = weights_by_dtype.get("float16", 0) + weights_by_dtype.get("bfloat16", 0)
    is_half = halves > weights_by_dtype.get("float32", 0)
    return "mixed" if is_half and said in _FLOATS else said


def _quantised(flops: Flops, operators: Collection[str]) -> str:
    """int8 where every counted product is fused into one of integers, mixed where some are; else empty."""
    if not flops.per_inference or not flops.integer_per_inference:
        return ""
    is_whole = flops.integer_per_inference == flops.per_inference
    return "int8" if is_whole and not NEVER_FUSED.intersection(operators) else "mixed"


def _capability(device: str, machine: Mapping[str, Any]) -> float:
    """Of the card, or infinite where it is not known."""
    stem, _, index = device.partition(":")
    gpus = machine.get("gpus") or ()
    if stem not in ("cuda", "tensorrt") or not (index or "0").isdigit() or int(index or 0) >= len(gpus):
        return float("inf")
    try:
        return float(gpus[int(index or 0)].get("compute_capability") or "inf")
    except ValueError:
        return float("inf")
