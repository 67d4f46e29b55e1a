"""What each operator of a call did, marked in the profile of that call: for files that name no nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Optional

import torch

from profiler.backends.torch_flops import Counter
from profiler.backends.torch_invocation import Invocation, tensors_in
from profiler.messages import TracedWork
from profiler.metrics.flops import Work

_MARK = "inferometer.work:"


class _Done(NamedTuple):
    """One operator: its work, None where no rule covers it, and the bytes that it read and wrote."""

    work: Optional[Work]
    bytes: int


class Marker(Counter):
    """Counts a call, and names the range of each operator in the profile by its number."""

    def __init__(self) -> None:
        super().__init__()
        self._done: list[_Done] = []

    def run(self, func: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        with torch.profiler.record_function(f"{_MARK}{len(self._done)}"):
            return func(*args, **named)

    def done(self, call: Invocation | None, work: Work | None) -> None:
        self._done.append(_Done(work, _moved(call) if call is not None else 0))

    def work_of(self, names: Iterable[str]) -> TracedWork | None:
        """The work of the marks among the names of ranges; None where none is, or one is not known."""
        marks = [name[len(_MARK) :] for name in names if name.startswith(_MARK)]
        done = [self._done[int(number)] for number in dict.fromkeys(marks)]
        works = [each.work for each in done if each.work is not None]
        if not done or len(works) < len(done):
            return None
        macs, integer = sum(work.macs for work in works), sum(work.integer_macs for work in works)
        flops = 2 * (macs - integer) + sum(work.other for work in works)
        return TracedWork(flops, 2 * integer, sum(each.bytes for each in done))


def _moved(call: Invocation) -> int:
    """Bytes of the tensors in and out; none of what only looks at memory in another way."""
    if call.operator.is_view:
        return 0
    tensors = tensors_in([*call.positional, *call.named.values(), call.result])
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
