"""The first tensor inside a model that differs from the reference's beyond tolerance, and its node.

Tensors are had from children and held against each other in the order of the graph. One that differs only
counts where something that is made from it does not agree again: a tensor of the same name may hold something
else (a convolution with its normalisation folded in), and a difference that is lost again on every way to the
outputs is not what made them differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from profiler.answer_blocks import Divergence, DivergentTensor
from profiler.backends import catalog
from profiler.blocks import Reason
from profiler.checks_plan import Tolerance
from profiler.correctness import judging, matching, trail_matching
from profiler.correctness.difference import Array, Difference, Figures
from profiler.correctness.trail_matching import Partners
from profiler.correctness.trail_side import Ask, Side
from profiler.errors import ErrorKind, KnownError
from profiler.messages import InnerTensor
from profiler.plan import RunPlan

CHUNK_BYTES = 128_000_000
# What a tensor counts as whose size is known only after a call.
UNKNOWN_BYTES = 8_000_000
# Looked at in all, and behind the first that differs, of both sides together.
MOST_BYTES = 8_000_000_000
MOST_BEHIND_BYTES = 2_000_000_000
TRAIL = 5

# Only between formats of one family can a tensor have a partner.
_FAMILIES = {
    "onnx": "onnx",
    "openvino_ir": "onnx",
    "tflite": "tflite",
    "torchscript": "torch",
    "torch_export": "torch",
}
_GIVING = ("onnxruntime", "openvino", "torchscript", "torch_export")


class _Seen(NamedTuple):
    """Two tensors that were held against each other."""

    pair: Partners
    figures: Figures | None
    is_beyond: bool


def find(
    own_plan: RunPlan,
    own_format: str,
    reference_plan: RunPlan,
    reference_format: str,
    tolerance: Tolerance,
    ask: Ask,
    folder: Path,
    stop_asked: Callable[[], bool],
) -> Divergence:
    """Both plans must make the same inputs; the first set of them is answered. `folder` is left empty.

    `ask` puts a request to a fresh child, under the interpreter of its plan. Never raises for what a model,
    a runtime or a child does: that is the reason why it was not possible.
    """
    if (why := impossible(own_plan, own_format, reference_plan, reference_format)) is not None:
        return Divergence("not_possible", reason=why)
    try:
        own = Side(own_plan, own_format, ask, folder / "own", CHUNK_BYTES)
        reference = Side(reference_plan, reference_format, ask, folder / "reference", CHUNK_BYTES)
        return _found(own, reference, tolerance, stop_asked)
    except KnownError as error:
        if error.info.kind == ErrorKind.CANCELLED:
            return Divergence("not_possible", reason=Reason("divergence_stopped"))
        why = Reason("divergence_failed", {"detail": error.info.text or error.info.kind})
        return Divergence("not_possible", reason=why)


def impossible(
    own_plan: RunPlan, own_format: str, reference_plan: RunPlan, reference_format: str
) -> Reason | None:
    """What rules it out before anything runs."""
    for plan, form in ((own_plan, own_format), (reference_plan, reference_format)):
        if form not in _FAMILIES:
            return Reason("divergence_format", {"format": _title(form)})
        if plan.runtime not in _GIVING:
            return Reason("divergence_runtime", {"runtime": catalog.runtime(plan.runtime).title})
    if _FAMILIES[own_format] != _FAMILIES[reference_format]:
        titles = {"own": _title(own_format), "reference": _title(reference_format)}
        return Reason("divergence_families", titles)
    return None


def _title(form: str) -> str:
    return catalog.format_named(form).title


def _found(own: Side, reference: Side, tolerance: Tolerance, stop_asked: Callable[[], bool]) -> Divergence:
    own.look()
    reference.look()
    method = ", ".join(dict.fromkeys((own.method, reference.method)))
    matched = trail_matching.matched(own.tensors, reference.tensors, (own.method, reference.method))
    if not matched.pairs:
        return Divergence("not_possible", method, reason=Reason("divergence_no_common"))
    pairs = [*trail_matching.inputs(own.tensors, reference.tensors), *matched.pairs]
    seen: list[_Seen] = []
    looked = spent = behind = 0
    for chunk in _chunks(pairs):
        if stop_asked():
            raise KnownError(ErrorKind.CANCELLED)
        size = sum(map(_bytes, chunk))
        behind += size if any(one.is_beyond for one in seen) else 0
        spent, looked = spent + size, looked + len(chunk)
        seen += _compared(chunk, own, reference, tolerance)
        if behind > MOST_BEHIND_BYTES or spent > MOST_BYTES or _has_other_inputs(seen):
            break
    so_far = Divergence("none", method, matched.by, compared=len(seen))
    if all(one.pair.own.kind == "input" and not one.is_beyond for one in seen):
        return Divergence("not_possible", method, reason=Reason("divergence_no_common"))
    result = _told(own.tensors, seen, so_far)
    if result.state == "none" and looked < len(pairs):
        left = {"compared": str(looked), "total": str(len(pairs))}
        return Divergence("not_possible", method, matched.by, reason=Reason("divergence_too_large", left))
    return result


def _chunks(pairs: Sequence[Partners]) -> Iterator[list[Partners]]:
    """In order, together of a size that may be in memory and on disk at once."""
    chunk: list[Partners] = []
    size = 0
    for pair in pairs:
        if chunk and size + _bytes(pair) > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(pair)
        size += _bytes(pair)
    if chunk:
        yield chunk


def _bytes(pair: Partners) -> int:
    sizes = (pair.own.size_bytes, pair.reference.size_bytes)
    return sum(UNKNOWN_BYTES if size is None else size for size in sizes)


def _compared(chunk: Sequence[Partners], own: Side, reference: Side, tolerance: Tolerance) -> Iterator[_Seen]:
    """Those of them that both children wrote and whose shapes fit; inputs in any case."""
    here = own.fetch([pair.own.name for pair in chunk])
    there = reference.fetch([pair.reference.name for pair in chunk])
    for pair in chunk:
        if pair.own.name in here and pair.reference.name in there:
            figures = _least_apart(here[pair.own.name], there[pair.reference.name])
            if figures is not None:
                yield _Seen(pair, figures, bool(judging.beyond(figures, tolerance)))
            elif pair.own.kind == "input":
                yield _Seen(pair, None, True)


def _least_apart(own: Array, reference: Array) -> Figures | None:
    """In the layout in which they are most alike; None where no layout fits."""
    found = []
    for turn in matching.turns(own.shape, reference.shape):
        difference = Difference()
        difference.add(turn.back(own), reference)
        found.append((difference.noise, difference.figures()))
    return min(found, key=lambda each: each[0])[1] if found else None


def _has_other_inputs(seen: Sequence[_Seen]) -> bool:
    return any(one.is_beyond and one.pair.own.kind == "input" for one in seen)


def _told(tensors: Sequence[InnerTensor], seen: Sequence[_Seen], so_far: Divergence) -> Divergence:
    agreeing = {one.pair.own.name for one in seen} - {one.pair.own.name for one in seen if one.is_beyond}
    reaching = _reaching(tensors, agreeing)
    at = next((at for at, one in enumerate(seen) if one.is_beyond and one.pair.own.name in reaching), None)
    if at is None:
        return msgspec.structs.replace(so_far, reason=Reason("divergence_not_seen"))
    first = _tensor(seen[at])
    before = [_tensor(one) for one in seen[:at] if not one.is_beyond][-TRAIL:]
    inner = any(one.pair.own.kind == "inner" for one in seen[:at])
    code = {"input": "divergence_in_inputs", "output": "divergence_only_outputs" if inner else ""}
    reason = code.get(seen[at].pair.own.kind, "")
    return msgspec.structs.replace(
        so_far,
        state="found",
        first=first,
        trail=(*before, first),
        reason=Reason(reason) if reason else None,
    )


def _reaching(tensors: Sequence[InnerTensor], agreeing: Collection[str]) -> set[str]:
    """Tensors from which a way leads to an output of the model, or to where no one knows, along which none
    agrees. Each stands behind what it is made from."""
    readers: dict[str, list[str]] = {}
    for each in tensors:
        for name in each.reads:
            readers.setdefault(name, []).append(each.name)
    found: set[str] = set()
    for each in reversed(tensors):
        ahead = readers.get(each.name, [])
        is_end = each.kind == "output" or not ahead
        if each.name not in agreeing and (is_end or any(name in found for name in ahead)):
            found.add(each.name)
    return found


def _tensor(one: _Seen) -> DivergentTensor:
    own, figures = one.pair.own, one.figures
    if figures is None:
        return DivergentTensor(own.name, own.node, own.type, is_beyond=True)
    return DivergentTensor(
        own.name,
        own.node,
        own.type,
        figures.max_relative,
        figures.snr_db,
        one.is_beyond,
        figures.unlike > 0,
    )
