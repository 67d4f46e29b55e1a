"""Where the time of a call on a device goes: host to device, computing, device to host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any, NamedTuple

import numpy as np

CALLS = 50

Compute = Callable[..., Any]
ToHost = Callable[[Any], object]


class Spans(NamedTuple):
    """Medians over calls, in ns; None where the runtime has no events; `device_ns` is the device's part."""

    device_ns: int
    h2d_ns: int | None = None
    compute_ns: int | None = None
    d2h_ns: int | None = None


def by_events(torch: Any, device: str, inputs: Sequence[Any], compute: Compute, to_host: ToHost) -> Spans:
    """`inputs` are tensors on the host, pageable as most callers have them; `compute` takes them on `device`.

    Events are recorded on the current stream around each part; they resolve about 0.5 us.
    """
    each = [_once(torch, device, inputs, compute, to_host) for _ in range(CALLS)]
    parts = [round(float(value)) for value in np.median(np.array(each), axis=0) * 1e6]
    return Spans(sum(parts), *parts)


def _once(torch: Any, device: str, inputs: Sequence[Any], compute: Compute, to_host: ToHost) -> list[float]:
    """Milliseconds of the three parts."""
    marks = [torch.cuda.Event(enable_timing=True) for _ in range(4)]
    marks[0].record()
    there = [tensor.to(device) for tensor in inputs]
    marks[1].record()
    answer = compute(*there)
    marks[2].record()
    to_host(answer)
    marks[3].record()
    torch.cuda.synchronize(device)
    return [begin.elapsed_time(end) for begin, end in zip(marks, marks[1:])]


def by_wall(call: Callable[[], object], clock: Callable[[], int] = perf_counter_ns) -> Spans:
    """A call whose inputs and outputs lie on the device already, by the host's clock."""
    spent = []
    for _ in range(CALLS):
        begin = clock()
        call()
        spent.append(clock() - begin)
    return Spans(round(float(np.median(spent))))
