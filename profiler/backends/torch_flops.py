"""FLOPs of anything torch runs, TorchScript included, counted operator by operator in one extra run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from profiler.backends import torch_rules
from profiler.backends.torch_invocation import Invocation, name_of
from profiler.metrics.flops import Tally

METHOD = "torch_dispatch"

_NOT_AS_THE_RULE_EXPECTS = (
    AssertionError,  # what torch's own formulas raise
    AttributeError,
    IndexError,
    KeyError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)


def count(call: Callable[[], object]) -> Tally:
    """The work of one call, which runs once, without gradients, and slower than usual: never while timing.

    TorchScript runs with its optimiser off, because its fusers hand whole groups of operators to code of
    their own that no dispatch sees; the optimised plans of the module are left as they are. (What
    torch.jit.optimize_for_inference turns into oneDNN convolutions bypasses dispatch even so, but such a
    module lives in memory only: it cannot be saved.) Operators count as often as they run. Whatever the
    call raises is raised.
    """
    mode = _Counter()
    with torch.jit.optimized_execution(False), torch.inference_mode(), mode:
        call()
    return mode.tally


class _Counter(TorchDispatchMode):  # type: ignore[misc]  # torch is not read by mypy
    """Sees every operator before its kernel; composite ones are taken apart until a rule covers the parts."""

    supports_higher_order_operators = True

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally(METHOD)

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        if not isinstance(func, torch._ops.OpOverload):
            self.tally.add_uncounted(name_of(func))
            return func(*args, **named)
        if not torch_rules.is_known(func, name_of(func)):
            with self:
                parts = func.decompose(*args, **named)
            if parts is not NotImplemented:
                return parts
        result = func(*args, **named)
        self._add(Invocation(func, args, named, result))
        return result

    def _add(self, call: Invocation) -> None:
        if torch_rules.is_movement(call):
            self.tally.add_movement()
            return
        try:
            work = torch_rules.work(call)
        except _NOT_AS_THE_RULE_EXPECTS:
            work = None
        if work is None:
            self.tally.add_uncounted(call.name)
        else:
            self.tally.add(call.name, work)
