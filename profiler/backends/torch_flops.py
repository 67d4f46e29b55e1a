"""FLOPs of anything torch runs, TorchScript included, counted operator by operator in one extra run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from profiler.backends import torch_rules
from profiler.backends.torch_invocation import Invocation, name_of
from profiler.metrics.flops import Tally, Work

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
    mode = Counter()
    mode.watch(call)
    return mode.tally


class Counter(TorchDispatchMode):  # type: ignore[misc]  # torch is not read by mypy
    """Sees every operator before its kernel; composite ones are taken apart until a rule covers the parts."""

    supports_higher_order_operators = True

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally(METHOD)

    def watch(self, call: Callable[[], object]) -> None:
        """Run the call once as `count` says."""
        with torch.jit.optimized_execution(False), torch.inference_mode(), self:
            call()

    def run(self, func: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Run one operator as it is."""
        return func(*args, **named)

    def done(self, call: Invocation | None, work: Work | None) -> None:
        """One operator has run; without its arguments where it is none of the dispatcher's, work unknown."""

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
            result = self.run(func, args, named)
            self.done(None, None)
            return result
        if not torch_rules.is_known(func, name_of(func)):
            with self:
                parts = func.decompose(*args, **named)
            if parts is not NotImplemented:
                return parts
        result = self.run(func, args, named)
        call = Invocation(func, args, named, result)
        self.done(call, self._add(call))
        return result

    def _add(self, call: Invocation) -> Work | None:
        if torch_rules.is_movement(call):
            self.tally.add_movement()
            return Work()
        try:
            work = torch_rules.work(call)
        except _NOT_AS_THE_RULE_EXPECTS:
            work = None
        if work is None:
            self.tally.add_uncounted(call.name)
        else:
            self.tally.add(call.name, work)
        return work
