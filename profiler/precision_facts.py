"""The precision that a runtime says it computed in, against what is known of the graph and of the card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from profiler.backends.ort_providers import NEVER_FUSED
from profiler.messages import Node

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
    nodes: Sequence[Node],
    weights_by_dtype: Mapping[str, int],
) -> str | None:
    """`said` by the runtime, or what it comes to; `machine` is hardware.machine.Machine as plain data.

    ONNX Runtime tells which provider took which node and not in what type the nodes compute, so the
    integer products and the type of the weights are the graph's.
    """
    if said == "tf32" and _capability(device, machine) < _TF32_SINCE:
        return "fp32"
    if runtime != "onnxruntime" or said in (None, "unknown"):
        return said
    if device == "cpu":
        return _of_products(said, nodes)
    halves = weights_by_dtype.get("float16", 0) + weights_by_dtype.get("bfloat16", 0)
    is_half = halves > weights_by_dtype.get("float32", 0)
    return "mixed" if is_half and said in _FLOATS else said


def _of_products(said: str, nodes: Sequence[Node]) -> str:
    """int8 where every product of the graph is fused into one of integers, mixed where some are.

    Where none is, a graph that quantises all the same computes in floats: numbers are rounded on the way in
    or out, or only kept in integers. Products whose shapes are not known leave it at what was said.
    """
    if any(node.flops is None and node.integer_operations is None for node in nodes):
        return said
    products = [node for node in nodes if node.flops or node.integer_operations]
    in_integers = {bool(node.integer_operations) and node.type not in NEVER_FUSED for node in products}
    if in_integers == {True}:
        return "int8"
    if in_integers == {True, False}:
        return "mixed"
    is_unfused = any(node.integer_operations for node in products)
    return "fp32" if products and (said == "int8" or is_unfused) else said


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
