"""Peak memory of activations: which tensors are alive at once when steps run one after another; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Optional

from profiler.messages import MemoryEstimate


class Step(NamedTuple):
    """One operator: the tensors that it reads and those that it makes, by name; empty names do not count."""

    name: str
    reads: Sequence[str]
    makes: Sequence[str]


def estimate(
    steps: Sequence[Step],
    sizes: Mapping[str, Optional[int]],
    inputs: Iterable[str],
    outputs: Iterable[str],
    weights_bytes: Optional[int] = None,
) -> MemoryEstimate:
    """See profiler.messages.MemoryEstimate for what is added up.

    `sizes` in bytes of every tensor that is no weight: one that is missing from it counts as a weight, one
    that is None as unknown. A tensor lives from the step that makes it (an input from the start) to the
    last one that reads it (an output to the end); one that nobody reads lives for its own step.
    """
    inputs, outputs = list(dict.fromkeys(inputs)), list(dict.fromkeys(outputs))
    unknown = {name for name in _named(steps, inputs, outputs) if name in sizes and sizes[name] is None}
    if unknown:
        return MemoryEstimate(weights_bytes=weights_bytes, unknown_tensors=len(unknown))
    known = {name: size for name, size in sizes.items() if size is not None}
    peak, where = _peak(steps, known, inputs, outputs)
    return MemoryEstimate(
        weights_bytes=weights_bytes,
        inputs_bytes=sum(known.get(name, 0) for name in inputs),
        outputs_bytes=sum(known.get(name, 0) for name in outputs),
        peak_activations_bytes=peak,
        peak_node=where,
    )


def _named(steps: Sequence[Step], inputs: Sequence[str], outputs: Sequence[str]) -> Iterable[str]:
    yield from inputs
    yield from outputs
    for step in steps:
        yield from step.reads
        yield from step.makes


def _peak(
    steps: Sequence[Step], sizes: Mapping[str, int], inputs: Sequence[str], outputs: Sequence[str]
) -> tuple[int, Optional[str]]:
    """The largest sum of living tensors, and the step at which it first stands."""
    last = _last_use(steps, outputs)
    alive = {name for name in inputs if name in sizes}
    total = sum(sizes[name] for name in alive)
    peak, where = total, None
    for index, step in enumerate(steps):
        made = {name for name in step.makes if name in sizes and name not in alive}
        alive |= made
        total += sum(sizes[name] for name in made)
        if total > peak:
            peak, where = total, step.name
        over = {name for name in (*made, *step.reads) if name in alive and last.get(name, -1) <= index}
        alive -= over
        total -= sum(sizes[name] for name in over)
    return peak, where


def _last_use(steps: Sequence[Step], outputs: Sequence[str]) -> dict[str, int]:
    """The index of the last step that reads each tensor; of an output beyond all steps."""
    last = {name: index for index, step in enumerate(steps) for name in step.reads}
    return {**last, **dict.fromkeys(outputs, len(steps))}
